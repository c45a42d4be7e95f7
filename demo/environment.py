"""Where the demo lies, and the pipeline's settings for it."""

import os
from pathlib import Path

from edgar_pipeline.ledger import day_status
from edgar_pipeline.settings import Settings
from edgar_pipeline.warehouse import has_news

from demo.archive import DAYS


def demo_folder() -> Path:
    """`demo/` in the folder of the warehouse (EDGAR_WAREHOUSE_HOME, EDGAR_HOME, or ./data): the demo needs no object store."""
    places = {key: os.environ.get(key, "") for key in ("EDGAR_HOME", "EDGAR_WAREHOUSE_HOME")}
    return Settings.from_environment(places).warehouse_home / "demo"


def demo_environment(folder: Path, url: str) -> dict[str, str]:
    """The settings for the stand-in server. The limiter's state stays in the demo, away from the real EDGAR's."""
    return {
        "EDGAR_HOME": str(folder),
        "EDGAR_WAREHOUSE_HOME": str(folder),
        "EDGAR_STATE_DIR": str(folder / "state"),
        "EDGAR_WWW_URL": url,
        "EDGAR_DATA_URL": url,
        "EDGAR_USER_AGENT": "EDGAR warehouse demo demo@example.com",
        "EDGAR_REQUESTS_PER_SECOND": "10",
    }


def settings_for(folder: Path, url: str) -> Settings:
    """The same as an object."""
    return Settings.from_environment(demo_environment(folder, url))


def is_done(settings: Settings) -> bool:
    """Whether every day is complete and a publication has all that landed."""
    return all(day_status(settings, day).is_complete for day in DAYS) and not has_news(settings)

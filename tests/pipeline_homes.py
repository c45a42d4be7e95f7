"""Homes of the pipeline for the tests: their variables, and what makes a home one in which a build is not the first.

In such a home dbt has parsed the project and documented it: 13 CPU seconds that the first publication of a home pays for. They
are made once, by the pipeline's own code, and copied. The demo and the tests of real days build in homes that are new.
"""

import shutil
from pathlib import Path

import pytest
from edgar_pipeline.files import make_directory
from edgar_pipeline.settings import Settings
from edgar_pipeline.warehouse import build, write_documentation

from tests.fake_edgar import FakeEdgar
from tests.templates import made_once

CONTACT = "Example Tests someone@example.com"

#: The parsed project, and the documentation, in a home.
PARSED, DOCUMENTED = "build/.dbt/partial_parse.msgpack", "reports/dbt/index.html"


def pipeline_environment(folder: Path, edgar: FakeEdgar, rate: int = 10) -> dict[str, str]:
    """The pipeline's variables: data in this folder, this EDGAR, so many requests a second."""
    return {
        "EDGAR_HOME": str(folder / "home"),
        "EDGAR_STATE_DIR": str(folder / "state"),
        "EDGAR_WWW_URL": edgar.url,
        "EDGAR_DATA_URL": edgar.url,
        "EDGAR_USER_AGENT": CONTACT,
        "EDGAR_REQUESTS_PER_SECOND": str(rate),
    }


def warm(settings: Settings, factory: pytest.TempPathFactory) -> Settings:
    """Make the home of these settings one in which a build is not the first, and return them."""
    template = made_once(factory, "warm-home", _fill)
    for name in (PARSED, DOCUMENTED):
        target = settings.warehouse_home / name
        make_directory(target.parent)
        shutil.copy2(template / name, target)
    return settings


def _fill(home: Path) -> None:
    settings = Settings.from_environment({"EDGAR_HOME": str(home)})
    build(settings)
    write_documentation(settings)

"""The command line as a process of its own over the stand-in server."""

import os
import subprocess
import sys
from pathlib import Path

from edgar_pipeline.settings import Settings

PROJECT = Path(__file__).resolve().parents[2]


def variables(settings: Settings, **changes: str | None) -> dict[str, str]:
    """These settings as variables; a change to None removes one."""
    found = {
        "COLUMNS": "200",
        "EDGAR_USER_AGENT": settings.user_agent,
        "EDGAR_WWW_URL": settings.www_url,
        "EDGAR_DATA_URL": settings.data_url,
        "EDGAR_HOME": str(settings.home),
        "EDGAR_WAREHOUSE_HOME": settings.separate_warehouse and str(settings.separate_warehouse),
        "EDGAR_STATE_DIR": str(settings.state_dir),
        "EDGAR_REQUESTS_PER_SECOND": "10",
        **changes,
    }
    return {key: value for key, value in found.items() if value is not None}


def environment(settings: Settings, **changes: str | None) -> dict[str, str]:
    """The whole environment of such a process."""
    return {"PATH": os.environ["PATH"], "PYTHONPATH": str(PROJECT / "plugins")} | variables(settings, **changes)


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "edgar_pipeline", *arguments]


def run(settings: Settings, *arguments: str, **changes: str | None) -> subprocess.CompletedProcess:
    """`python -m edgar_pipeline …` until its end."""
    env = environment(settings, **changes)
    return subprocess.run(command(*arguments), env=env, capture_output=True, text=True, timeout=120, check=False)


def one_line(process: subprocess.CompletedProcess) -> str:
    """What the process says on the error stream: exactly one line that a person can act on, and no traceback."""
    lines = [line for line in process.stderr.splitlines() if line.strip()]
    assert len(lines) == 1, process.stderr
    assert lines[0].startswith("error: ")
    return lines[0]

"""Folders and variables for the Airflows of the tests. In the folders the metadata database is filled already.

Filling it takes as long as a component's start. It is done once in a run of the tests, whatever its number of workers, by the
code that `make up` uses, and copied. Secrets are not: each Airflow makes its own.
"""

import fcntl
import shutil
from pathlib import Path

import pytest

from local_airflow.components import Components
from local_airflow.configuration import prepare
from local_airflow.database import choose_database
from tests.conftest import CONTACT
from tests.fake_edgar import FakeEdgar

#: What an Airflow's folder holds of its metadata: the database, and the mark of the version that has filled it.
METADATA = ("airflow.db", "postgres-*", "migrated-*")


def pipeline_environment(folder: Path, edgar: FakeEdgar, rate: int = 10) -> dict[str, str]:
    """The pipeline's variables for the tasks of an Airflow: data in this folder, this EDGAR, so many requests a second."""
    return {
        "EDGAR_HOME": str(folder / "home"),
        "EDGAR_STATE_DIR": str(folder / "state"),
        "EDGAR_WWW_URL": edgar.url,
        "EDGAR_DATA_URL": edgar.url,
        "EDGAR_USER_AGENT": CONTACT,
        "EDGAR_REQUESTS_PER_SECOND": str(rate),
    }


def airflow_home(folder: Path, factory: pytest.TempPathFactory) -> Path:
    """Make this folder one that an Airflow has filled the metadata database of, and return it."""
    base = factory.getbasetemp()
    # Each worker of pytest-xdist has a folder of its own below the one of the run.
    template = (base.parent if base.name.startswith("popen-") else base) / "airflow-template"
    template.mkdir(exist_ok=True)
    with (template / "filling.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not any(template.glob("migrated-*")):
            _fill(template)
    folder.mkdir(mode=0o700, parents=True)
    for path in (path for pattern in METADATA for path in template.glob(pattern)):
        (shutil.copytree if path.is_dir() else shutil.copy2)(path, folder / path.name)
    return folder


def _fill(home: Path) -> None:
    database = choose_database(home)
    try:
        is_there = database.start()
        Components(prepare(home, {}, None, database.url)).migrate(is_new=not is_there)
    finally:
        database.stop()

"""Folders for the Airflows of the tests, in which the metadata database is filled already.

Filling it takes as long as a component's start. It is done once, by the code that `make up` uses, and copied. Secrets are not:
each Airflow makes its own.
"""

import shutil
from pathlib import Path

import pytest

from local_airflow.components import Components
from local_airflow.configuration import prepare
from local_airflow.database import choose_database
from tests.templates import made_once

#: What an Airflow's folder holds of its metadata: the database, and the mark of the version that has filled it.
METADATA = ("airflow.db", "postgres-*", "migrated-*")


def airflow_home(folder: Path, factory: pytest.TempPathFactory) -> Path:
    """Make this folder one that an Airflow has filled the metadata database of, and return it."""
    template = made_once(factory, "airflow-template", _fill)
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

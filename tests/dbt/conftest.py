"""Warehouses for the tests: real builds of hand-made raw zones. Each costs one dbt run, so they are made once a session."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
from edgar_pipeline.settings import Settings
from edgar_pipeline.warehouse import build

from tests.dbt import scenario
from tests.pipeline_homes import PARSED, warm

DBT_PROJECT = Path(__file__).parents[2] / "dbt_project"


class Warehouse:
    """A temporary EDGAR_HOME with its builds. Every build that is made is published, without anybody's judgement."""

    def __init__(self, home: Path, factory: pytest.TempPathFactory):
        self.settings = warm(Settings.from_environment({"EDGAR_HOME": str(home)}), factory)
        self.builds = []

    def land(self, *batches):
        for batch in batches:
            scenario.BATCHES[batch](self.settings)
        return self

    def build(self, **options):
        built = build(self.settings, **options)
        if built is not None:
            self.builds.append(built)
            self._publish(built)
        return built

    @property
    def database(self):
        return self.settings.published_dir / "edgar.duckdb"

    def rows(self, query, *parameters):
        """The rows of a query on the published file, as tuples."""
        with duckdb.connect(self.database, read_only=True) as connection:
            connection.execute("set timezone = 'UTC'")
            return connection.execute(query, parameters).fetchall()

    def _publish(self, built):
        target = self.settings.published_dir / "versions" / built.build_id / "edgar.duckdb"
        target.parent.mkdir(parents=True)
        os.rename(built.path, target)
        self.database.unlink(missing_ok=True)
        os.symlink(target.relative_to(self.database.parent), self.database)


def run_dbt(warehouse, folder, *arguments):
    """Run dbt on a copy of the published file, as a developer would; return (exit code, output)."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "edgar.duckdb").write_bytes(warehouse.database.read_bytes())
    shutil.copy2(warehouse.settings.home / PARSED, folder)
    places = [
        "--project-dir",
        DBT_PROJECT,
        "--profiles-dir",
        DBT_PROJECT,
        "--target-path",
        folder,
        "--log-path",
        folder,
    ]
    finished = subprocess.run(
        [sys.executable, "-c", "from dbt.cli.main import cli; cli()", *arguments, *places, "--no-use-colors"],
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "DO_NOT_TRACK": "1",
            "EDGAR_HOME": str(warehouse.settings.home),
            "EDGAR_BUILD_PATH": "edgar.duckdb",
            "EDGAR_SCRATCH_PATH": "scratch.duckdb",
            "EDGAR_TEMP_PATH": "temp",
        },
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=500,
    )
    return finished.returncode, finished.stdout + finished.stderr


@pytest.fixture
def warehouse(tmp_path, tmp_path_factory):
    """An empty EDGAR_HOME."""
    return Warehouse(tmp_path / "home", tmp_path_factory)


@pytest.fixture(scope="session")
def whole(tmp_path_factory):
    """The history, loaded at once."""
    made = Warehouse(tmp_path_factory.mktemp("whole"), tmp_path_factory).land(*scenario.BATCHES)
    made.build()
    return made


@pytest.fixture(scope="session")
def oldest_first(tmp_path_factory):
    """The history, loaded batch by batch as it happened."""
    made = Warehouse(tmp_path_factory.mktemp("oldest_first"), tmp_path_factory)
    for batch in scenario.BATCHES:
        made.land(batch).build()
    return made


@pytest.fixture(scope="session")
def newest_first(tmp_path_factory):
    """The history, loaded against the order in which it happened: what corrects comes before what it corrects."""
    made = Warehouse(tmp_path_factory.mktemp("newest_first"), tmp_path_factory)
    made.land("corrections", "third_day").build()
    made.land("second_day", "first_day").build()
    return made

"""A backfill in a real Airflow over a stand-in EDGAR, and what must hold of its end, whatever was killed on the way."""

import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from edgar_pipeline.ingest.day import land_day
from edgar_pipeline.landing import day_partition, read_records
from edgar_pipeline.settings import Settings

from local_airflow import Batch, LocalAirflow, Progress, runs
from tests.airflow_homes import airflow_home
from tests.fake_edgar import FakeEdgar
from tests.pipeline_homes import pipeline_environment, warm
from tests.publications import content, without_circumstances
from tests.small_archive import SmallArchive

ROOT = Path(__file__).parents[2]
FILINGS, RATE = 40, 4
#: As many requests as one process has under way at most, and so as many as its death repeats.
CONNECTIONS = 4
#: A worker or a scheduler that died is noticed after a quarter of a minute instead of a whole one.
QUICK = {
    "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT": "15",
    "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT_DETECTION_INTERVAL": "3",
    "AIRFLOW__SCHEDULER__ORPHANED_TASKS_CHECK_INTERVAL": "15",
}


def start_backfill(airflow: LocalAirflow, days: list[date]) -> Batch:
    """Create a backfill over these days, as the form does, and return its runs."""
    since = datetime.now(UTC)
    body = {"dag_id": "edgar_daily", "from_date": f"{days[0]}T00:00:00Z", "to_date": f"{days[-1]}T23:59:59.999Z"}
    airflow.api.post(
        "/backfills", body | {"max_active_runs": len(days), "run_backwards": True, "reprocess_behavior": "none"}
    )
    rows = airflow.api.get("/dags/edgar_daily/dagRuns", order_by="id", limit=100)["dag_runs"]
    keys = set(map(str, days))
    return Batch({row["partition_key"]: row["dag_run_id"] for row in rows if row["partition_key"] in keys}, since)


def until(condition: Callable[[], bool], seconds: float = 200) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it took too long"
        time.sleep(0.05)


def wait(airflow: LocalAirflow, batch: Batch, check: Callable[[], None], seconds: float) -> Progress:
    """Wait for the end, whatever ends and is started again meanwhile."""
    return runs.wait_until_done(airflow.api, batch, seconds, check=check)


def repeated_requests(edgar: FakeEdgar) -> tuple[int, int]:
    """How many addresses were asked for, and how many requests there were beyond the first of each."""
    asked = Counter(entry["path"] for entry in edgar.log())
    return len(asked), sum(asked.values()) - len(asked)


def records(settings: Settings, days: list[date]) -> list[dict]:
    """What landed of all days, each record once, without when it was asked for."""
    found = {
        record["accession_number"]: {key: value for key, value in record.items() if key not in ("fetched_at", "as_of")}
        for day in days
        for record in read_records(settings, "submission", day_partition(day))
    }
    return [found[accession_number] for accession_number in sorted(found)]


def publish_undisturbed(environment: dict[str, str], days: list[date]) -> None:
    """The same days by the command line, with nobody there to kill anything."""
    command = [sys.executable, "-m", "edgar_pipeline", "run", *map(str, days)]
    environment = {"PYTHONPATH": str(ROOT / "plugins"), "PATH": "/usr/bin:/bin", **environment}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr


def differing_tables(disturbed: Path, clean: Path) -> list[str]:
    """The public tables whose rows differ in more than when and where they were made."""
    ours, theirs = (without_circumstances(content(home)) for home in (disturbed, clean))
    return sorted(name for name in ours.keys() | theirs.keys() if ours.get(name) != theirs.get(name))


@dataclass(frozen=True)
class Scene:
    """A running Airflow over a stand-in EDGAR that has some days of FILINGS filings each."""

    airflow: LocalAirflow
    edgar: FakeEdgar
    folder: Path
    days: list[date]

    def settings(self, folder: Path, rate: int = RATE) -> Settings:
        return Settings.from_environment(pipeline_environment(folder, self.edgar, rate))

    def submissions(self) -> int:
        return sum(entry["path"].endswith(".txt") for entry in self.edgar.log())

    def assert_as_of_a_clean_run(self) -> None:
        """The publication has all days, and the records are those of a run that nobody disturbed."""
        rows = content(self.folder / "home")["completeness_by_day"]
        complete = {row["index_date"]: (row["filings"], row["loaded"], row["is_complete"]) for row in rows}
        assert complete == dict.fromkeys(self.days, (FILINGS, FILINGS, True))
        clean = self.settings(self.folder / "clean", rate=10)
        for day in self.days:
            land_day(clean, day)
        assert records(self.settings(self.folder), self.days) == records(clean, self.days)


@contextmanager
def disturbed_scene(factory: pytest.TempPathFactory, days: list[date]) -> Iterator[Scene]:
    """An Airflow that notices early what died in it."""
    folder = factory.mktemp("disturbed")
    archive = SmallArchive(folder / "archive")
    for number, day in enumerate(days):
        archive.put_day(day, FILINGS, prefix=900001 + 1000 * number)
    with FakeEdgar(archive.root) as edgar:
        environment = pipeline_environment(folder, edgar, RATE) | QUICK
        warm(Settings.from_environment(environment), factory)
        with LocalAirflow(airflow_home(folder / "airflow", factory), environment) as airflow:
            yield Scene(airflow, edgar, folder, days)

"""A backfill during which a task, and then the scheduler with all its workers, is killed: the end is that of a clean run."""

import os
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import psutil
import pytest
from edgar_pipeline.ingest.day import land_day
from edgar_pipeline.landing import day_partition, read_records
from edgar_pipeline.settings import Settings

from local_airflow import LocalAirflow
from local_airflow.runs import Batch
from tests.conftest import CONTACT
from tests.fake_edgar import FakeEdgar
from tests.small_archive import SmallArchive

DAYS = [date(2026, 1, 5), date(2026, 1, 6)]
FILINGS = 40


def environment_for(folder: Path, edgar: FakeEdgar) -> dict[str, str]:
    return {
        "EDGAR_HOME": str(folder / "home"),
        "EDGAR_STATE_DIR": str(folder / "state"),
        "EDGAR_WWW_URL": edgar.url,
        "EDGAR_DATA_URL": edgar.url,
        "EDGAR_USER_AGENT": CONTACT,
        "EDGAR_REQUESTS_PER_SECOND": "4",
    }


@pytest.fixture(scope="module")
def edgar(tmp_path_factory) -> Iterator[FakeEdgar]:
    archive = SmallArchive(tmp_path_factory.mktemp("archive"))
    for number, day in enumerate(DAYS):
        archive.put_day(day, FILINGS, prefix=900001 + 1000 * number)
    with FakeEdgar(archive.root) as server:
        yield server


def test_a_killed_task_and_a_killed_scheduler_cost_no_request_and_change_nothing(edgar: FakeEdgar, tmp_path: Path):
    with LocalAirflow(tmp_path / "airflow", environment_for(tmp_path, edgar)) as airflow:
        # GIVEN a backfill that fetches
        since = datetime.now(UTC)
        body = {"dag_id": "edgar_daily", "from_date": f"{DAYS[0]}T00:00:00Z", "to_date": f"{DAYS[-1]}T23:59:59.999Z"}
        airflow.api.post(
            "/backfills", body | {"max_active_runs": 2, "run_backwards": True, "reprocess_behavior": "none"}
        )
        # WHEN the task that fetches is killed in the middle of its work
        until(lambda: len(submissions(edgar)) >= 10)
        task = next(process for process in processes_of(airflow) if has_connection_to(process, edgar))
        task.kill()
        # and, once another try is fetching, the scheduler
        until(lambda: len(submissions(edgar)) >= 50)
        scheduler = next(p for p in processes_of(airflow) if "scheduler" in p.cmdline())
        scheduler.kill()
        scheduler.wait(10)
        assert airflow.mend() == ["scheduler"]
        # THEN all is brought to its end
        rows = airflow.api.get("/dags/edgar_daily/dagRuns", order_by="id")["dag_runs"]
        batch = Batch({row["partition_key"]: row["dag_run_id"] for row in rows}, since)
        done = airflow.wait_until_done(batch, timeout_seconds=400)
    assert {run.day: run.state for run in done.daily} == {str(day): "success" for day in DAYS}

    # THEN nothing is missing and nothing double, and what was received before a kill was not asked for again: a repeated
    # request was under way when its process died, and there were four connections at each of the two kills
    asked = Counter(entry["path"] for entry in edgar.log())
    assert len(asked) == len(DAYS) * (1 + FILINGS)
    assert sum(asked.values()) - len(asked) <= 8
    with duckdb.connect(str(tmp_path / "home/published/edgar.duckdb"), read_only=True) as warehouse:
        complete = warehouse.execute(
            "select index_date, filings, loaded, is_complete from marts.completeness_by_day order by 1"
        )
        assert complete.fetchall() == [(day, FILINGS, FILINGS, True) for day in DAYS]

    # THEN the records are those of a run that nobody disturbed
    clean = Settings.from_environment(environment_for(tmp_path / "clean", edgar) | {"EDGAR_REQUESTS_PER_SECOND": "10"})
    for day in DAYS:
        land_day(clean, day)
    disturbed = Settings.from_environment(environment_for(tmp_path, edgar))
    assert records(disturbed) == records(clean)


def until(condition: Callable[[], bool], seconds: float = 200) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it took too long"
        time.sleep(0.05)


def submissions(edgar: FakeEdgar) -> list[dict]:
    return [entry for entry in edgar.log() if entry["path"].endswith(".txt")]


def processes_of(airflow: LocalAirflow) -> list[psutil.Process]:
    """Every process that this Airflow runs, tasks included."""
    return psutil.Process(os.getpid()).children(recursive=True)


def has_connection_to(process: psutil.Process, edgar: FakeEdgar) -> bool:
    port = int(edgar.url.rsplit(":", 1)[1])
    try:
        return any(c.raddr and c.raddr.port == port for c in process.net_connections("inet"))
    except psutil.Error:
        return False


def records(settings: Settings) -> list[dict]:
    """What landed of all days, each record once, without when it was asked for."""
    found = {
        record["accession_number"]: {key: value for key, value in record.items() if key not in ("fetched_at", "as_of")}
        for day in DAYS
        for record in read_records(settings, "submission", day_partition(day))
    }
    return [found[accession_number] for accession_number in sorted(found)]

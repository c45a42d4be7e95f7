"""Backfills during which processes of Airflow are killed, at chosen moments and at random: the end is that of a clean run."""

import os
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import psutil
import pytest
from edgar_pipeline.ingest.day import land_day
from edgar_pipeline.settings import Settings

from local_airflow import LocalAirflow
from tests.airflow_homes import airflow_home
from tests.dags import disturbed
from tests.dags.disturbed import CONNECTIONS, until
from tests.dags.kills import Keeper, kill_at_random, victims
from tests.fake_edgar import FakeEdgar
from tests.publications import content
from tests.small_archive import SmallArchive

CHOSEN = [date(2026, 1, 5), date(2026, 1, 6)]
RANDOM = [date(2026, 1, 7), date(2026, 1, 8)]
FILINGS = 40
RATE = 4
#: Another seed kills others at other moments: EDGAR_TEST_KILL_SEED=7, or the campaign (`python -m tests.dags.kill_campaign`).
SEED = int(os.environ.get("EDGAR_TEST_KILL_SEED", "20260105"))
KILLS = int(os.environ.get("EDGAR_TEST_KILLS", "5"))

pytestmark = pytest.mark.timeout(900)


@dataclass(frozen=True)
class Scene:
    """A running Airflow over a stand-in EDGAR."""

    airflow: LocalAirflow
    edgar: FakeEdgar
    folder: Path

    def settings(self, folder: Path, rate: int = RATE) -> Settings:
        return Settings.from_environment(disturbed.environment_for(folder, self.edgar, rate))

    def submissions(self) -> int:
        return sum(entry["path"].endswith(".txt") for entry in self.edgar.log())


@pytest.fixture(scope="module")
def scene(tmp_path_factory) -> Iterator[Scene]:
    folder = tmp_path_factory.mktemp("killed")
    archive = SmallArchive(folder / "archive")
    for number, day in enumerate([*CHOSEN, *RANDOM]):
        archive.put_day(day, FILINGS, prefix=900001 + 1000 * number)
    with FakeEdgar(archive.root) as edgar:
        environment = disturbed.environment_for(folder, edgar, RATE) | disturbed.QUICK
        with LocalAirflow(airflow_home(folder / "airflow", tmp_path_factory), environment) as airflow:
            yield Scene(airflow, edgar, folder)


def test_a_killed_task_a_killed_worker_and_a_killed_scheduler_change_nothing(scene: Scene):
    airflow, edgar = scene.airflow, scene.edgar
    # GIVEN a backfill that fetches
    batch = disturbed.start_backfill(airflow, CHOSEN)
    # WHEN the task that fetches is killed in the middle of its work
    until(lambda: scene.submissions() >= 10)
    fetching(scene).kill()
    # and, once another try or the other day is fetching, the worker that waits for it, alone
    until(lambda: scene.submissions() >= 20 and fetching(scene) is not None)
    orphan = fetching(scene)
    worker = next(worker for worker in victims(airflow)["worker"] if orphan in worker.children())
    worker.kill()
    # THEN its task runs on; and WHEN somebody who does not wait for Airflow to notice starts it again, two tries run at once
    assert orphan.is_running()
    failed = running_fetch(scene)
    start_again(scene, failed)
    until(lambda: (running_fetch(scene) or failed)["id"] != failed["id"])
    assert running_fetch(scene)["dag_run_id"] == failed["dag_run_id"]
    assert orphan.is_running(), "the task ended before its second try began: let the day have more filings"
    # and, once they have gone on, the scheduler is killed
    until(lambda: scene.submissions() >= 50)
    scheduler = victims(airflow)["scheduler"][0]
    scheduler.kill()
    scheduler.wait(10)
    assert airflow.mend() == ["scheduler"]
    # THEN all is brought to its end
    done = airflow.wait_until_done(batch, timeout_seconds=400)
    assert {run.day: run.state for run in done.daily} == {str(day): "success" for day in CHOSEN}
    # and nothing is missing, nothing double, and what was received before a kill was not asked for again: a repeated request
    # was under way when its process died
    addresses, repeated = disturbed.repeated_requests(edgar)
    assert addresses == len(CHOSEN) * (1 + FILINGS)
    assert repeated <= 3 * CONNECTIONS
    assert_as_of_a_clean_run(scene, CHOSEN)


def fetching(scene: Scene) -> psutil.Process | None:
    """The task that has a connection to EDGAR."""
    port = int(scene.edgar.url.rsplit(":", 1)[1])
    for process in victims(scene.airflow)["task"]:
        try:
            if any(c.raddr and c.raddr.port == port for c in process.net_connections("inet")):
                return process
        except psutil.Error:
            continue
    return None


def running_fetch(scene: Scene) -> dict | None:
    """The task `fetch` that Airflow takes to be running; the pool lets there be one."""
    path = "/dags/edgar_daily/dagRuns/~/taskInstances"
    rows = scene.airflow.api.get(path, state="running", limit=100)["task_instances"]
    return next((row for row in rows if row["task_id"] == "fetch"), None)


def start_again(scene: Scene, running: dict) -> None:
    """Mark the task that runs as failed and clear it with what follows, as a person does in the UI."""
    api = scene.airflow.api
    path = f"/dags/edgar_daily/dagRuns/{running['dag_run_id']}/taskInstances/fetch/{running['map_index']}"
    api.patch(path, {"new_state": "failed"})
    task = {"dag_run_id": running["dag_run_id"], "task_ids": [["fetch", running["map_index"]]]}
    options = {"dry_run": False, "only_failed": False, "include_downstream": True, "reset_dag_runs": True}
    api.post("/dags/edgar_daily/clearTaskInstances", task | options)


def test_kills_at_random_change_nothing(scene: Scene):
    airflow, edgar = scene.airflow, scene.edgar
    edgar.clear_log()
    # GIVEN a backfill, WHEN processes of it are killed at random, and started again as `make up` does
    batch = disturbed.start_backfill(airflow, RANDOM)
    print(f"EDGAR_TEST_KILL_SEED={SEED} EDGAR_TEST_KILLS={KILLS}")
    with Keeper(airflow) as keeper:
        until(lambda: scene.submissions() >= 5)
        killed = kill_at_random(airflow, random.Random(SEED), KILLS, (1.0, 8.0), keeper.is_over(batch))
        print(*killed, sep="\n")
        done = disturbed.wait(airflow, batch, keeper.check, 600)
    # THEN all is brought to its end, and it is that of a clean run
    assert len(killed) == KILLS
    assert {run.state for run in (*done.daily, *done.warehouse)} == {"success"}
    addresses, repeated = disturbed.repeated_requests(edgar)
    assert addresses == len(RANDOM) * (1 + FILINGS)
    assert repeated <= KILLS * CONNECTIONS
    assert_as_of_a_clean_run(scene, RANDOM)


def assert_as_of_a_clean_run(scene: Scene, days: list[date]) -> None:
    """The publication has all of these days, and the records are those of a run that nobody disturbed."""
    tables = content(scene.folder / "home")
    complete = {
        row["index_date"]: (row["filings"], row["loaded"], row["is_complete"]) for row in tables["completeness_by_day"]
    }
    assert {day: complete.get(day) for day in days} == dict.fromkeys(days, (FILINGS, FILINGS, True))
    clean = scene.settings(scene.folder / "clean", rate=10)
    for day in days:
        land_day(clean, day)
    assert disturbed.records(scene.settings(scene.folder), days) == disturbed.records(clean, days)

"""A night that comes while days of a backfill wait for the one slot of the pool `edgar`, in a real Airflow.

The days are those before today, because that is how a night comes of itself: the timetable makes up for the index days after
the latest run. EDGAR_TEST_BACKFILL_DAYS=30 queues thirty days (some five minutes).
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from edgar_pipeline.edgar_days import index_days, index_ready_at
from edgar_pipeline.settings import Settings

from local_airflow import Batch, LocalAirflow, Progress
from tests.airflow_homes import airflow_home
from tests.dags import disturbed
from tests.dags.disturbed import until
from tests.fake_edgar import FakeEdgar
from tests.pipeline_homes import pipeline_environment, warm
from tests.publications import content
from tests.small_archive import SmallArchive

BACKFILLED = int(os.environ.get("EDGAR_TEST_BACKFILL_DAYS", "6"))
NIGHTS = 2
FILINGS = 3
RATE = 10
#: What has a slot of a pool is one of these tasks.
IN_POOL = {"edgar": ("index", "fetch", "reread"), "warehouse": ("build", "validate", "publish")}

pytestmark = pytest.mark.timeout(900)


@dataclass(frozen=True)
class Task:
    """A task instance, and when it was ready for a slot, got it, ran and ended."""

    kind: str
    run_id: str
    name: str
    ready: datetime
    queued: datetime
    began: datetime
    ended: datetime


@dataclass(frozen=True)
class Scene:
    """What came of a backfill that nights came into."""

    edgar: FakeEdgar
    home: Path
    days: list[date]
    nights: list[date]
    kinds: dict[str, str]
    progress: Progress
    tasks: list[Task]

    def in_pool(self, pool: str) -> list[Task]:
        return sorted((task for task in self.tasks if task.name in IN_POOL[pool]), key=lambda task: task.began)


@pytest.fixture(scope="module")
def scene(tmp_path_factory) -> Iterator[Scene]:
    """GIVEN index days up to the last one that is ready, WHEN all but two are backfilled, THEN the two come by themselves."""
    folder = tmp_path_factory.mktemp("race")
    now = datetime.now(UTC)
    ready = [day for day in index_days(now.date() - timedelta(days=90), now.date()) if index_ready_at(day) <= now]
    days = ready[-BACKFILLED - NIGHTS :]
    archive = SmallArchive(folder / "archive")
    for number, day in enumerate(days):
        archive.put_day(day, FILINGS, prefix=900001 + 1000 * number)
    with FakeEdgar(archive.root) as edgar:
        environment = pipeline_environment(folder, edgar, RATE)
        # Whoever is first keeps the slot until all others want it, so that there is an order to be seen on any machine.
        edgar.rule("/", "hold")
        warm(Settings.from_environment(environment), tmp_path_factory)
        with LocalAirflow(airflow_home(folder / "airflow", tmp_path_factory), environment) as airflow:
            batch = disturbed.start_backfill(airflow, days[:-NIGHTS])
            nights = set(map(str, days[-NIGHTS:]))
            until(lambda: {row["partition_key"] for row in scheduled(airflow)} >= nights, 120)
            until(lambda: beginning(airflow) == len(days), 120)
            edgar.clear()
            run_ids = {row["partition_key"]: row["dag_run_id"] for row in scheduled(airflow)}
            whole = Batch(batch.run_ids | run_ids, batch.since)
            progress = airflow.wait_until_done(whole, timeout_seconds=800)
            rows = airflow.api.get("/dags/edgar_daily/dagRuns", limit=100)["dag_runs"]
            kinds = {row["partition_key"]: row["run_type"] for row in rows}
            tasks = [task for dag_id in ("edgar_daily", "edgar_warehouse") for task in tasks_of(airflow, dag_id)]
        yield Scene(edgar, folder / "home", days, days[-NIGHTS:], kinds, progress, tasks)


def scheduled(airflow: LocalAirflow) -> list[dict]:
    return airflow.api.get("/dags/edgar_daily/dagRuns", run_type="scheduled")["dag_runs"]


def beginning(airflow: LocalAirflow) -> int:
    """How many days wait for the slot with their first task, or have it."""
    path = "/dags/edgar_daily/dagRuns/~/taskInstances"
    rows = airflow.api.get(path, limit=100, state=["scheduled", "queued", "running"])["task_instances"]
    return sum(row["task_id"] == "index" for row in rows)


def tasks_of(airflow: LocalAirflow, dag_id: str) -> list[Task]:
    """Every task of a DAG that has run."""
    path, rows = f"/dags/{dag_id}/dagRuns/~/taskInstances", []
    while len(rows) < (page := airflow.api.get(path, limit=100, offset=len(rows), order_by="id"))["total_entries"]:
        rows += page["task_instances"]
    moments = ("scheduled_when", "queued_when", "start_date", "end_date")
    return [
        Task(
            row["dag_run_id"].split("__")[0],
            row["dag_run_id"],
            row["task_id"],
            *(datetime.fromisoformat(row[moment]) for moment in moments),
        )
        for row in rows
        # Also a build that found nothing to do and so was skipped; what follows from it was never in a queue.
        if row["state"] in ("success", "skipped") and row["queued_when"]
    ]


def test_the_nights_came_by_themselves_and_all_days_are_published(scene: Scene):
    backfilled = dict.fromkeys(map(str, scene.days[:-NIGHTS]), "backfill")
    assert scene.kinds == backfilled | dict.fromkeys(map(str, scene.nights), "scheduled")
    assert {run.state for run in (*scene.progress.daily, *scene.progress.warehouse)} == {"success"}
    rows = content(scene.home)["completeness_by_day"]
    assert {row["index_date"]: (row["loaded"], row["is_complete"]) for row in rows} == dict.fromkeys(
        scene.days, (FILINGS, True)
    )


def test_each_day_has_its_run_of_the_warehouse(scene: Scene):
    assert sorted(run.day for run in scene.progress.warehouse) == sorted(map(str, scene.days))


def test_the_night_gets_the_next_slot(scene: Scene):
    # GIVEN what has stood in the queue for the one slot
    waiting = [task for task in scene.in_pool("edgar") if task.kind == "backfill"]
    nightly = [task for task in scene.in_pool("edgar") if task.kind == "scheduled"]
    assert {task.name for task in nightly} == set(IN_POOL["edgar"])
    # THEN from when a task of the night was ready until it had the slot, no task of the backfill got it
    overtaken = {
        (night.run_id, night.name): [task.run_id for task in waiting if night.ready < task.queued < night.queued]
        for night in nightly
    }
    assert overtaken == {key: [] for key in overtaken}
    # although some had waited longer
    passed = [task for task in waiting for night in nightly if task.ready < night.ready and night.queued < task.queued]
    assert passed


@pytest.mark.parametrize("pool", IN_POOL)
def test_a_pool_of_one_slot_has_one_task_at_a_time(scene: Scene, pool: str):
    tasks = scene.in_pool(pool)
    assert len(tasks) >= len(scene.days)
    assert [(a.run_id, b.run_id) for a, b in pairwise(tasks) if b.began < a.ended] == []


def test_the_rate_is_kept_in_every_second_over_all_processes(scene: Scene):
    times = [entry["at"] for entry in scene.edgar.log()]
    # Each index and each filing once, and the nights' second looks at the days before them.
    asked = [entry["path"] for entry in scene.edgar.log() if entry["path"].endswith(".txt")]
    assert len(asked) == len(set(asked)) == len(scene.days) * FILINGS
    assert max(sum(start <= time < start + 1.0 for time in times) for start in times) <= RATE

"""A backfill during which a task, a worker alone and the scheduler are killed at chosen moments: the end is that of a clean run."""

from collections.abc import Iterator
from datetime import date

import psutil
import pytest

from tests.dags.disturbed import CONNECTIONS, FILINGS, Scene, disturbed_scene, repeated_requests, start_backfill, until
from tests.dags.kills import victims

DAYS = [date(2026, 1, 5), date(2026, 1, 6)]

pytestmark = pytest.mark.timeout(900)


@pytest.fixture(scope="module")
def scene(tmp_path_factory) -> Iterator[Scene]:
    with disturbed_scene(tmp_path_factory, DAYS) as made:
        yield made


def test_a_killed_task_a_killed_worker_and_a_killed_scheduler_change_nothing(scene: Scene):
    airflow, edgar = scene.airflow, scene.edgar
    # GIVEN a backfill that fetches
    batch = start_backfill(airflow, DAYS)
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
    assert {run.day: run.state for run in done.daily} == {str(day): "success" for day in DAYS}
    # and nothing is missing, nothing double, and what was received before a kill was not asked for again: a repeated request
    # was under way when its process died
    addresses, repeated = repeated_requests(edgar)
    assert addresses == len(DAYS) * (1 + FILINGS)
    assert repeated <= 3 * CONNECTIONS
    scene.assert_as_of_a_clean_run()


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

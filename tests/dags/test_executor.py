"""The local executor gives up what its dead worker has taken with it; Airflow's own cannot."""

from types import SimpleNamespace
from uuid import uuid4

import pytest
from airflow.executors import local_executor
from airflow.models.taskinstancekey import TaskInstanceKey
from edgar_executor import LocalExecutor

from local_airflow.configuration import prepare


def taken() -> SimpleNamespace:
    """A task that a worker has taken from the queue and not started."""
    return SimpleNamespace(key=TaskInstanceKey("edgar_daily", "fetch", "backfill__2026-01-02__x", 1, 0), id=uuid4())


def test_a_task_that_is_revoked_has_left_its_place():
    # GIVEN an executor with one place, which is taken
    executor, task = LocalExecutor(parallelism=1), taken()
    executor.running.add(task.key)
    assert executor.slots_available == 0 and executor.has_task(task)
    # WHEN the scheduler revokes the task, THEN the place is free, and the task may be queued again
    executor.revoke_task(ti=task)
    assert executor.slots_available == 1 and not executor.has_task(task)


def test_airflows_own_cannot_do_it_yet():
    with pytest.raises(NotImplementedError):
        local_executor.LocalExecutor(parallelism=1).revoke_task(ti=taken())


def test_the_local_airflow_uses_it_and_revokes_after_a_minute(tmp_path):
    environment = prepare(tmp_path, {}, None, "sqlite://").environment
    assert environment["AIRFLOW__CORE__EXECUTOR"] == "edgar_executor.LocalExecutor"
    assert environment["AIRFLOW__SCHEDULER__TASK_QUEUED_TIMEOUT"] == "60"

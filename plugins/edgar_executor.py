"""The executor of the local Airflow: Airflow's own, which also gives up a task that its dead worker has taken with it.

A worker of the LocalExecutor that is killed (for want of memory, say) after it has taken a task and before the task runs leaves
it *queued*. Airflow would put such a task back after `[scheduler] task_queued_timeout`, but first asks the executor to revoke it,
which its LocalExecutor cannot: the task held the one slot of its pool until the scheduler was started again (seen with 3.3.2).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow.executors import local_executor

if TYPE_CHECKING:
    from airflow.models.taskinstance import TaskInstance


class LocalExecutor(local_executor.LocalExecutor):
    """Its name is Airflow's too, by which Airflow knows that it is a local one."""

    def revoke_task(self, *, ti: TaskInstance) -> None:
        """Forget the task. If it waits for a worker after all, the first to start it has it: the API server lets one start."""
        for key in (ti.key, ti.id):  # Airflow 3.3 looks for both.
            self.running.discard(key)
            self.queued_tasks.pop(key, None)

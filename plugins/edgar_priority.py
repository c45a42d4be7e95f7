"""Which task goes first where many wait for the one slot of a pool."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow.task.priority_strategy import PriorityWeightStrategy
from airflow.utils.types import DagRunType

if TYPE_CHECKING:
    from airflow.models.taskinstance import TaskInstance

#: More than a DAG has tasks.
STEP = 1000
ORDER = (DagRunType.BACKFILL_JOB.value, DagRunType.MANUAL.value)


class NightlyFirst(PriorityWeightStrategy):
    """The nightly run before a run that a person started, and that before a backfill; within each, begun days first.

    A backfill of a year queues thousands of tasks; without this the night would wait behind them. Airflow's strategies
    know the task only; here the kind of run is told by its id, which the timetable makes (`backfill__2025-09-03__…`).
    """

    def get_weight(self, ti: TaskInstance) -> int:
        """Return the weight: the kind of the run, then how many tasks lie upstream (so that begun days are finished)."""
        kind = next((rank for rank, kind in enumerate(ORDER) if ti.run_id.startswith(f"{kind}__")), len(ORDER))
        return kind * STEP + 1 + len(ti.task.get_flat_relative_ids(upstream=True))

"""Running index days in Airflow and waiting until the warehouse has them.

A day is run by triggering `edgar_daily` with the day as partition key. A backfill is for windows: it takes one window at
a time, so the sparse days of a demo (ten days in six years) would need one backfill after the other.
"""

import secrets
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from local_airflow.rest import AirflowApi

DAILY, WAREHOUSE = "edgar_daily", "edgar_warehouse"
FINISHED = frozenset({"success", "failed"})
POLL_SECONDS = 1.0
#: Airflow gives no more rows than this per answer.
PAGE = 100


@dataclass(frozen=True)
class Batch:
    """Runs of `edgar_daily` that were triggered together: index day to run id, and since when to look for others."""

    run_ids: dict[str, str]
    since: datetime


@dataclass(frozen=True)
class Run:
    """A run of a DAG. `state` is queued, running, success or failed; `day` its partition key."""

    dag_id: str
    run_id: str
    day: str
    state: str

    @property
    def is_finished(self) -> bool:
        """Nothing more will happen in this run."""
        return self.state in FINISHED


@dataclass(frozen=True)
class Progress:
    """The runs of a batch, the warehouse runs since, and the days whose warehouse run is still to be created."""

    daily: tuple[Run, ...]
    warehouse: tuple[Run, ...]
    awaited: frozenset[str]

    @property
    def is_done(self) -> bool:
        """Every run has finished, and every day that landed has had a run of the warehouse."""
        return not self.awaited and all(run.is_finished for run in (*self.daily, *self.warehouse))

    @property
    def failed(self) -> tuple[Run, ...]:
        """The red ones."""
        return tuple(run for run in (*self.daily, *self.warehouse) if run.state == "failed")

    def __str__(self) -> str:
        parts = []
        for dag_id, runs in ((DAILY, self.daily), (WAREHOUSE, self.warehouse)):
            states = Counter(run.state for run in runs)
            parts.append(f"{dag_id}: " + (", ".join(f"{n} {state}" for state, n in sorted(states.items())) or "none"))
        return "; ".join(parts)


class RunsUnfinished(TimeoutError):
    """The time is over and not all runs have finished; says how far they are."""


def trigger_days(api: AirflowApi, days: Iterable[date]) -> Batch:
    """Trigger a run of `edgar_daily` for each day, in the given order; they are queued, not finished.

    A day may be given again later: its new run requests only what is missing.
    """
    since = datetime.now(UTC)
    run_ids = {}
    for day in map(str, days):
        # The id is ours, so that a trigger repeated after an HTTP 500 cannot make a second run.
        run_ids[day] = f"manual__{day}__{secrets.token_hex(4)}"
        body = {"dag_run_id": run_ids[day], "partition_key": day, "logical_date": None}
        api.post(f"/dags/{DAILY}/dagRuns", body, already_there=True)
    return Batch(run_ids, since)


def wait_until_done(
    api: AirflowApi,
    batch: Batch,
    timeout_seconds: float,
    on_progress: Callable[[Progress], None] | None = None,
    check: Callable[[], None] = lambda: None,
) -> Progress:
    """Wait for the batch's runs and the warehouse runs that they cause; return their final states, red ones included.

    `on_progress` is called whenever a state has changed, `check` before each look: it raises if waiting is in vain.
    Raises RunsUnfinished after `timeout_seconds`.
    """
    deadline = time.monotonic() + timeout_seconds
    shown = None
    while True:
        check()
        progress = read_progress(api, batch)
        if progress != shown and on_progress is not None:
            on_progress(progress)
        if progress.is_done:
            return progress
        if time.monotonic() > deadline:
            raise RunsUnfinished(f"after {timeout_seconds:.0f} seconds: {progress}")
        shown = progress
        time.sleep(POLL_SECONDS)


def read_progress(api: AirflowApi, batch: Batch) -> Progress:
    """Ask for the states. The daily runs first: a warehouse run that is missing after that is one still to come."""
    days = {run_id: day for day, run_id in batch.run_ids.items()}
    # A backfill's runs are due at times long past; that they were queued is a change.
    runs = _runs_since(api, DAILY, updated_at_gte=batch.since)
    # The batch knows the day of a run that was triggered by parameter and has no partition key.
    daily = tuple(replace(run, day=days[run.run_id]) for run in runs if run.run_id in days)
    warehouse = tuple(_runs_since(api, WAREHOUSE, run_after_gte=batch.since))
    landed = {run.day for run in daily if run.is_finished and _has_landed(api, run)}
    return Progress(daily, warehouse, frozenset(landed - {run.day for run in warehouse}))


def _has_landed(api: AirflowApi, run: Run) -> bool:
    """Say whether a finished run has emitted its asset event: a green one has, a red one may have."""
    if run.state == "success":
        return True
    return api.get(f"/dags/{DAILY}/dagRuns/{run.run_id}/taskInstances/landed")["state"] == "success"


def _runs_since(api: AirflowApi, dag_id: str, **since: datetime) -> list[Run]:
    """Page through the runs of a DAG after a moment: `run_after_gte` (due) or `updated_at_gte` (changed)."""
    bound = {name: moment.isoformat() for name, moment in since.items()}
    rows: list[dict] = []
    while True:
        page = api.get(f"/dags/{dag_id}/dagRuns", **bound, order_by="id", limit=PAGE, offset=len(rows))
        rows += page["dag_runs"]
        if len(rows) >= page["total_entries"] or not page["dag_runs"]:
            return [Run(dag_id, row["dag_run_id"], row["partition_key"], row["state"]) for row in rows]

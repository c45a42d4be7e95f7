"""What the DAGs share: the asset that ties them together, the parameter for a day, and what a retry can repair."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from airflow.sdk import Asset, ExceptionRetryPolicy, Param, RetryAction, RetryRule
from edgar_pipeline.clock import SYSTEM_CLOCK
from edgar_pipeline.edgar_days import day_of_run, new_york_day
from edgar_pipeline.errors import Blocked, Incomplete, InputError

#: Partitioned by index day: an event with the key 2025-09-03 says that something of that day is new in the raw zone. What is not
#: of a day has another key, such as `reference`.
LANDED_DAYS = Asset(name="edgar_landed_days")

DAY_PARAM = Param(
    None,
    type=["null", "string"],
    format="date",
    pattern="^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
    title="Index day",
    description="For a manual run without a partition key: the day in New York, YYYY-MM-DD. Leave it empty otherwise.",
)

#: The kinds of failure; what is not named here is retried after the task's `retry_delay`.
RETRY_POLICY = ExceptionRetryPolicy(
    rules=[
        RetryRule(InputError, RetryAction.FAIL, reason="A wrong setting or parameter stays wrong."),
        RetryRule(Incomplete, RetryAction.FAIL, reason="This task reports what is missing; it cannot fetch it."),
        RetryRule(Blocked, RetryAction.RETRY, timedelta(minutes=20), reason="The SEC asks for silence."),
    ]
)

DEFAULT_ARGS = {
    "owner": "data-engineering",
    "retries": 3,
    "retry_delay": timedelta(minutes=5),
    "retry_policy": RETRY_POLICY,
    # Days that have begun are finished before others begin.
    "weight_rule": "upstream",
}


def day_of(context: Mapping[str, Any]) -> date:
    """Return the index day of the run that this task context belongs to; InputError if it has none."""
    today = new_york_day(SYSTEM_CLOCK.now())
    return day_of_run(context["dag_run"].partition_key, context["params"]["day"], today)

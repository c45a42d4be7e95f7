"""What the DAGs share: the asset that ties them together, the parameter for a day, and what a retry can repair."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

from airflow.sdk import Asset, CronTriggerTimetable, ExceptionRetryPolicy, Param, RetryAction, RetryRule
from airflow.sdk.exceptions import AirflowSkipException
from edgar_pipeline.clock import SYSTEM_CLOCK
from edgar_pipeline.edgar_days import day_of_run, new_york_day, parse_day
from edgar_pipeline.errors import Blocked, EdgarError, Incomplete, InputError, NotYetDue

#: Partitioned by index day: an event with the key 2025-09-03 says that something of that day is new in the raw zone. What is not
#: of a day has another key, such as `reference`.
LANDED_DAYS = Asset(name="edgar_landed_days")

#: In Python `$` also stands before a last line feed, in the browser's JavaScript it does not.
END = r"(?!\n)$"
DATE_PATTERN = f"^[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}{END}"

DAY_PARAM = Param(
    None,
    type=["null", "string"],
    format="date",
    pattern=DATE_PATTERN,
    title="Index day",
    description="For a manual run without a partition key: the day in New York, YYYY-MM-DD. Leave it empty otherwise.",
)

WAY_PARAM = Param(
    "auto",
    type="string",
    enum=["auto", "feed", "filings"],
    title="Way",
    description="How filings are fetched: one by one (filings), the day's Feed tarball first (feed), or by the rule: the "
    "Feed for a day of a backfill of which 1,000 filings or more are missing (auto). What the Feed lacks is fetched singly.",
)

#: What Python raises for a mistake in a program.
BUGS = [ArithmeticError, AssertionError, AttributeError, ImportError, LookupError, NameError, TypeError, ValueError]

#: The kinds of failure. What is not named here, above all a process that was killed, is retried after the task's `retry_delay`.
RETRY_POLICY = ExceptionRetryPolicy(
    rules=[
        RetryRule(InputError, RetryAction.FAIL, reason="A wrong setting or parameter stays wrong."),
        RetryRule(Incomplete, RetryAction.FAIL, reason="This task reports what is missing; it cannot fetch it."),
        RetryRule(Blocked, RetryAction.RETRY, timedelta(minutes=20), reason="The SEC asks for silence."),
        RetryRule(
            [EdgarError, OSError], RetryAction.RETRY, timedelta(minutes=5), reason="Network, disk or EDGAR may mend."
        ),
        RetryRule(BUGS, RetryAction.FAIL, reason="A mistake in the program stays one: mend it, then clear the task."),
    ]
)

DEFAULT_ARGS = {
    "owner": "data-engineering",
    "retries": 3,
    "retry_delay": timedelta(minutes=1),
    "retry_policy": RETRY_POLICY,
    # By its name: as an object it is lost when Airflow serializes a mapped task.
    "weight_rule": "edgar_priority.NightlyFirst",
}


def sundays(hour: int) -> CronTriggerTimetable:
    """Sundays at this hour in New York.

    Unpausing starts nothing. By default Airflow would make up for a Sunday that is less than a tenth of a week ago.
    """
    return CronTriggerTimetable(f"0 {hour} * * 0", timezone="America/New_York", run_immediately=timedelta(0))


def day_of(context: Mapping[str, Any]) -> date:
    """Return the index day of the run that this task context belongs to; InputError if it has none."""
    today = new_york_day(SYSTEM_CLOCK.now())
    with naming("day"):
        return day_of_run(context["dag_run"].partition_key, context["params"]["day"], today)


def tell_failure(context: Mapping[str, Any]) -> None:
    """Callback of a task whose failure makes the run red: one message with the reason, its numbers, and where to look."""
    from edgar_pipeline import notify, settings

    task, run = context["ti"], context["dag_run"]
    reason = context.get("exception") or "its process ended; see the log"
    text = f"✗ {task.dag_id} {run.partition_key or run.run_id}: {task.task_id} failed: {reason}\n{task.log_url}"
    notify.tell(settings.Settings.from_environment(), text)


def tell_warnings(context: Mapping[str, Any]) -> None:
    """Callback of a publication: one message if it carries warnings which the one before did not carry, or with fewer rows."""
    from edgar_pipeline import notify, publish, settings
    from edgar_pipeline.quality.verdict import published_verdict, summary

    current = settings.Settings.from_environment()
    database = publish.current_publication(current)
    verdict = published_verdict(database) if database else None
    if verdict and verdict.new_warnings:
        task = context["ti"]
        news = ", ".join(verdict.new_warnings)
        notify.tell(
            current, f"! {task.dag_id}: published, with new warnings: {news}\n{summary(verdict)}\n{task.log_url}"
        )


def way_of(context: Mapping[str, Any]) -> dict[str, Any]:
    """Return how the run of this task context fetches: its parameter `way`, and whether it is a backfill's."""
    return {"way": context["params"]["way"], "is_backfill": context["dag_run"].run_type == "backfill"}


@contextmanager
def green_if_not_due() -> Iterator[None]:
    """Skip the task for a day that was asked for too early, instead of failing it: its own night will bring it."""
    try:
        yield
    except NotYetDue as error:
        raise AirflowSkipException(str(error)) from None


@contextmanager
def naming(parameter: str) -> Iterator[None]:
    """Let an InputError say which parameter of the run it is about; its schema cannot know what is refused here."""
    try:
        yield
    except InputError as error:
        raise InputError(f"parameter `{parameter}`: {error}") from None


def today_of(context: Mapping[str, Any]) -> date:
    """Return the day in New York that a run is of: a retry after midnight means the same one."""
    return new_york_day(context["dag_run"].run_after)


def since_of(context: Mapping[str, Any]) -> date | None:
    """Return the date since when filings are wanted; None for all. InputError for one that does not exist or is to come."""
    since = context["params"]["since"]
    with naming("since"):
        return parse_day(since, new_york_day(SYSTEM_CLOCK.now())) if since else None


def require_complete(parts: Iterable[Mapping[str, Any]]) -> list[dict]:
    """Return what the parts of a piece of work came to; raise Incomplete with the `problem` of each that has one."""
    done = [dict(part) for part in parts]
    if problems := [part["problem"] for part in done if part["problem"]]:
        raise Incomplete(" | ".join(problems[:5]))
    return done

"""# One EDGAR index day, landed in the raw zone

`index` (the day's master index) → `plan` (what is missing of it) → `fetch` (the submissions, in chunks) → `landed` (tells
`edgar_warehouse`) → `check` (is all complete?); beside them `reread` (what changed in the last five index days).

**When.** Every EDGAR index day, at 06:30 of the next morning in New York, when its index is certainly complete. The
partition key is the index day, `YYYY-MM-DD`. A backfill's window gives exactly EDGAR's index days, a manual run takes a
partition key or the parameter `day`. Nights that were missed are made up for; the night goes before a backfill.

**Is a rerun safe?** Yes. The work list is *index minus landed*: what is here is not requested again.

**Green and red.** A day without an index (weekend, holiday) is green, and so is one that is not due yet. An incomplete day
is red, and `check` says what is missing, once, to the log and to a chat (EDGAR_WEBHOOK_URL); what did land is published.
"""

from datetime import timedelta

from airflow.sdk import TriggerRule, dag, task
from edgar_dags import (
    DAY_PARAM,
    DEFAULT_ARGS,
    LANDED_DAYS,
    WAY_PARAM,
    day_of,
    green_if_not_due,
    require_complete,
    tell_failure,
    way_of,
)
from edgar_timetable import IndexDayTimetable


@dag(
    schedule=IndexDayTimetable(),
    catchup=False,
    max_active_runs=4,
    default_args={**DEFAULT_ARGS, "pool": "default_pool", "execution_timeout": timedelta(minutes=15)},
    params={"day": DAY_PARAM, "way": WAY_PARAM},
    doc_md=__doc__,
    tags=["edgar", "extract"],
)
def edgar_daily():
    @task(pool="edgar", execution_timeout=timedelta(hours=4))
    def index(**context) -> dict:
        """Land the day's index, or the evidence that there is none, and on a backfill its Feed; return state and counts."""
        from edgar_pipeline import ingest, settings

        begun = ingest.begin_day(settings.Settings.from_environment(), day_of(context), **way_of(context))
        return begun.summary()

    @task
    def plan(**context) -> list[list[int]]:
        """Return the chunks of the index in which something is missing, as [start, stop]; none for a complete day."""
        from edgar_pipeline import ingest, settings

        return ingest.plan_day(settings.Settings.from_environment(), day_of(context))

    # The UI shows no docstring of a mapped task, hence `doc_md`.
    @task(
        pool="edgar",
        execution_timeout=timedelta(hours=4),
        map_index_template="{{ task.op_kwargs['chunk'] }}",
        doc_md="Fetch and land what is missing of one chunk; return counts by outcome.",
    )
    def fetch(chunk: list[int], **context) -> dict[str, int]:
        from edgar_pipeline import ingest, settings

        return ingest.land_filings(settings.Settings.from_environment(), day_of(context), *chunk)

    @task(pool="edgar", execution_timeout=timedelta(hours=1))
    def reread(**context) -> dict[str, list[str]]:
        """Read the last five index days again, once a night, and land what is new; return those that changed, and problems."""
        from edgar_pipeline import ingest, settings

        found = ingest.reread_days(settings.Settings.from_environment(), day_of(context))
        return {"changed": list(map(str, found.changed)), "problems": found.problems}

    # Also after a failure: what landed of an incomplete day belongs in the warehouse.
    @task(outlets=[LANDED_DAYS], trigger_rule=TriggerRule.ALL_DONE, on_failure_callback=tell_failure)
    def landed(**context) -> None:
        """Emit the day's asset event, which starts `edgar_warehouse`; named here because a manual run may have no key."""
        context["outlet_events"][LANDED_DAYS].add_partitions(day_of(context).isoformat())

    @task(on_failure_callback=tell_failure)
    def check(reread: dict[str, list[str]], **context) -> dict[str, int]:
        """Fail, with the day and its numbers, unless all of the day is landed or rightly absent; return the numbers."""
        from edgar_pipeline import ingest, settings

        with green_if_not_due():
            status = ingest.finish_day(settings.Settings.from_environment(), day_of(context))
        require_complete({"problem": problem} for problem in reread["problems"])
        return {"filings": status.filings, "loaded": status.loaded, "gone": status.gone}

    chunks, again = plan(), reread()
    index() >> chunks
    [fetch.expand(chunk=chunks), again] >> landed() >> check(again)


edgar_daily()

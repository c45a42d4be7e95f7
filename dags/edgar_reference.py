"""# Reference data: tickers, companies, EDGAR's open days

`land` (the ticker file, the submissions JSON of the companies that the warehouse holds, the listings of index days) → `landed`
(tells `edgar_warehouse`) → `check`. All requests go through the one slot of the pool `edgar`.

**When.** Sundays at 08:00 in New York. A company's JSON is read again after 90 days, the ticker file after one; a first run over
thousands of companies takes what it can in a quarter of an hour, and the next ones go on.

**Is a rerun safe?** Yes. What was read lately is not asked for again, and what has not changed makes no new record.
"""

from datetime import timedelta

from airflow.sdk import Param, TriggerRule, dag, task
from edgar_dags import DEFAULT_ARGS, END, LANDED_DAYS, sundays, tell_failure


@dag(
    schedule=sundays(8),
    catchup=False,
    max_active_runs=1,
    default_args={**DEFAULT_ARGS, "execution_timeout": timedelta(minutes=15), "on_failure_callback": tell_failure},
    params={
        "ciks": Param(
            [],
            type="array",
            items={"type": "string", "pattern": f"^[0-9]{{1,10}}{END}"},
            maxItems=1000,
            title="Companies",
            description="CIKs, one a line, to read again now. Leave it empty for the companies of the warehouse.",
        )
    },
    doc_md=__doc__,
    tags=["edgar", "extract"],
)
def edgar_reference():
    @task(pool="edgar", execution_timeout=timedelta(hours=2))
    def land(**context) -> dict:
        """Land what is due; return counts by outcome and what a single file met. A block or an outage fails and is retried."""
        from edgar_pipeline import settings
        from edgar_pipeline.ingest.reference import land_reference

        run = land_reference(settings.Settings.from_environment(), context["params"]["ciks"])
        return {"counts": dict(run.counts), "problems": run.problems[:10], "waiting": run.waiting}

    # Also after a failure: what landed belongs in the warehouse.
    @task(outlets=[LANDED_DAYS], trigger_rule=TriggerRule.ALL_DONE)
    def landed(**context) -> None:
        """Emit the asset event that starts `edgar_warehouse`."""
        context["outlet_events"][LANDED_DAYS].add_partitions("reference")

    @task
    def check(run: dict) -> dict:
        """Fail, with the reasons, if a file could not be read; return what was read."""
        from edgar_pipeline.ingest.reference import finish_reference

        finish_reference(run["counts"], run["problems"])
        return run

    run = land()
    run >> landed() >> check(run)


edgar_reference()

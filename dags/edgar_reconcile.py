"""# The quarterly index against what is here

`quarters` → `reconcile` (record what came late, changed or is gone; fetch it, or prove that it is gone) → `landed` (tells
`edgar_warehouse`) → `check`. All requests go through the one slot of the pool `edgar`.

**When.** Sundays at 10:00 in New York, after EDGAR's rebuild of Saturday: the running quarter and the one before. On demand any.

**Is a rerun safe?** Yes. A difference is recorded once, and nothing is deleted.
"""

from datetime import timedelta

from airflow.sdk import Param, TriggerRule, dag, task
from edgar_dags import DEFAULT_ARGS, END, LANDED_DAYS, naming, require_complete, sundays, tell_failure, today_of


@dag(
    schedule=sundays(10),
    catchup=False,
    max_active_runs=1,
    default_args={**DEFAULT_ARGS, "execution_timeout": timedelta(minutes=15), "on_failure_callback": tell_failure},
    params={
        "quarters": Param(
            [],
            type="array",
            items={"type": "string", "pattern": f"^[0-9]{{4}}Q[1-4]{END}"},
            maxItems=40,
            title="Quarters",
            description="Like 2020Q1, one a line. Leave it empty for the running quarter and the one before it.",
        )
    },
    doc_md=__doc__,
    tags=["edgar", "extract"],
)
def edgar_reconcile():
    @task
    def quarters(**context) -> list[str]:
        """Return the quarters; fail for one to come, or before 1993."""
        from edgar_pipeline import ingest

        with naming("quarters"):
            return [str(quarter) for quarter in ingest.quarters_of(context["params"]["quarters"], today_of(context))]

    # The UI shows no docstring of a mapped task, hence `doc_md`.
    @task(
        pool="edgar",
        execution_timeout=timedelta(hours=6),
        map_index_template="{{ task.op_kwargs['quarter'] }}",
        doc_md="Reconcile one quarter; return its differences, and what is missing of them.",
    )
    def reconcile(quarter: str, **context) -> dict:
        from edgar_pipeline import ingest, settings

        (named,) = ingest.quarters_of([quarter], today_of(context))
        status = ingest.reconcile(settings.Settings.from_environment(), named)
        return {"quarter": quarter, "known": status.known, "new": status.new, "problem": status.problem}

    # Also after a failure: what landed belongs in the warehouse.
    @task(outlets=[LANDED_DAYS], trigger_rule=TriggerRule.ALL_DONE)
    def landed(**context) -> None:
        """Emit the asset event that starts `edgar_warehouse`."""
        context["outlet_events"][LANDED_DAYS].add_partitions("quarters")

    @task
    def check(reconciled) -> list[dict]:
        """Fail, saying what is missing, unless all that differs is settled; return the differences."""
        return require_complete(reconciled)

    reconciled = reconcile.expand(quarter=quarters())
    reconciled >> landed() >> check(reconciled)


edgar_reconcile()

"""# One company's whole history, on demand

`resolve` (CIKs or tickers → companies) → `land` (each company's submissions JSON with all its pages, and every filing of it that
is not here) → `landed` (tells `edgar_warehouse`) → `check`. All requests go through the one slot of the pool `edgar`.

**When.** When you trigger it with CIKs or tickers. An unknown ticker is refused with suggestions.

**Is a rerun safe?** Yes. It asks for the JSON, and for what has landed nowhere, here or with an index day.
"""

from datetime import timedelta

from airflow.sdk import Param, TriggerRule, dag, task
from edgar_dags import DATE_PATTERN, DEFAULT_ARGS, END, LANDED_DAYS, require_complete, since_of, tell_failure


@dag(
    schedule=None,
    catchup=False,
    max_active_runs=4,
    default_args={**DEFAULT_ARGS, "execution_timeout": timedelta(minutes=15), "on_failure_callback": tell_failure},
    params={
        "companies": Param(
            type="array",
            items={"type": "string", "pattern": f"^[A-Za-z0-9][A-Za-z0-9.-]{{0,9}}{END}"},
            minItems=1,
            maxItems=100,
            title="Companies",
            description="CIKs or tickers, one a line: 1804583, AAPL",
        ),
        "since": Param(
            None,
            type=["null", "string"],
            format="date",
            pattern=DATE_PATTERN,
            title="Since",
            description="Only what is dated since then, YYYY-MM-DD. Leave it empty for the whole history.",
        ),
    },
    doc_md=__doc__,
    tags=["edgar", "extract"],
)
def edgar_company():
    @task(pool="edgar")
    def resolve(**context) -> list[str]:
        """Return the CIKs of the companies; fail, with suggestions, for an unknown ticker."""
        from edgar_pipeline import ingest, settings

        since_of(context)  # A date that does not exist is refused before anything is asked.
        return ingest.resolve_companies(settings.Settings.from_environment(), context["params"]["companies"])

    # The UI shows no docstring of a mapped task, hence `doc_md`.
    @task(
        pool="edgar",
        execution_timeout=timedelta(hours=6),
        map_index_template="{{ task.op_kwargs['cik'] }}",
        doc_md="Land one company's history; return its numbers, and what is missing of it.",
    )
    def land(cik: str, **context) -> dict:
        from edgar_pipeline import ingest, settings

        status = ingest.land_company(settings.Settings.from_environment(), cik, since_of(context))
        return {"cik": cik, "filings": status.filings, "loaded": status.loaded, "problem": status.problem}

    # Also after a failure: what landed belongs in the warehouse.
    @task(outlets=[LANDED_DAYS], trigger_rule=TriggerRule.ALL_DONE)
    def landed(**context) -> None:
        """Emit the asset event that starts `edgar_warehouse`."""
        context["outlet_events"][LANDED_DAYS].add_partitions("companies")

    @task
    def check(histories) -> list[dict]:
        """Fail, saying what is missing, unless every history is complete; return their numbers."""
        return require_complete(histories)

    histories = land.expand(cik=resolve())
    histories >> landed() >> check(histories)


edgar_company()

"""# The warehouse: build, validate, publish

`build` (dbt, into a private file) → `validate` (Great Expectations) → `publish` (an atomic swap).

**When.** After each index day that landed, through the partitioned asset `edgar_landed_days`. A run takes everything that
has landed and is not loaded yet, whichever day started it; the next runs then find nothing new and end at once, green
and skipped.

**Is a rerun safe?** Yes. A build is private and a failed one is thrown away; only a build whose expectations all passed is
published. Red means: the previous publication stays as it was, readers notice nothing.

**Who is told.** The log and, with EDGAR_WEBHOOK_URL, a chat: once for a run that fails, and once for one that publishes with
warnings which the last publication did not have. The report is the button *Report* under *Details* of a run's tasks; all that are
kept, with every expectation, and dbt's documentation of each publication are under [Browse → Reports](/plugin/edgar-reports).

One run at a time, in the pool `warehouse` with its one slot, because a DuckDB file has one writer.
"""

from datetime import timedelta

from airflow.sdk import PartitionedAssetTimetable, dag, task
from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException
from edgar_dags import DEFAULT_ARGS, LANDED_DAYS, tell_failure, tell_warnings


@dag(
    schedule=PartitionedAssetTimetable(assets=LANDED_DAYS),
    catchup=False,
    max_active_runs=1,
    default_args={
        **DEFAULT_ARGS,
        "pool": "warehouse",
        "retries": 2,
        "retry_delay": timedelta(minutes=1),
        "on_failure_callback": tell_failure,
    },
    doc_md=__doc__,
    tags=["edgar", "warehouse"],
)
def edgar_warehouse():
    @task(execution_timeout=timedelta(hours=6))
    def build() -> str:
        """Build all that is new into a private file; return the build's id. Skipped if nothing is new."""
        from edgar_pipeline import settings, warehouse

        built = warehouse.build(settings.Settings.from_environment())
        if built is None:
            raise AirflowSkipException("Everything that has landed is published already.")
        return built.build_id

    @task(execution_timeout=timedelta(hours=1))
    def validate(build_id: str) -> str:
        """Judge the build by its expectations; return its id, or fail naming those that are not met."""
        from edgar_pipeline import quality, settings

        verdict = quality.validate(settings.Settings.from_environment(), build_id)
        if not verdict.passed:
            raise AirflowFailException(quality.summary(verdict))
        return build_id

    @task(execution_timeout=timedelta(hours=1), on_success_callback=tell_warnings)
    def publish(build_id: str) -> str:
        """Swap the validated build into place, give it its documentation; return the publication's id."""
        from edgar_pipeline import publish, settings, warehouse

        current = settings.Settings.from_environment()
        published = publish.publish(current, build_id).publication_id
        warehouse.document_publication(current, published)
        return published

    publish(validate(build()))


edgar_warehouse()

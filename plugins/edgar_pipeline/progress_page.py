"""How far the backfills are, as a page for Airflow's UI. Everything in it is escaped; it runs no script."""

from dataclasses import dataclass
from datetime import date

from jinja2 import Environment, PackageLoader, StrictUndefined

from edgar_pipeline.clock import SYSTEM_CLOCK, Clock
from edgar_pipeline.ingest.day import describe
from edgar_pipeline.ledger import day_status
from edgar_pipeline.progress import Progress, measure_progress
from edgar_pipeline.settings import Settings

#: So many days that are begun and not complete are named, with what is missing of them.
NAMED_DAYS = 20


@dataclass(frozen=True)
class BackfillProgress:
    """A backfill in numbers; `open_days` says, for days that are begun and not complete, what is missing."""

    name: str
    has_ended: bool
    first: date | None
    last: date | None
    progress: Progress
    open_days: list[str]

    @classmethod
    def read(
        cls, settings: Settings, name: str, has_ended: bool, days: list[date], clock: Clock = SYSTEM_CLOCK
    ) -> "BackfillProgress":
        """Compute it from the raw zone."""
        statuses = [day_status(settings, day) for day in days]
        begun = [status for status in statuses if not status.is_complete and status.reasons and status.filings]
        return cls(
            name,
            has_ended,
            min(days, default=None),
            max(days, default=None),
            measure_progress(settings, statuses, clock),
            [describe(status) for status in begun[:NAMED_DAYS]],
        )


def progress_page(backfills: list[BackfillProgress]) -> str:
    """The page; the newest backfill comes first."""
    environment = Environment(
        loader=PackageLoader("edgar_pipeline"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    return environment.get_template("progress.html.j2").render(backfills=backfills)

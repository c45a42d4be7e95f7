"""One index day from its index to its last submission."""

from contextlib import suppress
from datetime import date

from edgar_pipeline.client import EdgarClient
from edgar_pipeline.clock import SYSTEM_CLOCK, Clock
from edgar_pipeline.errors import Incomplete, TransportError
from edgar_pipeline.ingest.filings import Progress, land_filings
from edgar_pipeline.ingest.index import land_index
from edgar_pipeline.ingest.outcomes import printable
from edgar_pipeline.ledger import DayStatus, day_status
from edgar_pipeline.settings import Settings


def land_day(settings: Settings, day: date, clock: Clock = SYSTEM_CLOCK, progress: Progress | None = None) -> DayStatus:
    """Land an index day; return its numbers. What has landed is not asked for again."""
    with EdgarClient(settings, clock) as client:
        landing = land_index(settings, day, client, clock)
        if landing.day_state == "loaded":
            # A block or an outage that lasts is no error here: the ledger shows what stayed pending, and why.
            with suppress(TransportError):
                land_filings(settings, day, client=client, clock=clock, progress=progress)
    return day_status(settings, day)


def finish_day(settings: Settings, day: date) -> DayStatus:
    """Return the numbers of a complete day; raise Incomplete, with the numbers and reasons, for any other."""
    status = day_status(settings, day)
    if not status.is_complete:
        raise Incomplete(describe(status))
    return status


def describe(status: DayStatus) -> str:
    """One line that says what is missing of a day and what to do."""
    if status.day_state != "loaded":
        reason = printable(next(iter(status.reasons), "")).removesuffix(".")
        return f"{status.index_date}: {status.day_state.replace('_', ' ')}: {reason}. Run the day again later."
    reasons = "; ".join(f"{count} × {printable(reason)}" for reason, count in list(status.reasons.items())[:3])
    return (
        f"{status.index_date}: {status.loaded} of {status.filings} filings loaded, {status.pending} pending, "
        f"{status.quarantined} quarantined ({reasons}). {_next_step(status)}"
    )


def _next_step(status: DayStatus) -> str:
    """A later run asks again for what is pending or arrived damaged; what the parser refused would only arrive again."""
    again = "Run the day again to fetch what is missing."
    if not status.quarantined:
        return again
    reparse = f"`python -m edgar_pipeline reparse {status.index_date}`"
    return f"{again} Content that the parser refuses waits for a better parser and {reparse}."

"""One index day from its index to its last submission."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import date

from edgar_pipeline.client import EdgarClient
from edgar_pipeline.clock import SYSTEM_CLOCK, Clock
from edgar_pipeline.errors import Incomplete, NotYetDue, TransportError
from edgar_pipeline.ingest.feed import land_feed
from edgar_pipeline.ingest.filings import Progress, land_filings
from edgar_pipeline.ingest.index import IndexLanding, land_index
from edgar_pipeline.ingest.outcomes import printable
from edgar_pipeline.ledger import DayStatus, day_status
from edgar_pipeline.settings import Settings

#: One request for the Feed's tarball is worth three minutes of single requests and more; a rest of a day is fetched singly.
FEED_FROM = 1000
#: Of earlier days EDGAR has no tarball.
FIRST_FEED_DAY = date(1995, 7, 1)


@dataclass(frozen=True)
class DayBeginning:
    """A day's index and, where its Feed was asked for, how much of the day is loaded then or why the Feed was no use."""

    index: IndexLanding
    loaded_after_feed: int | None = None
    feed_problem: str | None = None

    def summary(self) -> dict[str, str | int | None]:
        """The same, flat, for a log or an XCom."""
        index = self.index
        counts = {"day_state": index.day_state, "index_rows": index.index_rows, "filings": index.filings}
        return {**counts, "loaded_after_feed": self.loaded_after_feed, "feed_problem": self.feed_problem}


def land_day(settings: Settings, day: date, clock: Clock = SYSTEM_CLOCK, progress: Progress | None = None) -> DayStatus:
    """Land an index day; return its numbers. What has landed is not asked for again."""
    with EdgarClient(settings, clock) as client:
        landing = land_index(settings, day, client, clock)
        if landing.day_state == "loaded":
            # A block or an outage that lasts is no error here: the ledger shows what stayed pending, and why.
            with suppress(TransportError):
                land_filings(settings, day, client=client, clock=clock, progress=progress)
    return day_status(settings, day)


def begin_day(
    settings: Settings, day: date, way: str = "auto", *, is_backfill: bool = False, clock: Clock = SYSTEM_CLOCK
) -> DayBeginning:
    """Land a day's index and, where that is the better way, what its Feed has; what is missing then is fetched singly.

    `way` is `feed`, `filings` (singly) or `auto`: the Feed for a day of a backfill of which FEED_FROM filings or more are
    missing. A Feed that cannot be used is no error: the filings are all there singly.
    """
    landing = land_index(settings, day, clock=clock)
    if landing.day_state != "loaded" or not _is_for_feed(settings, day, way, is_backfill):
        return DayBeginning(landing)
    feed = land_feed(settings, day, clock)
    return DayBeginning(landing, feed.status.loaded, feed.problem)


def _is_for_feed(settings: Settings, day: date, way: str, is_backfill: bool) -> bool:
    if way != "auto":
        return way == "feed"
    return is_backfill and day >= FIRST_FEED_DAY and day_status(settings, day).pending >= FEED_FROM


def finish_day(settings: Settings, day: date) -> DayStatus:
    """Return the numbers of a complete day; raise NotYetDue or Incomplete, with numbers and reasons, for any other."""
    status = day_status(settings, day)
    if status.day_state == "not_yet_published":
        raise NotYetDue(describe(status))
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

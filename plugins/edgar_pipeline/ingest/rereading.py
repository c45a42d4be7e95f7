"""The last index days, read again every night: what EDGAR added late or took back within the week."""

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date

from edgar_pipeline.client import EdgarClient
from edgar_pipeline.clock import SYSTEM_CLOCK, Clock, to_iso
from edgar_pipeline.edgar_days import index_ready_at, previous_index_day
from edgar_pipeline.errors import TransportError
from edgar_pipeline.ingest.day import describe
from edgar_pipeline.ingest.filings import land_filings
from edgar_pipeline.ingest.index import land_index
from edgar_pipeline.landing import day_partition
from edgar_pipeline.ledger import day_status, read_day, read_outcomes
from edgar_pipeline.settings import Settings

#: Index days before the night's own that are read again.
DAYS = 5


@dataclass
class Reread:
    """The index days that another reading showed to have changed, and what is missing of those that were complete before."""

    changed: list[date] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def reread_days(settings: Settings, day: date, clock: Clock = SYSTEM_CLOCK) -> Reread:
    """Read the indexes of the five index days before this one again, and land what is new of them.

    Only a day that is here is read again, and only if it was read last before the index of `day` was ready. So each night reads
    each of them once, a second run of the night asks nothing, and neither does the backfill of days long past.
    """
    result = Reread()
    with EdgarClient(settings, clock) as client:
        for earlier in _due(settings, day, clock):
            before, was_complete = read_day(settings, earlier).index_hashes, day_status(settings, earlier).is_complete
            land_index(settings, earlier, client, clock, reread=True)
            if read_day(settings, earlier).index_hashes == before:
                continue
            result.changed.append(earlier)
            # What could not be fetched stays pending, with its reason, and is a problem below.
            with suppress(TransportError):
                land_filings(settings, earlier, client=client, clock=clock)
            status = day_status(settings, earlier)
            if was_complete and not status.is_complete:
                result.problems.append(describe(status))
    return result


def _due(settings: Settings, day: date, clock: Clock) -> list[date]:
    """The index days to be read again in the night of `day`, oldest first."""
    ready = index_ready_at(day)
    if clock.now() < ready:
        return []
    due: list[date] = []
    earlier = day
    for _ in range(DAYS):
        earlier = previous_index_day(earlier)
        read_at = [
            row["requested_at"]
            for row in read_outcomes(settings, day_partition(earlier))
            if row["kind"] == "daily_index" and row["attempt"]
        ]
        if read_at and max(read_at) < to_iso(ready) and read_day(settings, earlier).day_state == "loaded":
            due.append(earlier)
    return due[::-1]

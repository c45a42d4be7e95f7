"""How far the loading of some days is: days, filings, bytes, requests, and when it will be done.

Computed from the raw zone, like the ledger: it holds whatever loads the days, and is right after a restart.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from edgar_pipeline.clock import SYSTEM_CLOCK, Clock, to_iso
from edgar_pipeline.landing import OUTCOMES, day_partition, read_records
from edgar_pipeline.ledger import DayStatus
from edgar_pipeline.settings import Settings

#: The pace is that of the filings that landed within this time.
RECENTLY = timedelta(minutes=10)


@dataclass(frozen=True)
class Progress:
    """Sums over some days. `filings` counts those of the indexes that are here; `per_minute` is None where nothing lands."""

    days: int
    complete_days: int
    filings: int
    settled: int
    requests: int
    bytes: int
    per_minute: float | None
    expected_end: datetime | None

    def __str__(self) -> str:
        megabytes = f"{self.bytes / 1e6:,.1f} MB"
        said = (
            f"{self.complete_days} of {self.days} days complete, {self.settled:,} of {self.filings:,} filings settled"
        )
        said += f", {self.requests:,} requests, {megabytes}"
        if self.expected_end is not None:
            said += f", {self.per_minute:,.0f} filings a minute, done about {self.expected_end:%Y-%m-%d %H:%M}Z"
        return said


def measure_progress(settings: Settings, statuses: Iterable[DayStatus], clock: Clock = SYSTEM_CLOCK) -> Progress:
    """Add up the days; a day without an index yet is expected to be like the others."""
    statuses = list(statuses)
    since = to_iso(clock.now() - RECENTLY)
    requests = size = lately = 0
    for row in _outcomes(settings, [status.index_date for status in statuses]):
        if row["kind"] != "plan" and row["attempt"]:
            requests += 1
            size += row["bytes"] or 0
        lately += bool(row["accession_number"]) and row["outcome"] == "landed" and row["requested_at"] >= since
    indexed = [status for status in statuses if status.day_state == "loaded"]
    unknown = sum(status.day_state not in ("loaded", "no_index_expected") for status in statuses)
    filings, pending = sum(status.filings for status in indexed), sum(status.pending for status in indexed)
    left = pending + (unknown * filings / len(indexed) if indexed else 0)
    pace = lately / (RECENTLY / timedelta(minutes=1)) or None
    return Progress(
        days=len(statuses),
        complete_days=sum(status.is_complete for status in statuses),
        filings=filings,
        settled=filings - pending,
        requests=requests,
        bytes=size,
        per_minute=pace,
        expected_end=clock.now().astimezone(UTC) + timedelta(minutes=left / pace) if pace and left else None,
    )


def _outcomes(settings: Settings, days: list[date]) -> Iterable[dict]:
    for day in days:
        yield from read_records(settings, OUTCOMES, day_partition(day))

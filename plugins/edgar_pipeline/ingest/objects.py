"""One file of EDGAR that is read again and again: a ticker file, a company's JSON, a listing; and the outcome rows of doing so.

What it was when it was read last is known from the outcome rows of its partition. A body that has not changed since makes no new
record; one that a killed run had received but not landed is taken from the originals, not asked for again.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Event

from edgar_pipeline.client import Attempt, EdgarClient
from edgar_pipeline.clock import to_iso
from edgar_pipeline.errors import Blocked, Damaged, NotFound, Redirected, TransportError
from edgar_pipeline.ingest.absence import require_canary
from edgar_pipeline.ingest.outcomes import request_row
from edgar_pipeline.landing import OUTCOMES, read_records
from edgar_pipeline.originals import find_originals, keep_original, set_aside
from edgar_pipeline.settings import Settings

UNCHANGED = "read again: unchanged"


@dataclass(frozen=True)
class Wanted:
    """A file to be read. `kind` names it in outcome rows and originals, `key` among the originals of its kind."""

    kind: str
    key: str
    url: str
    check: Callable[[bytes], object]
    maximum_bytes: int


@dataclass(frozen=True)
class Obtained:
    """What reading it came to. `body` is None where it has not changed, is not there, or could not be read (`error`)."""

    wanted: Wanted
    outcomes: list[dict]
    body: bytes | None = None
    error: TransportError | NotFound | None = None

    @property
    def facts(self) -> tuple[str, str]:
        """Hash of the body and the time of its request, as every record of it has them."""
        return self.outcomes[-1]["sha256"], self.outcomes[-1]["requested_at"]


def newest_readings(settings: Settings, partition: str) -> dict[str, dict]:
    """For each URL of a partition the outcome row of its newest reading: it landed, or was rightly absent."""
    newest: dict[str, dict] = {}
    for row in sorted(read_records(settings, OUTCOMES, partition), key=lambda row: row["requested_at"]):
        if row["outcome"] in ("landed", "absent"):
            newest[row["url"]] = row
    return newest


def is_younger(reading: dict | None, age: timedelta, now: datetime) -> bool:
    """Whether a reading is younger than this, so that nothing needs to be asked."""
    return reading is not None and reading["requested_at"] > to_iso(now - age)


def obtain(
    settings: Settings, client: EdgarClient, wanted: Wanted, before: dict | None, stop: Event | None = None
) -> Obtained:
    """Read a file, or take what a killed run had received of it. `before` is the outcome row of its last reading, if any.

    Never raises for what EDGAR answers. A file that is not there counts as absent only while something certain is found.
    Once `stop` is set nothing more is asked: the error is Stopped, and there is no outcome row.
    """
    if kept := _kept(settings, wanted, before):
        return kept
    attempts: list[Attempt] = []
    try:
        fetched = client.fetch(wanted.url, wanted.check, wanted.maximum_bytes, attempts, stop)
    except NotFound as error:
        return _not_found(settings, client, wanted, attempts, error)
    except TransportError as error:
        return Obtained(wanted, _rows(wanted, attempts, **_verdict(error)), error=error)
    outcomes = _rows(wanted, attempts)
    if before and before["sha256"] == fetched.sha256:
        return Obtained(wanted, [*outcomes[:-1], {**outcomes[-1], "reason": UNCHANGED}])
    keep_original(settings, wanted.kind, wanted.key, fetched.body, outcomes)
    return Obtained(wanted, outcomes, bytes(fetched.body))


def _kept(settings: Settings, wanted: Wanted, before: dict | None) -> Obtained | None:
    """An original that is newer than the last reading: a run was killed before it landed it."""
    for original in reversed(find_originals(settings, wanted.kind, wanted.key)):
        if before and original.outcome["requested_at"] <= before["requested_at"]:
            return None
        try:
            return Obtained(wanted, original.outcomes, bytes(original.read()))
        except Damaged:
            set_aside(original)
    return None


def _not_found(
    settings: Settings, client: EdgarClient, wanted: Wanted, attempts: list[Attempt], error: NotFound
) -> Obtained:
    canary: list[Attempt] = []
    changes: dict = {}
    found: TransportError | NotFound = error
    try:
        witness = require_canary(settings, client, canary)
        changes = {"reason": f"not found, while {witness} was served"}
    except Blocked as block:
        found, changes = block, {"outcome": "blocked", "reason": str(block)}
    except TransportError as failure:
        found = failure
        changes = {"outcome": "unavailable", "reason": f"{attempts[-1].reason}; no witness could be asked: {failure}"}
    rows = [request_row(attempt, "listing", None) for attempt in canary]
    return Obtained(wanted, rows + _rows(wanted, attempts, **changes), error=found)


def _rows(wanted: Wanted, attempts: list[Attempt], **changes: object) -> list[dict]:
    """One row per request; `changes` overrides what the wire said about the last. None where nothing was asked."""
    rows = [request_row(attempt, wanted.kind, None) for attempt in attempts[:-1]]
    return [*rows, *(request_row(attempt, wanted.kind, None, **changes) for attempt in attempts[-1:])]


def _verdict(error: TransportError) -> dict:
    """A body that cannot be used, after all tries, is quarantined; the next run asks again."""
    return {"outcome": "quarantined"} if isinstance(error, Damaged | Redirected) else {}

"""Fetching one submission: its bytes, and the outcome rows of what it took to get them."""

import mmap
from dataclasses import dataclass
from functools import cached_property
from threading import Event

from edgar_pipeline.client import Attempt, EdgarClient
from edgar_pipeline.errors import Blocked, Damaged, NotFound, Oversized, Redirected, Stopped, TransportError
from edgar_pipeline.ingest.absence import require_canary
from edgar_pipeline.ingest.outcomes import request_row
from edgar_pipeline.ledger import Ledger, State
from edgar_pipeline.originals import find_originals, keep_original, set_aside
from edgar_pipeline.settings import Settings
from edgar_pipeline.sources.submission import check_submission
from edgar_pipeline.takedowns import read_takedowns
from edgar_pipeline.urls import submission_url

#: A submission that the index lists is gone only once EDGAR has denied it on this many different days.
DAYS_UNTIL_GONE = 3

# How a quarantine's reason begins that another fetch may lift. A body that does not parse stays the same body.
_DAMAGED, _REFUSED, _TOO_LARGE = "damaged", "refused", "too large"


@dataclass(frozen=True)
class Received:
    """What asking for a submission gave: its bytes, just fetched or kept from a run that was killed, or None.

    `outcomes` are the rows of the requests; none where nothing was asked any more. `block` is the block that outlasted the
    client's patience, if one did.
    """

    accession_number: str
    body: bytes | mmap.mmap | None
    outcomes: list[dict]
    block: Blocked | None = None


@dataclass(frozen=True)
class Fetcher:
    """Gets the submissions of one partition. `stop` is set when no further request shall be made."""

    settings: Settings
    ledger: Ledger
    client: EdgarClient
    stop: Event

    def fetch(self, accession_number: str) -> Received:
        """A submission's bytes: those that a killed run had kept, or EDGAR's. Never raises for what EDGAR answers."""
        if kept := kept_submission(self.settings, self.ledger, accession_number):
            return kept
        attempts: list[Attempt] = []
        try:
            fetched = self.client.fetch(
                submission_url(self.settings.www_url, self._cik(accession_number), accession_number),
                lambda body: check_submission(body, accession_number),
                self.settings.maximum_submission_bytes,
                attempts,
                self.stop,
            )
        except Stopped:
            return Received(accession_number, None, self._rows(attempts, accession_number))
        except NotFound:
            return self._not_found(attempts, accession_number)
        except Blocked as error:
            return Received(accession_number, None, self._rows(attempts, accession_number), error)
        except TransportError as error:
            return Received(accession_number, None, self._rows(attempts, accession_number, **_verdict(error)))
        if fetched.sha256 in self._taken_down:
            reason = (
                f"{_REFUSED}: EDGAR still serves the very bytes that were taken down (sha256 {fetched.sha256[:12]})"
            )
            rows = self._rows(attempts, accession_number, outcome="quarantined", reason=reason)
            return Received(accession_number, None, rows)
        outcomes = self._rows(attempts, accession_number)
        keep_original(self.settings, "submission", accession_number, fetched.body, outcomes)
        return Received(accession_number, fetched.body, outcomes)

    @cached_property
    def _taken_down(self) -> frozenset[str]:
        """The hashes of all bodies that were taken down: none of them is taken again."""
        return frozenset(row["sha256"] for row in read_takedowns(self.settings) if row["sha256"])

    def _cik(self, accession_number: str) -> str:
        return self.ledger.rows_by_accession[accession_number][0]["cik"]

    def _rows(self, attempts: list[Attempt], accession_number: str, **changes: object) -> list[dict]:
        """One row per request; `changes` overrides what the wire said about the last."""
        day = self.ledger.index_date
        if not attempts:
            return []
        rows = [request_row(attempt, "submission", day, accession_number) for attempt in attempts[:-1]]
        return [*rows, request_row(attempts[-1], "submission", day, accession_number, **changes)]

    def _not_found(self, attempts: list[Attempt], accession_number: str) -> Received:
        """EDGAR lists the submission and denies it: that counts only while something certain is found, and on many days."""
        canary: list[Attempt] = []
        block = None
        try:
            url = require_canary(self.settings, self.client, canary, self.stop)
        except Blocked as error:
            block, changes = error, {"outcome": "blocked", "reason": str(error)}
        except TransportError as error:
            changes = {"outcome": "unavailable", "reason": f"{attempts[-1].reason}; no witness could be asked: {error}"}
        else:
            changes = self._absence(attempts[-1], accession_number, url)
        rows = self._rows(attempts, accession_number, **changes)
        return Received(accession_number, None, self._listings(canary) + rows, block)

    def _absence(self, attempt: Attempt, accession_number: str, canary_url: str) -> dict:
        before = self.ledger.not_found_on.get(accession_number, set())
        days = sorted(before | {attempt.requested_at[:10]})
        is_gone = self.ledger.evidence is not None or len(days) >= DAYS_UNTIL_GONE
        reason = f"not found on {', '.join(days)}, while {canary_url} was served"
        witnesses = f"{self.ledger.evidence}; {reason}" if self.ledger.evidence else reason
        return {"outcome": "gone" if is_gone else "absent", "reason": witnesses}

    def _listings(self, attempts: list[Attempt]) -> list[dict]:
        return [request_row(attempt, "listing", self.ledger.index_date) for attempt in attempts]


def kept_submission(settings: Settings, ledger: Ledger, accession_number: str) -> Received | None:
    """The newest sound original, with the outcome rows of the requests that brought it.

    A run that was killed before it landed its part lost those rows, so they are landed now. Where the original came with
    another partition, the requests have their rows there, and this one only records the decision not to ask again. What was
    received before `kept_since` may be another text.
    """
    day = ledger.index_date.isoformat() if ledger.index_date else None
    for original in reversed(find_originals(settings, "submission", accession_number)):
        if original.outcome["requested_at"] < ledger.kept_since:
            continue
        try:
            body = original.read()
        except Damaged:
            set_aside(original)
            continue
        row = original.outcome
        if row["index_date"] == day:
            return Received(accession_number, body, original.outcomes)
        decision = {"kind": "plan", "attempt": 0, "index_date": day}
        return Received(accession_number, body, [{**row, **decision, "reason": f"kept since {row['requested_at']}"}])
    return None


def is_worth_another_fetch(state: State, settings: Settings) -> bool:
    """Whether a quarantined submission may arrive sound if it is asked for again."""
    if state.state != "quarantined":
        return False
    kind = state.reason.partition(":")[0]
    limit_was_another = "limit of" in state.reason and _limit(settings) not in state.reason
    return kind in (_DAMAGED, _REFUSED) or (kind == _TOO_LARGE and limit_was_another)


def _limit(settings: Settings) -> str:
    return f"limit of {settings.maximum_submission_bytes / 1e6:g} MB"


def _verdict(error: TransportError) -> dict:
    """What the ledger says after the last try: a body that cannot be used is quarantined, the rest stays pending."""
    kinds: list[tuple[type, str]] = [(Oversized, _TOO_LARGE), (Damaged, _DAMAGED), (Redirected, _REFUSED)]
    for kind, name in kinds:
        if isinstance(error, kind):
            return {"outcome": "quarantined", "reason": f"{name}: {error}"}
    return {}

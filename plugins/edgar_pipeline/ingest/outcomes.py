"""Outcome rows: what became of each request and of each decision not to ask."""

from dataclasses import asdict
from datetime import date

from edgar_pipeline.client import Attempt
from edgar_pipeline.clock import Clock, to_iso


def request_row(attempt: Attempt, kind: str, day: date | None, accession_number: str | None = None, **changes) -> dict:
    """The row of a request; `changes` overrides what the wire said. `kind`: what was asked for, daily_index, submission …"""
    row = {
        **asdict(attempt),
        "kind": kind,
        "index_date": day.isoformat() if day else None,
        "accession_number": accession_number,
        "document_count": None,
        **changes,
    }
    return {**row, "reason": printable(row["reason"]) if row["reason"] else None}


def decision_row(
    url: str, day: date | None, accession_number: str | None, outcome: str, reason: str, clock: Clock
) -> dict:
    """The row of a decision that cost no request, such as `out_of_scope`; its attempt is number 0."""
    decision = Attempt(url, 0, to_iso(clock.now()), outcome=outcome, reason=reason)
    return request_row(decision, "plan", day, accession_number)


def printable(text: str, longest: int = 500) -> str:
    """One line without control characters: what EDGAR, a filer or a proxy wrote must not steer a terminal or forge a log."""
    shown = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text[: longest + 1])
    return shown if len(shown) <= longest else shown[: longest - 1] + "…"

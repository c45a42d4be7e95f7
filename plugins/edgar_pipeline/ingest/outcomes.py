"""Outcome rows: what became of each request and of each decision not to ask."""

from dataclasses import asdict
from datetime import date

from edgar_pipeline.client import Attempt
from edgar_pipeline.clock import SYSTEM_CLOCK, to_iso


def request_row(attempt: Attempt, kind: str, day: date | None, accession_number: str | None = None, **changes) -> dict:
    """The row of a request. `kind`: daily_index, listing or submission; `changes` overrides what the wire said."""
    row = {
        **asdict(attempt),
        "kind": kind,
        "index_date": day.isoformat() if day else None,
        "accession_number": accession_number,
        "document_count": None,
    }
    return {**row, **changes}


def decision_row(url: str, day: date, accession_number: str | None, outcome: str, reason: str) -> dict:
    """The row of a decision that cost no request, such as `out_of_scope`."""
    decision = Attempt(url, 0, to_iso(SYSTEM_CLOCK.now()), outcome=outcome, reason=reason)
    return request_row(decision, "plan", day, accession_number)

"""What was taken down: a register in the raw zone, and what it makes of everything that was said before.

The partition `takedown=filings` has outcome rows of kind `takedown`, one for each body of a filing that was removed: its hash,
the reason, the day. Whatever was said of an accession number before its last takedown no longer counts, in whichever partition
it stands. The outcome of the row says what follows:

    out_of_scope    it is never asked for again
    taken_down      it is asked for again: EDGAR may have another, redacted version by now
"""

from collections.abc import Iterable

from edgar_pipeline.landing import OUTCOMES, read_records
from edgar_pipeline.settings import Settings

PARTITION = "takedown=filings"
KIND = "takedown"
NEVER_AGAIN, ASK_AGAIN = "out_of_scope", "taken_down"


def read_takedowns(settings: Settings) -> list[dict]:
    """The rows of the register, oldest first."""
    return sorted(read_records(settings, OUTCOMES, PARTITION), key=_order)


def taken_down_at(settings: Settings) -> dict[str, str]:
    """For each accession number that was ever taken down, when it was last."""
    return _last_takedowns(read_takedowns(settings))


def still_said(outcomes: Iterable[dict]) -> list[dict]:
    """Those of these rows that count, in the order of the requests: a takedown voids what was said before it, older ones too."""
    rows = sorted(outcomes, key=_order)
    last = _last_takedowns(rows)
    return [
        row
        for row in rows
        if row["requested_at"] > last.get(row["accession_number"], "")
        or (row["kind"] == KIND and row["requested_at"] == last[row["accession_number"]])
    ]


def _last_takedowns(rows: list[dict]) -> dict[str, str]:
    return {row["accession_number"]: row["requested_at"] for row in rows if row["kind"] == KIND}


def _order(row: dict) -> tuple[str, int]:
    return row["requested_at"], row["attempt"]

"""A filing as it stood at the end of a day: the submission of the Feed, and its corrections in order."""

import hashlib
import mmap
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

import orjson

from edgar_pipeline.errors import Damaged, ParsingError
from edgar_pipeline.ingest.outcomes import printable
from edgar_pipeline.landing import day_partition, read_records
from edgar_pipeline.settings import Settings
from edgar_pipeline.sources.submission import TITLE_PARTS, Correction, parse_correction, parse_submission

#: A filing is disseminated on the day that it is dated, or soon after; a correction names that date.
DAYS_UNTIL_DISSEMINATED = 7


@dataclass(frozen=True)
class Step:
    """A member of the Feed about one filing: the submission (`number` 0) or its correction of that number."""

    name: str
    number: int
    body: bytes | mmap.mmap


@dataclass(frozen=True)
class Filing:
    """What a day's Feed says of one filing, in order. `base` is the record that landed before, if the submission is older.

    `facts` are the keys of the record that come from the request.
    """

    accession_number: str
    steps: list[Step]
    facts: dict
    base: dict | None = None


@dataclass(frozen=True)
class Parsed:
    """What came of it: the record as a line of JSON (landed), or none (gone, quarantined) and why."""

    accession_number: str
    name: str
    bytes: int
    sha256: str
    outcome: str
    reason: str | None
    document_count: int | None
    line: bytes | None


def parse_filings(filings: Iterable[Filing]) -> list[Parsed]:
    """Parse what a day's Feed says of some filings. One that cannot be parsed does not keep the others out."""
    return [_parse(filing) for filing in filings]


def _parse(filing: Filing) -> Parsed:
    last = filing.steps[-1]
    digest = hashlib.sha256(last.body).hexdigest()
    common = (filing.accession_number, last.name, len(last.body), digest)
    try:
        record = _follow(filing)
    except (ParsingError, Damaged) as error:
        return Parsed(*common, "quarantined", printable(str(error)), None, None)
    except Exception as error:
        # A parser that fails otherwise has a bug. One filing must not keep the day's others out because of it.
        reason = f"the parser failed: {type(error).__name__}: {error}"
        return Parsed(*common, "quarantined", printable(reason), None, None)
    names = ", ".join(step.name for step in filing.steps if step.number)
    if record is None:
        return Parsed(*common, "gone", f"deleted by {names}", None, None)
    facts = {"sha256": digest, "bytes": len(last.body), **filing.facts}
    facts["as_of"] = as_of(date.fromisoformat(filing.facts["as_of"]), last.number)
    record = {**record, "dissemination_date": record["dissemination_date"] or filing.facts["as_of"], **facts}
    line = orjson.dumps(record)
    return Parsed(*common, "landed", f"corrected by {names}" if names else None, len(record["documents"]), line)


def as_of(day: date, correction: int = 0) -> str:
    """The moment whose state of a filing the Feed of a day shows: the day's end, and its corrections after each other."""
    return f"{day.isoformat()}T23:59:59.{correction:06}Z"


def _follow(filing: Filing) -> dict | None:
    """The record after all steps; None for a deleted filing."""
    record = filing.base
    for step in filing.steps:
        if step.number == 0:
            record = parse_submission(step.body, filing.accession_number)
        else:
            record = _corrected(record, parse_correction(step.body, filing.accession_number), step)
    return record


def _corrected(before: dict | None, correction: Correction, step: Step) -> dict | None:
    if correction.is_deletion:
        return None
    if before is None:
        raise ParsingError(
            f"{step.name} corrects a submission that has not landed here; land the day of "
            f"{correction.record['filed_date']} first, then this day again"
        )
    if correction.record["documents"]:
        return correction.record
    kept = {key: before.get(key) for key in ("documents", *TITLE_PARTS, "accepted_at", "dissemination_date")}
    return {**before, **correction.record, **kept}


def find_landed(settings: Settings, accession_number: str, filed_date: date) -> dict | None:
    """The newest record of a filing that landed with the index of its own date or of the days after it."""
    days = (filed_date + timedelta(days=number) for number in range(DAYS_UNTIL_DISSEMINATED + 1))
    found = [
        record
        for day in days
        for record in read_records(settings, "submission", day_partition(day))
        if record["accession_number"] == accession_number
    ]
    return max(found, key=lambda record: record.get("as_of") or record["fetched_at"], default=None)

"""Counts of a folder of EDGAR files made by other means than the pipeline's parser: regular expressions over whole files."""

import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

_ROLE = re.compile(
    rb"^(FILER|SUBJECT COMPANY|FILED BY|ISSUER|REPORTING-OWNER):.*?CENTRAL INDEX KEY:\s+(\d{10})",
    re.MULTILINE | re.DOTALL,
)
_ROLE_NAMES = {
    b"FILER": "filer",
    b"SUBJECT COMPANY": "subject",
    b"FILED BY": "filed_by",
    b"ISSUER": "issuer",
    b"REPORTING-OWNER": "reporting_owner",
}
_ITEM = re.compile(rb"^ITEM INFORMATION:[ \t]+(\S[^\n]*?)\s*$", re.MULTILINE)


@dataclass
class Counted:
    """What an index day holds, counted in the files."""

    rows: set[tuple[str, str, str]] = field(default_factory=set)  # (accession number, ten-digit CIK, form type)
    documents: Counter = field(default_factory=Counter)  # per accession number
    exhibits: set[tuple[str, str]] = field(default_factory=set)  # (accession number, SEQUENCE as text)
    companies: set[tuple[str, str, str]] = field(default_factory=set)  # (accession number, CIK, role)
    items: dict[str, list[str]] = field(default_factory=dict)  # texts of ITEM INFORMATION per accession number


def count_day(archive: Path, day: date) -> Counted:
    """Count one index day of an archive laid out as EDGAR's URLs."""
    folder = archive / "www.sec.gov/Archives/edgar"
    index = folder / f"daily-index/{day.year}/QTR{(day.month + 2) // 3}/master.{day:%Y%m%d}.idx"
    counted = Counted()
    for line in index.read_bytes().decode("latin-1").split("-----\n")[-1].splitlines():
        cik, _, form_type, _, path = line.split("|")
        counted.rows.add((path[-24:-4], cik.zfill(10), form_type))
    for accession in {row[0] for row in counted.rows}:
        _count_submission(next(folder.glob(f"data/*/*/{accession}.txt")).read_bytes(), accession, counted)
    return counted


def _count_submission(body: bytes, accession: str, counted: Counted) -> None:
    header = body[: body.index(b"</SEC-HEADER>")]
    counted.documents[accession] = len(re.findall(rb"^<DOCUMENT>", body, re.MULTILINE))
    counted.exhibits |= {
        (accession, sequence.decode())
        for sequence in re.findall(rb"^<TYPE>EX-[^\n]*\n<SEQUENCE>(\d+)", body, re.MULTILINE)
    }
    counted.companies |= {(accession, cik.decode(), _ROLE_NAMES[role]) for role, cik in _ROLE.findall(header)}
    counted.items[accession] = [item.decode() for item in _ITEM.findall(header)]

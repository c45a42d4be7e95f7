"""The daily master index: one line per (filer, submission) of a dissemination day.

The header ends with a ruler of dashes; then `CIK|Company Name|Form Type|Date Filed|File Name`. One submission has a line per
filer (870 lines of one day stood for 425 accession numbers), exact duplicates occur (35 in 2013-01-04), and `Date Filed` is
often not the index's day: the index lists what became public that day (63 dates in 2013-01-04, edgar.md).
"""

import re
from datetime import date, datetime

from edgar_pipeline import PARSER_VERSION
from edgar_pipeline.errors import Damaged, ParsingError
from edgar_pipeline.identifiers import parse_cik, parse_file_name
from edgar_pipeline.text import decode

_RULER = re.compile(rb"^-{20,}[ \t]*\r?\n", re.MULTILINE)
_LAST_DATA_RECEIVED = re.compile(rb"^Last Data Received:[ \t]*(.*?)[ \t]*\r?$", re.MULTILINE)
_COLUMNS = ("cik", "company_name", "form_type", "filed_date", "file_name")


def check_daily_index(body: bytes, day: date) -> None:
    """Raise Damaged unless the body is a whole index of this day: header, ruler, a row, a last line that ends."""
    ruler = _RULER.search(body)
    if not ruler:
        raise Damaged(f"daily index {day}: no ruler line, so this is not an index: {body[:80]!r}")
    if not body.endswith(b"\n"):
        raise Damaged(f"daily index {day}: cut in the middle of its last line")
    received = last_data_received(body)
    if received != day:
        raise Damaged(f"daily index {day}: its header says 'Last Data Received: {received}'")
    if not body[ruler.end() :].strip():
        raise Damaged(f"daily index {day}: no row on a day that has an index")


def last_data_received(body: bytes) -> date | None:
    """The day that the header names, `Last Data Received:    Mar 05, 2020`; None where it has none that can be read."""
    match = _LAST_DATA_RECEIVED.search(body[:4096])
    if not match:
        return None
    text = " ".join(match[1].decode("latin-1").split())
    for form in ("%b %d, %Y", "%B %d, %Y"):
        try:
            return datetime.strptime(text, form).date()
        except ValueError:
            continue
    return None


def parse_daily_index(body: bytes, day: date, sha256: str, fetched_at: str) -> list[dict]:
    """One record per line after the ruler, in order; a malformed line becomes a record with `problem` and `line`.

    Lines are decoded one by one: files mix cp1252 and UTF-8 names.
    """
    ruler = _RULER.search(body)
    if not ruler:
        raise ParsingError(f"daily index {day}: no ruler line")
    first_line = body.count(b"\n", 0, ruler.end()) + 1
    common = {"sha256": sha256, "fetched_at": fetched_at, "parser_version": PARSER_VERSION}
    return [
        {"index_date": day.isoformat(), "line_number": number, **_parse_line(line), **common}
        for number, line in enumerate(body[ruler.end() :].splitlines(), first_line)
        if line.strip()
    ]


def _parse_line(line: bytes) -> dict:
    text = decode(line)
    empty = dict.fromkeys((*_COLUMNS, "accession_number"))
    try:
        fields = text.split("|")
        if len(fields) != len(_COLUMNS):
            raise ParsingError(f"{len(fields)} fields instead of {len(_COLUMNS)}")
        record = dict(zip(_COLUMNS, (field.strip() for field in fields), strict=True))
        record["cik"] = parse_cik(record["cik"])
        record["filed_date"] = _parse_date(record["filed_date"]).isoformat()
        _, record["accession_number"] = parse_file_name(record["file_name"])
        if not record["form_type"]:
            raise ParsingError("no form type")
    except ParsingError as error:
        return {**empty, "problem": str(error), "line": text}
    return {**record, "problem": None, "line": None}


def _parse_date(text: str) -> date:
    """`20200305` in daily files, `2020-03-05` in quarterly ones."""
    try:
        return datetime.strptime(text, "%Y-%m-%d" if "-" in text else "%Y%m%d").date()
    except ValueError:
        raise ParsingError(f"not a date: {text!r}") from None

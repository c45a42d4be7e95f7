"""The daily index: one line per (filer, submission) of a dissemination day.

One submission has a line per filer (870 lines of one day stood for 425 accession numbers), exact duplicates occur (35 in
2013-01-04), and `Date Filed` is often not the index's day: the index lists what became public that day (63 dates in 2013-01-04,
edgar.md). The pipeline reads the master index; form and company files of a day are read as well (`index_file`).
"""

from datetime import date

from edgar_pipeline import PARSER_VERSION
from edgar_pipeline.errors import Damaged, ParsingError
from edgar_pipeline.sources.index_file import last_data_received, read_header, read_rows

__all__ = ["check_daily_index", "last_data_received", "parse_daily_index"]


def check_daily_index(body: bytes, day: date) -> None:
    """Raise Damaged unless the body is a whole index of this day: header, ruler, a row, a last line that ends."""
    try:
        header = read_header(body)
    except ParsingError as error:
        raise Damaged(f"daily index {day}: {error}") from error
    if not body.endswith(b"\n"):
        raise Damaged(f"daily index {day}: cut in the middle of its last line")
    if header.last_data_received != day:
        raise Damaged(f"daily index {day}: its header says 'Last Data Received: {header.last_data_received}'")
    if not body[header.end :].strip():
        raise Damaged(f"daily index {day}: no row on a day that has an index")


def parse_daily_index(body: bytes, day: date, sha256: str, fetched_at: str) -> list[dict]:
    """One record per line after the ruler, in order; a malformed line becomes a record with `problem` and `line`."""
    try:
        header = read_header(body)
    except ParsingError as error:
        raise ParsingError(f"daily index {day}: {error}") from error
    common = {"sha256": sha256, "fetched_at": fetched_at, "parser_version": PARSER_VERSION}
    return [{"index_date": day.isoformat(), **row, **common} for row in read_rows(body, header)]

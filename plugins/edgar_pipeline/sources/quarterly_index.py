"""The quarterly index (`full-index/2020/QTR1/master.idx`): the filings of a quarter by the date that they carry.

It is rebuilt every Saturday for corrections and deletions, so it says what EDGAR holds *now* of a quarter; a daily index is never
edited (edgar.md 1.3). A filing that is released late appears in the quarter of its date, months after that quarter's end. One
accession number has a row per filer, up to 469 of them (2025 Q4); exact duplicates do not occur.
"""

from edgar_pipeline import PARSER_VERSION
from edgar_pipeline.errors import Damaged, ParsingError
from edgar_pipeline.sources.index_file import read_header, read_rows


def check_quarterly_index(body: bytes, year: int, quarter: int) -> None:
    """Raise Damaged unless the body is a whole index of this quarter. A quarter of the past has rows."""
    name = f"quarterly index {year} Q{quarter}"
    try:
        header = read_header(body)
    except ParsingError as error:
        raise Damaged(f"{name}: {error}") from error
    received = header.last_data_received
    if not received or (received.year, (received.month + 2) // 3) != (year, quarter):
        raise Damaged(f"{name}: its header says 'Last Data Received: {received}'")
    if not body.endswith(b"\n"):
        raise Damaged(f"{name}: cut in the middle of its last line")
    if not body[header.end :].strip():
        raise Damaged(f"{name}: no row")


def parse_quarterly_index(body: bytes, year: int, quarter: int, sha256: str, fetched_at: str) -> list[dict]:
    """One record per line after the ruler, in order; a malformed line becomes a record with `problem` and `line`."""
    try:
        header = read_header(body)
    except ParsingError as error:
        raise ParsingError(f"quarterly index {year} Q{quarter}: {error}") from error
    common = {"sha256": sha256, "fetched_at": fetched_at, "parser_version": PARSER_VERSION}
    return [{"year": year, "quarter": quarter, **row, **common} for row in read_rows(body, header)]

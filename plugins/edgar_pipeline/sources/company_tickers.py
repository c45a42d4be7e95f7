"""The ticker file (`files/company_tickers_exchange.json`): which symbols are traded now, of which company, where.

One row per (CIK, ticker): 10,435 rows of 8,086 companies in the copy that was measured, at the top the largest companies by
market value, so that a company's first row is its main symbol. 335 rows had no exchange. The file knows no past: who is
delisted is left out of the next one. Columns are named in `fields` and read by name.
"""

from edgar_pipeline import PARSER_VERSION
from edgar_pipeline.errors import Damaged, ParsingError
from edgar_pipeline.identifiers import parse_cik
from edgar_pipeline.sources.json_values import decode_object, items, text

MAXIMUM_BYTES = 20_000_000

_WHAT = "company_tickers_exchange.json"
_COLUMNS = ("cik", "name", "ticker", "exchange")


def check_company_tickers(body: bytes) -> None:
    """Raise Damaged unless the body is a whole ticker file with at least one row."""
    try:
        parse_company_tickers(body, "", "")
    except ParsingError as error:
        raise Damaged(str(error)) from error


def parse_company_tickers(body: bytes, sha256: str, fetched_at: str) -> list[dict]:
    """One record per row, in order; ParsingError for a file of which any row is not what it should be.

    A bad row refuses the file: last week's symbols are better than symbols of which some have silently gone.
    """
    content = decode_object(body, _WHAT)
    fields = items(content.get("fields"), str, f"{_WHAT}: fields")
    if missing := [name for name in _COLUMNS if name not in fields]:
        raise ParsingError(f"{_WHAT}: no column {', '.join(missing)}")
    rows = items(content.get("data"), list, f"{_WHAT}: data")
    if not rows:
        raise ParsingError(f"{_WHAT}: no row")
    places = [fields.index(name) for name in _COLUMNS]
    common = {"sha256": sha256, "fetched_at": fetched_at, "parser_version": PARSER_VERSION}
    return [{"position": n, **_row(row, places, len(fields), n), **common} for n, row in enumerate(rows, 1)]


def _row(row: list, places: list[int], width: int, number: int) -> dict:
    what = f"{_WHAT}: row {number}"
    if len(row) != width:
        raise ParsingError(f"{what}: {len(row)} values instead of {width}")
    cik, name, ticker, exchange = (row[place] for place in places)
    if isinstance(cik, bool) or not isinstance(cik, int | str):
        raise ParsingError(f"{what}: not a CIK: {cik!r:.60}")
    record = {
        "cik": parse_cik(str(cik)),
        "company_name": text(name, what),
        "ticker": text(ticker, what),
        "exchange": text(exchange, what),
    }
    if not record["ticker"]:
        raise ParsingError(f"{what}: no ticker")
    return record

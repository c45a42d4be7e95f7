"""A company's whole history: its submissions JSON with all pages, and every filing that they list and that is not here.

The JSON is asked for in every run, its pages only if it describes them anew, and a filing only if it has landed nowhere.
"""

import difflib
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from functools import partial

from edgar_pipeline.client import EdgarClient
from edgar_pipeline.clock import SYSTEM_CLOCK, Clock
from edgar_pipeline.company_ledger import CompanyLedger, CompanyStatus, company_status, read_company
from edgar_pipeline.errors import EdgarError, InputError, ParsingError, TransportError
from edgar_pipeline.identifiers import parse_cik
from edgar_pipeline.ingest.filings import Progress, land_missing, missing_of
from edgar_pipeline.ingest.objects import Obtained, Wanted, newest_readings, obtain
from edgar_pipeline.ingest.outcomes import printable
from edgar_pipeline.ingest.reference import land_tickers, wanted_company
from edgar_pipeline.ingest.scope import land_out_of_scope
from edgar_pipeline.landing import (
    committed_parts,
    company_partition,
    land_batch,
    partition_lock,
    read_part,
    reference_partition,
)
from edgar_pipeline.settings import Settings
from edgar_pipeline.sources import company_submissions
from edgar_pipeline.urls import company_submissions_page_url

#: Suggestions for a ticker that is not in the file.
SUGGESTIONS = 3


@dataclass(frozen=True)
class Listed:
    """A row of the ticker file."""

    cik: str
    ticker: str
    company_name: str


def resolve_companies(settings: Settings, names: Iterable[str], clock: Clock = SYSTEM_CLOCK) -> list[str]:
    """The CIKs of these CIKs and tickers, each once, in their order; InputError, with suggestions, for an unknown ticker.

    Only a ticker needs the ticker file, which is asked for if the newest reading is older than a day. A delisted company's
    ticker is known from older readings.
    """
    settings.contact()
    wanted = list(dict.fromkeys(name.strip().upper() for name in names))
    if not wanted:
        raise InputError("no company is named: give a CIK or a ticker, like 1804583 or AAPL")
    tickers = [name for name in wanted if not name.isdecimal()]
    known = _known_tickers(settings, clock) if tickers else {}
    for name in wanted:
        if name in tickers and name not in known:
            raise InputError(f"{printable(repr(name), 40)} is no ticker that EDGAR lists{_suggest(name, known)}")
    return list(dict.fromkeys(known[name].cik if name in known else _cik(name) for name in wanted))


def land_company(
    settings: Settings,
    cik: str,
    since: date | None = None,
    clock: Clock = SYSTEM_CLOCK,
    progress: Progress | None = None,
) -> CompanyStatus:
    """Land a company's history, of what is dated `since` a day if one is given; return its numbers.

    Raises NotFound where EDGAR has no such company, and the TransportError of a JSON that could not be read at all. A page or
    a filing that could not be fetched is in the numbers.
    """
    settings.contact()
    with EdgarClient(settings, clock) as client, partition_lock(settings, company_partition(cik)):
        _land_listing(settings, client, cik)
        ledger = read_company(settings, cik, since)
        land_out_of_scope(settings, ledger, clock)
        ledger = read_company(settings, cik, since)
        # A block or an outage that lasts is no error here: the ledger shows what stayed pending, and why.
        with suppress(TransportError):
            if missing := missing_of(settings, ledger):
                land_missing(settings, ledger, missing, client, progress)
    return company_status(read_company(settings, cik, since))


def _land_listing(settings: Settings, client: EdgarClient, cik: str) -> None:
    """Land the main file if it has changed, and the pages that it describes anew; a page that fails stays missing."""
    readings = newest_readings(settings, company_partition(cik))
    wanted = wanted_company(settings, cik)
    main = obtain(settings, client, wanted, readings.get(wanted.url))
    _land_main(settings, cik, main)
    if main.error is not None:
        raise main.error
    ledger = read_company(settings, cik)
    for page in ledger.missing_pages:
        url = company_submissions_page_url(settings.data_url, page["name"])
        check = partial(company_submissions.check_submissions_page, cik=cik, name=page["name"])
        wanted = Wanted("company_filing", page["name"], url, check, company_submissions.MAXIMUM_BYTES)
        _land_page(settings, ledger, obtain(settings, client, wanted, readings.get(url)))


def _land_main(settings: Settings, cik: str, main: Obtained) -> None:
    if not main.outcomes:
        return
    if main.body is None:
        land_batch(settings, company_partition(cik), main.outcomes)
        return
    parsed = company_submissions.parse_company_submissions(main.body, cik, *main.facts)
    also = {"company_filing": parsed.filings} if parsed.filings else {}
    land_batch(settings, company_partition(cik), main.outcomes, "company_submissions", [parsed.company], also)


def _land_page(settings: Settings, ledger: CompanyLedger, page: Obtained) -> None:
    rows = []
    if page.body is not None:
        name = ledger.company["company_name"]
        rows = company_submissions.parse_submissions_page(
            page.body, ledger.cik, page.wanted.key, *page.facts, company_name=name
        )
    if page.outcomes:
        land_batch(settings, ledger.partition, page.outcomes, "company_filing" if rows else None, rows)


def _cik(text: str) -> str:
    try:
        return parse_cik(text)
    except ParsingError as error:
        raise InputError(f"{error}. Give a CIK or a ticker, like 1804583 or AAPL.") from None


def _known_tickers(settings: Settings, clock: Clock) -> dict[str, Listed]:
    """Every ticker of every reading of the ticker file, as the newest that has it lists it."""
    with EdgarClient(settings, clock) as client:
        for obtained in land_tickers(settings, client, clock):
            if obtained.error is not None:
                raise EdgarError(f"the ticker file could not be read ({obtained.error}): give the CIK instead")
    partition = reference_partition("tickers")
    parts = committed_parts(settings, "company_ticker", partition)
    rows = sorted((row for part in parts for row in read_part(part.path)), key=lambda row: row["fetched_at"])
    return {row["ticker"].upper(): Listed(row["cik"], row["ticker"], row["company_name"] or "") for row in rows}


def _suggest(name: str, known: dict[str, Listed]) -> str:
    """Tickers that look like it, and companies whose name begins like it."""
    close = difflib.get_close_matches(name, known, SUGGESTIONS, cutoff=0.5)
    named = [ticker for ticker, row in known.items() if len(name) > 2 and row.company_name.upper().startswith(name)]
    found = [known[ticker] for ticker in dict.fromkeys([*named[:SUGGESTIONS], *close])][:SUGGESTIONS]
    if not found:
        return ". Give the CIK instead."
    return "; did you mean " + ", ".join(f"{row.ticker} ({printable(row.company_name, 60)})" for row in found) + "?"

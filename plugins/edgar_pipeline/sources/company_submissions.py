"""Submissions JSON (`submissions/CIK##########.json`): what EDGAR says of a company, and everything that it has filed.

The main file has the company's facts and `filings.recent`, columns of its newest filings (about 1,000, or a year of them).
`filings.files` names the pages of the older ones, `CIK##########-submissions-001.json`, which hold such columns and nothing
else; who leaves them out has a history that silently ends ("recent" of CIK 4904: 1,001 of 3,248 filings).

* A filing has one row here, whoever else files it; an index has one row per filer.
* `acceptanceDateTime` is not read: whole files are Eastern time labelled `Z` (http-behaviour: 181 of 808 companies).
* `cik` is a number without zeros in files of 2022 and has ten digits in those of 2026.
* Unknown is `""` as often as null. Former names can have a state behind blanks (`ABRAHAM & CO INC      /BD`).
"""

import re
from dataclasses import dataclass

from edgar_pipeline import PARSER_VERSION
from edgar_pipeline.errors import Damaged, ParsingError
from edgar_pipeline.identifiers import parse_accession_number, parse_cik
from edgar_pipeline.sources.json_values import day, decode_object, items, text

#: The largest page seen is 0.2 MB; a body that is much larger is no page.
MAXIMUM_BYTES = 30_000_000
#: EDGAR's largest filer has some hundred pages of 2,000 filings.
MOST_PAGES = 999

_ROW_FACTS = ("accession_number", "form_type", "filed_date")


@dataclass(frozen=True)
class CompanySubmissions:
    """A parsed main file: the company's record (its `pages` name the files of older filings), and its rows of `recent`."""

    company: dict
    filings: list[dict]


def check_company_submissions(body: bytes, cik: str) -> None:
    """Raise Damaged unless the body is this company's main file."""
    try:
        parse_company_submissions(body, cik, "", "")
    except ParsingError as error:
        raise Damaged(str(error)) from error


def check_submissions_page(body: bytes, cik: str, name: str) -> None:
    """Raise Damaged unless the body is a page of older filings."""
    try:
        parse_submissions_page(body, cik, name, "", "")
    except ParsingError as error:
        raise Damaged(str(error)) from error


def parse_company_submissions(body: bytes, cik: str, sha256: str, fetched_at: str) -> CompanySubmissions:
    """Read the main file of a company; ParsingError for another company's, or one that is not what it should be."""
    what = f"CIK{cik}.json"
    content = decode_object(body, what)
    stated = content.get("cik")
    if isinstance(stated, bool) or not isinstance(stated, int | str) or parse_cik(str(stated)) != cik:
        raise ParsingError(f"{what}: it is of CIK {stated!r:.40}")
    filings = content.get("filings")
    if not isinstance(filings, dict):
        raise ParsingError(f"{what}: no filings")
    common = {"sha256": sha256, "fetched_at": fetched_at, "parser_version": PARSER_VERSION}
    company = {"cik": cik, **_facts(content, what), "pages": _pages(filings.get("files"), cik, what), **common}
    if not company["company_name"]:
        raise ParsingError(f"{what}: no name")
    rows = _rows(filings.get("recent"), cik, company["company_name"], what)
    return CompanySubmissions(company, [{**row, "page": what, **common} for row in rows])


def parse_submissions_page(
    body: bytes, cik: str, name: str, sha256: str, fetched_at: str, company_name: str = ""
) -> list[dict]:
    """The rows of a page of older filings, in order."""
    common = {"page": name, "sha256": sha256, "fetched_at": fetched_at, "parser_version": PARSER_VERSION}
    return [{**row, **common} for row in _rows(decode_object(body, name), cik, company_name, name)]


def _facts(content: dict, what: str) -> dict:
    names = {
        "company_name": "name",
        "entity_type": "entityType",
        "sic_code": "sic",
        "sic_description": "sicDescription",
        "category": "category",
        "state_of_incorporation": "stateOfIncorporation",
        "fiscal_year_end": "fiscalYearEnd",
    }
    addresses = content.get("addresses")
    business = addresses.get("business") if isinstance(addresses, dict) else None
    if not isinstance(business, dict):
        business = {}
    return {
        **{name: text(content.get(key), f"{what}: {key}") for name, key in names.items()},
        "business_state_or_country": text(business.get("stateOrCountry"), f"{what}: stateOrCountry"),
        # A symbol that is traded nowhere has null for its exchange.
        **{
            name: [text(value, f"{what}: {name}") for value in items(content.get(name), str | None, f"{what}: {name}")]
            for name in ("tickers", "exchanges")
        },
        "former_names": [
            {
                "name": text(former.get("name"), f"{what}: formerNames"),
                "from": day(former.get("from"), f"{what}: formerNames"),
                "to": day(former.get("to"), f"{what}: formerNames"),
            }
            for former in items(content.get("formerNames"), dict, f"{what}: formerNames")
        ],
    }


def _pages(value: object, cik: str, what: str) -> list[dict]:
    """The pages of older filings. Their names become URLs, so nothing but EDGAR's own pattern passes."""
    pages = []
    for page in items(value, dict, f"{what}: files"):
        name, count = page.get("name"), page.get("filingCount")
        if not isinstance(name, str) or not re.fullmatch(rf"CIK{cik}-submissions-\d{{3}}\.json", name, re.ASCII):
            raise ParsingError(f"{what}: not the name of a page: {name!r:.80}")
        if isinstance(count, bool) or not isinstance(count, int):
            raise ParsingError(f"{what}: {name} has no count of filings")
        days = {key: day(page.get(key), f"{what}: {name}") for key in ("filingFrom", "filingTo")}
        pages.append({"name": name, "count": count, "from": days["filingFrom"], "to": days["filingTo"]})
    if len(pages) > MOST_PAGES:
        raise ParsingError(f"{what}: {len(pages)} pages")
    return pages


def _rows(value: object, cik: str, company_name: str, what: str) -> list[dict]:
    """Columns as rows, in the shape of an index's rows. A malformed row keeps its place, with its problem."""
    if not isinstance(value, dict):
        raise ParsingError(f"{what}: no columns of filings")
    names = ("accessionNumber", "form", "filingDate")
    columns = [items(value.get(name), object, f"{what}: {name}") for name in names]
    if any(name not in value for name in names) or len({len(column) for column in columns}) != 1:
        raise ParsingError(f"{what}: its columns of filings do not have the same length")
    rows = zip(*columns, strict=True)
    return [
        {"line_number": number, "cik": cik, "company_name": company_name, **_row(row)}
        for number, row in enumerate(rows, 1)
    ]


def _row(row: tuple) -> dict:
    try:
        accession, form, filed = (text(value, name) for value, name in zip(row, _ROW_FACTS, strict=True))
        if not (accession and form and filed):
            raise ParsingError("no accession number, form type or date")
        facts = (parse_accession_number(accession), form, day(filed, "filed_date"))
    except ParsingError as error:
        return {**dict.fromkeys(_ROW_FACTS), "problem": str(error), "line": repr(row)[:500]}
    return {**dict(zip(_ROW_FACTS, facts, strict=True)), "problem": None, "line": None}

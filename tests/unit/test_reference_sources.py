"""Ticker file, submissions JSON and listings: what is read, and what is refused. Real files, where the archive is there."""

import json
from datetime import date
from pathlib import Path

import pytest
from edgar_pipeline.errors import Damaged, ParsingError
from edgar_pipeline.sources.company_submissions import (
    check_company_submissions,
    check_submissions_page,
    parse_company_submissions,
    parse_submissions_page,
)
from edgar_pipeline.sources.company_tickers import check_company_tickers, parse_company_tickers
from edgar_pipeline.sources.index_listing import check_index_listing, parse_index_listing

ARCHIVE = Path(__file__).parents[3] / "shared" / "edgar-archive"
needs_archive = pytest.mark.skipif(not ARCHIVE.is_dir(), reason=f"the archive of real files is not there: {ARCHIVE}")
CIK = "0000900001"
FACTS = {"sha256": "s", "fetched_at": "t", "parser_version": "2"}


def tickers(*rows, fields=("cik", "name", "ticker", "exchange")) -> bytes:
    return json.dumps({"fields": list(fields), "data": list(rows)}).encode()


def main_file(recent: object = None, files: object = None, **facts: object) -> bytes:
    recent = {"accessionNumber": [], "form": [], "filingDate": []} if recent is None else recent
    return json.dumps({"cik": "900001", "name": "A", "filings": {"recent": recent, "files": files}, **facts}).encode()


def test_tickers_are_read_by_the_names_of_the_columns():
    body = tickers(
        ["NYSE", "AB", "Acme", 900001],
        [None, "AB-PA", "Acme", "0000900001"],
        fields=("exchange", "ticker", "name", "cik"),
    )
    rows = parse_company_tickers(body, "s", "t")
    first = {"position": 1, "cik": CIK, "company_name": "Acme", "ticker": "AB", "exchange": "NYSE"}
    parser_version = rows[0].pop("parser_version")
    assert rows[0] == first | {"sha256": "s", "fetched_at": "t"} and parser_version
    assert (rows[1]["position"], rows[1]["ticker"], rows[1]["exchange"]) == (2, "AB-PA", None)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"<html>", "not JSON"),
        (b"[]", "not a JSON object but a list"),
        (b"[" * 100_000, "not JSON"),
        (tickers(), "no row"),
        (tickers([1, "A", "AB", "NYSE"], fields=("cik", "name", "symbol", "exchange")), "no column ticker"),
        (tickers([1, "A", "AB"]), "row 1: 3 values instead of 4"),
        (tickers([1, "A", "AB", "NYSE"], [2, "A", "", "NYSE"]), "row 2: no ticker"),
        (tickers([1, "A", None, "NYSE"]), "row 1: no ticker"),
        (tickers([True, "A", "AB", "NYSE"]), "not a CIK: True"),
        (tickers(["../1", "A", "AB", "NYSE"]), "not a CIK"),
        (tickers([12345678901, "A", "AB", "NYSE"]), "not a CIK"),
        (tickers([1, {"a": 1}, "AB", "NYSE"]), "not text"),
        (tickers([1, "A" * 501, "AB", "NYSE"]), "text of 501 characters"),
        (tickers("text"), "an item is 'text'"),
        (json.dumps({"fields": "cik", "data": []}).encode(), "fields: not a list"),
    ],
)
def test_a_ticker_file_of_another_shape_is_refused(body: bytes, reason: str):
    with pytest.raises(ParsingError, match=reason):
        parse_company_tickers(body, "", "")
    with pytest.raises(Damaged, match=reason):
        check_company_tickers(body)


def test_control_characters_do_not_reach_a_record():
    (row,) = parse_company_tickers(tickers([1, "A\n\x1b[2J B\u202e", " AB ", ""]), "", "")
    assert (row["company_name"], row["ticker"], row["exchange"]) == ("A [2J B", "AB", None)


def test_a_main_file_gives_facts_and_filings():
    body = main_file(
        {"accessionNumber": ["0000900001-20-000002"], "form": ["8-K"], "filingDate": ["2020-03-05"], "size": [1]},
        [
            {
                "name": f"CIK{CIK}-submissions-001.json",
                "filingCount": 7,
                "filingFrom": "1994-01-13",
                "filingTo": "2009-07-14",
            }
        ],
        name="ACME  CORP",
        sic="3720",
        sicDescription="Aircraft & Parts",
        entityType="operating",
        category="",
        fiscalYearEnd="0531",
        stateOfIncorporation="DE",
        addresses={"business": {"stateOrCountry": "IL"}},
        tickers=["AB", "AB-PA"],
        exchanges=["NYSE", None],
        formerNames=[{"name": "OLD", "from": "1994-05-16T00:00:00.000Z", "to": None}],
    )
    parsed = parse_company_submissions(body, CIK, "s", "t")
    assert parsed.company == FACTS | {
        "cik": CIK,
        "company_name": "ACME CORP",
        "entity_type": "operating",
        "sic_code": "3720",
        "sic_description": "Aircraft & Parts",
        "category": None,
        "state_of_incorporation": "DE",
        "fiscal_year_end": "0531",
        "business_state_or_country": "IL",
        "tickers": ["AB", "AB-PA"],
        "exchanges": ["NYSE", None],
        "former_names": [{"name": "OLD", "from": "1994-05-16", "to": None}],
        "pages": [{"name": f"CIK{CIK}-submissions-001.json", "count": 7, "from": "1994-01-13", "to": "2009-07-14"}],
        "parser_version": parsed.company["parser_version"],
    }
    assert parsed.filings == [
        FACTS
        | {
            "line_number": 1,
            "cik": CIK,
            "company_name": "ACME CORP",
            "accession_number": "0000900001-20-000002",
            "form_type": "8-K",
            "filed_date": "2020-03-05",
            "problem": None,
            "line": None,
            "page": f"CIK{CIK}.json",
            "parser_version": parsed.company["parser_version"],
        }
    ]


def test_a_file_without_facts_is_read_and_unknown_is_null():
    company = parse_company_submissions(main_file(), CIK, "", "").company
    assert {name for name, value in company.items() if value not in (None, [], "")} == {
        "cik",
        "company_name",
        "parser_version",
    }


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (main_file(cik="900002"), "it is of CIK '900002'"),
        (main_file(cik=None), "it is of CIK None"),
        (main_file(cik=True), "it is of CIK True"),
        (main_file(name=""), "no name"),
        (main_file(name=7), "not text but 7"),
        (main_file(filings=[]), "no filings"),
        (main_file(recent=[]), "no columns of filings"),
        (main_file(recent={"accessionNumber": [], "form": []}), "do not have the same length"),
        (main_file(recent={"accessionNumber": ["a"], "form": [], "filingDate": []}), "do not have the same length"),
        (main_file(files=[{"name": "CIK0000900002-submissions-001.json", "filingCount": 1}]), "not the name of a page"),
        (
            main_file(files=[{"name": f"CIK{CIK}-submissions-001.json/../../x", "filingCount": 1}]),
            "not the name of a page",
        ),
        (main_file(files=[{"name": "http://169.254.169.254/", "filingCount": 1}]), "not the name of a page"),
        (main_file(files=[{"name": f"CIK{CIK}-submissions-001.json", "filingCount": "1"}]), "no count of filings"),
        (
            main_file(files=[{"name": f"CIK{CIK}-submissions-{n:03}.json", "filingCount": 1} for n in range(1000)]),
            "1000 pages",
        ),
        (main_file(formerNames=[{"name": "A", "from": "2020-02-30"}]), "not a date: '2020-02-30'"),
        (main_file(tickers="AB"), "tickers: not a list"),
        (main_file(tickers=[["AB"]]), "tickers: an item is"),
    ],
)
def test_a_main_file_of_another_shape_is_refused(body: bytes, reason: str):
    with pytest.raises(ParsingError, match=reason):
        parse_company_submissions(body, CIK, "", "")
    with pytest.raises(Damaged, match=reason):
        check_company_submissions(body, CIK)


def test_a_malformed_filing_keeps_its_place_with_its_problem():
    columns = {
        "accessionNumber": ["0000900001-20-000001", "../../etc/passwd", "0000900001-20-000003", None],
        "form": ["8-K", "8-K", "10-K", "8-K"],
        "filingDate": ["2020-03-05", "2020-03-05", "2020-13-01", "2020-03-05"],
    }
    name = f"CIK{CIK}-submissions-001.json"
    rows = parse_submissions_page(json.dumps(columns).encode(), CIK, name, "", "")
    assert [(row["line_number"], row["accession_number"], row["problem"]) for row in rows] == [
        (1, "0000900001-20-000001", None),
        (2, None, "not an accession number (like 0001193125-20-063075): '../../etc/passwd'"),
        (3, None, "filed_date: not a date: '2020-13-01'"),
        (4, None, "no accession number, form type or date"),
    ]
    assert rows[1]["line"] == "('../../etc/passwd', '8-K', '2020-03-05')"
    with pytest.raises(Damaged, match="not JSON"):
        check_submissions_page(b"{", CIK, name)


def test_a_listing_decides_the_days_up_to_its_last_index():
    names = ["master.20200102.idx", "form.20200103.idx", "master.20200106.idx.gz", ""]
    body = json.dumps({"directory": {"item": [{"name": name} for name in names]}}).encode()
    rows = parse_index_listing(body, date(2020, 1, 1), "s", "t")
    assert [(row["index_date"], row["is_listed"]) for row in rows] == [
        ("2020-01-01", False),
        ("2020-01-02", True),
        ("2020-01-03", False),
        ("2020-01-04", False),
        ("2020-01-05", False),
        ("2020-01-06", True),
    ]


@pytest.mark.parametrize("body", [b"{}", b'{"directory": {"item": {}}}', b'{"directory": {"item": [1]}}', b"<html>"])
def test_what_is_no_listing_is_refused(body: bytes):
    with pytest.raises(Damaged):
        check_index_listing(body, date(2020, 1, 1))


@needs_archive
def test_the_real_ticker_file():
    rows = parse_company_tickers((ARCHIVE / "www.sec.gov/files/company_tickers_exchange.json").read_bytes(), "", "")
    assert (len(rows), len({row["cik"] for row in rows}), sum(row["exchange"] is None for row in rows)) == (
        10435,
        8086,
        335,
    )
    assert (rows[0]["cik"], rows[0]["ticker"], rows[0]["exchange"]) == ("0001045810", "NVDA", "Nasdaq")


@needs_archive
@pytest.mark.parametrize(
    ("cik", "recent", "pages"),
    [("0000001750", 1014, [917]), ("0000001761", 32, []), ("0000001904", 21, []), ("0000004904", 1001, [2000, 247])],
)
def test_real_submissions(cik: str, recent: int, pages: list[int]):
    parsed = parse_company_submissions((ARCHIVE / f"data.sec.gov/submissions/CIK{cik}.json").read_bytes(), cik, "", "")
    assert len(parsed.filings) == recent
    assert [page["count"] for page in parsed.company["pages"]] == pages
    assert not any(row["problem"] for row in parsed.filings)


@needs_archive
def test_a_real_page_has_as_many_filings_as_its_main_file_says():
    name = "CIK0000001750-submissions-001.json"
    rows = parse_submissions_page(
        (ARCHIVE / f"data.sec.gov/submissions/{name}").read_bytes(), "0000001750", name, "", ""
    )
    assert (len(rows), len({row["accession_number"] for row in rows})) == (917, 917)
    assert (min(row["filed_date"] for row in rows), max(row["filed_date"] for row in rows)) == (
        "1994-01-13",
        "2009-06-17",
    )

"""Indexes of every kind, period and era: the same facts, and every malformed line with its number."""

from datetime import date

import pytest
from edgar_pipeline.errors import Damaged, ParsingError
from edgar_pipeline.sources.index_file import read_header, read_rows
from edgar_pipeline.sources.quarterly_index import check_quarterly_index, parse_quarterly_index
from edgar_pipeline.urls import daily_index_name, feed_url, quarterly_index_url

HEAD = "Description:           {title}\nLast Data Received:    {received}\nComments:              webmaster@sec.gov\n{more}\n \n"
#: (company, form type, CIK, date, path) of invented filings; the third company's name fills its column.
FILINGS = [
    ("3J WIDGETS LLC", "1-A POS", "900001", "2020-03-18", "edgar/data/900001/0000900001-20-000001.txt"),
    ("A-Mark, Inc. /DE/", "SC 13D/A", "900002", "2020-03-17", "edgar/data/900002/0000900001-20-000002.txt"),
    ("N" * 60, "NT 10-K", "900003", "2019-12-21", "edgar/data/900003/0000000000-20-000003.txt"),
    ("ÉCLAIR 8-K FUND", "X-17A-5/A", "1", "2020-03-18", "edgar/data/1/9999999997-20-000004.txt"),
]
RULER = "-" * 141 + "\n"


def master(*, daily: bool = True, encoding: str = "utf-8") -> bytes:
    column = "File Name" if daily else "Filename"
    rows = [f"{cik}|{company}|{form}|{_date(day, daily)}|{path}\n" for company, form, cik, day, path in FILINGS]
    return (
        _head("Daily Index", daily) + f"CIK|Company Name|Form Type|Date Filed|{column}\n" + RULER + "".join(rows)
    ).encode(encoding)


def in_columns(kind: str, *, daily: bool = True, broken_header: bool = False, width: int = 12) -> bytes:
    first, second = ("Form Type", "Company Name") if kind == "form" else ("Company Name", "Form Type")
    widths = (width, 62) if kind == "form" else (62, width)
    break_ = "\n      " if broken_header else "         "
    header = f"{first:{widths[0]}}{second:{widths[1]}}CIK{break_}Date Filed  File Name\n"
    rows = []
    for company, form, cik, day, path in FILINGS:
        names = (form, company) if kind == "form" else (company, form)
        rows.append(f"{names[0]:{widths[0]}}{names[1]:{widths[1]}}{cik:12}{_date(day, daily):12}{path}         \n")
    return (_head("Index by Form Type", daily) + header + RULER + "".join(rows)).encode("cp1252")


def _head(title: str, daily: bool) -> str:
    received, more = (
        ("Mar 18, 2020", "") if daily else ("March 31, 2020", "Cloud HTTP:            https://www.sec.gov/Archives/\n")
    )
    return HEAD.format(title=title, received=received, more=more)


def _date(day: str, daily: bool) -> str:
    return day.replace("-", "") if daily else day


def facts(body: bytes) -> list[tuple]:
    rows = read_rows(body, read_header(body))
    return [(r["company_name"], r["form_type"], r["cik"], r["filed_date"], r["file_name"]) for r in rows]


EXPECTED = [(company, form, cik.zfill(10), day, path) for company, form, cik, day, path in FILINGS]


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("master", master()),
        ("master", master(daily=False)),
        ("master", master(encoding="cp1252")),
        ("master", master().replace(b"\n", b"\r\n")),
        ("form", in_columns("form")),
        ("form", in_columns("form", daily=False)),
        ("form", in_columns("form", width=20)),
        ("form", in_columns("form", broken_header=True)),
        ("company", in_columns("company")),
        ("company", in_columns("company", daily=False)),
        ("company", in_columns("company", broken_header=True)),
        ("company", in_columns("company", width=17)),
    ],
)
def test_every_kind_gives_the_same_facts(kind, body):
    assert read_header(body).kind == kind
    assert facts(body) == EXPECTED


def test_the_header_says_when_the_data_was_received():
    assert read_header(master()).last_data_received == date(2020, 3, 18)
    assert read_header(master(daily=False)).last_data_received == date(2020, 3, 31)


@pytest.mark.parametrize(
    ("kind", "line", "company", "form"),
    [
        # Form types that have outgrown their column (SCHEDULE 13D/A, since December 2024) push the name behind them.
        (
            "form",
            "SCHEDULE 13D/A  LONG ONE INC                 900001      20250318    ",
            "LONG ONE INC",
            "SCHEDULE 13D/A",
        ),
        ("form", "SCHEDULE 13G  X                900001      20250318    ", "X", "SCHEDULE 13G"),
        ("company", f"{'M' * 70}  SC 13D/A    900001      20250318    ", "M" * 70, "SC 13D/A"),
        ("company", f"{'A':62}SCHEDULE 13D/A  900001      20250318    ", "A", "SCHEDULE 13D/A"),
        ("company", f"{'COMPANY  WITH  GAPS':62}4           900001      20250318    ", "COMPANY  WITH  GAPS", "4"),
    ],
)
def test_names_that_have_outgrown_their_column(kind, line, company, form):
    body = in_columns(kind) + line.encode() + b"edgar/data/900001/0000900001-25-000001.txt   \n"
    assert facts(body)[-1][:2] == (company, form)


@pytest.mark.parametrize(
    ("kind", "line", "problem"),
    [
        ("form", "4           X   900001      20250318", "the line does not end with a CIK, a date and a path"),
        ("form", "4           X    538467     2  20250318    edgar/data/9/0000900001-25-000001.txt", "a blank in it"),
        (
            "form",
            "4-AND-MORE-THAN-TWELVE X   9   20250318  edgar/data/9/0000900001-25-000001.txt",
            "cannot be told apart",
        ),
        ("form", "4           X   9   20250230  edgar/data/9/0000900001-25-000001.txt", "not a date: '20250230'"),
        ("form", "4           X   9   20250218  http://evil/0000900001-25-000001.txt", "not the path of a submission"),
        ("company", f"{'X':62}            9   20250218  edgar/data/9/0000900001-25-000001.txt", "cannot be told apart"),
        ("master", "9|X|4|2025-0218|edgar/data/9/0000900001-25-000001.txt", "not a date: '2025-0218'"),
        ("master", "X", "1 fields instead of 5"),
    ],
)
def test_malformed_lines_are_kept_with_their_number(kind, line, problem):
    good = master() if kind == "master" else in_columns(kind)
    body = good + line.encode() + b"\n"
    rows = list(read_rows(body, read_header(body)))
    assert [row["problem"] for row in rows[:-1]] == [None] * 4
    assert problem in rows[-1]["problem"]
    assert rows[-1]["line"] == line and rows[-1]["accession_number"] is None
    assert rows[-1]["line_number"] == good.count(b"\n") + 1


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b"Form Type,Company Name\n" + RULER.encode(),
        b"Form Type   Form Type   CIK\n" + RULER.encode(),
        b"x" * 9000 + b"\n" + RULER.encode(),
    ],
)
def test_what_is_no_index_is_refused(body):
    with pytest.raises(ParsingError):
        read_header(body)


def test_an_index_without_a_row_has_a_header():
    body = master().partition(RULER.encode())[0] + RULER.encode()
    assert list(read_rows(body, read_header(body))) == []
    assert list(read_rows(body[:-1], read_header(body[:-1]))) == []


def test_a_quarter_is_checked_by_what_it_says_of_itself():
    body = master(daily=False)
    check_quarterly_index(body, 2020, 1)
    assert [(r["year"], r["quarter"], r["line_number"]) for r in parse_quarterly_index(body, 2020, 1, "00", "now")] == [
        (2020, 1, number) for number in (9, 10, 11, 12)
    ]


@pytest.mark.parametrize(
    ("body", "quarter", "complaint"),
    [
        (master(daily=False), (2020, 2), "its header says 'Last Data Received: 2020-03-31'"),
        (master(daily=False), (2019, 1), "its header says 'Last Data Received: 2020-03-31'"),
        (master(daily=False)[:-1], (2020, 1), "cut in the middle of its last line"),
        (master(daily=False).partition(RULER.encode())[0] + RULER.encode(), (2020, 1), "no row"),
        (b"<html>", (2020, 1), "no ruler line"),
    ],
)
def test_a_damaged_quarter_is_damaged(body, quarter, complaint):
    with pytest.raises(Damaged, match=complaint):
        check_quarterly_index(body, *quarter)


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (date(1994, 12, 30), "form.123094.idx"),
        (date(1995, 1, 3), "form.950103.idx"),
        (date(1998, 3, 30), "form.980330.idx"),
        (date(1998, 3, 31), "form.19980331.idx"),
        (date(2025, 9, 3), "form.20250903.idx"),
    ],
)
def test_file_names_of_every_era(day, name):
    assert daily_index_name(day, "form") == name


def test_addresses_of_quarters_and_feeds():
    www = "https://www.sec.gov"
    assert quarterly_index_url(www, 1993, 4) == f"{www}/Archives/edgar/full-index/1993/QTR4/master.idx"
    assert quarterly_index_url(www, 2026, 1, "company") == f"{www}/Archives/edgar/full-index/2026/QTR1/company.idx"
    assert feed_url(www, date(2024, 1, 5)) == f"{www}/Archives/edgar/Feed/2024/QTR1/20240105.nc.tar.gz"

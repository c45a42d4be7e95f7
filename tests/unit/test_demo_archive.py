"""The demonstration archive is the same every time, has EDGAR's formats, and holds what it says it holds."""

from __future__ import annotations

import binascii
import hashlib
import json
import os
import re
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import httpx
import pytest

from demo import archive
from demo.markup import parse
from demo.rendering import render
from demo.specification import ROLES, filings
from tests.fake_edgar import FakeEdgar

PROJECT = Path(__file__).resolve().parents[2]
CLOOPEN = "0001804583"
OTHERS_DAY = date(2023, 5, 18)
ROLE_OF_BLOCK = {
    "FILER": "filer",
    "SUBJECT COMPANY": "subject",
    "FILED BY": "filed_by",
    "ISSUER": "issuer",
    "REPORTING-OWNER": "reporting_owner",
}


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return archive.generate(tmp_path_factory.mktemp("archive"))


def index_of(root: Path, day: date) -> str:
    quarter = f"{day.year}/QTR{(day.month - 1) // 3 + 1}"
    return (root / f"www.sec.gov/Archives/edgar/daily-index/{quarter}/master.{day:%Y%m%d}.idx").read_text("ascii")


def rows_of(root: Path, day: date) -> list[list[str]]:
    return [line.split("|") for line in index_of(root, day).splitlines()[7:]]


def submissions(root: Path) -> dict[str, str]:
    """Every submission of the folder by its accession number, as text."""
    files = (root / "www.sec.gov/Archives/edgar/data").rglob("*.txt")
    return {file.stem: file.read_bytes().decode("ascii") for file in files}


def digests(root: Path) -> dict[str, str]:
    return {
        str(file.relative_to(root)): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in root.rglob("*")
        if file.is_file()
    }


def companies_of(submission: str) -> set[tuple[str, str]]:
    """(CIK, role) by the header's lines alone: a block's name stands at the start of a line, its CIK within it."""
    header = submission.split("</SEC-HEADER>")[0]
    names = re.findall(r"^(?:(FILER|SUBJECT COMPANY|FILED BY|ISSUER|REPORTING-OWNER):|\t\tCENTRAL INDEX KEY:\t+(\d{10})$)",
                       header, re.MULTILINE)  # fmt: skip
    pairs, role = set(), ""
    for block, cik in names:
        role = ROLE_OF_BLOCK[block] if block else role
        if cik:
            pairs.add((cik, role))
    return pairs


# The whole.


def test_another_process_makes_the_same_bytes_and_the_same_times(root, tmp_path):
    # GIVEN an archive made by this process
    # WHEN another one, with another seed for hashes and another time zone, makes it
    environment = os.environ | {"PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo"}
    command = [sys.executable, "-m", "demo.archive", str(tmp_path / "other")]
    start = time.monotonic()
    result = subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True, check=True)
    # THEN it is the same, within the time and the size that were promised
    assert time.monotonic() - start < 2
    assert result.stdout.startswith("37 filings of 21 index days (2021-01-19 to 2025-03-24) written to ")
    assert digests(tmp_path / "other") == digests(root)
    times = {file.name: file.stat().st_mtime for file in root.rglob("*.idx")}
    assert times == {file.name: file.stat().st_mtime for file in (tmp_path / "other").rglob("*.idx")}
    assert sum(file.stat().st_size for file in root.rglob("*") if file.is_file()) < 3_000_000


def test_making_it_twice_in_one_folder_changes_nothing(root):
    before = digests(root)
    archive.generate(root)
    assert digests(root) == before


def test_the_counts_of_the_specification_are_those_of_the_files(root):
    # GIVEN the counts that the specification promises
    expected = archive.expected_counts()
    texts = submissions(root)
    # WHEN the files are counted with regular expressions, day by day
    counted = {}
    for day in archive.DAYS:
        rows = rows_of(root, day)
        accessions = {row[4][-24:-4] for row in rows}
        documents = [re.findall(r"^<TYPE>(.*)$", texts[number], re.MULTILINE) for number in accessions]
        counted[day] = archive.DayCounts(
            index_rows=len(rows),
            filings=len(accessions),
            documents=sum(texts[number].count("<DOCUMENT>\n") for number in accessions),
            exhibits=sum(name.startswith("EX-") for names in documents for name in names),
            companies=frozenset(
                (number, cik, role) for number in accessions for cik, role in companies_of(texts[number])
            ),
        )
    # THEN they agree, and no submission stands outside the indexes
    assert counted == expected
    assert sum(counts.filings for counts in expected.values()) == len(texts) == 37


def test_some_counts_by_hand():
    counts = archive.expected_counts()
    first, others = counts[date(2021, 1, 19)], counts[OTHERS_DAY]
    assert (first.index_rows, first.filings, first.documents, first.exhibits) == (3, 3, 35, 31)
    assert (others.index_rows, others.filings, others.documents, others.exhibits) == (11, 8, 22, 12)
    assert ("0009900006-23-000002", "0009900002", "subject") in others.companies
    assert ("0009900006-23-000002", "0009900006", "filed_by") in others.companies
    assert {role for *_, role in others.companies} == set(ROLES)


def test_the_days_are_business_days_in_order():
    assert len(archive.DAYS) == 21
    assert list(archive.DAYS) == sorted(set(archive.DAYS))
    assert [day for day in archive.DAYS if day.weekday() >= 5] == []


# The indexes.


@pytest.mark.parametrize("day", archive.DAYS, ids=str)
def test_an_index_has_the_daily_format(root, day):
    lines = index_of(root, day).split("\n")
    assert lines[:5] == [
        "Description:           Daily Index of EDGAR Dissemination Feed",
        f"Last Data Received:    {day:%b} {day.day:2}, {day.year}",
        "Comments:              webmaster@sec.gov",
        "Anonymous FTP:         ftp://ftp.sec.gov/edgar/",
        " ",
    ]
    assert lines[5:7] == ["CIK|Company Name|Form Type|Date Filed|File Name", "-" * 80]
    assert lines[-1] == ""
    rows = lines[7:-1]
    assert rows == sorted(set(rows))
    for row in rows:
        cik, name, form_type, filed, file_name = row.split("|")
        assert re.fullmatch(r"[1-9]\d{0,9}", cik)
        assert name and form_type
        assert re.fullmatch(r"20\d{6}", filed) and filed <= f"{day:%Y%m%d}"
        assert re.fullmatch(rf"edgar/data/{cik}/\d{{10}}-\d\d-\d{{6}}\.txt", file_name)


def test_drafts_and_letters_are_listed_on_the_day_of_their_release(root):
    late = [
        (row[2], row[3], str(day)) for day in archive.DAYS for row in rows_of(root, day) if row[3] != f"{day:%Y%m%d}"
    ]
    assert sorted(late) == [
        ("CORRESP", "20210119", "2021-03-10"),
        ("CORRESP", "20210201", "2021-03-10"),
        ("CORRESP", "20210205", "2021-03-10"),
        ("CORRESP", "20210205", "2021-03-10"),
        ("CORRESP", "20220512", "2022-07-19"),
        ("DRS", "20201113", "2021-01-19"),
        ("DRSLTR", "20201113", "2021-01-19"),
    ]
    private = {number for number, text in submissions(root).items() if "\n<PRIVATE-TO-PUBLIC>\n" in text}
    assert private == {filing.accession_number for filing in filings() if filing.was_private}
    assert len(private) == 7


def test_a_day_shows_the_company_as_it_was_on_that_day(root):
    # GIVEN the real entries of 2024-02-27 (form and exhibit types), WHEN read from the files THEN they are these
    texts = submissions(root)
    types = [
        name
        for number in sorted({row[4][-24:-4] for row in rows_of(root, date(2024, 2, 27))})
        for name in re.findall(r"^<TYPE>(.*)$", texts[number], re.MULTILINE)
    ]
    assert types == [
        *("20-F", "EX-2.1", "EX-2.6", "EX-4.21", "EX-12.1", "EX-12.2", "EX-13.1", "EX-13.2", "EX-15.1", "EX-15.2"),
        *("EX-15.3", "EX-16.1", "EX-16.2", "6-K", "EX-99.1"),
    ]


# The submissions.


def test_every_submission_is_whole_and_names_itself(root):
    for number, text in submissions(root).items():
        day = next(filing.index_day for filing in filings() if filing.accession_number == number)
        first, second, third = text.split("\n")[:3]
        assert first == f"<SEC-DOCUMENT>{number}.txt : {day:%Y%m%d}"
        assert second == f"<SEC-HEADER>{number}.hdr.sgml : {day:%Y%m%d}"
        assert re.fullmatch(r"<ACCEPTANCE-DATETIME>20\d{12}", third)
        assert f"\nACCESSION NUMBER:\t\t{number}\n" in text
        assert text.endswith("</TEXT>\n</DOCUMENT>\n</SEC-DOCUMENT>\n")
        tags = [text.count(tag) for tag in ("<DOCUMENT>\n", "\n</DOCUMENT>\n", "\n<TEXT>\n", "\n</TEXT>\n")]
        assert len(set(tags)) == 1
        sequences = [int(value) for value in re.findall(r"^<SEQUENCE>(\d+)$", text, re.MULTILINE)]
        assert sequences == list(range(1, tags[0] + 1))
        names = re.findall(r"^<FILENAME>(.*)$", text, re.MULTILINE)
        assert len(set(names)) == tags[0]
        assert all(re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,31}", name) for name in names)


def test_a_header_has_edgars_tabs(root):
    text = submissions(root)["0009900500-23-000127"]
    header = text.split("</SEC-HEADER>")[0].split("\n", 2)[2]
    assert header.startswith(
        "<ACCEPTANCE-DATETIME>20230518060217\n"
        "ACCESSION NUMBER:\t\t0009900500-23-000127\n"
        "CONFORMED SUBMISSION TYPE:\t6-K\n"
        "PUBLIC DOCUMENT COUNT:\t\t2\n"
        "CONFORMED PERIOD OF REPORT:\t20230518\n"
        "FILED AS OF DATE:\t\t20230518\n"
        "DATE AS OF CHANGE:\t\t20230518\n"
        "\n"
        "FILER:\n"
        "\n"
        "\tCOMPANY DATA:\t\n"
        "\t\tCOMPANY CONFORMED NAME:\t\t\tCloopen Group Holding Ltd\n"
        "\t\tCENTRAL INDEX KEY:\t\t\t0001804583\n"
    )
    assert header.endswith("\t\tCITY:\t\t\tBEIJING\n\t\tSTATE:\t\t\tF4\n\t\tZIP:\t\t\t000000\n")


def test_items_of_current_reports_are_texts_in_order(root):
    items = {
        number: re.findall(r"^ITEM INFORMATION:\t\t(.*)$", text, re.MULTILINE)
        for number, text in submissions(root).items()
        if "\nITEM INFORMATION:" in text
    }
    assert items == {
        "0009900001-23-000014": ["Results of Operations and Financial Condition", "Financial Statements and Exhibits"],
        "0009900002-23-000031": [
            "Departure of Directors or Certain Officers; Election of Directors; Appointment of Certain Officers: "
            "Compensatory Arrangements of Certain Officers"
        ],
        "0009900600-23-000204": ["Regulation FD Disclosure", "Other Events", "Financial Statements and Exhibits"],
    }


def test_the_declared_count_is_no_completeness_check_here_either(root):
    differences = {
        number: int(re.search(r"PUBLIC DOCUMENT COUNT:\t\t(\d+)", text)[1]) - text.count("<DOCUMENT>\n")
        for number, text in submissions(root).items()
    }
    assert {number: by for number, by in differences.items() if by} == {"0009900001-23-000014": 1}


def test_co_registrants_and_owners_stand_in_the_header(root):
    texts = submissions(root)
    assert companies_of(texts["0009900004-23-000009"]) == {("0009900004", "filer"), ("0009900005", "filer")}
    assert companies_of(texts["0009900001-23-000015"]) == {("0009900007", "reporting_owner"), ("0009900001", "issuer")}
    assert '\n<XML>\n<?xml version="1.0"?>\n<ownershipDocument>' in texts["0009900001-23-000015"]


def test_binaries_decode_to_what_their_names_say(root):
    decoded = {}
    for number, text in submissions(root).items():
        for name, body in re.findall(r"^begin 644 (\S+)\n(.*?)\nend$", text, re.MULTILINE | re.DOTALL):
            decoded[number, name] = b"".join(binascii.a2b_uu(line) for line in body.split("\n") if line)
    assert {key: content[:5] for key, content in decoded.items()} == {
        ("0009900500-21-000031", "g200031.gif"): b"GIF89",
        ("0009900001-23-000014", "hgti-logo.gif"): b"GIF89",
        ("0009900500-22-000205", "filename2.pdf"): b"%PDF-",
    }
    pdf = decoded["0009900500-22-000205", "filename2.pdf"]
    # The cross-reference table of the PDF points at its objects.
    for number, offset in enumerate(re.findall(rb"^(\d{10}) 00000 n ", pdf, re.MULTILINE), start=1):
        assert pdf[int(offset) :].startswith(b"%d 0 obj" % number)
    assert pdf.endswith(b"%%EOF\n")


def test_every_text_says_that_it_was_written_for_a_demonstration(root):
    # GIVEN every document that is prose (no data, no binary)
    for filing in filings():
        written = submissions(root)[filing.accession_number].split("<DOCUMENT>\n")[1:]
        for document, text in zip(filing.documents, written, strict=True):
            prose = document.text is not None and "." not in document.text
            # THEN it says so, whatever its line breaks
            assert ("Text and figures were written for a demonstration archive" in " ".join(text.split())) is prose


def test_the_exhibit_index_links_every_exhibit_that_it_names(root):
    text = submissions(root)["0009900500-21-000031"].split("</DOCUMENT>")[0]
    links = dict(re.findall(r'<A\s+HREF="([^"#]+)">(.*?)</A>', text, re.DOTALL))
    assert len(links) == 31
    title = " ".join(links["a2200031zdex1016.htm"].split())
    assert title == "Power of Attorney issued by Jianhong Zhou dated as of March 28, 2019"
    names = re.findall(r"^<FILENAME>(.*)$", submissions(root)["0009900500-21-000031"], re.MULTILINE)
    assert set(links) < set(names)


def test_realism_for_parsers(root):
    texts = submissions(root)
    everything = "".join(texts.values())
    for sign in ("&nbsp;", "&#160;", "&#146;", "&#8217;", "<ix:header>", "<PAGE>", "<S>", "page-break-after:always"):
        assert sign in everything, sign
    assert texts["0009900001-23-000014"].count("<XBRL>\n") == 2
    without_description = re.findall(r"^<FILENAME>(.*)\n<TEXT>", everything, re.MULTILINE)
    assert "mcbx13g.txt" in without_description and "filename2.pdf" in without_description
    assert re.search(r"\(CUSIP Number\)", texts["0009900600-22-000045"])
    assert "18900M104" in texts["0009900600-22-000045"]


# Companies, and the server.


def test_the_ticker_file_has_the_real_shape(root):
    content = json.loads((root / "www.sec.gov/files/company_tickers_exchange.json").read_bytes())
    assert content["fields"] == ["cik", "name", "ticker", "exchange"]
    assert content["data"][0] == [1804583, "Cloopen Group Holding Ltd", "RAAS", "NYSE"]
    assert [row[2] for row in content["data"][1:]] == ["HGTI", "MCBX", "TWOX", "QLKH"]
    assert all(row[0] // 100_000 == 99 for row in content["data"][1:])


def test_invented_numbers_are_recognisable():
    for filing in filings():
        assert filing.accession_number.startswith("00099")
        assert all(party.company.cik == CLOOPEN or party.company.cik.startswith("00099") for party in filing.parties)
    assert len({filing.accession_number for filing in filings()}) == 37


def test_the_stand_in_server_serves_every_row_of_an_index(root):
    with FakeEdgar(root) as edgar, httpx.Client(headers={"User-Agent": "Test someone@example.com"}) as client:
        for row in rows_of(root, OTHERS_DAY):
            assert client.get(f"{edgar.url}/Archives/{row[4]}").text == submissions(root)[row[4][-24:-4]]
        listing = client.get(f"{edgar.url}/Archives/edgar/daily-index/2023/QTR2/index.json").json()
    items = [(item["name"], item["last-modified"]) for item in listing["directory"]["item"]]
    assert items == [
        ("master.20230404.idx", "04/04/2023 11:00:00 PM"),
        ("master.20230518.idx", "05/18/2023 11:00:00 PM"),
        ("master.20230630.idx", "06/30/2023 11:00:00 PM"),
    ]


# The small markup.


def test_markup_becomes_html_of_two_kinds_and_plain_text():
    blocks = parse("= A $what\n\ntwo  words & “quotes” [link](x.htm)\n\n| a | 1 |\n\n---\n\n- item", {"what": "title"})
    assert [block.kind for block in blocks] == ["headline", "paragraph", "table", "page", "items"]
    classic = render(blocks, "classic", "T", "Exhibit 1")
    assert 'two&nbsp;&nbsp;words &amp; &#147;quotes&#148; <A HREF="x.htm">link</A>' in classic
    assert "<B>Exhibit 1</B>" in classic and "<B>A title</B>" in classic
    modern = render(blocks, "modern", "T", None, {"DocumentType": "8-K"})
    assert 'two&#160;&#160;words &amp; &#8220;quotes&#8221; <a href="x.htm">link</a>' in modern
    assert '<ix:nonNumeric contextRef="c-1" name="dei:DocumentType">8-K</ix:nonNumeric>' in modern
    plain = render(blocks, "plain", "T", None)
    assert 'two  words & "quotes" link' in plain and "\n<PAGE>\n" in plain
    with pytest.raises(KeyError):
        parse("$unknown", {})

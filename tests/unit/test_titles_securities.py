"""The CUSIP of the security of a Schedule 13D or 13G, from covers of every shape."""

import re
from pathlib import Path

import pytest
from edgar_pipeline.sources.submission import parse_submission
from edgar_pipeline.titles import Document, title_parts
from edgar_pipeline.titles.securities import cover_cusip

ARCHIVE = Path(__file__).parents[3] / "shared" / "edgar-archive"

COVER = "SCHEDULE 13G\n\nAcme Corp\n(Name of Issuer)\n\nCommon Stock\n(Title of Class of Securities)\n\n{}\n"


@pytest.mark.parametrize(
    "number",
    [
        "037833100\n(CUSIP Number)",
        "037833 10 0\n\n(CUSIP Number)",
        "037833-10-0\n(CUSIP Number)",
        "037833 100\n(CUSIP Number)",
        "CUSIP Number: 037833100",
        "CUSIP No.\xa0037833100",
        "CUSIP No.\n\n037833100",
        "(Cusip Number)\n18 pages\n\nCUSIP No. 037833100          13G          Page 2 of 18",
    ],
)
def test_a_cover_states_the_number(number: str):
    assert cover_cusip(b"", COVER.format(number)) == "037833100"


@pytest.mark.parametrize(
    ("number", "why"),
    [
        ("037833101\n(CUSIP Number)", "its check digit is wrong"),
        ("None\n(CUSIP Number)", "there is none"),
        ("037833100 (Class A); 594918104 (Class B)\n(CUSIP Number)", "there are two"),
        ("CUSIP No. 037833100\n\npage\n\nCUSIP No. 594918104", "there are two"),
        ("037833100", "nothing says that it is one"),
        ("REPORTING\n(CUSIP Number)", "it is a word"),
        ("0378331000\n(CUSIP Number)", "it is too long"),
    ],
)
def test_a_number_that_is_not_certain_is_none(number: str, why: str):
    assert cover_cusip(b"", COVER.format(number)) is None, why


def test_the_xml_of_newer_schedules_states_it():
    body = (
        b"<edgarSubmission><coverPageHeader><securitiesClassTitle>Common Stock</securitiesClassTitle>"
        b"<issuerInfo><issuerCusip> 037833100</issuerCusip></issuerInfo></coverPageHeader></edgarSubmission>"
    )
    assert cover_cusip(body, "text") == "037833100"
    assert cover_cusip(body.replace(b"issuerCusip", b"issuerCUSIP"), "text") == "037833100"


def test_no_other_form_has_a_number():
    cover = COVER.format("037833100\n(CUSIP Number)")
    parts = [title_parts(form, [Document(form, None, None, b"", cover)]) for form in ("SC 13G", "8-K")]
    assert [part["cusip"] for part in parts] == ["037833100", None]


@pytest.mark.parametrize("text", ["CUSIP " * 5000, "CUSIP\n" * 6000, "A1" * 15000, "cusip 0" + " " * 29000])
def test_hostile_text_costs_little(text: str):
    assert cover_cusip(b"", text) is None


@pytest.mark.skipif(not ARCHIVE.is_dir(), reason=f"the archive of real filings is not there: {ARCHIVE}")
def test_every_real_schedule_has_its_number():
    pattern = re.compile(rb"CONFORMED SUBMISSION TYPE:\s*(?:SC|SCHEDULE) 13[DG]")
    bodies = {file.stem: file.read_bytes() for file in ARCHIVE.glob("www.sec.gov/Archives/edgar/data/*/*/*.txt")}
    schedules = [parse_submission(body, name) for name, body in bodies.items() if pattern.search(body[:3000])]
    assert len(schedules) == 38
    assert [record["accession_number"] for record in schedules if not record["cusip"]] == []
    numbers = {record["accession_number"]: record["cusip"] for record in schedules}
    assert (numbers["0000950123-03-000221"], numbers["0001815572-25-000002"]) == ("741929103", "33817P306")

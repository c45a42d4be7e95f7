"""A company's history as a reader knows it (the demo's company, in this project's own words), from submissions to timeline."""

import json
import re
from collections import Counter
from pathlib import Path

import pytest

from demo.archive import generate
from demo.specification import filings
from evaluation.titles import LONGEST_EXCERPT, ends_cut
from evaluation.warehouse import archive_warehouse

COMPANY = "0001804583"
SAMPLE = Path(__file__).parents[3] / "shared" / "reference" / "company_page_sample.json"
# Controls, replacement characters, UTF-8 read as cp1252, a question mark for a quote.
MOJIBAKE = re.compile(r"[\x00-\x1f\x7f-\x9f\ufffd]|â€|Ã[\x80-\xbf]|[A-Za-z]\?s\b|(?<=\s)\?\w")


@pytest.fixture(scope="module")
def entries(tmp_path_factory):
    """GIVEN the company's submissions, WHEN they are parsed, landed and built: its timeline with qualities and texts."""
    with archive_warehouse(generate(tmp_path_factory.mktemp("archive"))) as connection:
        found = connection.execute(
            """
            select
                cast(t.entry_date as varchar) as day, t.entry_type as type, t.title, t.excerpt, texts.text, t.event_codes,
                coalesce(exhibits.title_quality, filings.title_quality) as quality
            from marts.company_timeline as t
            inner join marts.fct_filings as filings using (accession_number)
            left join marts.fct_exhibits as exhibits using (accession_number, sequence)
            left join marts.document_texts as texts using (accession_number, sequence)
            where t.cik = ?
            """,
            [COMPANY],
        )
        names = [column[0] for column in found.description]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def test_every_filing_and_exhibit_of_the_company_is_an_entry_with_its_date_and_type(entries):
    of_company = [f for f in filings() if COMPANY in {party.company.cik for party in f.parties}]
    expected = Counter()
    for filing in of_company:
        exhibits = [document.type for document in filing.documents if document.is_exhibit]
        expected.update((filing.filed_date.isoformat(), name) for name in [filing.form_type, *exhibits])
    assert Counter((entry["day"], entry["type"]) for entry in entries) == expected
    assert len(entries) == 95


def test_the_entries_of_the_known_page_are_there(entries):
    if not SAMPLE.is_file():
        pytest.skip("needs the sample of the page in ../shared")
    known = [(entry["date"], entry["type"]) for entry in json.loads(SAMPLE.read_text())]
    found = {(entry["day"], entry["type"]) for entry in entries}
    assert len(known) > 85
    assert [entry for entry in known if entry not in found] == []


def test_titles_say_something(entries):
    weak = [entry["title"] for entry in entries if entry["quality"] == "weak"]
    assert len(weak) <= 0.05 * len(entries), weak
    assert [title for title in (entry["title"] for entry in entries) if len(title) < 8 or title.isupper()] == []


def test_texts_are_whole(entries):
    texts = [text for entry in entries for text in (entry["title"], entry["excerpt"]) if text]
    assert [text for text in texts if MOJIBAKE.search(text)] == []
    excerpts = [entry for entry in entries if entry["excerpt"]]
    assert len(excerpts) >= 80
    assert [entry["excerpt"] for entry in excerpts if len(entry["excerpt"]) > LONGEST_EXCERPT] == []
    assert [entry["excerpt"][-40:] for entry in excerpts if ends_cut(entry["excerpt"], entry["text"] or "")] == []


@pytest.mark.parametrize(
    ("day", "kind", "title", "events"),
    [
        (
            *("2021-03-10", "6-K"),
            "Report of foreign private issuer, March 2021: Cloopen to Acquire EliteCRM, a Leading CRM Software Provider",
            ["ACQUISITION_ANNOUNCED"],
        ),
        (
            *("2023-05-18", "EX-99.1"),
            "Cloopen Receives Notice from the NYSE to Suspend Trading and Commence Delisting Proceedings",
            ["DELISTING"],
        ),
        (
            *("2024-02-05", "SC 13G"),
            "Cloopen Group Holding Limited - Class A Ordinary Shares / TB Alternative Assets Ltd. - SC 13G Passive Investment",
            ["BENEFICIAL_OWNERSHIP"],
        ),
        (
            *("2025-03-24", "20-F"),
            "Annual report of a foreign private issuer, Cloopen Group Holding Ltd, period ended December 31, 2023",
            ["ANNUAL_REPORT"],
        ),
    ],
)
def test_entries_by_hand(entries, day, kind, title, events):
    (entry,) = [entry for entry in entries if (entry["day"], entry["type"]) == (day, kind)]
    assert (entry["title"], entry["event_codes"]) == (title, events)

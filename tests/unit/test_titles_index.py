"""The exhibit index: tables, lists and plain text, matched by link and then by number."""

import pytest
from edgar_pipeline.text import extract_text
from edgar_pipeline.titles import Document, title_documents
from edgar_pipeline.titles.exhibit_numbers import candidate_numbers, parse_number
from edgar_pipeline.titles.index_titles import index_title, is_incorporated


def index_titles(
    primary: str, *exhibits: tuple[str, str | None], form_type: str = "8-K", head: str = ""
) -> list[str | None]:
    """The index title of each exhibit, given as (type, file name), of a filing with this primary document."""
    text = extract_text(primary.encode(), form_type).text
    documents = [Document(form_type, "primary.htm", None, primary.encode(), text)]
    documents += [Document(kind, name, None, head.encode() or b"x", head or "x") for kind, name in exhibits]
    return [titles.index_title for titles in title_documents(form_type, documents)[1:]]


def table(*rows: tuple[str, ...]) -> str:
    cells = ("".join(f"<td>{cell}</td>" for cell in row) for row in rows)
    return "<html><body><p>Exhibits</p><table>" + "".join(f"<tr>{row}</tr>" for row in cells) + "</table></body></html>"


def test_a_row_is_found_by_its_link():
    # GIVEN a table whose numbers differ from the types of the exhibits
    primary = table(
        ("99.7", '<a href="release.htm">Release on the Second Mine</a>'),
        ("10.9", '<a href="/a/b/MINE.HTM#x">Mine Lease</a>'),
    )
    # WHEN / THEN
    assert index_titles(primary, ("EX-10.1", "mine.htm"), ("EX-99.1", "release.htm")) == [
        "Mine Lease",
        "Release on the Second Mine",
    ]


def test_a_link_in_the_number_leads_to_the_title_beside_it():
    primary = table(("<a href='lease.htm'>10.1</a>", "Mine Lease, dated May 6, 2020 (filed herewith)*"))
    assert index_titles(primary, ("EX-10.1", "lease.htm")) == ["Mine Lease, dated May 6, 2020"]


def test_the_link_of_an_index_is_preferred_to_one_in_the_text():
    primary = (
        '<html><p>The lease (see <a href="lease.htm">Exhibit 10.1</a>) was signed.</p>'
        '<table><tr><td>10.1</td><td><a href="lease.htm">Mine Lease</a></td></tr></table></html>'
    )
    assert index_titles(primary, ("EX-10.1", "lease.htm")) == ["Mine Lease"]


@pytest.mark.parametrize(
    "paragraph",
    [
        '<p>99.1 &nbsp; <a href="release.htm">Release on the Mine</a></p>',
        '<div>Exhibit 99.1 – <a href="release.htm">Release on the Mine</a></div>',
        '<ul><li>99.1: <a href="release.htm">Release on the Mine</a></li></ul>',
        '<p>See <a href="release.htm">Release on the Mine</a> for more.</p>',
    ],
)
def test_a_linked_paragraph_is_an_entry(paragraph):
    assert index_titles(f"<html><body><p>Exhibits</p>{paragraph}</body></html>", ("EX-99.1", "release.htm")) == [
        "Release on the Mine"
    ]


def test_a_link_to_another_submission_is_none_of_ours():
    # GIVEN a file name that only looks like the exhibit's, because it ends in it
    primary = table(
        (
            "10.1",
            '<a href="https://example.com/1/oldlease.htm">Old Lease (incorporated by reference to Exhibit 10.1)</a>',
        )
    )
    assert index_titles(primary, ("EX-10.1", "lease.htm")) == [None]


def test_rows_without_links_are_found_by_number():
    primary = table(
        ("Exhibit No.", "Description"),
        ("3.1", "Bylaws of Acme Corp. (incorporated by reference to Exhibit 3.2 of Form S-1)"),
        ("10.1*", "Mine Lease", "8-K", "10.3", "5/6/20"),
        ("99.1", "Release on the Mine", "X"),
    )
    assert index_titles(primary, ("EX-3.1", None), ("EX-10.1", None), ("EX-99.1", None)) == [
        None,
        "Mine Lease",
        "Release on the Mine",
    ]


def test_a_filed_row_is_preferred_to_an_incorporated_one_of_the_same_number():
    primary = table(("10.1", "Old Lease (incorporated by reference)"), ("10.1", "Mine Lease (filed herewith)"))
    assert index_titles(primary, ("EX-10.1", None)) == ["Mine Lease"]


PLAIN = """
(c) Exhibits

Exhibit
Number      Description                                         Page
------      -----------                                         ----

   10.1     Asset Purchase Agreement, dated May 6, 2001,          12
            between Acme Corp. and Widgets Ltd.

   10-M-4   Description of Amendment to the Retire-
            ment Plan

   99.1     Press Release ................................        40

SIGNATURES

   21       men signed this report on the 6th of May.
"""


def test_an_index_of_plain_text_keeps_its_columns_apart():
    exhibits = (("EX-10.1", None), ("EX-10.M4", None), ("EX-99.1", None), ("EX-21", None))
    assert index_titles(PLAIN, *exhibits) == [
        "Asset Purchase Agreement, dated May 6, 2001, between Acme Corp. and Widgets Ltd.",
        "Description of Amendment to the Retirement Plan",
        "Press Release",
        None,
    ]


def test_justified_text_has_no_columns():
    primary = "\nEXHIBIT INDEX\n\n99.4(a)  Letter   Agreement,   dated   May   6,  2001,   between   Acme\n         Corp. and Widgets Ltd.\n"
    assert index_titles(primary, ("EX-99.4(A)", None)) == [
        "Letter Agreement, dated May 6, 2001, between Acme Corp. and Widgets Ltd."
    ]


def test_a_section_of_the_report_is_no_entry():
    primary = "<html><p>10.1 The mine is deep and wide.</p><p>Nothing else was said.</p></html>"
    assert index_titles(primary, ("EX-10.1", None)) == [None]


def test_a_number_on_a_line_of_its_own_names_the_next_line():
    primary = (
        "<html><p>Item 9.01 Exhibits</p><p>99.1</p><p>Release on the Mine</p><p>104</p><p>Cover Page Data</p></html>"
    )
    assert index_titles(primary, ("EX-99.1", None)) == ["Release on the Mine"]


def test_a_foreign_issuer_numbers_its_exhibits_from_one():
    primary = table(("Exhibit", "Description"), ("1", "Announcement of the Second Mine"))
    assert index_titles(primary, ("EX-99.1", None), form_type="6-K", head="Exhibit 1\n\nText") == [
        "Announcement of the Second Mine"
    ]


def test_the_only_exhibit_of_a_number_is_the_only_row_of_it():
    primary = table(("Exhibit", "Description"), ("21.1", "Subsidiaries of Acme Corp."))
    assert index_titles(primary, ("EX-21", None)) == ["Subsidiaries of Acme Corp."]
    assert index_titles(primary, ("EX-21", None), ("EX-21", None)) == [None, None]


@pytest.mark.parametrize(
    ("written", "parts"),
    [
        ("EX-99.1", ("99", "1")),
        ("EX-99.01", ("99", "1")),
        ("99(1)", ("99", "1")),
        ("10-M-4", ("10", "m", "4")),
        ("EX-10.A49", ("10", "a", "49")),
        ("EX-99.(A)(5)", ("99", "a", "5")),
        ("1.1", ("1", "1")),
        ("11", ("11",)),
    ],
)
def test_exhibit_numbers_are_compared_by_their_parts(written, parts):
    assert parse_number(written) == parts


def test_the_label_of_a_text_is_surer_than_a_type_that_says_less():
    assert candidate_numbers("EX-99", "EXHIBIT 99.3", "Exhibit 99.2\n") == [("99", "2"), ("99", "3"), ("99",)]
    assert candidate_numbers("EX-99.(A)(5)", None, "") == [("99", "a", "5"), ("a", "5")]


@pytest.mark.parametrize(
    ("cell", "title"),
    [
        ("Form of Warrant.", "Form of Warrant"),
        ("Consent of Acme Inc.", "Consent of Acme Inc."),
        ("** Mine Lease (1)", "Mine Lease"),
        ("Mine Lease (previously filed)", "Mine Lease"),
        ("Mine Lease, filed as part of this report.", "Mine Lease"),
        ("Filed herewith", None),
        ("Description of Exhibits", None),
        ("8-K", None),
        ("May 6, 2020", None),
        ("X", None),
        ("/ ACME", None),
        ("Included in Exhibit 5.1", None),
    ],
)
def test_a_cell_is_a_title_without_what_an_index_adds(cell, title):
    assert index_title(cell) == title


def test_a_long_title_ends_with_a_clause():
    title = index_title("Credit Agreement, dated May 6, 2020, among " + "Acme Corp. and its many lenders, " * 12)
    assert title == "Credit Agreement, dated May 6, 2020"


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("Lease (incorporated by reference to Exhibit 10.1)", True),
        ("Lease (incorporated herein by reference)", True),
        ("Lease, filed herewith; its annex is incorporated by reference", False),
        ("Consent to the incorporation by reference of our report", False),
    ],
)
def test_incorporated_rows_are_told_apart(row, expected):
    assert is_incorporated(row) is expected

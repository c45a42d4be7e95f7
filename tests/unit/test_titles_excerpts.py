"""Excerpts: where a document starts to say something, and where its first words end."""

import pytest
from edgar_pipeline.titles import find_excerpt
from edgar_pipeline.titles.excerpts import LONGEST_EXCERPT, cut, find_prose_excerpt
from edgar_pipeline.titles.excerpts import find_excerpt as find_with_items

SENTENCE = "Acme Corp. has opened its second mine, which is the deepest of the county and the first one of the decade."


def test_an_excerpt_begins_below_label_letterhead_and_headline():
    text = f"Exhibit 99.1\n\nACME CORP.\n\nMay 6, 2020\n\nAcme Opens a Second Mine\n\n{SENTENCE}"
    assert find_excerpt(text, "Acme Opens a Second Mine") == SENTENCE


def test_a_headline_may_end_within_a_paragraph_and_span_lines():
    text = f"Exhibit 99.1\n\nACME OPENS\nA SECOND MINE\n{SENTENCE}"
    assert find_excerpt(text, "Acme Opens a Second Mine") == SENTENCE


def test_a_headline_that_is_not_there_takes_nothing_away():
    assert find_excerpt(SENTENCE, "Widgets Sells a Mill") == SENTENCE


def test_a_cover_is_passed_over():
    cover = [
        "UNITED STATES",
        "SECURITIES AND EXCHANGE COMMISSION",
        "FORM 6-K",
        "For the month of May 2020",
        "Indicate by check mark whether the registrant files or will file annual reports under cover of Form 20-F or 40-F.",
        "(Exact name of registrant as specified in its charter)",
    ]
    assert find_excerpt("\n\n".join([*cover, SENTENCE]), None) == SENTENCE


def test_a_report_with_items_begins_below_the_first_one():
    # GIVEN a cover with a sentence that no list of phrases knows, and an item
    text = f"FORM 8-K\n\nThis is a sentence of the cover that nobody has ever seen before today.\n\nItem 8.01 Other Events.\n\n{SENTENCE}"
    # WHEN / THEN
    assert find_with_items(text, has_items=True) == SENTENCE
    assert find_with_items(text).startswith("This is a sentence of the cover")


def test_a_letter_begins_below_its_salutation():
    text = f"May 6, 2020\n\nVIA EDGAR\n\nMs. Ann Lee\n12 Harbor Street\nDuluth, MN 55802\n\nDear Ms. Lee:\n\n{SENTENCE}"
    assert find_excerpt(text, None) == SENTENCE


def test_securities_legends_and_notes_are_passed_over():
    legend = "THE SECURITIES REPRESENTED HEREBY HAVE NOT BEEN REGISTERED UNDER THE SECURITIES ACT OF 1933, AS AMENDED."
    note = "[***] Certain information in this document has been excluded because it is not material."
    assert find_excerpt(f"{legend}\n\n{note}\n\n{SENTENCE}", None) == SENTENCE


def test_a_table_without_prose_is_still_an_excerpt():
    text = "Exhibit 21\n\nSUBSIDIARIES OF ACME CORP.\n\nAcme Mining Company of Minnesota\tMinnesota\nAcme Widgets of Ohio\tOhio"
    assert (
        find_excerpt(text, "Subsidiaries of Acme Corp.")
        == "Acme Mining Company of Minnesota Minnesota Acme Widgets of Ohio Ohio"
    )


def test_a_paragraph_goes_on_below_an_underlined_term():
    # Plain text underlines with a line of dashes, which leaves an empty line.
    text = 'THIS LEASE (the "Lease") is made on this day of the year, on the\n\n6th day of May, 2001, by Acme Corp. and by Widgets Ltd., who own a mine.'
    assert find_excerpt(text, None) == (
        'THIS LEASE (the "Lease") is made on this day of the year, on the 6th day of May, 2001, by Acme Corp. and by Widgets Ltd., '
        "who own a mine."
    )


def test_data_has_an_excerpt_only_where_it_holds_sentences():
    assert find_prose_excerpt(f"4\n2020-05-06\n0001\nACME CORP\n{SENTENCE}\n0\n1") == SENTENCE
    assert find_prose_excerpt("4\n2020-05-06\n0001\nACME CORP\n0\n1") is None


def test_no_text_is_no_excerpt():
    assert find_excerpt("-\n\n1\n\nExhibit 99.1", None) is None


@pytest.mark.parametrize(
    ("damaged", "readable"),
    [
        ("the ?Company? has opened", "the “Company” has opened"),
        ("the People?s Republic", "the People’s Republic"),
        ("it doesn?t matter", "it doesn’t matter"),
        ("in 2019 ? as before ? we", "in 2019 – as before – we"),
        ("pursuant to ? 240.13d-1", "pursuant to § 240.13d-1"),
        ("the Companyâ€™s mine", "the Company’s mine"),
        ("the Company\x92s mine", "the Company’s mine"),
        ("the Company\ufffds mine", "the Company’s mine"),
        ("a mine <B>of</B> gold &amp; silver", "a mine of gold & silver"),
        ("Is that so? Yes, it is", "Is that so? Yes, it is"),
    ],
)
def test_what_an_encoding_broke_is_put_back(damaged, readable):
    ending = ", and this sentence is long enough to be the running text of a document that says something."
    assert find_excerpt(damaged + ending, None) == readable + ending


def test_a_long_text_ends_with_a_sentence():
    excerpt = find_excerpt(" ".join([SENTENCE] * 6), None)
    assert excerpt == " ".join([SENTENCE] * 3)
    assert len(excerpt) <= LONGEST_EXCERPT


@pytest.mark.parametrize(
    ("tail", "last"),
    [
        ("the offices of Acme Inc. in the north of the county", "of Acme Inc. in"),
        ("the laws of the U.S. and of the county in the north", "laws of the"),
        ("the mine that is listed under No. 12 of the register", "under"),
    ],
)
def test_a_sentence_that_is_too_long_is_cut_at_a_word_but_not_after_an_abbreviation(tail, last):
    # GIVEN a text of one sentence whose 400th character stands just behind the abbreviation
    at = tail.index(". ") + 2 + (3 if "Inc" in tail else 0)
    filler = ("word " * 100)[: LONGEST_EXCERPT - at]
    excerpt = cut((filler + tail + " and so on" * 20).strip())
    # THEN it ends at a word, and no abbreviation is the last of them
    assert excerpt.endswith(last)
    assert LONGEST_EXCERPT - 30 <= len(excerpt) <= LONGEST_EXCERPT


def test_a_word_without_end_is_cut_all_the_same():
    assert cut("x" * 1_000) == "x" * LONGEST_EXCERPT

"""Titles and excerpts of real filings, which no rule may lose: the limits that the evaluation's figures must keep."""

from pathlib import Path

import pytest

from evaluation.titles import HALVES, MOST_WEAK, ends_cut, half_of, measure

ARCHIVE = Path(__file__).parents[3] / "shared" / "edgar-archive"


@pytest.fixture(scope="module")
def figures():
    if not ARCHIVE.is_dir():
        pytest.skip("needs the archive of real submissions in ../shared")
    return measure(ARCHIVE)


@pytest.mark.parametrize("half", HALVES)
def test_exhibits_have_titles_and_excerpts_are_whole(figures, half):
    # GIVEN one half of the archive
    found = figures[half]
    # THEN it is no empty half, few exhibits are without a title, and no text is broken
    assert found.exhibits >= 100
    assert found.excerpts >= 200
    assert found.weak_share <= MOST_WEAK, found.weak
    assert (found.mojibake, found.too_long, found.cut_at_abbreviation) == ([], [], [])


def test_the_halves_stay_what_they_were_when_the_rules_were_written():
    assert {number: half_of(number) for number in ("0000320193-19-000117", "0001193125-14-379581")} == {
        "0000320193-19-000117": "tuning",
        "0001193125-14-379581": "held-out",
    }


@pytest.mark.parametrize(
    ("excerpt", "text", "expected"),
    [
        ("the laws of the U.", "the laws of the U. S. of", True),
        ("as listed under No.", "as listed under No. 12", True),
        ("by Acme Inc.", "by Acme Inc.", False),
        ("by Acme Inc.", "by Acme Inc.\n\nLee & Day LLP", False),
        ("by Acme Inc. in", "by Acme Inc. in the north", False),
        ("it was so.", "it was so. It is", False),
    ],
)
def test_a_cut_abbreviation_is_seen(excerpt, text, expected):
    assert ends_cut(excerpt, text) is expected

"""The completeness calendar: one cell for each day, in its place, with its look and its numbers."""

import re
from datetime import date

from edgar_pipeline.quality.picture import LOOKS, Day, calendar_picture


def day(text: str, state: str = "loaded", **numbers) -> Day:
    return Day(
        date.fromisoformat(text),
        state,
        **{"is_incomplete": False, "filings": 0, "pending": 0, "quarantined": 0, **numbers},
    )


DAYS = [
    day("2019-12-31", filings=7),
    day("2020-01-01", "no_index_expected"),
    day("2020-01-02", is_incomplete=True, filings=9, pending=2, quarantined=1),
    day("2020-01-03", "unknown"),
    day("2020-01-06", "blocked"),
    day("2020-12-31", "not_yet_published"),
]


def cells(picture: str) -> dict[str, tuple[str, int, int]]:
    """By title: look, column and row of each cell."""
    found = {}
    for look, x, y, title in re.findall(
        r'<rect class="(\w+)" x="(\d+)" y="(\d+)"[^>]*><title>([^<]*)</title></rect>', picture
    ):
        found[title] = (look, (int(x) - 34) // 13, (int(y) - 16) // 13)
    return found


def test_each_day_has_its_look_its_place_and_its_numbers():
    # 2020 began on a Wednesday: its first Monday opens the second column.
    assert cells(calendar_picture(DAYS)) == {
        "Tue 2019-12-31: 7 filings": ("complete", 52, 1),
        "Wed 2020-01-01: no index expected": ("absent", 0, 2),
        "Thu 2020-01-02: 9 filings, 2 pending, 1 quarantined": ("incomplete", 0, 3),
        "Fri 2020-01-03: unknown": ("missing", 0, 4),
        "Mon 2020-01-06: blocked": ("missing", 1, 0),
        "Thu 2020-12-31: not yet published": ("waiting", 52, 3),
    }


def test_the_newest_year_is_on_top_and_every_look_is_in_the_legend():
    picture = calendar_picture(DAYS)
    assert picture.index("Index days of 2020") < picture.index("Index days of 2019")
    assert {look for look, _, _ in cells(picture).values()} == set(LOOKS)


def test_no_day_is_no_picture():
    assert calendar_picture([]) == ""

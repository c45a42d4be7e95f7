"""The completeness calendar: a picture of every index day by what is known of it, as SVG.

A column is a week, a row a day of the week, a block a year, the newest on top: a gap, or a month of incomplete days, is seen at
once among thousands of days. Whoever points at a day reads its numbers.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import groupby

_CELL, _GAP, _LABEL, _HEAD = 11, 2, 34, 16
_STEP = _CELL + _GAP

#: What a day can look like, in the order of the legend: class, words.
LOOKS = {
    "complete": "complete",
    "incomplete": "something pending or quarantined",
    "absent": "no index expected",
    "waiting": "not yet published",
    "missing": "missing, blocked or never asked for",
}

_LOOK_OF_STATE = {"no_index_expected": "absent", "not_yet_published": "waiting"}


@dataclass(frozen=True)
class Day:
    """An index day as the frame `calendar` has it."""

    index_date: date
    day_state: str
    is_incomplete: bool
    filings: int
    pending: int
    quarantined: int

    @property
    def look(self) -> str:
        """The class of its cell."""
        if self.day_state == "loaded":
            return "incomplete" if self.is_incomplete else "complete"
        return _LOOK_OF_STATE.get(self.day_state, "missing")

    @property
    def words(self) -> str:
        """What a reader who points at it is told."""
        if self.day_state != "loaded":
            return f"{self.index_date:%a} {self.index_date}: {self.day_state.replace('_', ' ')}"
        missing = f", {self.pending} pending, {self.quarantined} quarantined" if self.is_incomplete else ""
        return f"{self.index_date:%a} {self.index_date}: {self.filings} filings{missing}"


def calendar_picture(days: Iterable[Day]) -> str:
    """The days as one SVG element for each year, newest first. Holds nothing that needs escaping."""
    ordered = sorted(days, key=lambda day: day.index_date, reverse=True)
    years = groupby(ordered, key=lambda day: day.index_date.year)
    return "\n".join(_year(year, list(of_year)) for year, of_year in years)


def _year(year: int, days: list[Day]) -> str:
    first = date(year, 1, 1)
    cells = []
    for day in days:
        column = ((day.index_date - first).days + first.weekday()) // 7
        x, y = _LABEL + column * _STEP, _HEAD + day.index_date.weekday() * _STEP
        cells.append(
            f'<rect class="{day.look}" x="{x}" y="{y}" width="{_CELL}" height="{_CELL}"><title>{day.words}</title></rect>'
        )
    months = [
        f'<text x="{_LABEL + ((date(year, month, 1) - first).days + first.weekday()) // 7 * _STEP}" y="11">'
        f"{date(year, month, 1):%b}</text>"
        for month in range(1, 13)
    ]
    width, height = _LABEL + 54 * _STEP, _HEAD + 7 * _STEP
    return (
        f'<svg class="calendar" viewBox="0 0 {width} {height}" width="{width}" role="img" aria-label="Index days of {year}">'
        f'<text x="0" y="{_HEAD + _CELL}">{year}</text>{"".join(months)}{"".join(cells)}</svg>'
    )

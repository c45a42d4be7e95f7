"""The calendar of EDGAR index days: the days for which the SEC publishes a daily index.

An *index day* is a day of dissemination in New York. EDGAR has one for every weekday that is neither a federal holiday
nor an ad hoc closure. The stock exchanges' calendar is not it: on Columbus Day and Veterans Day the exchanges trade and
EDGAR answers 403, on Good Friday it is the other way round. A government shutdown closes nothing: EDGAR goes on.

Federal holidays come from the `holidays` library (United States, public, with the Friday or Monday on which a holiday
at a weekend is observed). What it cannot know is data: `data/closed_days.csv` has one row per exception, with its
source, and wins over weekday and holiday in both directions (`is_open` true opens a day that the rules call closed).
Days that an executive order gave to federal employees are listed only if a source says that EDGAR closed too; for
2007-01-02, 2012-12-24, 2014-12-26 and 2024-12-24, among others, none was found, so they count as index days.

So a calendar says which days to ask for, never that a day had no filings: that takes EDGAR's own answer.
"""

from __future__ import annotations

import csv
import re
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

from edgar_pipeline.errors import InputError

NEW_YORK = ZoneInfo("America/New_York")
#: EDGAR's first electronic filings are of 1993; no index is older.
FIRST_DAY = date(1993, 1, 1)

#: New York time of the next morning at which a day's index is certainly complete, see `index_ready_at`.
READY_TIME = time(6, 30)

_CLOSED_DAYS_FILE = Path(__file__).parent / "data" / "closed_days.csv"
_ISO_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_ONE_DAY = timedelta(days=1)


class CalendarException(NamedTuple):
    """One row of `closed_days.csv`: what EDGAR did on a day where the rules do not tell it."""

    is_open: bool
    reason: str


def is_index_day(day: date) -> bool:
    """Say whether EDGAR publishes a daily index for this day."""
    return closed_reason(day) is None


def closed_reason(day: date) -> str | None:
    """Say why EDGAR has no index of this day; None on an index day.

    Examples: "Saturday", "federal holiday: Columbus Day", "closed: National Day of Mourning for Jimmy Carter".
    """
    exception = _exceptions().get(day)
    if exception is not None:
        return None if exception.is_open else f"closed: {exception.reason}"
    if day.weekday() >= 5:
        return f"{day:%A}"
    holiday = _federal_holidays(day.year).get(day)
    return f"federal holiday: {holiday}" if holiday else None


def index_days(first: date, last: date) -> list[date]:
    """List the index days from first to last, both included, oldest first; empty if first is after last."""
    days = (first + timedelta(days=offset) for offset in range((last - first).days + 1))
    return [day for day in days if is_index_day(day)]


def next_index_day(day: date) -> date:
    """Return the first index day after this day."""
    day += _ONE_DAY
    while not is_index_day(day):
        day += _ONE_DAY
    return day


def previous_index_day(day: date) -> date:
    """Return the last index day before this day."""
    day -= _ONE_DAY
    while not is_index_day(day):
        day -= _ONE_DAY
    return day


def index_ready_at(day: date) -> datetime:
    """Return the UTC time at which the day's index is certainly complete: 06:30 of the next morning in New York.

    The SEC builds the index "from about 10:00 p.m. ET", finished "usually within a few hours", and a file fetched in
    between can be a valid one with half of the rows. 06:30 leaves eight and a half hours, is after the opening of the
    next day's dissemination at 06:00, and never falls into the hour that a change to or from daylight-saving time
    skips or repeats (01:00 to 03:00, on Sundays). It is the next calendar morning, not the next business morning:
    Friday's index is read on Saturday.
    """
    return datetime.combine(day + _ONE_DAY, READY_TIME, tzinfo=NEW_YORK).astimezone(UTC)


def new_york_day(moment: datetime) -> date:
    """Return the calendar day in New York at this moment (an aware datetime): EDGAR's today, in whatever zone we run."""
    return moment.astimezone(NEW_YORK).date()


def parse_day(text: str, today: date) -> date:
    """Turn what an operator typed into a day; `today` is the day in New York.

    Raises InputError, in one line that says what to do, for text that is not YYYY-MM-DD, a day that does not exist, a
    day before 1993-01-01 and a day after today. Weekends and holidays are fine: asking for one is no mistake.
    """
    shown = repr(text) if len(text) <= 40 else f"{text[:40]!r}…"
    if not _ISO_DAY.fullmatch(text):
        raise InputError(f"{shown} is not a day: write it as YYYY-MM-DD, for example 2025-09-03")
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise InputError(f"{shown} does not exist in the calendar: choose a real day") from None
    if day < FIRST_DAY:
        raise InputError(f"{day} is before EDGAR's first filings: choose a day from {FIRST_DAY} on")
    if day > today:
        raise InputError(f"{day} is in the future (in New York it is {today}): choose a day up to then")
    return day


def day_of_run(partition_key: str | None, day: str | None, today: date) -> date:
    """Return the index day that a run of a DAG is for, from its partition key or its parameter `day`.

    Nothing is guessed: a run without either, or with two different ones, raises InputError, so that a retry after
    midnight means the same day as the first try.
    """
    if partition_key and day and partition_key != day:
        raise InputError(f"the run's partition key says {partition_key}, its parameter `day` says {day}: give one day")
    if not (partition_key or day):
        raise InputError("the run has no index day: trigger it with a partition key or the parameter `day`, YYYY-MM-DD")
    return parse_day(partition_key or day, today)


@cache
def _exceptions() -> dict[date, CalendarException]:
    with _CLOSED_DAYS_FILE.open(encoding="utf-8", newline="") as file:
        return {
            date.fromisoformat(row["date"]): CalendarException(_flag(row["is_open"]), row["reason"])
            for row in csv.DictReader(file)
        }


def _flag(text: str) -> bool:
    """Read "true" or "false"; anything else is a mistake in the file and must not pass for "closed"."""
    return {"true": True, "false": False}[text]


@cache
def _federal_holidays(year: int) -> dict[date, str]:
    # Imported here because it takes half a second, and every DAG file that is parsed imports this module.
    from holidays.countries.united_states import US

    return dict(US(years=year, observed=True))

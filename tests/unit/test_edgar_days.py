"""The calendar of index days, against lists that were made without it."""

import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from edgar_pipeline.edgar_days import (
    closed_reason,
    day_of_run,
    index_days,
    index_ready_at,
    is_index_day,
    new_york_day,
    next_index_day,
    parse_day,
    previous_index_day,
)
from edgar_pipeline.errors import InputError
from hypothesis import given
from hypothesis import strategies as st

PLUGINS = Path(__file__).parents[2] / "plugins"
TODAY = date(2026, 11, 22)

#: Weekdays without an index, by year, as gathered from the SEC's announcements and from answers of the archive. The two days
#: of 2025 that an executive order gave to federal employees are there because the SEC announced that EDGAR closes.
CLOSED_WEEKDAYS = {
    2024: "01-01 01-15 02-19 05-27 06-19 07-04 09-02 10-14 11-11 11-28 12-25",
    2025: "01-01 01-09 01-20 02-17 05-26 06-19 07-04 09-01 10-13 11-11 11-27 12-24 12-25 12-26",
    2026: "01-01 01-19 02-16 05-25 06-19 07-03 09-07 10-12 11-11 11-26 12-25",
    2027: "01-01 01-18 02-15 05-31 06-18 07-05 09-06 10-11 11-11 11-25 12-24 12-31",
}

days = st.dates(date(1993, 1, 1), date(2040, 12, 31))


@pytest.mark.parametrize("year", CLOSED_WEEKDAYS)
def test_the_closed_weekdays_of_a_year_are_exactly_the_listed_ones(year: int):
    # GIVEN every weekday of a year
    every_day = [date(year, 1, 1) + timedelta(days=n) for n in range(366)]
    weekdays = [day for day in every_day if day.year == year and day.weekday() < 5]
    # WHEN the calendar is asked for each of them
    closed = [day for day in weekdays if not is_index_day(day)]
    # THEN it names the days of the list, no more and no fewer
    assert " ".join(f"{day:%m-%d}" for day in closed) == CLOSED_WEEKDAYS[year]


@pytest.mark.parametrize(
    ("day", "reason"),
    [
        ("2026-10-10", "Saturday"),
        ("2026-10-11", "Sunday"),
        ("2026-10-12", "federal holiday: Columbus Day"),
        ("2026-07-03", "federal holiday: Independence Day (observed)"),
        ("2021-06-18", "federal holiday: Juneteenth National Independence Day (observed)"),
        ("2018-12-05", "closed: National Day of Mourning for George H. W. Bush"),
        ("2018-12-24", "closed: Christmas Eve by executive order"),
        ("2019-12-24", "closed: Christmas Eve by executive order"),
        ("2020-12-24", "closed: Christmas Eve by executive order"),
        ("2025-01-09", "closed: National Day of Mourning for Jimmy Carter"),
        ("2025-12-26", "closed: day after Christmas by executive order"),
        # The exchanges are closed on Good Friday, and a shutdown closes offices, not EDGAR.
        ("2026-04-03", None),
        ("2025-10-14", None),
        # Juneteenth was no federal holiday yet.
        ("2020-06-19", None),
    ],
)
def test_the_reason_is_in_words(day: str, reason: str | None):
    assert closed_reason(date.fromisoformat(day)) == reason


def test_the_two_weeks_around_labor_day_have_nine_index_days():
    found = " ".join(f"{day:%m-%d}" for day in index_days(date(2026, 9, 1), date(2026, 9, 14)))
    assert found == "09-01 09-02 09-03 09-04 09-08 09-09 09-10 09-11 09-14"


def test_a_window_that_ends_before_it_begins_is_empty():
    assert index_days(date(2026, 9, 14), date(2026, 9, 1)) == []


def test_neighbours_skip_closed_days():
    # GIVEN the turn of the year 2021, where Friday the 31st is New Year's Day (observed)
    # THEN Thursday and Monday are neighbours, seen from either side
    assert next_index_day(date(2021, 12, 30)) == date(2022, 1, 3)
    assert previous_index_day(date(2022, 1, 3)) == date(2021, 12, 30)


@given(days)
def test_neighbours_are_index_days_with_nothing_between(day: date):
    later = next_index_day(day)
    assert index_days(day + timedelta(days=1), later) == [later]
    earlier = previous_index_day(day)
    assert index_days(earlier, day - timedelta(days=1)) == [earlier]


@given(days, st.integers(0, 400), st.integers(0, 400))
def test_windows_join_without_gap_or_overlap(first: date, width: int, cut: int):
    last, middle = first + timedelta(days=width), first + timedelta(days=min(cut, width))
    assert index_days(first, middle) + index_days(middle + timedelta(days=1), last) == index_days(first, last)


@pytest.mark.parametrize(
    ("day", "ready"),
    [
        ("2027-03-12", "2027-03-13T11:30"),  # a Friday, read on Saturday, in winter time
        ("2027-03-15", "2027-03-16T10:30"),  # the Monday after the clocks went forward
        ("2027-11-05", "2027-11-06T10:30"),  # the last Friday of summer time
        ("2027-11-08", "2027-11-09T11:30"),  # the Monday after they went back
        ("2026-12-31", "2027-01-01T11:30"),
    ],
)
def test_an_index_is_ready_at_half_past_six_of_the_next_morning_in_new_york(day: str, ready: str):
    assert index_ready_at(date.fromisoformat(day)) == datetime.fromisoformat(ready).replace(tzinfo=UTC)


def test_new_york_is_a_day_behind_for_five_hours():
    assert new_york_day(datetime(2026, 1, 6, 4, 59, tzinfo=UTC)) == date(2026, 1, 5)
    assert new_york_day(datetime(2026, 1, 6, 5, 0, tzinfo=UTC)) == date(2026, 1, 6)


def test_parse_day_takes_past_days_and_today():
    assert parse_day("2020-03-05", TODAY) == date(2020, 3, 5)
    assert parse_day("2020-03-07", TODAY) == date(2020, 3, 7)
    assert parse_day("1993-01-01", TODAY) == date(1993, 1, 1)
    assert parse_day("2026-11-22", TODAY) == TODAY


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "'' is not a day: write it as YYYY-MM-DD, for example 2025-09-03"),
        ("yesterday", "'yesterday' is not a day: write it as YYYY-MM-DD, for example 2025-09-03"),
        ("20200305", "'20200305' is not a day: write it as YYYY-MM-DD, for example 2025-09-03"),
        ("2020-3-5", "'2020-3-5' is not a day: write it as YYYY-MM-DD, for example 2025-09-03"),
        ("2020-W10-4", "'2020-W10-4' is not a day: write it as YYYY-MM-DD, for example 2025-09-03"),
        ("2020-03-05\n", r"'2020-03-05\n' is not a day: write it as YYYY-MM-DD, for example 2025-09-03"),
        ("２０２０-03-05", "'２０２０-03-05' is not a day: write it as YYYY-MM-DD, for example 2025-09-03"),
        ("x" * 99, f"{'x' * 40!r}… is not a day: write it as YYYY-MM-DD, for example 2025-09-03"),
        ("2024-02-30", "'2024-02-30' does not exist in the calendar: choose a real day"),
        ("1992-12-31", "1992-12-31 is before EDGAR's first filings: choose a day from 1993-01-01 on"),
        ("2026-11-23", "2026-11-23 is in the future (in New York it is 2026-11-22): choose a day up to then"),
    ],
)
def test_parse_day_refuses_in_one_line(text: str, message: str):
    with pytest.raises(InputError) as refusal:
        parse_day(text, TODAY)
    assert str(refusal.value) == message
    assert "\n" not in message


def test_the_day_of_a_run_is_its_key_or_its_parameter():
    assert day_of_run("2020-03-05", None, TODAY) == date(2020, 3, 5)
    assert day_of_run(None, "2020-03-05", TODAY) == date(2020, 3, 5)
    assert day_of_run("2020-03-05", "2020-03-05", TODAY) == date(2020, 3, 5)


def test_a_run_without_a_day_or_with_two_is_refused():
    with pytest.raises(InputError, match="the run has no index day: trigger it with a partition key"):
        day_of_run(None, None, TODAY)
    with pytest.raises(InputError, match="partition key says 2020-03-05, its parameter `day` says 2020-03-06"):
        day_of_run("2020-03-05", "2020-03-06", TODAY)


def test_importing_the_calendar_does_not_load_the_holidays():
    # GIVEN a new interpreter, WHEN it imports the calendar, as the parsing of every DAG file does
    code = "import sys, edgar_pipeline.edgar_days as days; print('holidays' in sys.modules); "
    code += "days.is_index_day(days.date(2026, 9, 7)); print('holidays' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], env={"PYTHONPATH": str(PLUGINS)}, capture_output=True, text=True, check=True
    )
    # THEN the half second for the holidays is spent only once a day is asked for
    assert done.stdout.split() == ["False", "True"]

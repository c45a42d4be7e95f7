"""The timetable of index days: which runs, for which key, at which time."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import edgar_timetable
import pytest
from airflow.exceptions import InvalidPartitionKeyError
from airflow.models.backfill import InvalidBackfillDate
from airflow.timetables.base import DagRunInfo, TimeRestriction
from airflow.utils.types import DagRunType
from edgar_pipeline.edgar_days import index_days, index_ready_at, next_index_day
from edgar_timetable import IndexDayTimetable
from hypothesis import given
from hypothesis import strategies as st

from tests.clocks import VirtualClock

NIGHTLY = TimeRestriction(earliest=None, latest=None, catchup=False)
FAR_FUTURE = datetime(2100, 1, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock(monkeypatch) -> VirtualClock:
    """The timetable's clock: long after every day that the tests ask for, unless a test sets it."""
    clock = VirtualClock(FAR_FUTURE)
    monkeypatch.setattr(edgar_timetable, "SYSTEM_CLOCK", clock)
    return clock


def at(moment: str) -> VirtualClock:
    """A clock that stands at this UTC time."""
    return VirtualClock(datetime.fromisoformat(moment).replace(tzinfo=UTC))


def backfill(first: str, last: str) -> list[DagRunInfo]:
    """The runs of a backfill's window, given as the UI sends it: whole days in UTC."""
    return list(
        IndexDayTimetable().iter_partition_dagrun_infos(
            earliest=datetime.fromisoformat(f"{first}T00:00:00+00:00"),
            latest=datetime.fromisoformat(f"{last}T23:59:59.999+00:00"),
        )
    )


def keys(first: str, last: str) -> str:
    return " ".join(run.partition_key[5:] for run in backfill(first, last))


def last_run(day: str) -> DagRunInfo:
    """The run of a day, as Airflow gives it back."""
    return backfill(day, day)[0]


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        # Labor Day and two weekends are left out.
        ("2026-09-01", "2026-09-14", "09-01 09-02 09-03 09-04 09-08 09-09 09-10 09-11 09-14"),
        # Clocks go forward on Sunday 2027-03-14, and back on Sunday 2027-11-07.
        ("2027-03-12", "2027-03-16", "03-12 03-15 03-16"),
        ("2027-11-05", "2027-11-09", "11-05 11-08 11-09"),
        # Federal holidays on which the exchanges trade; New Year's Day (observed) on the last day of a year.
        ("2026-10-09", "2026-10-14", "10-09 10-13 10-14"),
        ("2021-12-30", "2022-01-04", "12-30 01-03 01-04"),
        ("2025-12-31", "2026-01-02", "12-31 01-02"),
        # Ad hoc closures.
        ("2025-01-08", "2025-01-10", "01-08 01-10"),
        ("2025-12-23", "2025-12-30", "12-23 12-29 12-30"),
        # Nothing at all.
        ("2026-09-05", "2026-09-07", ""),
    ],
)
def test_a_backfill_gives_exactly_the_index_days_of_its_window(first: str, last: str, expected: str):
    assert keys(first, last) == expected


def test_the_key_is_the_day_in_new_york_and_the_run_is_due_when_its_index_is_complete():
    # GIVEN the days before and after the clocks go forward
    before, after = last_run("2027-03-12"), last_run("2027-03-15")
    # THEN their partitions begin at New York's midnight, and both are due at 06:30 of the next morning there
    assert (before.partition_key, after.partition_key) == ("2027-03-12", "2027-03-15")
    assert before.partition_date.isoformat() == "2027-03-12T05:00:00+00:00"
    assert after.partition_date.isoformat() == "2027-03-15T04:00:00+00:00"
    assert before.run_after.isoformat() == "2027-03-13T11:30:00+00:00"
    assert after.run_after.isoformat() == "2027-03-16T10:30:00+00:00"
    assert before.data_interval is None


@given(st.dates(date(1993, 1, 1), date(2040, 12, 31)), st.integers(0, 120))
def test_every_index_day_of_any_window_comes_exactly_once(first: date, width: int):
    last = first + timedelta(days=width)
    runs = backfill(first.isoformat(), last.isoformat())
    assert [run.partition_key for run in runs] == [day.isoformat() for day in index_days(first, last)]


def test_a_window_given_to_the_minute_leaves_out_the_day_that_it_cuts():
    # GIVEN a window that begins at one in the morning, as Airflow's contract has it
    runs = IndexDayTimetable().iter_partition_dagrun_infos(
        earliest=datetime(2026, 9, 1, 1, tzinfo=UTC), latest=datetime(2026, 9, 2, tzinfo=UTC)
    )
    # THEN the partition that began an hour before is not in it; the one at its last instant is
    assert [run.partition_key for run in runs] == ["2026-09-02"]


@pytest.mark.parametrize(
    "zone",
    ["Pacific/Honolulu", "America/New_York", "America/St_Johns", "UTC", "Europe/Berlin", "Asia/Kolkata", "Asia/Tokyo"]
    + ["Asia/Kathmandu", "Pacific/Auckland"],
)
@pytest.mark.parametrize("season", ["2027-03-12 2027-03-16", "2027-11-05 2027-11-09"])
def test_a_form_that_was_filled_in_elsewhere_means_the_same_days(zone: str, season: str):
    # GIVEN a window across a change of New York's clocks, picked in a UI that shows another time zone
    first, last = season.split()
    begin = datetime.fromisoformat(f"{first}T00:00").replace(tzinfo=ZoneInfo(zone))
    end = datetime.fromisoformat(f"{last}T23:59:59.999").replace(tzinfo=ZoneInfo(zone))
    # WHEN the browser sends its first and last moment as UTC
    runs = IndexDayTimetable().iter_partition_dagrun_infos(earliest=begin.astimezone(UTC), latest=end.astimezone(UTC))
    # THEN the days are those that were picked
    assert [run.partition_key for run in runs] == [
        day.isoformat() for day in index_days(date.fromisoformat(first), date.fromisoformat(last))
    ]


def test_windows_before_edgar_and_into_the_future_are_refused(monkeypatch):
    monkeypatch.setattr(edgar_timetable, "SYSTEM_CLOCK", at("2026-11-23T04:00"))
    with pytest.raises(
        InvalidBackfillDate, match=r"^The window begins on 1850-01-01; EDGAR's first filings are of 1993"
    ):
        backfill("1850-01-01", "1994-01-01")
    # It is still the 22nd in New York.
    with pytest.raises(
        InvalidBackfillDate, match=r"^The window ends on 2026-11-23, in the future: in New York it is 20"
    ):
        backfill("2026-11-01", "2026-11-23")


@pytest.mark.parametrize(
    "key", ["2024-02-30", "1992-12-31", "2100-01-02", "", "2020-03-05T00:00:00", "x'; DROP TABLE dag"]
)
def test_a_bad_partition_key_is_refused_when_a_run_is_triggered(key: str):
    with pytest.raises(InvalidPartitionKeyError):
        IndexDayTimetable().resolve_partition_date(key)


def test_the_bounds_of_a_filter_are_new_yorks_midnights():
    bound = IndexDayTimetable().localize_partition_datetime(datetime(2026, 7, 1, tzinfo=UTC))
    assert bound.isoformat() == "2026-07-01T04:00:00+00:00"


def test_a_closed_day_may_be_triggered():
    date_of_saturday = IndexDayTimetable().resolve_partition_date("2020-03-07")
    assert date_of_saturday == datetime(2020, 3, 7, 5, tzinfo=UTC)


def next_key(now: str, last: str | None, catchup: bool = False) -> tuple[str, str]:
    """Key and due time of the next nightly run, at a time and after a run."""
    with pytest.MonkeyPatch.context() as patch:
        last_info = last_run(last) if last else None
        patch.setattr(edgar_timetable, "SYSTEM_CLOCK", at(now))
        info = IndexDayTimetable().next_dagrun_info_v2(
            last_dagrun_info=last_info, restriction=NIGHTLY._replace(catchup=catchup)
        )
    return info.partition_key, info.run_after.strftime("%Y-%m-%dT%H:%M")


@pytest.mark.parametrize(
    ("now", "last", "expected"),
    [
        # After Friday's run, on Saturday morning: Monday's, which is due on Tuesday.
        ("2026-11-21T11:31", "2026-11-20", ("2026-11-23", "2026-11-24T11:30")),
        # At the minute itself, and before it.
        ("2026-11-24T11:30", "2026-11-20", ("2026-11-23", "2026-11-24T11:30")),
        ("2026-11-24T11:29", "2026-11-20", ("2026-11-23", "2026-11-24T11:30")),
        # No scheduler for some nights: the first that was missed comes first.
        ("2026-11-25T09:00", "2026-11-17", ("2026-11-18", "2026-11-19T11:30")),
        # For more than two weeks: only what is to come.
        ("2026-11-25T12:00", "2026-11-09", ("2026-11-25", "2026-11-26T11:30")),
        # Over Thanksgiving.
        ("2026-11-26T12:00", "2026-11-25", ("2026-11-27", "2026-11-28T11:30")),
        # Never run, or only a backfill of history: nothing until the next index is ready.
        ("2026-11-22T20:00", None, ("2026-11-23", "2026-11-24T11:30")),
        ("2026-11-22T20:00", "2020-03-05", ("2026-11-23", "2026-11-24T11:30")),
        # The first run is not lost if the scheduler looks a minute late.
        ("2026-11-24T11:31", None, ("2026-11-23", "2026-11-24T11:30")),
        ("2026-11-24T11:36", None, ("2026-11-24", "2026-11-25T11:30")),
    ],
)
def test_the_next_nightly_run(now: str, last: str | None, expected: tuple[str, str]):
    assert next_key(now, last) == expected


def test_with_catchup_no_night_is_left_out():
    assert next_key("2026-11-25T09:00", "2026-11-17", catchup=True) == ("2026-11-18", "2026-11-19T11:30")


@pytest.mark.parametrize(
    ("last", "on_again", "missed"),
    [
        # Over the turn of a quarter, and of a year with its holiday.
        ("2026-09-25", "2026-10-03T12:00", "09-28 09-29 09-30 10-01 10-02"),
        ("2026-12-28", "2027-01-06T12:00", "12-29 12-30 12-31 01-04 01-05"),
        # Over both changes of the clocks.
        ("2027-03-10", "2027-03-18T10:31", "03-11 03-12 03-15 03-16 03-17"),
        ("2027-11-03", "2027-11-11T11:31", "11-04 11-05 11-08 11-09 11-10"),
    ],
)
def test_five_nights_without_a_scheduler_are_made_up_for_once_each(last: str, on_again: str, missed: str, monkeypatch):
    # GIVEN a scheduler that ran last for one day, and is on again after five index days
    info, made = last_run(last), []
    clock = at(on_again)
    monkeypatch.setattr(edgar_timetable, "SYSTEM_CLOCK", clock)
    # WHEN it creates what is due, as it does: one run after the other
    while True:
        info = IndexDayTimetable().next_dagrun_info_v2(last_dagrun_info=info, restriction=NIGHTLY)
        if info.run_after > clock.now():
            break
        made.append(info.partition_key[5:])
    # THEN each of the five days has one run
    assert " ".join(made) == missed


@pytest.mark.parametrize("first", ["2027-03-08", "2027-11-01", "2026-12-21"])
def test_a_scheduler_that_is_always_on_runs_each_index_day_once(first: str, monkeypatch):
    # GIVEN three weeks across a change of the clocks, or the turn of a year, and a scheduler that looks every ten minutes
    begin = date.fromisoformat(first)
    clock = VirtualClock(index_ready_at(begin) + timedelta(minutes=1))
    info, seen = last_run(first), []
    monkeypatch.setattr(edgar_timetable, "SYSTEM_CLOCK", clock)
    # WHEN each run is created as soon as it is due
    while clock.now() < index_ready_at(begin + timedelta(days=21)):
        following = IndexDayTimetable().next_dagrun_info_v2(last_dagrun_info=info, restriction=NIGHTLY)
        if following.run_after <= clock.now():
            seen.append((following.partition_key, clock.now() - following.run_after))
            info = following
        clock.sleep(600)
    # THEN every index day has had one run, within ten minutes of its index being complete
    expected = index_days(next_index_day(begin), begin + timedelta(days=20))
    assert [key for key, _ in seen] == [day.isoformat() for day in expected]
    assert max(delay for _, delay in seen) < timedelta(minutes=10)


def test_start_and_end_of_a_dag_are_respected():
    timetable = IndexDayTimetable()
    bounds = TimeRestriction(earliest=datetime(2100, 2, 1, 12, tzinfo=UTC), latest=None, catchup=False)
    # 2100-02-01 is a Monday; its index is ready on Tuesday morning, after the start.
    assert timetable.next_dagrun_info_v2(last_dagrun_info=None, restriction=bounds).partition_key == "2100-02-01"
    ended = TimeRestriction(earliest=None, latest=datetime(2099, 1, 1, tzinfo=UTC), catchup=False)
    assert timetable.next_dagrun_info_v2(last_dagrun_info=None, restriction=ended) is None


def test_run_ids_name_the_day_and_never_repeat():
    timetable, run = IndexDayTimetable(), last_run("2026-09-03")
    ids = {
        timetable.generate_run_id(
            run_type=DagRunType.BACKFILL_JOB, run_after=run.run_after, data_interval=None, partition_key="2026-09-03"
        )
        for _ in range(50)
    }
    assert len(ids) == 50
    assert all(run_id.startswith("backfill__2026-09-03__") for run_id in ids)

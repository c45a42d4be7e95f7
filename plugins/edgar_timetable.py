"""The timetable of EDGAR index days: one run per day on which the SEC publishes an index, once that index is complete.

A plain cron schedule cannot say this. It knows no federal holidays, it reads a backfill's window in UTC and so shifts it
by a day, and in Airflow 3 it has no data interval that would name the day. Here the day is the run's partition key,
`YYYY-MM-DD` in New York, and everything else is derived from it by `edgar_pipeline.edgar_days`.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from airflow.exceptions import InvalidPartitionKeyError
from airflow.timetables.base import DagRunInfo, DataInterval, TimeRestriction, Timetable
from airflow.utils.strings import get_random_string
from airflow.utils.types import DagRunType
from edgar_pipeline.clock import SYSTEM_CLOCK
from edgar_pipeline.edgar_days import (
    FIRST_DAY,
    NEW_YORK,
    index_days,
    index_ready_at,
    is_index_day,
    new_york_day,
    next_index_day,
    parse_day,
)
from edgar_pipeline.errors import InputError
from pendulum import DateTime, instance

#: Nights that were missed since the last run are made up for, one run each, unless that run is older than this: then it was
#: a backfill of history, or the DAG slept, and a backfill is what brings the rest.
NIGHTLY_GAP = timedelta(days=14)

#: How late the very first nightly run may be created after its time, so that it is not missed between two parses.
START_GRACE = timedelta(minutes=5)


class IndexDayTimetable(Timetable):
    """Partitioned by index day; a run is due when the day's index is complete (06:30 of the next morning, New York).

    - Nightly: after each other. Each of the nights that were missed while no scheduler ran is made up for, once, for up
      to two weeks (Airflow's own rule without catch-up would run the latest only). A DAG that has no nightly run yet, or
      none for two weeks, waits for the next index: unpausing it requests nothing.
    - Backfill: exactly the index days of the window, weekends, holidays and ad hoc closures left out, whatever the
      time zone of the UI in which its form was filled in.
    - Manual runs: any well-formed day as partition key, a closed one too; others are refused when they are triggered.
    """

    description = "Every EDGAR index day, at 06:30 of the next morning in New York"
    partitioned = True
    run_ordering = ("run_after",)

    @property
    def summary(self) -> str:
        """What the list of DAGs shows as the schedule."""
        return "EDGAR index day"

    def next_dagrun_info_v2(
        self, *, last_dagrun_info: DagRunInfo | None, restriction: TimeRestriction
    ) -> DagRunInfo | None:
        """Return the next nightly run; `last_dagrun_info` is the scheduled or backfilled run of the latest day."""
        now = SYSTEM_CLOCK.now()
        last = _day_of(last_dagrun_info)
        if restriction.catchup:
            day = next_index_day(last) if last else _first_ready_from(restriction.earliest or now)
        elif last is None or now - index_ready_at(last) > NIGHTLY_GAP:
            day = _first_ready_from(now - START_GRACE)
        else:
            day = next_index_day(last)
        if restriction.earliest is not None:
            day = max(day, _first_ready_from(restriction.earliest))
        if restriction.latest is not None and index_ready_at(day) > restriction.latest:
            return None
        return _run_info(day)

    def iter_partition_dagrun_infos(self, *, earliest: datetime, latest: datetime) -> Iterable[DagRunInfo]:
        """Yield a run for every index day of a backfill's window, both ends included, oldest first.

        Each run may start when its day's index is complete, which for a past day is at once. Raises InvalidBackfillDate,
        which the form shows, for a window that reaches before 1993 or into the future.
        """
        first, last = _window(earliest, latest)
        _refuse_bad_window(first, last)
        return [_run_info(day) for day in index_days(first, last)]

    def localize_partition_datetime(self, dt: datetime) -> DateTime:
        """Read the wall clock of a filter's bound as New York's."""
        return instance(dt.replace(tzinfo=NEW_YORK)).in_timezone("UTC")

    def _decode_partition_date(self, partition_key: str) -> datetime:
        """Return New York's midnight of the day that a key names; the trigger is refused if the key names none."""
        try:
            day = parse_day(partition_key, today=new_york_day(SYSTEM_CLOCK.now()))
        except InputError as error:
            raise InvalidPartitionKeyError(str(error)) from None
        return _midnight(day)

    def infer_manual_data_interval(self, *, run_after: DateTime) -> DataInterval:
        """Return an empty interval: Airflow asks for one if a manual run has a logical date, and nothing here uses it."""
        return DataInterval.exact(run_after)

    def generate_run_id(
        self,
        *,
        run_type: DagRunType,
        run_after: DateTime,
        data_interval: DataInterval | None,
        partition_key: str | None = None,
        **extra: object,
    ) -> str:
        """Name a run by its day; the random end is needed because a day may be run again."""
        return run_type.generate_run_id(suffix=f"{partition_key or run_after.isoformat()}__{get_random_string()}")


def _day_of(run: DagRunInfo | None) -> date | None:
    return new_york_day(run.partition_date) if run is not None and run.partition_date is not None else None


def _first_ready_from(moment: datetime) -> date:
    """Return the first index day whose index gets ready at this moment or later."""
    day = new_york_day(moment) - timedelta(days=1)
    while not (is_index_day(day) and index_ready_at(day) >= moment):
        day += timedelta(days=1)
    return day


def _window(earliest: datetime, latest: datetime) -> tuple[date, date]:
    """Return the first and the last day that a backfill's window means.

    The form sends the picked days' first and last moment (23:59:59.999) in the UI's time zone, as UTC, and does not say
    which zone that is. But a midnight of the zones from Hawaii to Auckland falls between 10:00 UTC of that very day and
    10:15 UTC of the day before, so it tells the day. Any other window comes from the API or the command line and is read
    as Airflow documents it: by its wall clock, as if it were New York's; the days whose midnight lies in it.
    """
    # No midnight can be added to the calendar's last day, nor need it: it lies in the future.
    end = latest if latest.year == date.max.year else latest + timedelta(seconds=1)
    if end.second == 0 and end.minute % 15 == 0 and latest.second == 59:
        return _day_of_midnight(earliest), _day_of_midnight(end.replace(microsecond=0)) - timedelta(days=1)
    first = earliest.date()
    if earliest.time() != datetime.min.time():
        first += timedelta(days=1)
    return first, latest.date()


def _day_of_midnight(moment: datetime) -> date:
    """Return the day that begins at this moment somewhere between Hawaii and Auckland."""
    return (moment + timedelta(hours=14)).date() if moment.time() > time(10) else moment.date()


def _run_info(day: date) -> DagRunInfo:
    return DagRunInfo(
        run_after=instance(index_ready_at(day)),
        data_interval=None,
        partition_date=_midnight(day),
        partition_key=day.isoformat(),
    )


def _midnight(day: date) -> DateTime:
    return instance(datetime.combine(day, datetime.min.time(), tzinfo=NEW_YORK)).in_timezone("UTC")


def _refuse_bad_window(first: date, last: date) -> None:
    # Imported here: the module defines database models, which the parsing of a DAG file has no use for.
    from airflow.models.backfill import InvalidBackfillDate

    today = new_york_day(SYSTEM_CLOCK.now())
    if first < FIRST_DAY:
        raise InvalidBackfillDate(f"The window begins on {first}; EDGAR's first filings are of {FIRST_DAY}.")
    if last > today:
        raise InvalidBackfillDate(f"The window ends on {last}, in the future: in New York it is {today}.")

"""How far a backfill is, computed from what has landed."""

from datetime import UTC, date, datetime, timedelta

from edgar_pipeline.cli import main
from edgar_pipeline.ingest.day import land_day
from edgar_pipeline.ingest.filings import land_filings
from edgar_pipeline.ingest.index import land_index
from edgar_pipeline.ledger import day_status
from edgar_pipeline.progress import measure_progress

from tests.clocks import VirtualClock

#: Two index days, a weekend, two more.
DAYS = [date(2024, 1, 4), date(2024, 1, 5), date(2024, 1, 8), date(2024, 1, 9)]
NOW = datetime(2024, 2, 1, 12, 0, tzinfo=UTC)


def test_days_filings_requests_bytes_and_the_expected_end(archive, settings, fake_edgar):
    # GIVEN a window of four days: one is complete, one half, two are not begun
    clock = VirtualClock(NOW)
    archive.put_day(DAYS[0], 6, prefix=900001)
    archive.put_day(DAYS[1], 4, prefix=910001)
    land_day(settings, DAYS[0], clock)
    land_index(settings, DAYS[1], clock=clock)
    land_filings(settings, DAYS[1], 0, 2, clock=clock)
    # WHEN progress is measured
    progress = measure_progress(settings, [day_status(settings, day) for day in DAYS], clock)
    # THEN what is done is what was asked for and came
    assert (progress.days, progress.complete_days, progress.filings, progress.settled) == (4, 1, 10, 8)
    assert progress.requests == len(fake_edgar.log()) == 2 + 8
    assert progress.bytes == sum(path.stat().st_size for path in asked_for(archive, fake_edgar))
    # and the rest, at the pace of the last ten minutes, is two filings and two more days of five
    assert progress.per_minute == 0.8
    assert abs(progress.expected_end - (clock.now() + timedelta(minutes=12 / 0.8))) < timedelta(seconds=1)


def asked_for(archive, fake_edgar) -> list:
    """The files of the archive that were served."""
    files = {path.name: path for path in archive.root.rglob("*") if path.is_file()}
    return [files[entry["path"].rsplit("/", 1)[1]] for entry in fake_edgar.log()]


def test_without_a_pace_no_end_is_promised(archive, settings):
    # GIVEN a day that was begun an hour ago, and nothing since
    clock = VirtualClock(NOW)
    archive.put_day(DAYS[0], 2)
    land_index(settings, DAYS[0], clock=clock)
    land_filings(settings, DAYS[0], 0, 1, clock=clock)
    clock.sleep(3600)
    progress = measure_progress(settings, [day_status(settings, DAYS[0])], clock)
    assert (progress.settled, progress.filings, progress.per_minute, progress.expected_end) == (1, 2, None, None)
    assert str(progress).endswith("1 of 2 filings settled, 2 requests, 0.0 MB")


def test_status_takes_a_window_and_says_how_far_it_is(archive, settings, capsys, monkeypatch):
    archive.put_day(DAYS[0], 2, prefix=900001)
    land_day(settings, DAYS[0])
    monkeypatch.setenv("EDGAR_HOME", str(settings.home))
    assert main(["status", "2024-01-04..2024-01-09"]) == 1
    printed = capsys.readouterr().out
    # The weekend is none of the window's days.
    assert [day for day in ("04", "05", "06", "07", "08", "09") if f"2024-01-{day}" in printed] == [
        "04",
        "05",
        "08",
        "09",
    ]
    assert "1 of 4 days complete, 2 of 2 filings settled, 3 requests" in printed
    assert main(["status", "2024-01-09..1850-01-01"]) == 2

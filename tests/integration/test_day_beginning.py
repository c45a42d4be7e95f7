"""How a run begins a day: its index, and by the rule its Feed; and what it says of a day that is not due."""

from datetime import UTC, date, datetime, timedelta

import pytest
from edgar_pipeline.edgar_days import index_ready_at
from edgar_pipeline.errors import Incomplete, NotYetDue
from edgar_pipeline.ingest import begin_day, finish_day, land_filings, land_index
from edgar_pipeline.ingest import day as days

from tests.clocks import VirtualClock
from tests.tarballs import feed_path, tarball

DAY = date(2024, 1, 5)
INDEX = "/Archives/edgar/daily-index/2024/QTR1/master.20240105.idx"
FEED = "/" + feed_path(DAY)


@pytest.fixture
def archive_day(archive, monkeypatch):
    """GIVEN an index day of five filings with its Feed, and a rule that counts five as many."""
    monkeypatch.setattr(days, "FEED_FROM", 5)
    made = archive.put_day(DAY, 5)
    archive.put(feed_path(DAY), tarball([(f"{s.accession_number}.nc", s.feed()) for s in made]))
    return made


@pytest.mark.parametrize(
    ("way", "is_backfill", "asked"),
    [
        ("auto", True, [INDEX, FEED]),
        # A night fetches singly: its filings are asked for as the index lists them.
        ("auto", False, [INDEX]),
        ("feed", False, [INDEX, FEED]),
        ("filings", True, [INDEX]),
    ],
)
def test_a_large_day_of_a_backfill_is_begun_with_its_feed(
    archive_day, settings, clock, fake_edgar, way: str, is_backfill: bool, asked: list[str]
):
    begun = begin_day(settings, DAY, way, is_backfill=is_backfill, clock=clock)
    assert [entry["path"] for entry in fake_edgar.log()] == asked
    # THEN the rest, if any, is fetched singly, and the day is complete
    land_filings(settings, DAY, clock=clock)
    assert finish_day(settings, DAY).loaded == 5
    assert begun.summary() == {
        "day_state": "loaded",
        "index_rows": 5,
        "filings": 5,
        "loaded_after_feed": 5 if FEED in asked else None,
        "feed_problem": None,
    }


def test_a_small_rest_is_fetched_singly(archive_day, settings, clock, fake_edgar):
    # GIVEN a day of which one filing is here
    land_index(settings, DAY, clock=clock)
    land_filings(settings, DAY, 0, 1, clock=clock)
    fake_edgar.clear_log()
    # WHEN a backfill begins it again, THEN four are too few for a tarball
    assert begin_day(settings, DAY, is_backfill=True, clock=clock).loaded_after_feed is None
    assert fake_edgar.log() == []


def test_a_day_before_the_feed_began_is_fetched_singly(archive_day, settings, clock, fake_edgar, monkeypatch):
    monkeypatch.setattr(days, "FIRST_FEED_DAY", DAY + timedelta(days=1))
    begin_day(settings, DAY, is_backfill=True, clock=clock)
    assert [entry["path"] for entry in fake_edgar.log()] == [INDEX]


def test_without_a_feed_the_day_is_fetched_singly(archive_day, archive, settings, clock, fake_edgar):
    (archive.root / "www.sec.gov" / feed_path(DAY)).unlink()
    begun = begin_day(settings, DAY, is_backfill=True, clock=clock)
    assert begun.loaded_after_feed == 0
    assert FEED in begun.feed_problem
    land_filings(settings, DAY, clock=clock)
    assert finish_day(settings, DAY).loaded == 5


def test_a_complete_day_costs_no_request(archive_day, settings, clock, fake_edgar):
    begin_day(settings, DAY, "feed", clock=clock)
    fake_edgar.clear_log()
    begin_day(settings, DAY, "feed", clock=clock)
    begin_day(settings, DAY, is_backfill=True, clock=clock)
    assert fake_edgar.log() == []


def test_a_day_that_is_not_due_is_no_failure_and_comes_later(archive_day, settings, fake_edgar):
    # GIVEN the evening of the day, before its index is certainly complete
    clock = VirtualClock(datetime(2024, 1, 5, 23, 0, tzinfo=UTC))
    # WHEN somebody runs it, THEN nothing is asked, and it is said from when on it can be run
    assert begin_day(settings, DAY, clock=clock).index.day_state == "not_yet_published"
    with pytest.raises(NotYetDue, match="the index of 2024-01-05 is complete after 2024-01-06T11:30Z"):
        finish_day(settings, DAY)
    assert fake_edgar.log() == []
    # WHEN it is run again in time, THEN it is loaded
    clock = VirtualClock(index_ready_at(DAY))
    begin_day(settings, DAY, clock=clock)
    land_filings(settings, DAY, clock=clock)
    assert finish_day(settings, DAY).loaded == 5


def test_a_day_that_is_refused_is_a_failure(archive, settings, clock):
    # GIVEN a business day for which EDGAR has no index, WHEN it is run, THEN that is not "not yet"
    begin_day(settings, date(2024, 1, 8), clock=clock)
    with pytest.raises(Incomplete) as raised:
        finish_day(settings, date(2024, 1, 8))
    assert not isinstance(raised.value, NotYetDue)

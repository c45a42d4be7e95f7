"""Acceptance cases of section B: what the server may do to keep us away, and what must happen. Minutes pass on a fast clock."""

import time
from dataclasses import replace
from datetime import date, datetime
from itertools import pairwise

import pytest
from edgar_pipeline import ingest, throttle
from edgar_pipeline.client import EdgarClient, Patience
from edgar_pipeline.errors import Blocked, Unavailable
from edgar_pipeline.landing import OUTCOMES, day_partition, read_records
from edgar_pipeline.ledger import day_status, read_day

from tests.clocks import FastClock, VirtualClock

DAY, NEXT_DAY = date(2025, 9, 3), date(2025, 9, 4)
SUBMISSIONS = r"edgar/data"
#: A minute is a fifth of a second.
SPEED = 300.0


@pytest.fixture
def fast(monkeypatch) -> FastClock:
    """A clock that all threads share. A probe is never given up on it: that would take a fifth of a second."""
    monkeypatch.setattr(throttle, "LOST_AFTER_SECONDS", 3600.0)
    return FastClock(SPEED)


def client(settings, clock, **patience: object) -> EdgarClient:
    return EdgarClient(settings, clock, Patience(**{"deadline": 1e6, **patience}))


def rows(settings) -> list[dict]:
    found = [row for row in read_records(settings, OUTCOMES, day_partition(DAY)) if row["kind"] == "submission"]
    return sorted(found, key=lambda row: row["requested_at"])


def seconds(row: dict) -> float:
    return datetime.fromisoformat(row["requested_at"]).timestamp()


def test_case_21_429_pauses_everybody_for_ten_minutes_and_nothing_is_lost(settings, archive, fake_edgar, fast):
    # GIVEN a day of 30 filings, and a server that says 429 to the 10th, without Retry-After
    archive.put_day(DAY, 30)
    fake_edgar.rule(SUBMISSIONS, "status", after_n=9, times=1, status=429)
    with client(settings, fast) as edgar:
        ingest.land_index(settings, DAY, edgar, fast)
        counts = ingest.land_filings(settings, DAY, client=edgar, clock=fast)
    # THEN everything lands in the end, each asked for once but the one that was refused
    assert counts == {"landed": 30}
    asked = rows(settings)
    assert len(asked) == len(fake_edgar.log(SUBMISSIONS)) == 31
    # AND for ten minutes nobody asked: what came after the refusal had been sent before it, or waited
    (blocked,) = [row for row in asked if row["outcome"] == "blocked"]
    later = [seconds(row) - seconds(blocked) for row in asked if seconds(row) > seconds(blocked)]
    waited = [gap for gap in later if gap >= 60]
    assert len(later) - len(waited) <= ingest.filings.CONNECTIONS
    assert min(waited) >= 600
    # AND one probe went first: the others only after its answer
    probe, *others = sorted(waited)
    assert min(others) > probe


def test_case_22_a_probe_that_meets_the_block_again_lengthens_it(settings, archive, fake_edgar, clock):
    # GIVEN a threshold page that meets three requests
    archive.put_day(DAY, 1)
    fake_edgar.rule("master", "block_page", times=3)
    with client(settings, clock, blocked=1e6) as edgar:
        assert ingest.land_index(settings, DAY, edgar, clock).day_state == "loaded"
    # THEN there was one probe per pause, and each pause was twice the one before
    asked = sorted(seconds(row) for row in read_records(settings, OUTCOMES, day_partition(DAY)))
    gaps = [round(later - earlier, -1) for earlier, later in pairwise(asked)]
    assert gaps == [600, 1200, 2400]


def test_a_block_that_outlasts_the_patience_ends_the_work_and_is_remembered(settings, archive, fake_edgar, fast):
    # GIVEN a server that blocks everything from the 5th submission on
    archive.put_day(DAY, 40)
    with client(settings, fast) as edgar:
        ingest.land_index(settings, DAY, edgar, fast)
        fake_edgar.rule(SUBMISSIONS, "block_page", after_n=4)
        with pytest.raises(Blocked):
            ingest.land_filings(settings, DAY, client=edgar, clock=fast)
    # THEN what had come before is landed, nothing is written off, and hardly anything was asked
    status = day_status(settings, DAY)
    assert (status.loaded, status.pending, status.quarantined, status.gone) == (4, 36, 0, 0)
    assert len(fake_edgar.log(SUBMISSIONS)) <= 4 + ingest.filings.CONNECTIONS + 2
    # AND a new process stays silent until the pause is over
    with client(settings, fast) as edgar, pytest.raises(Blocked, match="nothing is requested before"):
        ingest.land_filings(settings, DAY, client=edgar, clock=fast)
    assert ingest.land_index(settings, NEXT_DAY, clock=fast).day_state == "blocked"
    assert fake_edgar.log("20250904") == []
    # WHEN the block is over THEN the day completes
    fake_edgar.clear()
    fast.skip(hours=5)
    with client(settings, fast) as edgar:
        assert ingest.land_filings(settings, DAY, client=edgar, clock=fast) == {"landed": 36}


def test_the_end_of_a_block_does_not_take_the_pauses_of_those_who_waited(settings, archive, fake_edgar, fast):
    # GIVEN a block, and work that ends because of it
    archive.put_day(DAY, 40)
    with client(settings, fast, blocked=0.0) as edgar:
        ingest.land_index(settings, DAY, edgar, fast)
        fake_edgar.rule(SUBMISSIONS, "status", status=429)
        start = time.monotonic()
        with pytest.raises(Blocked):
            ingest.land_filings(settings, DAY, client=edgar, clock=fast)
    # THEN the threads that were waiting for their turn go home at once instead of waiting ten minutes each
    assert (time.monotonic() - start) * SPEED < 600


def test_case_25_one_document_that_fails_for_ever_keeps_no_other_out(settings, archive, fake_edgar, clock):
    # GIVEN 100 filings, one of which answers 503 for ever
    made = archive.put_day(DAY, 100)
    fake_edgar.rule(made[30].accession_number, "status", status=503)
    status = ingest.land_day(settings, DAY, clock)
    # THEN 99 are loaded, one is pending and not written off
    assert (status.loaded, status.pending, status.quarantined, status.gone) == (99, 1, 0, 0)
    assert len(fake_edgar.log(made[30].accession_number)) == 4
    # WHEN the next night comes THEN it is fetched, alone
    fake_edgar.clear()
    fake_edgar.clear_log()
    assert ingest.land_day(settings, DAY, clock).is_complete
    assert len(fake_edgar.log()) == 1


def test_case_26_a_burst_of_429_writes_nothing_off(settings, archive, fake_edgar, fast):
    # GIVEN a server that says 429 to everything for six minutes, with 500 documents to fetch
    archive.put_day(DAY, 500)
    with client(settings, fast) as edgar:
        ingest.land_index(settings, DAY, edgar, fast)
        fake_edgar.rule(SUBMISSIONS, "status", times=4, status=429)
        counts = ingest.land_filings(settings, DAY, stop=20, client=edgar, clock=fast)
    # THEN the pause is longer than the burst, and not one document is lost
    assert counts == {"landed": 20}
    states = read_day(settings, DAY).states.values()
    assert sum(state.state == "loaded" for state in states) == 20
    assert sum(state.state == "pending" for state in states) == 480
    assert len(fake_edgar.log(SUBMISSIONS)) <= 20 + 4
    assert {row["outcome"] for row in rows(settings)} == {"landed", "blocked"}


def test_case_27_an_undeclared_tool_is_told_what_to_set(settings, archive, fake_edgar, clock):
    archive.put_day(DAY, 1)
    fake_edgar.rule("master", "block_page", page="undeclared")
    landing = ingest.land_index(settings, DAY, clock=clock)
    assert landing.day_state == "blocked"
    assert "status 403 with the SEC's block page. Check EDGAR_USER_AGENT" in landing.reason


def test_case_28_a_server_that_is_down_is_tried_and_then_left_alone(settings, archive, fake_edgar, clock):
    # GIVEN 60 filings, and a server that resets every connection
    archive.put_day(DAY, 60)
    ingest.land_index(settings, DAY, clock=clock)
    fake_edgar.rule(SUBMISSIONS, "reset", at=0)
    # WHEN they are fetched THEN the work ends after some failures in a row instead of trying all 60
    with pytest.raises(Unavailable, match="10 submissions in a row could not be fetched, the last: "):
        ingest.land_filings(settings, DAY, clock=clock)
    assert len(fake_edgar.log(SUBMISSIONS)) <= 4 * (10 + 2 * ingest.filings.CONNECTIONS)
    status = day_status(settings, DAY)
    assert (status.loaded, status.pending, status.gone) == (0, 60, 0)
    # AND `day` shows it in the ledger instead of failing
    assert not ingest.land_day(settings, DAY, clock).is_complete


def test_case_29_a_stalled_document_frees_its_place_and_does_not_hold_up_the_others(settings, archive, fake_edgar):
    # GIVEN 30 filings, of which the first stalls and the second drips
    made = archive.put_day(DAY, 30)
    fake_edgar.rule(made[0].accession_number, "stall", at=10)
    fake_edgar.rule(made[1].accession_number, "drip", bytes_per_second=40)
    patience = Patience(unavailable=(), silence=0.8, deadline=1.0)
    order: list[int] = []
    with EdgarClient(settings, patience=patience) as edgar:
        ingest.land_index(settings, DAY, edgar, VirtualClock())
        start = time.monotonic()
        counts = ingest.land_filings(
            settings, DAY, client=edgar, progress=lambda done, _: order.append(round(time.monotonic() - start, 1))
        )
    # THEN the other 28 are there long before these two are given up, which is soon
    assert counts == {"landed": 28, "unavailable": 2}
    assert order[27] < 0.8
    assert order[-1] < 2.0


@pytest.mark.parametrize("location", ["http://169.254.169.254/", "http://127.0.0.1:1/x", "//evil/x", "/", ""])
@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_case_30_a_redirect_is_refused_and_quarantined(settings, archive, fake_edgar, clock, location, status):
    made = archive.put_day(DAY, 2)
    fake_edgar.rule(made[0].accession_number, "redirect", location=location, status=status)
    result = ingest.land_day(settings, DAY, clock)
    assert (result.loaded, result.quarantined) == (1, 1)
    assert f"refused: {settings.www_url}" in next(iter(result.reasons))
    assert len(fake_edgar.log()) == 3
    # WHEN it is served THEN the next run takes it
    fake_edgar.clear()
    assert ingest.land_day(settings, DAY, clock).is_complete


@pytest.mark.parametrize("status", [304, 206, 204, 100 + 199])
def test_case_31_an_answer_to_another_question_is_an_error(settings, archive, fake_edgar, clock, status):
    made = archive.put_day(DAY, 2)
    fake_edgar.rule(made[0].accession_number, "status", status=status, body=made[0].public())
    result = ingest.land_day(settings, DAY, clock)
    assert (result.loaded, result.pending, result.quarantined) == (1, 1, 0)


def test_case_66_two_users_of_one_limiter_both_finish(settings, archive, fake_edgar, clock):
    # GIVEN a nightly run and a backfill on the same machine, one after the other on one clock
    archive.put_day(DAY, 5)
    archive.put_day(NEXT_DAY, 5, prefix=950001)
    slow = replace(settings, requests_per_second=6.0)
    for day in (DAY, NEXT_DAY):
        assert ingest.land_day(slow, day, clock).is_complete
    asked = sorted(
        seconds(row) for day in (DAY, NEXT_DAY) for row in read_records(settings, OUTCOMES, day_partition(day))
    )
    assert max(sum(start <= at < start + 1.0 for at in asked) for start in asked) <= 6

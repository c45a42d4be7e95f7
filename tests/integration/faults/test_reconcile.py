"""Acceptance cases 15, 16, 41 and 42: what EDGAR changes after the day, and what must happen. Nothing is lost, nothing deleted."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from edgar_pipeline import ingest
from edgar_pipeline.errors import Damaged, InputError, NotFound
from edgar_pipeline.landing import OUTCOMES, committed_parts, day_partition, read_records
from edgar_pipeline.ledger import day_status, index_changes
from edgar_pipeline.originals import find_originals
from edgar_pipeline.quarter_ledger import Quarter

from tests.clocks import VirtualClock
from tests.integration.commands import run
from tests.small_archive import filings, index_file, index_path, index_row

MONDAY, TUESDAY, WEDNESDAY, THURSDAY = (date(2025, 9, day) for day in (1, 2, 3, 4))
FRIDAY, NEXT_MONDAY, NEXT_TUESDAY = date(2025, 9, 5), date(2025, 9, 8), date(2025, 9, 9)
THIRD = Quarter(2025, 3)
RECEIVED = date(2025, 9, 30)
FULL_INDEX = "/Archives/edgar/full-index/2025/QTR3/master.idx"


def changes(settings, partition: str = "quarter=2025Q3") -> list[tuple]:
    records = sorted(read_records(settings, "index_change", partition), key=lambda record: record["accession_number"])
    return [(record["change"], record["accession_number"]) for record in records]


def landed(settings, partition: str = "quarter=2025Q3") -> list[str]:
    return sorted(record["accession_number"] for record in read_records(settings, "submission", partition))


def paths(fake_edgar) -> list[str]:
    return [entry["path"].rpartition("/")[2] for entry in fake_edgar.log()]


@pytest.fixture
def quarter(settings, archive, clock):
    """GIVEN a Wednesday with six filings, landed whole, and the quarter's index that lists them."""
    made = archive.put_day(WEDNESDAY, 6)
    archive.put_quarter(RECEIVED, made)
    assert ingest.land_day(settings, WEDNESDAY, clock).is_complete
    return made


def test_a_quarter_that_agrees_costs_one_request_and_makes_no_record(settings, quarter, fake_edgar, clock):
    for _ in range(2):
        fake_edgar.clear_log()
        status = ingest.reconcile(settings, THIRD, clock)
        assert (status.rows, status.days, status.known, status.new, status.problem) == (6, 1, {}, {}, None)
        assert [entry["path"] for entry in fake_edgar.log()] == [FULL_INDEX]
    assert committed_parts(settings, "index_change") == []
    reasons = {row["reason"] for row in read_records(settings, OUTCOMES, "quarter=2025Q3")}
    assert reasons == {None, "read again: unchanged"}


def test_case_16_one_gone_one_changed_one_late(settings, archive, quarter, fake_edgar, clock):
    # GIVEN a rebuilt index that has lost a filing, gives another date to one and has a letter that no day has listed
    (letter,) = filings(WEDNESDAY, 9)[8:]
    letter = replace(letter, form_type="CORRESP")
    redated = replace(quarter[1], filed=THURSDAY)
    archive.put_submission(letter)
    archive.put_submission(redated)
    archive.put_quarter(RECEIVED, [redated, *quarter[2:], letter])
    gone = quarter[0]
    fake_edgar.rule(gone.accession_number, "status", status=404)
    fake_edgar.clear_log()
    # WHEN it is reconciled
    status = ingest.reconcile(settings, THIRD, clock)
    # THEN there are three events, the late and the changed one are fetched, and the gone one has its evidence
    assert changes(settings) == [
        ("removed", gone.accession_number),
        ("changed", redated.accession_number),
        ("added", letter.accession_number),
    ]
    assert status.new == status.known == {"removed": 1, "changed": 1, "added": 1}
    assert {state: count for state, count in status.states.items() if count} == {"loaded": 2, "gone": 1}
    assert status.problem is None
    assert landed(settings) == sorted([redated.accession_number, letter.accession_number])
    (record,) = [r for r in read_records(settings, "index_change", "quarter=2025Q3") if r["change"] == "changed"]
    assert (record["previous_filed_date"], record["filed_date"]) == ("2025-09-03", "2025-09-04")
    (row,) = [r for r in read_records(settings, OUTCOMES, "quarter=2025Q3") if r["outcome"] == "gone"]
    assert row["accession_number"] == gone.accession_number
    assert row["reason"].startswith("not in full-index 2025Q3 of 2026-01-02 (last data received 2025-09-30, sha256 ")
    assert "not found on 2026-01-02, while http" in row["reason"]
    # THEN what had landed with the day is all there
    assert len(landed(settings, day_partition(WEDNESDAY))) == 6 and day_status(settings, WEDNESDAY).loaded == 6
    # WHEN it is run again, a week later THEN the index is the only request, and nothing is recorded twice
    clock.elapsed += 7 * 86_400
    fake_edgar.clear_log()
    again = ingest.reconcile(settings, THIRD, clock)
    assert (paths(fake_edgar), again.new, len(changes(settings))) == (["master.idx"], {}, 3)


def test_a_letter_of_eight_months_ago_is_late_only_where_its_day_is_here(settings, archive, quarter, fake_edgar, clock):
    # GIVEN two letters that no daily index has: one dated that Wednesday, one dated a day that has not landed
    here, elsewhere = filings(WEDNESDAY, 8)[7], filings(TUESDAY, 1, prefix=900077)[0]
    for letter in (here, elsewhere):
        archive.put_submission(letter)
    archive.put_quarter(RECEIVED, [*quarter, here, elsewhere])
    ingest.reconcile(settings, THIRD, clock)
    assert (changes(settings), landed(settings)) == ([("added", here.accession_number)], [here.accession_number])


def test_what_landed_with_its_company_or_another_day_is_not_fetched_as_late(
    settings, archive, quarter, fake_edgar, clock
):
    # GIVEN a late filing that came with its company's history
    (late,) = filings(WEDNESDAY, 8)[7:]
    archive.put_submission(late)
    cik = late.companies[0].cik
    archive.put_company(cik, [(late.accession_number, late.form_type, late.filed.isoformat())])
    assert ingest.land_company(settings, cik, clock=clock).is_complete
    archive.put_quarter(RECEIVED, [*quarter, late])
    fake_edgar.clear_log()
    status = ingest.reconcile(settings, THIRD, clock)
    assert (paths(fake_edgar), status.states["loaded"], status.known) == (["master.idx"], 1, {"added": 1})


def test_a_filing_that_left_the_index_and_is_still_served_is_not_gone(settings, archive, quarter, fake_edgar, clock):
    archive.put_quarter(RECEIVED, quarter[1:])
    status = ingest.reconcile(settings, THIRD, clock)
    assert (changes(settings), status.states["gone"], status.states["loaded"]) == (
        [("removed", quarter[0].accession_number)],
        0,
        1,
    )


def test_nothing_is_gone_while_edgar_finds_nothing_at_all(settings, archive, quarter, fake_edgar, clock):
    archive.put_quarter(RECEIVED, quarter[1:])
    fake_edgar.rule("edgar/data|daily-index", "status", status=404)
    status = ingest.reconcile(settings, THIRD, clock)
    assert (status.states["gone"], status.states["pending"]) == (0, 1)
    assert "blocked" in status.problem
    # WHEN EDGAR is well THEN it is asked for again
    fake_edgar.clear()
    clock.elapsed += 7200
    assert ingest.reconcile(settings, THIRD, clock).states["pending"] == 0


def test_a_filing_that_comes_back_is_fetched_again(settings, archive, quarter, fake_edgar, clock):
    archive.put_quarter(RECEIVED, quarter[1:])
    fake_edgar.rule(quarter[0].accession_number, "status", status=404)
    assert ingest.reconcile(settings, THIRD, clock).states["gone"] == 1
    fake_edgar.clear()
    archive.put_quarter(RECEIVED, quarter)
    clock.elapsed += 7 * 86_400
    status = ingest.reconcile(settings, THIRD, clock)
    assert (status.known, status.states["loaded"], landed(settings)) == (
        {"changed": 1},
        1,
        [quarter[0].accession_number],
    )


def test_case_42_a_redacted_filing_is_a_new_version_and_the_old_one_is_kept(settings, archive, quarter, clock):
    # GIVEN a filing whose date changed and of which other bytes are served now
    redacted = replace(quarter[0], filed=THURSDAY)
    body = redacted.public().replace(b"Hello there.", b"[REDACTED].")
    archive.put_submission(redacted, body)
    archive.put_quarter(RECEIVED, [redacted, *quarter[1:]])
    ingest.reconcile(settings, THIRD, clock)
    (new,) = read_records(settings, "submission", "quarter=2025Q3")
    (old,) = [
        record
        for record in read_records(settings, "submission", day_partition(WEDNESDAY))
        if record["accession_number"] == redacted.accession_number
    ]
    assert (old["documents"][0]["text"], new["documents"][0]["text"]) == ("Hello there.", "[REDACTED].")
    originals = find_originals(settings, "submission", redacted.accession_number)
    assert [original.sha256 for original in originals] == [old["sha256"], new["sha256"]]


@pytest.mark.parametrize("what", ["cut", "another quarter's", "a web page"])
def test_an_index_that_is_not_whole_changes_nothing(settings, archive, quarter, fake_edgar, clock, what):
    file = archive.root / "www.sec.gov" / FULL_INDEX[1:]
    bodies = {
        "cut": file.read_bytes()[:-30],
        "another quarter's": file.read_bytes().replace(b"September", b"December"),
        "a web page": b"<html>Welcome</html>\n",
    }
    file.write_bytes(bodies[what])
    with pytest.raises(Damaged):
        ingest.reconcile(settings, THIRD, clock)
    assert changes(settings) == []


def test_a_quarter_that_has_just_begun_has_no_rows_and_an_old_one_must_be_there(settings, archive, quarter, clock):
    status = ingest.reconcile(settings, Quarter(2026, 1), clock)
    assert (status.rows, status.problem) == (0, None)
    with pytest.raises(NotFound):
        ingest.reconcile(settings, Quarter(2025, 2), clock)


@pytest.mark.parametrize("text", ["2025", "2025Q5", "Q1 2025", "1992Q4", "2026Q2", "2025Q3; DROP TABLE", ""])
def test_a_bad_quarter_is_refused(text):
    with pytest.raises(InputError):
        ingest.quarters_of([text], date(2026, 1, 2))


def test_quarters_without_a_name_are_the_running_one_and_the_one_before():
    assert list(map(str, ingest.quarters_of([], date(2026, 1, 2)))) == ["2025Q4", "2026Q1"]
    assert list(map(str, ingest.quarters_of(["2020q1", "2020Q1"], date(2026, 1, 2)))) == ["2020Q1"]


def test_the_command_says_what_differs(settings, archive, quarter):
    archive.put_quarter(RECEIVED, quarter[1:])
    done = run(settings, "reconcile", "2025Q3")
    assert done.returncode == 0, done.stderr
    assert " ".join(done.stdout.split()).endswith("2025Q3 5 1 0 0 1 (1 new) 1 0 0 0 0")
    assert run(settings, "reconcile", "2025Q9").returncode == 2


def night(day: date) -> VirtualClock:
    """Half an hour after the index of a day is complete."""
    return VirtualClock(datetime(day.year, day.month, day.day + 1, 11, 0, tzinfo=UTC))


def test_case_15_rows_that_come_late_or_go_are_noticed_in_the_next_nights(settings, archive, fake_edgar):
    # GIVEN a Wednesday of five filings that landed in its night
    made = archive.put_day(WEDNESDAY, 8)
    archive.put_index(WEDNESDAY, index_file(WEDNESDAY, [index_row(one) for one in made[:5]]))
    assert ingest.land_day(settings, WEDNESDAY, night(WEDNESDAY)).loaded == 5
    # WHEN its index then has three more rows and one less, and the night of Thursday comes
    archive.put_index(WEDNESDAY, index_file(WEDNESDAY, [index_row(one) for one in made[1:]]))
    fake_edgar.clear_log()
    found = ingest.reread_days(settings, THURSDAY, night(THURSDAY))
    # THEN the three are loaded, and all four are recorded; what was there is kept
    assert (found.changed, found.problems) == ([WEDNESDAY], [])
    assert sorted(paths(fake_edgar)) == sorted(
        [index_path(WEDNESDAY).rpartition("/")[2], *(f"{one.accession_number}.txt" for one in made[5:])]
    )
    expected = [("removed", made[0].accession_number), *(("added", one.accession_number) for one in made[5:])]
    assert changes(settings, day_partition(WEDNESDAY)) == expected
    assert [change.change for change in index_changes(settings, WEDNESDAY)] == ["added"] * 3 + ["removed"]
    assert len(landed(settings, day_partition(WEDNESDAY))) == 8
    status = day_status(settings, WEDNESDAY)
    assert (status.filings, status.loaded, status.is_complete) == (7, 7, True)


def test_each_night_reads_the_five_index_days_before_it_once(settings, archive, fake_edgar):
    # GIVEN a week of index days, landed each in its night (Monday is Labor Day)
    days = [TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, NEXT_MONDAY, NEXT_TUESDAY, date(2025, 9, 10)]
    for number, day in enumerate(days):
        archive.put_day(day, 1, prefix=900001 + 100 * number)
        ingest.land_day(settings, day, night(day))
    fake_edgar.clear_log()
    # WHEN the night of the last one rereads THEN that is the five before it, and a second run asks nothing
    ingest.reread_days(settings, days[-1], night(days[-1]))
    assert paths(fake_edgar) == [index_path(day).rpartition("/")[2] for day in days[1:-1]]
    fake_edgar.clear_log()
    assert ingest.reread_days(settings, days[-1], night(days[-1])).changed == []
    assert fake_edgar.log() == []


def test_a_backfill_of_days_long_past_rereads_nothing(settings, archive, fake_edgar, clock):
    for number, day in enumerate([WEDNESDAY, THURSDAY]):
        archive.put_day(day, 1, prefix=900001 + 100 * number)
        ingest.land_day(settings, day, clock)
    fake_edgar.clear_log()
    assert ingest.reread_days(settings, FRIDAY, clock).changed == []
    assert fake_edgar.log() == []


def test_a_day_that_is_not_due_or_not_here_is_not_read(settings, archive, fake_edgar):
    archive.put_day(WEDNESDAY, 1)
    ingest.land_day(settings, WEDNESDAY, night(WEDNESDAY))
    fake_edgar.clear_log()
    early = VirtualClock(datetime(2025, 9, 5, 10, 0, tzinfo=UTC))
    assert ingest.reread_days(settings, THURSDAY, early).changed == []
    assert fake_edgar.log() == []


def test_a_late_row_that_cannot_be_fetched_is_a_problem(settings, archive, fake_edgar):
    made = archive.put_day(WEDNESDAY, 2)
    archive.put_index(WEDNESDAY, index_file(WEDNESDAY, [index_row(made[0])]))
    ingest.land_day(settings, WEDNESDAY, night(WEDNESDAY))
    archive.put_index(WEDNESDAY, index_file(WEDNESDAY, [index_row(one) for one in made]))
    fake_edgar.rule(made[1].accession_number, "status", status=503)
    found = ingest.reread_days(settings, THURSDAY, night(THURSDAY))
    (problem,) = found.problems
    assert problem.startswith("2025-09-03: 1 of 2 filings loaded, 1 pending, 0 quarantined (1 × pending: unavailable: ")

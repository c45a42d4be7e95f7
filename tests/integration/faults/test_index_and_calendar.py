"""Acceptance cases of section A: what the server may do with an index, and what must happen."""

import re
from datetime import UTC, date, datetime

import pytest
from edgar_pipeline import ingest
from edgar_pipeline.errors import Incomplete
from edgar_pipeline.landing import OUTCOMES, day_partition, read_records
from edgar_pipeline.ledger import day_status, index_changes, read_day

from tests.clocks import START, VirtualClock
from tests.small_archive import filings, index_file, index_path, index_row

SATURDAY, COLUMBUS_DAY, CARTER_DAY = date(2025, 9, 6), date(2025, 10, 13), date(2025, 1, 9)
TUESDAY, WEDNESDAY, THURSDAY = date(2025, 9, 2), date(2025, 9, 3), date(2025, 9, 4)
CANARY = "/Archives/edgar/daily-index/index.json"


def outcomes(settings, day: date) -> list[tuple[str, int | None, str]]:
    rows = sorted(read_records(settings, OUTCOMES, day_partition(day)), key=lambda row: row["requested_at"])
    return [(row["kind"], row["status"], row["outcome"]) for row in rows]


def assert_nothing_landed(settings, day: date) -> None:
    assert list(read_records(settings, "daily_index", day_partition(day))) == []
    assert read_day(settings, day).rows == []


@pytest.mark.parametrize("day", [SATURDAY, COLUMBUS_DAY, CARTER_DAY])
@pytest.mark.parametrize("status", [403, 404])
def test_cases_1_and_2_a_closed_day_is_green_after_one_request(settings, fake_edgar, clock, day, status):
    if status == 404:
        fake_edgar.rule("master", "status", status=404)
    landing = ingest.land_index(settings, day, clock=clock)
    assert (landing.day_state, landing.index_rows) == ("no_index_expected", 0)
    assert ingest.finish_day(settings, day).is_complete
    assert [entry["path"] for entry in fake_edgar.log()] == [index_path(day)]
    assert outcomes(settings, day) == [("daily_index", status, "absent")]


def test_case_3_a_past_business_day_is_never_a_day_without_filings(settings, archive, fake_edgar, clock):
    # GIVEN a server that has the day before, but answers for this Wednesday as for a day that does not exist
    archive.put_day(TUESDAY, 1)
    assert ingest.land_index(settings, WEDNESDAY, clock=clock).day_state == "missing"
    with pytest.raises(Incomplete) as caught:
        ingest.finish_day(settings, WEDNESDAY)
    assert str(caught.value) == (
        "2025-09-03: missing: 2025-09-03 is an expected business day, but EDGAR answers that it has no index. "
        "Run the day again later."
    )
    # THEN the next run asks again, and lands what is there then
    archive.put_day(WEDNESDAY, 1)
    assert ingest.land_day(settings, WEDNESDAY, clock).is_complete


@pytest.mark.parametrize("status", [403, 404])
def test_case_4_a_closure_that_the_calendar_does_not_know_is_proved_by_the_listing(
    settings, archive, fake_edgar, clock, status
):
    # GIVEN a listing that has the days around a Wednesday, but not it
    archive.put_day(TUESDAY, 1)
    archive.put_day(THURSDAY, 1)
    if status == 404:
        fake_edgar.rule("master.20250903", "status", status=404)
    landing = ingest.land_index(settings, WEDNESDAY, clock=clock)
    # THEN it is green, with its evidence
    evidence = "EDGAR's listing of the quarter has master.20250904.idx but not master.20250903.idx"
    assert (landing.day_state, landing.reason) == ("no_index_expected", evidence)
    assert outcomes(settings, WEDNESDAY) == [("daily_index", status, "absent"), ("listing", 200, "landed")]
    assert ingest.finish_day(settings, WEDNESDAY).reasons == {evidence: 1}


@pytest.mark.parametrize(
    "listing",
    [
        b'{"directory": {"item": [{"name": "master.20250902.idx"}, {"name": "form.20250904.idx"}]}}',  # no later one
        b'{"directory": {"item": [{"name": "master.20250903.idx"}, {"name": "master.20250904.idx"}]}}',  # it is there
        b'{"directory": {"item": []}}',
        b'{"directory": {"item": [{"name": "master.20250904.idx"}]',  # cut
        b"<html>maintenance</html>",
        b'{"directory": null}',
        b"[" * 100_000,
    ],
)
def test_case_4_a_listing_that_proves_nothing_proves_nothing(settings, archive, fake_edgar, clock, listing):
    archive.put("Archives/edgar/daily-index/2025/QTR3/index.json", listing)
    assert ingest.land_index(settings, WEDNESDAY, clock=clock).day_state == "missing"
    assert "expected business day" in read_day(settings, WEDNESDAY).day_reason


def test_case_5_not_found_for_everything_is_a_block_and_not_an_absence(settings, archive, fake_edgar, clock):
    # GIVEN a server that finds nothing at all, as EDGAR once did for every User-Agent with an @
    archive.put_day(WEDNESDAY, 2)
    fake_edgar.rule(".", "status", status=404)
    landing = ingest.land_index(settings, WEDNESDAY, clock=clock)
    # THEN the day is blocked and red, and the message names the remedy
    assert landing.day_state == "blocked"
    with pytest.raises(Incomplete, match="Check EDGAR_USER_AGENT; nothing was written off"):
        ingest.finish_day(settings, WEDNESDAY)
    assert [entry["path"] for entry in fake_edgar.log()][-1] == CANARY
    # WHEN the server is well again THEN the day lands
    fake_edgar.clear()
    assert ingest.land_day(settings, WEDNESDAY, clock).is_complete


def test_case_5_submissions_are_not_written_off_either(settings, archive, fake_edgar, clock):
    # GIVEN a landed index, and a server that from then on finds nothing
    archive.put_day(WEDNESDAY, 20)
    ingest.land_index(settings, WEDNESDAY, clock=clock)
    fake_edgar.rule(".", "status", status=404)
    for _ in range(4):
        # WHEN it is tried on four days
        status = ingest.land_day(settings, WEDNESDAY, clock)
        clock.elapsed += 86_400
    # THEN the work stops at once each time, and nothing is gone
    assert (status.pending, status.gone, status.loaded) == (20, 0, 0)
    assert len(fake_edgar.log("edgar/data")) <= 4 * 2 * ingest.filings.CONNECTIONS
    fake_edgar.clear()
    assert ingest.land_day(settings, WEDNESDAY, clock).is_complete


def test_case_6_todays_index_is_not_red_before_its_time_and_loads_once(settings, archive, fake_edgar):
    # GIVEN 21:59 in New York, when the index is not there yet
    clock = VirtualClock(datetime(2025, 9, 4, 1, 59, tzinfo=UTC))
    assert ingest.land_index(settings, WEDNESDAY, clock=clock).day_state == "not_yet_published"
    # WHEN it appears at 23:10, perhaps not whole THEN it is still not asked for
    archive.put_day(WEDNESDAY, 2)
    clock.elapsed += 71 * 60
    assert ingest.land_index(settings, WEDNESDAY, clock=clock).day_state == "not_yet_published"
    assert fake_edgar.log() == []
    # WHEN it is 06:30 THEN it loads, once
    clock.elapsed = (datetime(2025, 9, 4, 10, 30, tzinfo=UTC) - datetime(2025, 9, 4, 1, 59, tzinfo=UTC)).total_seconds()
    assert ingest.land_day(settings, WEDNESDAY, clock).is_complete
    assert len(fake_edgar.log(index_path(WEDNESDAY))) == 1


def test_case_7_an_index_that_was_read_half_is_superseded(settings, archive, clock):
    # GIVEN an index that was read while 60 % of its rows were there
    made = archive.put_day(WEDNESDAY, 10)
    archive.put_index(WEDNESDAY, index_file(WEDNESDAY, [index_row(filing) for filing in made[:6]]))
    assert ingest.land_day(settings, WEDNESDAY, clock).loaded == 6
    # WHEN the full one is read THEN the count is the full one's, and the first is still here
    archive.put_index(WEDNESDAY, index_file(WEDNESDAY, [index_row(filing) for filing in made]))
    clock.elapsed += 4 * 3600
    ingest.land_index(settings, WEDNESDAY, clock=clock, reread=True)
    status = ingest.land_day(settings, WEDNESDAY, clock)
    assert (status.index_rows, status.loaded) == (10, 10)
    assert [change.change for change in index_changes(settings, WEDNESDAY)] == ["added"] * 4
    assert len(list(read_records(settings, "daily_index", day_partition(WEDNESDAY)))) == 16


def _indexes() -> dict[str, bytes]:
    """Bad bodies of an index, by what is wrong with them."""
    whole = index_file(WEDNESDAY, [index_row(filing) for filing in filings(WEDNESDAY, 4)])
    ruler = whole.index(b"-----")
    return {
        "cut in the middle of a line": whole[:-30],
        "cut at the end of its last line": whole[:-1],
        "header only": whole[:ruler],
        "no rows": whole[: whole.index(b"\n", ruler) + 1],
        "no ruler": whole.replace(b"-" * 80, b""),
        "another day's": whole.replace(b"Sep 03, 2025", b"Sep 04, 2025"),
        "a web page": b"<html><body>Welcome</body></html>\n",
        "too large": whole + b"x" * 30_000_000 + b"\n",
    }


@pytest.mark.parametrize("what", [*_indexes()])
def test_cases_8_10_and_11_a_body_that_is_no_whole_index_of_the_day_never_lands(
    settings, archive, fake_edgar, clock, what
):
    # GIVEN such a body WHEN it stays THEN it is asked for again, then red; nothing of it lands
    archive.put_day(WEDNESDAY, 4)
    whole = (archive.root / "www.sec.gov" / index_path(WEDNESDAY)[1:]).read_bytes()
    archive.put_index(WEDNESDAY, _indexes()[what])
    assert ingest.land_index(settings, WEDNESDAY, clock=clock).day_state == "missing"
    assert len(fake_edgar.log("master")) == (1 if what == "too large" else 3)
    assert_nothing_landed(settings, WEDNESDAY)
    with pytest.raises(Incomplete, match=r"^2025-09-03: missing: "):
        ingest.finish_day(settings, WEDNESDAY)
    # WHEN the whole one is there THEN it lands
    archive.put_index(WEDNESDAY, whole)
    assert ingest.land_day(settings, WEDNESDAY, clock).loaded == 4


@pytest.mark.parametrize(
    ("action", "arguments"),
    [("gzip_cut", {}), ("cut_at", {}), ("chunk_early_end", {"identity": True, "at": 600}), ("reset", {})],
)
def test_case_8_an_index_that_arrives_cut_is_asked_for_again(settings, archive, fake_edgar, clock, action, arguments):
    archive.put_day(WEDNESDAY, 4)
    fake_edgar.rule("master", action, times=1, **arguments)
    assert ingest.land_index(settings, WEDNESDAY, clock=clock).index_rows == 4
    assert [row[2] for row in outcomes(settings, WEDNESDAY)][1] == "landed"
    assert len(fake_edgar.log()) == 2


def test_case_9_a_block_page_with_status_200_is_a_block_and_not_an_index(settings, archive, fake_edgar, clock):
    archive.put_day(WEDNESDAY, 4)
    fake_edgar.rule("master", "block_page", status=200)
    assert ingest.land_index(settings, WEDNESDAY, clock=clock).day_state == "blocked"
    assert_nothing_landed(settings, WEDNESDAY)
    assert outcomes(settings, WEDNESDAY) == [("daily_index", 200, "blocked")] * 3


def test_case_12_names_of_every_encoding_load(settings, archive, clock):
    # GIVEN cp1252 bytes in two names and UTF-8 in a third, in one file
    made = archive.put_day(WEDNESDAY, 3)
    names = [b"CAF\xe9 INC", b"MOODY\x92S", "MÜNCHEN €".encode()]
    rows = [
        index_row(filing).encode().replace(b"WIDGETS %d INC" % number, name)
        for number, (filing, name) in enumerate(zip(made, names, strict=True), 1)
    ]
    archive.put_index(WEDNESDAY, index_file(WEDNESDAY, rows))
    assert ingest.land_day(settings, WEDNESDAY, clock).loaded == 3
    landed = [row["company_name"] for row in read_day(settings, WEDNESDAY).rows]
    assert landed == ["CAFé INC", "MOODY’S", "MÜNCHEN €"]


def test_case_13_malformed_rows_are_quarantined_with_their_line_and_the_others_load(settings, archive, clock):
    made = archive.put_day(WEDNESDAY, 2)
    good = [index_row(filing) for filing in made]
    bad = [
        good[0].replace("900002", "538467     2", 1),
        good[0].replace("|", " ", 1),
        good[0].replace("WIDGETS", "WID|GETS"),
        good[0].replace("20250903", "20251399"),
        good[0].replace("edgar/data/", "edgar/data/../../"),
    ]
    archive.put_index(WEDNESDAY, index_file(WEDNESDAY, [good[0], *bad, good[1]]))
    status = ingest.land_day(settings, WEDNESDAY, clock)
    assert (status.index_rows, status.filings, status.loaded, status.quarantined) == (7, 2, 2, 5)
    problems = {row["line_number"]: row["line"] for row in read_day(settings, WEDNESDAY).rows if row["problem"]}
    assert problems == dict(zip(range(8, 13), bad, strict=True))
    assert not status.is_complete
    assert all(reason.startswith("quarantined: line ") for reason in status.reasons)


def test_case_14_870_rows_of_425_submissions(settings, archive, fake_edgar, clock):
    # GIVEN a day of 425 submissions of which 115 have three filers, 215 two and 95 one
    made = archive.put_day(WEDNESDAY, 425)
    rows = []
    for number, filing in enumerate(made):
        copies = 3 if number < 115 else 2 if number < 330 else 1
        rows += [re.sub(r"^\d+", str(800000 + copy), index_row(filing)) for copy in range(copies - 1)]
        rows.append(index_row(filing))
    assert len(rows) == 870
    archive.put_index(WEDNESDAY, index_file(WEDNESDAY, rows))
    ingest.land_index(settings, WEDNESDAY, clock=clock)
    ledger = read_day(settings, WEDNESDAY)
    assert (len(ledger.rows), len(ledger.accession_numbers)) == (870, 425)
    assert len({(row["accession_number"], row["cik"]) for row in ledger.rows}) == 870
    # THEN each submission is one unit of work
    chunks = ingest.plan_day(settings, WEDNESDAY)
    assert chunks == [[0, 300], [300, 600]]


def test_case_17_before_a_quarter_has_its_folder(settings, archive, clock):
    # GIVEN New Year's Day, when the quarter has no folder yet THEN it is green
    assert ingest.land_index(settings, date(2026, 1, 1), clock=clock).day_state == "no_index_expected"
    # GIVEN the first business day, asked for too early THEN it is not red but not yet published
    first = date(2026, 1, 2)
    assert ingest.land_index(settings, first, clock=clock).day_state == "not_yet_published"
    # WHEN it is due and still has no folder THEN it is missing, and loads once it is there
    clock.elapsed = 86_400
    assert ingest.land_index(settings, first, clock=clock).day_state == "missing"
    archive.put_day(first, 1)
    assert ingest.land_day(settings, first, clock).is_complete


def test_case_19_five_nights_are_made_up_for(settings, archive, clock):
    days = [date(2025, 9, day) for day in (2, 3, 4, 5, 8)]
    for number, day in enumerate(days):
        archive.put_day(day, 2, prefix=900001 + 1000 * number)
    assert [ingest.land_day(settings, day, clock).is_complete for day in days] == [True] * 5
    assert [day_status(settings, day).loaded for day in days] == [2] * 5


def test_case_20_an_index_of_a_holiday_is_loaded_with_a_notice(settings, archive, clock):
    archive.put_day(COLUMBUS_DAY, 2)
    assert ingest.land_day(settings, COLUMBUS_DAY, clock).loaded == 2
    (row,) = [
        row for row in read_records(settings, OUTCOMES, day_partition(COLUMBUS_DAY)) if row["kind"] == "daily_index"
    ]
    notice = "an index of a day that the calendar calls closed (federal holiday: Columbus Day): see closed_days.csv"
    assert (row["outcome"], row["reason"]) == ("landed", notice)


def test_threat_4_file_names_that_lead_elsewhere_are_never_asked_for(settings, archive, fake_edgar, clock):
    # GIVEN rows whose File Name names another host, climbs out of the archive or asks for something else
    (made,) = archive.put_day(WEDNESDAY, 1)
    accession = made.accession_number
    names = [
        "http://169.254.169.254/latest/meta-data",
        f"//evil/edgar/data/1/{accession}.txt",
        f"edgar/data/../../../{accession}.txt",
        f"@evil/edgar/data/1/{accession}.txt",
        f"edgar/data/1/{accession}.txt?x=@evil",
        f"edgar/data/1/{accession}.txt#x",
        f"edgar/data/1/%2e%2e/{accession}.txt",
        f"edgar/data/1/{accession}.txt\x00",
        "x" * 5000,
    ]
    rows = [index_row(made), *(f"1|EVIL INC|8-K|20250903|{name}" for name in names)]
    archive.put_index(WEDNESDAY, index_file(WEDNESDAY, rows))
    status = ingest.land_day(settings, WEDNESDAY, clock)
    # THEN each is quarantined, and the server is asked for the index and the one good submission
    assert (status.loaded, status.quarantined) == (1, len(names))
    cik = int(made.companies[0].cik)
    assert [entry["path"] for entry in fake_edgar.log()] == [
        index_path(WEDNESDAY),
        f"/Archives/edgar/data/{cik}/{accession}.txt",
    ]


def test_the_clock_of_these_tests_is_after_all_their_days():
    assert all(START.date() > day for day in (SATURDAY, COLUMBUS_DAY, CARTER_DAY, THURSDAY))

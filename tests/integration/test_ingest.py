"""The use cases of extraction against the stand-in server: what lands, what is asked, what a rerun does."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from edgar_pipeline import ingest
from edgar_pipeline.errors import Incomplete, InputError
from edgar_pipeline.landing import OUTCOMES, committed_parts, read_part
from edgar_pipeline.ledger import STATES, day_status, index_changes, read_day
from edgar_pipeline.originals import find_originals

from tests.clocks import VirtualClock
from tests.small_archive import filings, index_file, index_path, index_row
from tests.submissions import Company

DAY = date(2025, 9, 3)
SATURDAY = date(2025, 9, 6)
INDEX = index_path(DAY)


def records(settings, source: str) -> list[dict]:
    return [record for part in committed_parts(settings, source) for record in read_part(part.path)]


def requests(settings) -> list[dict]:
    """The outcome rows that stand for a request."""
    return [row for row in records(settings, OUTCOMES) if row["kind"] != "plan"]


def tree(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def assert_one_row_per_request(settings, fake_edgar) -> None:
    """Every request that the server saw has exactly one outcome row, with the status that it was answered."""
    asked = Counter((settings.www_url + entry["path"], entry["status"]) for entry in fake_edgar.log())
    assert Counter((row["url"], row["status"]) for row in requests(settings)) == asked


def test_a_day_lands_whole(settings, archive, fake_edgar, clock):
    # GIVEN a day of five filings
    made = archive.put_day(DAY, 5)
    # WHEN it is landed
    status = ingest.land_day(settings, DAY, clock)
    # THEN everything that the index lists is here, and it is complete
    assert (status.day_state, status.index_rows, status.filings, status.loaded) == ("loaded", 5, 5, 5)
    assert ingest.finish_day(settings, DAY) == status
    landed = records(settings, "submission")
    assert {record["accession_number"] for record in landed} == {filing.accession_number for filing in made}
    assert {record["companies"][0]["company_name"] for record in landed} == {f"WIDGETS {n} INC" for n in range(1, 6)}
    assert [row["line_number"] for row in records(settings, "daily_index")] == [7, 8, 9, 10, 11]
    # AND the provenance of each record is that of its request
    rows = {row["accession_number"]: row for row in requests(settings) if row["kind"] == "submission"}
    for record in landed:
        row = rows[record["accession_number"]]
        assert (record["url"], record["sha256"], record["bytes"]) == (row["url"], row["sha256"], row["bytes"])
        assert record["fetched_at"] == row["requested_at"]
        assert (row["outcome"], row["status"], row["document_count"]) == ("landed", 200, 1)
    assert_one_row_per_request(settings, fake_edgar)


def test_a_rerun_asks_nothing_and_changes_no_file(settings, archive, fake_edgar, clock):
    archive.put_day(DAY, 3)
    ingest.land_day(settings, DAY, clock)
    ingest.land_day(settings, SATURDAY, clock)
    before = tree(settings.home)
    fake_edgar.clear_log()
    assert ingest.land_day(settings, DAY, clock).is_complete
    assert ingest.land_day(settings, SATURDAY, clock).is_complete
    assert ingest.plan_day(settings, DAY) == []
    assert fake_edgar.log() == []
    assert tree(settings.home) == before


def test_co_filers_have_rows_and_one_submission(settings, archive, fake_edgar, clock):
    # GIVEN a submission of three filers: three rows of the index
    (filing,) = filings(DAY, 1)
    filing = replace(filing, companies=tuple(Company(f"CO {n}", f"000080000{n}") for n in range(3)))
    archive.put_submission(filing)
    archive.put_index(DAY, index_file(DAY, [index_row(filing, company) for company in filing.companies]))
    # WHEN the day lands THEN it was asked for once, and the record names the three
    status = ingest.land_day(settings, DAY, clock)
    assert (status.index_rows, status.filings, status.loaded) == (3, 1, 1)
    assert len(fake_edgar.log(filing.accession_number)) == 1
    (record,) = records(settings, "submission")
    assert [c["company_name"] for c in record["companies"]] == ["CO 0", "CO 1", "CO 2"]


def test_a_day_in_chunks_is_the_same_day(settings, archive, fake_edgar, clock):
    # GIVEN a day of seven filings, worked through as Airflow does, in chunks of three
    archive.put_day(DAY, 7)
    ingest.land_index(settings, DAY, clock=clock)
    chunks = ingest.plan_day(settings, DAY, chunk_size=3)
    assert chunks == [[0, 3], [3, 6], [6, 9]]
    # WHEN the middle one is done THEN the others remain
    assert ingest.land_filings(settings, DAY, *chunks[1], clock=clock) == {"landed": 3}
    assert ingest.plan_day(settings, DAY, chunk_size=3) == [[0, 3], [6, 9]]
    with pytest.raises(Incomplete, match="2025-09-03: 3 of 7 filings loaded, 4 pending, 0 quarantined"):
        ingest.finish_day(settings, DAY)
    for chunk in (chunks[0], chunks[2], chunks[1]):
        ingest.land_filings(settings, DAY, *chunk, clock=clock)
    assert ingest.finish_day(settings, DAY).loaded == 7
    assert Counter(entry["path"] for entry in fake_edgar.log()).most_common(1)[0][1] == 1


def test_many_filings_land_in_several_parts(settings, archive, clock, monkeypatch):
    monkeypatch.setattr(ingest.filings, "BATCH_SUBMISSIONS", 4)
    archive.put_day(DAY, 10)
    steps: list[tuple[int, int]] = []
    ingest.land_day(settings, DAY, clock, progress=lambda done, total: steps.append((done, total)))
    parts = committed_parts(settings, "submission")
    assert sorted(len(list(read_part(part.path))) for part in parts) == [2, 4, 4]
    assert steps == [(number, 10) for number in range(1, 11)]


def test_what_is_out_of_scope_is_decided_and_counted_without_a_request(settings, archive, fake_edgar, clock):
    # GIVEN two 8-Ks and a 10-K, and a scope of 10-K
    made = filings(DAY, 3)
    made[2] = replace(made[2], form_type="10-K")
    for filing in made:
        archive.put_submission(filing)
    archive.put_index(DAY, index_file(DAY, [index_row(filing) for filing in made]))
    narrow = replace(settings, form_types=frozenset({"10-K"}))
    status = ingest.land_day(narrow, DAY, clock)
    assert (status.loaded, status.out_of_scope, status.is_complete) == (1, 2, True)
    assert len(fake_edgar.log("edgar/data")) == 1
    assert_one_row_per_request(settings, fake_edgar)
    decisions = [row for row in records(settings, OUTCOMES) if row["kind"] == "plan"]
    assert [(row["attempt"], row["status"], row["reason"]) for row in decisions] == [
        (0, None, "EDGAR_FORM_TYPES leaves out 8-K")
    ] * 2
    # WHEN it runs again THEN nothing is decided again
    before = tree(settings.raw_dir)
    ingest.land_day(narrow, DAY, clock)
    assert tree(settings.raw_dir) == before
    # WHEN the scope is widened THEN what was left out is fetched
    assert ingest.land_day(settings, DAY, clock).loaded == 3


def test_a_scope_of_companies_counts_every_filer(settings, archive, clock):
    # GIVEN a filing of two companies WHEN only the second is in scope THEN it is fetched
    (filing,) = filings(DAY, 1)
    filing = replace(filing, companies=(Company("ONE", "0000800001"), Company("TWO", "0000800002")))
    archive.put_submission(filing)
    archive.put_index(DAY, index_file(DAY, [index_row(filing, company) for company in filing.companies]))
    assert ingest.land_day(replace(settings, ciks=frozenset({"0000800002"})), DAY, clock).loaded == 1
    status = ingest.land_day(replace(settings, ciks=frozenset({"0000800003"}), home=settings.home / "2"), DAY, clock)
    assert (status.loaded, status.out_of_scope) == (0, 1)


def test_without_a_contact_nothing_is_asked_and_nothing_is_written(settings, fake_edgar, clock):
    for step in (ingest.land_index, ingest.land_day):
        with pytest.raises(InputError, match="EDGAR_USER_AGENT"):
            step(replace(settings, user_agent=None), DAY, clock=clock)
    assert fake_edgar.log() == []
    assert not settings.raw_dir.exists()


def test_a_day_that_is_not_over_is_not_asked_for(settings, archive, fake_edgar, clock):
    # GIVEN 18:00 in New York of the index day
    archive.put_day(date(2026, 1, 2), 1)
    landing = ingest.land_index(settings, date(2026, 1, 2), clock=clock)
    assert (landing.day_state, fake_edgar.log()) == ("not_yet_published", [])
    assert landing.reason == "the index of 2026-01-02 is complete after 2026-01-03T11:30Z; not asked for before"
    # WHEN it is asked again THEN nothing more is written
    before = tree(settings.home)
    ingest.land_index(settings, date(2026, 1, 2), clock=clock)
    assert tree(settings.home) == before
    with pytest.raises(Incomplete, match="2026-01-02: not yet published: the index of 2026-01-02 is complete after"):
        ingest.finish_day(settings, date(2026, 1, 2))
    # WHEN it is 06:30 of the next morning THEN it lands
    clock.elapsed = 12.5 * 3600
    assert ingest.land_day(settings, date(2026, 1, 2), clock).loaded == 1


def test_case_15_a_changed_index_lands_beside_the_first(settings, archive, fake_edgar, clock):
    # GIVEN a landed day, whose index later has three more rows and one less
    made = filings(DAY, 6)
    for filing in made:
        archive.put_submission(filing)
    archive.put_index(DAY, index_file(DAY, [index_row(filing) for filing in made[:3]]))
    assert ingest.land_day(settings, DAY, clock).loaded == 3
    archive.put_index(DAY, index_file(DAY, [index_row(filing) for filing in made[1:]]))
    # WHEN it is landed as always THEN it is not asked for; WHEN it is read again THEN the newest counts
    clock.elapsed += 3600
    assert ingest.land_index(settings, DAY, clock=clock).index_rows == 3
    assert len(fake_edgar.log(INDEX)) == 1
    assert ingest.land_index(settings, DAY, clock=clock, reread=True).index_rows == 5
    changes = {(change.change, change.row["accession_number"]) for change in index_changes(settings, DAY)}
    added = {("added", filing.accession_number) for filing in made[3:]}
    assert changes == added | {("removed", made[0].accession_number)}
    # AND only what is new is fetched, and nothing is lost
    status = ingest.land_day(settings, DAY, clock)
    assert (status.filings, status.loaded, status.is_complete) == (5, 5, True)
    assert len(records(settings, "submission")) == 6
    newest = max(requests(settings), key=lambda row: (row["kind"] == "daily_index", row["requested_at"]))
    assert newest["reason"] == "read again: 3 rows added, 1 removed"
    assert_one_row_per_request(settings, fake_edgar)
    # WHEN it is read once more and has not changed THEN that is an outcome, and no snapshot
    clock.elapsed += 3600
    ingest.land_index(settings, DAY, clock=clock, reread=True)
    assert len(committed_parts(settings, "daily_index")) == 2
    # WHEN it becomes what it first was THEN that is its newest state
    archive.put_index(DAY, index_file(DAY, [index_row(filing) for filing in made[:3]]))
    clock.elapsed += 3600
    assert ingest.land_index(settings, DAY, clock=clock, reread=True).index_rows == 3
    assert len(index_changes(settings, DAY)) == 8


def test_a_failed_reread_takes_nothing_away(settings, archive, fake_edgar, clock):
    archive.put_day(DAY, 2)
    ingest.land_day(settings, DAY, clock)
    fake_edgar.rule(INDEX, "status", status=503)
    clock.elapsed += 3600
    landing = ingest.land_index(settings, DAY, clock=clock, reread=True)
    assert (landing.day_state, landing.index_rows) == ("loaded", 2)
    assert day_status(settings, DAY).is_complete
    assert_one_row_per_request(settings, fake_edgar)


def test_a_download_that_was_not_landed_is_not_asked_for_again(settings, archive, fake_edgar, clock):
    # GIVEN a day of which everything was received after a failed try, and a run that was killed before it landed a part
    archive.put_day(DAY, 3)
    fake_edgar.rule(r"0000900001-25-000002", "status", times=1, status=503)
    fake_edgar.rule(INDEX, "status", times=1, status=503)
    ingest.land_day(settings, DAY, clock)
    golden = {source: records(settings, source) for source in ("daily_index", "submission", OUTCOMES)}
    for part in settings.raw_dir.rglob("part-*"):
        part.unlink()
    fake_edgar.clear_log()
    # WHEN it runs again THEN nothing is asked, and every record and row is as it was, the failed tries included
    assert ingest.land_day(settings, DAY, clock).is_complete
    assert fake_edgar.log() == []
    for source, expected in golden.items():
        assert sorted(map(str, records(settings, source))) == sorted(map(str, expected))


def test_case_53_a_damaged_original_is_fetched_again_and_kept_aside(settings, archive, fake_edgar, clock):
    archive.put_day(DAY, 2)
    ingest.land_day(settings, DAY, clock)
    for part in settings.raw_dir.rglob("part-*"):
        part.unlink()
    # GIVEN the index's original and one submission's with a byte changed
    kept = [
        *settings.originals_dir.glob("daily_index/*/*/*.zst"),
        *settings.originals_dir.glob("submission/*/*1/*.zst"),
    ]
    assert len(kept) == 2
    for path in kept:
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 1
        path.write_bytes(content)
    fake_edgar.clear_log()
    # WHEN the day runs THEN those two are fetched again, and the damaged bytes are still there
    assert ingest.land_day(settings, DAY, clock).is_complete
    assert len(fake_edgar.log()) == 2
    assert len(list(settings.originals_dir.rglob("*.zst.damaged"))) == 2


def test_a_submission_of_two_index_days_is_fetched_once(settings, archive, fake_edgar, clock):
    # GIVEN a submission that the index of two days lists
    made = archive.put_day(DAY, 1)
    following = DAY + timedelta(days=1)
    archive.put_index(following, index_file(following, [index_row(made[0])]))
    assert ingest.land_day(settings, DAY, clock).loaded == 1
    assert ingest.land_day(settings, following, clock).loaded == 1
    # THEN it is asked for once, and the second day records that it did not ask
    assert len(fake_edgar.log("edgar/data")) == 1
    assert_one_row_per_request(settings, fake_edgar)
    (plan,) = [row for row in records(settings, OUTCOMES) if row["kind"] == "plan"]
    assert (plan["index_date"], plan["attempt"], plan["outcome"]) == ("2025-09-04", 0, "landed")
    assert plan["reason"].startswith("kept since 2026-01-02T23:00:0")


def test_case_42_a_submission_that_is_listed_again_later_is_read_again(settings, archive, fake_edgar):
    # GIVEN a submission that was fetched on the morning after its day
    made = archive.put_day(DAY, 1)
    ingest.land_day(settings, DAY, VirtualClock(datetime(2025, 9, 4, 12, 0, tzinfo=UTC)))
    # WHEN a later index lists it again, with other bytes
    later = date(2025, 10, 6)
    archive.put_index(later, index_file(later, [index_row(made[0])]))
    archive.put_submission(made[0], made[0].public().replace(b"Hello there.", b"Redacted."))
    assert ingest.land_day(settings, later, VirtualClock(datetime(2025, 10, 7, 12, 0, tzinfo=UTC))).is_complete
    # THEN both versions are here, the first untouched
    texts = {record["fetched_at"][:10]: record["documents"][0]["text"] for record in records(settings, "submission")}
    assert texts == {"2025-09-04": "Hello there.", "2025-10-07": "Redacted."}
    originals = find_originals(settings, "submission", made[0].accession_number)
    assert [b"Redacted." in original.read() for original in originals] == [False, True]


def test_a_parser_with_a_bug_quarantines_one_filing_and_not_the_day(settings, archive, clock, monkeypatch):
    made = archive.put_day(DAY, 3)
    parse = ingest.filings.parse_submission

    def with_a_bug(body: bytes, accession_number: str) -> dict:
        if accession_number == made[1].accession_number:
            raise IndexError("list index\nout of range \x1b[2J")
        return parse(body, accession_number)

    monkeypatch.setattr(ingest.filings, "parse_submission", with_a_bug)
    status = ingest.land_day(settings, DAY, clock)
    assert (status.loaded, status.quarantined) == (2, 1)
    reason = "the parser failed: IndexError: list index\\nout of range \\x1b[2J"
    assert read_day(settings, DAY).states[made[1].accession_number].reason == reason
    # AND its bytes are kept for the parser that can read them
    assert len(list(settings.originals_dir.glob("submission/**/*.zst"))) == 3


def test_states_sum_whatever_happens(settings, archive, fake_edgar, clock):
    # GIVEN a day on which everything happens at once
    made = archive.put_day(DAY, 8)
    rules = {
        1: ("status", {"status": 503}),
        2: ("gzip_cut", {}),
        3: ("swap_body", {"accession_number": made[4].accession_number}),
        5: ("redirect", {"location": "/"}),
        6: ("empty", {}),
        7: ("status", {"status": 404}),
    }
    for number, (action, arguments) in rules.items():
        fake_edgar.rule(made[number - 1].accession_number, action, **arguments)
    status = ingest.land_day(settings, DAY, clock)
    assert (status.loaded, status.pending, status.quarantined, status.gone) == (2, 2, 4, 0)
    assert sum(getattr(status, state) for state in STATES) == status.filings == 8
    assert_one_row_per_request(settings, fake_edgar)
    with pytest.raises(Incomplete, match="2025-09-03: 2 of 8 filings loaded, 2 pending, 4 quarantined") as caught:
        ingest.finish_day(settings, DAY)
    assert str(caught.value).isprintable()
    # WHEN the server is well again THEN the next run completes the day, and asks only for what is missing
    fake_edgar.clear()
    fake_edgar.clear_log()
    assert ingest.land_day(settings, DAY, clock).is_complete
    assert len(fake_edgar.log()) == 6

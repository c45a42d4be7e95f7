"""A day from its Feed tarball: the same records as one by one, one request, corrections in order, hostile members kept out."""

import gzip
import os
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from edgar_pipeline.errors import EdgarError
from edgar_pipeline.ingest import feed as feeding
from edgar_pipeline.ingest import tarball as tarballs
from edgar_pipeline.ingest.day import land_day
from edgar_pipeline.ingest.feed import land_feed
from edgar_pipeline.landing import committed_parts, day_partition, read_records
from edgar_pipeline.originals import find_originals

from tests.small_archive import filings, index_file, index_row
from tests.submissions import EXHIBIT, Document, Submission
from tests.tarballs import feed_path, special, tarball

DAY, NEXT = date(2024, 1, 5), date(2024, 1, 8)
#: What the Feed cannot know, or says in other words, or where the record comes from.
OTHER = {"accepted_at", "items", "header", "companies", "url", "sha256", "bytes", "fetched_at", "as_of"}


def name_of(submission: Submission, correction: int = 0) -> str:
    return submission.accession_number + (f".corr{correction:02}" if correction else ".nc")


def put_feed(archive, submissions: list[Submission], *, members: list | None = None, day: date = DAY) -> bytes:
    """Put the day's tarball into the archive; `members` come after the submissions."""
    content = tarball([(name_of(s), s.feed()) for s in submissions] + (members or []))
    archive.put(feed_path(day), content)
    return content


def submissions_of(settings, day: date = DAY) -> dict[str, dict]:
    """The current record of each filing that landed with a day: the one that shows its latest state."""
    records = sorted(read_records(settings, "submission", day_partition(day)), key=lambda record: record["as_of"])
    return {record["accession_number"]: record for record in records}


def outcomes_of(settings, day: date = DAY) -> list[dict]:
    return list(read_records(settings, "fetch_outcome", day_partition(day)))


def stated(records: dict[str, dict]) -> list[dict]:
    """The records in a stable order, without the moment of their request."""
    return [{k: v for k, v in records[accession].items() if k != "fetched_at"} for accession in sorted(records)]


def parts_of(settings) -> dict[str, bytes]:
    return {
        str(part.path.relative_to(settings.raw_dir)): part.path.read_bytes()
        for source in ("submission", "fetch_outcome", "daily_index")
        for part in committed_parts(settings, source)
    }


def corrected(submission: Submission, *, form_type: str = "8-K/A", documents: tuple = ()) -> bytes:
    """A correction of the form type, which carries a header only."""
    model = replace(submission, form_type=form_type, documents=documents, declared=len(submission.documents))
    return model.feed()


def deletion(submission: Submission) -> bytes:
    return f"<SUBMISSION>\n<ACCESSION-NUMBER>{submission.accession_number}\n<DELETION>\n</SUBMISSION>\n".encode()


@pytest.fixture
def day(archive) -> list[Submission]:
    """GIVEN an index day of five filings, one of them with an exhibit, that is also there one by one."""
    made = [
        replace(s, documents=(Document(), EXHIBIT)) if number == 2 else s for number, s in enumerate(filings(DAY, 5))
    ]
    for submission in made:
        archive.put_submission(submission)
    archive.put_index(DAY, index_file(DAY, [index_row(s) for s in made]))
    return made


def test_the_feed_gives_the_records_of_the_filings_one_by_one(day, archive, settings, clock, fake_edgar, tmp_path):
    put_feed(archive, day)
    # WHEN one home is filled from the Feed and another one by one
    landing = land_feed(settings, DAY, clock, processes=1)
    other = replace(settings, home=tmp_path / "other")
    land_day(other, DAY, clock)
    # THEN both are complete and say the same
    assert landing.problem is None and landing.status.is_complete and landing.status.loaded == 5
    from_feed, one_by_one = submissions_of(settings), submissions_of(other)
    assert from_feed.keys() == one_by_one.keys() == {s.accession_number for s in day}
    for accession_number, record in from_feed.items():
        expected = one_by_one[accession_number]
        assert record.keys() == expected.keys()
        assert {k: record[k] for k in record.keys() - OTHER} == {k: expected[k] for k in record.keys() - OTHER}
        assert [c | {"sic": ""} for c in record["companies"]] == [c | {"sic": ""} for c in expected["companies"]]


def test_a_feed_day_is_one_request_for_the_index_and_one_for_everything(day, archive, settings, clock, fake_edgar):
    put_feed(archive, day)
    land_feed(settings, DAY, clock, processes=1)
    assert [entry["path"] for entry in fake_edgar.log()] == [
        "/Archives/edgar/daily-index/2024/QTR1/master.20240105.idx",
        "/" + feed_path(DAY),
    ]
    # WHEN it is run again, THEN nothing is asked and nothing lands
    before = parts_of(settings)
    assert land_feed(settings, DAY, clock, processes=1).status.is_complete
    assert len(fake_edgar.log()) == 2 and parts_of(settings) == before


def test_records_say_where_they_come_from(day, archive, settings, clock, fake_edgar):
    put_feed(archive, day)
    land_feed(settings, DAY, clock, processes=1)
    record = submissions_of(settings)[day[0].accession_number]
    url = f"{fake_edgar.url}/{feed_path(DAY)}"
    assert record["url"] == f"{url}#{name_of(day[0])}"
    assert (record["bytes"], record["as_of"]) == (len(day[0].feed()), "2024-01-05T23:59:59.000000Z")
    assert record["dissemination_date"] == "2024-01-05"
    rows = outcomes_of(settings)
    requests = sorted((row["kind"], row["outcome"]) for row in rows if row["kind"] != "plan")
    assert requests == [("daily_index", "landed"), ("feed", "landed")]
    assert {(r["attempt"], r["outcome"], r["document_count"]) for r in rows if r["accession_number"]} == {
        (0, "landed", 1),
        (0, "landed", 2),
    }


def test_what_the_feed_lacks_stays_pending_and_comes_one_by_one(day, archive, settings, clock, fake_edgar):
    put_feed(archive, day[:3])
    status = land_feed(settings, DAY, clock, processes=1).status
    assert (status.loaded, status.pending, status.is_complete) == (3, 2, False)
    fake_edgar.clear_log()
    assert land_day(settings, DAY, clock).is_complete
    assert len(fake_edgar.log("/data/")) == 2
    # A filing that both deliver is landed once.
    assert len(list(read_records(settings, "submission", day_partition(DAY)))) == 5


def test_what_landed_one_by_one_is_not_landed_again(day, archive, settings, clock, fake_edgar):
    fake_edgar.rule(f"/{day[4].accession_number}", "status", status=500)
    land_day(settings, DAY, clock)
    put_feed(archive, day)
    assert land_feed(settings, DAY, clock, processes=1).status.is_complete
    assert len(list(read_records(settings, "submission", day_partition(DAY)))) == 5


def test_a_submission_that_the_index_does_not_list_is_said_and_left_out(day, archive, settings, clock):
    stranger = replace(day[0], accession_number="0000900009-24-000009")
    put_feed(archive, [*day, stranger])
    assert land_feed(settings, DAY, clock, processes=1).status.is_complete
    assert stranger.accession_number not in submissions_of(settings)
    assert [(r["outcome"], r["reason"]) for r in outcomes_of(settings) if name_of(stranger) in r["url"]] == [
        ("out_of_scope", "the Feed has it, the day's index does not list it")
    ]


def test_the_scope_is_kept(day, archive, settings, clock):
    put_feed(archive, day)
    scoped = replace(settings, ciks=frozenset({day[1].companies[0].cik}))
    status = land_feed(scoped, DAY, clock, processes=1).status
    assert (status.loaded, status.out_of_scope) == (1, 4)
    assert set(submissions_of(settings)) == {day[1].accession_number}


def test_one_bad_submission_keeps_no_other_out(day, archive, settings, clock):
    broken = day[0].feed().replace(b"<FILING-DATE>", b"<FILED>")
    put_feed(archive, day[1:], members=[(name_of(day[0]), broken)])
    status = land_feed(settings, DAY, clock, processes=1).status
    assert (status.loaded, status.quarantined) == (4, 1)
    assert f"quarantined: {day[0].accession_number}: the header has no filing date" in status.reasons


HOSTILE = [
    ("../../evil.nc", b"evil"),
    ("/etc/evil", b"evil"),
    (special("0000900001-24-000001.corr01", b"2", "/etc/passwd"), b""),
    (special("0000900001-24-000099.nc", b"1", "0000900001-24-000001.nc"), b""),
    ("0000900001-24-000002.nc", b"a second one"),
]


def test_hostile_members_are_quarantined_by_name_and_touch_nothing(
    day, archive, settings, clock, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    put_feed(archive, day, members=HOSTILE)
    before = {path for path in tmp_path.rglob("*") if settings.home not in path.parents and path != settings.home}
    assert land_feed(settings, DAY, clock, processes=1).status.is_complete
    refused = [row for row in outcomes_of(settings) if row["outcome"] == "quarantined"]
    assert [(row["accession_number"], row["url"].partition("#")[2]) for row in refused] == [
        (None, "../../evil.nc"),
        (None, "/etc/evil"),
        (None, "0000900001-24-000001.corr01"),
        (None, "0000900001-24-000099.nc"),
        (None, "0000900001-24-000002.nc"),
    ]
    outside = {path for path in tmp_path.rglob("*") if settings.home not in path.parents and path != settings.home}
    assert {path for path in outside - before if "state" not in path.parts} == set()
    names = {path.name.split(".")[-1] for path in settings.home.rglob("*") if path.is_file()}
    assert names == {"zst", "json"}


@pytest.mark.parametrize("order", [[0, 1, 2], [2, 1, 0], [1, 2, 0]])
def test_corrections_in_one_tarball_are_applied_in_order(order, day, archive, settings, clock):
    members = [
        (name_of(day[0]), day[0].feed()),
        (name_of(day[0], 1), corrected(day[0], form_type="8-K/A")),
        (name_of(day[0], 2), corrected(day[0], form_type="8-K12B")),
    ]
    put_feed(archive, day[1:], members=[members[number] for number in order])
    assert land_feed(settings, DAY, clock, processes=1).status.is_complete
    record = submissions_of(settings)[day[0].accession_number]
    # THEN the last one's header stands, over the documents of the submission
    assert (record["form_type"], record["as_of"]) == ("8-K12B", "2024-01-05T23:59:59.000002Z")
    assert [d["text"] for d in record["documents"]] == ["Hello there."]
    row = next(r for r in outcomes_of(settings) if r["accession_number"] == day[0].accession_number)
    assert row["reason"] == f"corrected by {name_of(day[0], 1)}, {name_of(day[0], 2)}"
    # and the original holds every step.
    assert len(find_originals(settings, "feed", DAY.isoformat())) == 1


@pytest.fixture
def next_day(archive) -> list[Submission]:
    made = filings(NEXT, 2, prefix=900501)
    archive.put_index(NEXT, index_file(NEXT, [index_row(s) for s in made]))
    return made


@pytest.mark.parametrize("order", [[DAY, NEXT], [NEXT, DAY, NEXT]])
def test_corrections_in_another_tarball_are_applied_in_any_order(order, day, next_day, archive, settings, clock):
    """A header alone needs its submission: taken first, it is said to wait, and the day's second run applies it."""
    put_feed(archive, day, members=[(name_of(day[0], 1), corrected(day[0], form_type="8-K/A"))])
    put_feed(archive, next_day, members=[(name_of(day[0], 2), corrected(day[0], form_type="8-K12B"))], day=NEXT)
    for each in order:
        land_feed(settings, each, clock, processes=1)
    records = {**submissions_of(settings, DAY), **submissions_of(settings, NEXT)}
    record = records[day[0].accession_number]
    assert (record["form_type"], record["as_of"]) == ("8-K12B", "2024-01-08T23:59:59.000002Z")
    assert [d["text"] for d in record["documents"]] == ["Hello there."]
    # Running everything again changes nothing.
    before = parts_of(settings)
    for each in order:
        land_feed(settings, each, clock, processes=1)
    assert parts_of(settings) == before


def test_a_deleted_filing_is_gone_with_its_evidence(day, archive, settings, clock):
    put_feed(archive, day, members=[(name_of(day[0], 1), deletion(day[0]))])
    status = land_feed(settings, DAY, clock, processes=1).status
    assert (status.loaded, status.gone, status.is_complete) == (4, 1, True)
    assert status.reasons == {f"gone: deleted by {name_of(day[0], 1)}": 1}


def test_a_filing_deleted_later_keeps_its_record_and_gets_the_evidence(day, next_day, archive, settings, clock):
    put_feed(archive, day)
    put_feed(archive, next_day, members=[(name_of(day[0], 1), deletion(day[0]))], day=NEXT)
    land_feed(settings, DAY, clock, processes=1)
    land_feed(settings, NEXT, clock, processes=1)
    assert day[0].accession_number in submissions_of(settings, DAY)
    rows = [row for row in outcomes_of(settings, NEXT) if row["accession_number"] == day[0].accession_number]
    assert [(row["outcome"], row["reason"]) for row in rows] == [("gone", f"deleted by {name_of(day[0], 1)}")]


DAMAGES = {
    "cut": lambda body: body[: len(body) // 2],
    "cut before its checksum": lambda body: body[:-8],
    "wrong checksum": lambda body: body[:-8] + bytes(4) + body[-4:],
    "tar without an end": lambda body: gzip.compress(gzip.decompress(body)[:-10240]),
    "no gzip": lambda body: gzip.decompress(body),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_tarball_lands_nothing_and_is_fetched_again(damage, day, archive, settings, clock, fake_edgar):
    sound = put_feed(archive, day)
    archive.put(feed_path(DAY), DAMAGES[damage](sound))
    landing = land_feed(settings, DAY, clock, processes=1)
    assert landing.status.loaded == 0 and landing.status.pending == 5
    assert "20240105.nc.tar.gz" in landing.problem
    assert {r["outcome"] for r in outcomes_of(settings) if r["kind"] == "feed"} == {"damaged"}
    assert len(fake_edgar.log("/Feed/")) > 1 and find_originals(settings, "feed", DAY.isoformat()) == []
    # WHEN EDGAR serves it whole, THEN the day is complete.
    archive.put(feed_path(DAY), sound)
    assert land_feed(settings, DAY, clock, processes=1).status.is_complete


def test_a_tarball_that_is_not_there_is_said(day, settings, clock):
    landing = land_feed(settings, DAY, clock, processes=1)
    assert landing.status.pending == 5 and "20240105.nc.tar.gz" in landing.problem
    assert [r["outcome"] for r in outcomes_of(settings) if r["kind"] == "feed"] == ["absent"]


def test_a_run_that_was_killed_goes_on_from_the_kept_tarball(
    day, archive, settings, clock, fake_edgar, tmp_path, monkeypatch
):
    """GIVEN a run that dies after its first part, WHEN it is run again, THEN the result is that of a run that did not die."""
    put_feed(archive, day)
    monkeypatch.setattr(feeding, "BATCH_FILINGS", 2)
    monkeypatch.setattr(tarballs, "TASK_FILINGS", 1)
    original, calls = feeding.land_batch, []

    def dying(*arguments: object) -> object:
        calls.append(arguments)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return original(*arguments)

    monkeypatch.setattr(feeding, "land_batch", dying)
    with pytest.raises(KeyboardInterrupt):
        land_feed(settings, DAY, clock, processes=1)
    landed = set(submissions_of(settings))
    assert 0 < len(landed) < 5
    monkeypatch.setattr(feeding, "land_batch", original)
    assert land_feed(settings, DAY, clock, processes=1).status.is_complete
    assert len(fake_edgar.log("/Feed/")) == 1
    assert len([r for r in outcomes_of(settings) if r["kind"] == "feed"]) == 1
    whole = replace(settings, home=tmp_path / "whole")
    land_feed(whole, DAY, clock, processes=1)
    assert stated(submissions_of(settings)) == stated(submissions_of(whole))


def test_a_kept_tarball_that_was_damaged_on_the_disk_is_set_aside(
    day, archive, settings, clock, fake_edgar, monkeypatch
):
    put_feed(archive, day)
    monkeypatch.setattr(feeding, "land_batch", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        land_feed(settings, DAY, clock, processes=1)
    monkeypatch.undo()
    kept = find_originals(settings, "feed", DAY.isoformat())[0].path
    kept.write_bytes(kept.read_bytes()[:-20])
    assert land_feed(settings, DAY, clock, processes=1).status.is_complete
    assert len(fake_edgar.log("/Feed/")) == 2 and kept.with_name(kept.name + ".damaged").exists()


def test_several_processes_give_the_same_parts_as_one(archive, settings, clock, tmp_path, monkeypatch):
    made = filings(DAY, 25)
    archive.put_index(DAY, index_file(DAY, [index_row(s) for s in made]))
    put_feed(archive, made)
    monkeypatch.setattr(tarballs, "TASK_FILINGS", 2)
    monkeypatch.setattr(feeding, "BATCH_FILINGS", 6)
    progress: list[tuple[int, int]] = []
    other = replace(settings, home=tmp_path / "other")
    assert land_feed(settings, DAY, clock, processes=1).status.is_complete
    assert land_feed(other, DAY, clock, lambda *at: progress.append(at), processes=2).status.is_complete
    assert stated(submissions_of(settings)) == stated(submissions_of(other))
    assert [len(list(committed_parts(s, "submission"))) for s in (settings, other)] == [5, 5]
    assert progress[-1] == (25, 25) and progress == sorted(progress)


def test_a_large_member_is_parsed_from_a_mapped_file(day, archive, settings, clock, monkeypatch):
    monkeypatch.setattr("edgar_pipeline.files.IN_MEMORY_BYTES", 1000)
    large = replace(day[0], documents=(Document(body=b"\n" + b"word " * 5000 + b"\n"),))
    put_feed(archive, [large, *day[1:]])
    assert land_feed(settings, DAY, clock, processes=2).status.is_complete
    assert submissions_of(settings)[large.accession_number]["documents"][0]["text_length"] == 24_999


def test_a_process_that_dies_is_an_error_of_one_line(archive, settings, clock, monkeypatch):
    made = filings(DAY, 3)
    archive.put_index(DAY, index_file(DAY, [index_row(s) for s in made]))
    put_feed(archive, made)
    monkeypatch.setattr(tarballs, "parse_filings", _die)
    with pytest.raises(EdgarError, match=r"ended with exit code 9 .*; what has landed stays"):
        land_feed(settings, DAY, clock, processes=2)


def _die(filings: list) -> None:
    os._exit(9)


def test_nothing_but_the_home_is_written(day, archive, settings, clock, tmp_path):
    put_feed(archive, day)
    land_feed(settings, DAY, clock, processes=1)
    assert {path.name for path in Path(tmp_path).iterdir()} == {"archive", "home", "state"}

"""Raw again from the originals: no request, what differs is said field by field, and a second run changes nothing."""

import sys
from dataclasses import replace
from datetime import date

import pytest
from edgar_pipeline.errors import EdgarError
from edgar_pipeline.ingest import reparse as reparsing
from edgar_pipeline.ingest.day import land_day
from edgar_pipeline.ingest.feed import land_feed
from edgar_pipeline.ingest.reparse import NEW, reparse_day
from edgar_pipeline.landing import committed_parts, day_partition, read_records
from edgar_pipeline.ledger import day_status
from edgar_pipeline.originals import find_originals

from tests.small_archive import filings, index_file, index_row
from tests.submissions import Submission
from tests.tarballs import feed_path, tarball

DAY = date(2024, 1, 5)


@pytest.fixture
def made(archive) -> list[Submission]:
    submissions = filings(DAY, 4)
    for submission in submissions:
        archive.put_submission(submission)
    archive.put_index(DAY, index_file(DAY, [index_row(s) for s in submissions]))
    return submissions


@pytest.fixture(params=["one by one", "from the Feed", "both"])
def landed(request, made, archive, settings, clock, fake_edgar):
    """GIVEN a day that landed, in each of the ways in which it can; the log of requests is empty."""
    members = made if request.param == "from the Feed" else made[:2]
    archive.put(feed_path(DAY), tarball([(f"{s.accession_number}.nc", s.feed()) for s in members]))
    if request.param != "one by one":
        land_feed(settings, DAY, clock, processes=1)
    land_day(settings, DAY, clock)
    assert day_status(settings, DAY).is_complete
    fake_edgar.clear_log()
    return made


def records_of(settings) -> list[dict]:
    return list(read_records(settings, "submission", day_partition(DAY)))


def current(settings) -> dict[str, dict]:
    """What the loader takes: the newest parser's record."""
    return {r["accession_number"]: r for r in sorted(records_of(settings), key=lambda r: int(r["parser_version"]))}


def parts(settings) -> set[str]:
    return {part.path.name for part in committed_parts(settings, "submission")}


def new_parser(monkeypatch, *, change=None) -> None:
    """A parser of the next version, which changes each record in the given way."""
    for module in list(sys.modules.values()):
        if getattr(module, "__name__", "").startswith("edgar_pipeline") and hasattr(module, "PARSER_VERSION"):
            monkeypatch.setattr(module, "PARSER_VERSION", "999")
    for name in ("edgar_pipeline.ingest.reparse", "edgar_pipeline.ingest.corrections"):
        module = sys.modules[name]
        original = module.parse_submission

        def better(body, accession_number, original=original):
            record = original(body, accession_number)
            return change(record) if change else record

        monkeypatch.setattr(module, "parse_submission", better)


def test_the_same_parser_finds_nothing_to_do(landed, settings, fake_edgar):
    before = parts(settings)
    report = reparse_day(settings, DAY, processes=1)
    assert (report.compared, report.changed, dict(report.changes), report.problems) == (4, 0, {}, [])
    assert parts(settings) == before and fake_edgar.log() == []


def test_a_new_version_that_changes_nothing_lands_nothing(landed, settings, monkeypatch):
    before = parts(settings)
    new_parser(monkeypatch)
    assert reparse_day(settings, DAY, processes=1).changed == 0
    assert parts(settings) == before


def better(record: dict) -> dict:
    """The parser of the next version: reads another period, and the texts of some filings differently."""
    documents = record["documents"]
    if record["accession_number"].endswith(("1", "2")):
        documents = [{**document, "text": document["text"].upper()} for document in documents]
    return {**record, "period_of_report": "1999-01-01", "documents": documents, "new_field": 1}


def test_a_better_parser_lands_what_differs_and_says_what(landed, settings, fake_edgar, monkeypatch):
    before = {r["accession_number"]: r for r in records_of(settings)}
    new_parser(monkeypatch, change=better)
    seen: list[tuple[int, int]] = []
    report = reparse_day(settings, DAY, lambda *at: seen.append(at), processes=1)
    # THEN it says what differs in how many records
    assert (report.compared, report.changed, report.recovered, report.problems) == (4, 4, 0, [])
    assert report.changes == {"documents.text": 2, "period_of_report": 4, "new_field": 4}
    assert fake_edgar.log() == [] and seen[-1] == (4, 4)
    # and the new records are those of the new parser about the same bytes
    after = current(settings)
    for accession_number, record in after.items():
        old = before[accession_number]
        assert (record["parser_version"], record["period_of_report"]) == ("999", "1999-01-01")
        assert {k: record[k] for k in ("url", "sha256", "bytes", "fetched_at", "as_of")} == {
            k: old[k] for k in ("url", "sha256", "bytes", "fetched_at", "as_of")
        }
    # beside the old ones, which stay
    assert len(records_of(settings)) == 8 and day_status(settings, DAY).is_complete


def test_a_second_run_changes_nothing(landed, settings, monkeypatch):
    new_parser(monkeypatch, change=better)
    reparse_day(settings, DAY, processes=1)
    before = parts(settings)
    report = reparse_day(settings, DAY, processes=1)
    assert (report.compared, report.changed) == (4, 0) and parts(settings) == before


def test_a_run_that_was_killed_and_run_again_is_one_run(landed, settings, monkeypatch):
    new_parser(monkeypatch, change=better)
    monkeypatch.setattr(reparsing, "BATCH_FILINGS", 1)
    original, calls = reparsing.land_batch, []

    def dying(*arguments: object) -> object:
        calls.append(arguments)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return original(*arguments)

    monkeypatch.setattr(reparsing, "land_batch", dying)
    with pytest.raises(KeyboardInterrupt):
        reparse_day(settings, DAY, processes=1)
    monkeypatch.setattr(reparsing, "land_batch", original)
    assert reparse_day(settings, DAY, processes=1).changed == 2
    assert {record["parser_version"] for record in current(settings).values()} == {"999"}
    assert len(records_of(settings)) == 8


def test_a_change_without_a_new_version_is_refused(landed, settings, monkeypatch):
    new_parser(monkeypatch, change=better)
    for module in list(sys.modules.values()):
        if getattr(module, "__name__", "").startswith("edgar_pipeline") and hasattr(module, "PARSER_VERSION"):
            monkeypatch.setattr(module, "PARSER_VERSION", records_of(settings)[0]["parser_version"])
    with pytest.raises(EdgarError, match="Raise PARSER_VERSION"):
        reparse_day(settings, DAY, processes=1)
    assert len(records_of(settings)) == 4


def test_a_filing_that_was_refused_lands_once_it_can_be_parsed(made, archive, settings, clock, monkeypatch, fake_edgar):
    broken = made[0].public().replace(b"FILED AS OF DATE:\t\t20240105", b"FILED AS OF DATE:\t\t5 Jan 2024")
    archive.put_submission(made[0], broken)
    land_day(settings, DAY, clock)
    assert day_status(settings, DAY).quarantined == 1
    fake_edgar.clear_log()
    # GIVEN a parser that reads such dates
    new_parser(monkeypatch)
    good = reparsing.parse_submission
    monkeypatch.setattr(
        reparsing, "parse_submission", lambda body, a: good(body.replace(b"5 Jan 2024", b"20240105"), a)
    )
    report = reparse_day(settings, DAY, processes=1)
    assert (report.recovered, report.changes) == (1, {NEW: 1})
    assert day_status(settings, DAY).is_complete and fake_edgar.log() == []


def test_what_landed_and_is_refused_now_is_said_and_stays(landed, settings, monkeypatch):
    accession = landed[0].accession_number

    def stricter(record: dict) -> dict:
        if record["accession_number"] == accession:
            raise reparsing.ParsingError("too strict")
        return record

    new_parser(monkeypatch, change=stricter)
    report = reparse_day(settings, DAY, processes=1)
    assert report.problems == [f"{accession}: it landed, but is refused now: too strict"]
    assert current(settings)[accession]["form_type"] == "8-K"


def test_an_original_that_is_not_there_is_said(made, settings, clock):
    land_day(settings, DAY, clock)
    accession = made[0].accession_number
    original = find_originals(settings, "submission", accession)[0]
    original.path.with_suffix(".json").unlink()
    assert reparse_day(settings, DAY, processes=1).problems == [f"{accession}: its original is not there"]


def test_several_processes_find_the_same(landed, settings, monkeypatch):
    monkeypatch.setattr(reparsing, "TASK_FILINGS", 1)
    report = reparse_day(settings, DAY, processes=2)
    assert (report.compared, report.changed, report.problems) == (4, 0, [])


def test_a_day_of_which_nothing_is_here_is_compared_with_nothing(settings):
    report = reparse_day(settings, date(2024, 1, 9), processes=1)
    assert (report.compared, report.problems) == (0, [])


def test_corrections_are_followed_again(made, archive, settings, clock, monkeypatch):
    """GIVEN a filing that landed as corrected, WHEN it is parsed again, THEN as corrected."""
    amended = replace(made[0], form_type="8-K/A", documents=(), declared=1).feed()
    members = [(f"{s.accession_number}.nc", s.feed()) for s in made]
    archive.put(feed_path(DAY), tarball([*members, (f"{made[0].accession_number}.corr01", amended)]))
    land_feed(settings, DAY, clock, processes=1)
    new_parser(monkeypatch, change=better)
    assert reparse_day(settings, DAY, processes=1).changed == 4
    record = current(settings)[made[0].accession_number]
    assert (record["form_type"], record["parser_version"]) == ("8-K/A", "999")
    assert record["documents"][0]["text"] == "HELLO THERE."

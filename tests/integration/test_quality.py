"""Validation of real builds: green as they come, red for every fault that is planted, and never green by accident."""

import errno
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import duckdb
import pandas as pd
import pytest
import zstandard
from edgar_pipeline import quality
from edgar_pipeline.errors import StorageError, WarehouseError
from edgar_pipeline.landing import committed_parts, land_batch
from edgar_pipeline.publish import current_publication, publish
from edgar_pipeline.quality import checkpoint, frames, report, suites
from edgar_pipeline.quality.contract import KEYS
from edgar_pipeline.quality.recount import recount
from edgar_pipeline.quality.suites import EXPECTATIONS, SUITES
from edgar_pipeline.quality.verdict import Failure, Fingerprint, newest_build_id, read_verdict
from edgar_pipeline.settings import Settings
from edgar_pipeline.warehouse import build, building, document_publication
from edgar_pipeline.warehouse.books import Books

from tests.clocks import VirtualClock
from tests.dbt import raw_records
from tests.dbt.raw_records import index_line, land_index, land_submissions, outcome
from tests.integration.quality_faults import FAULTS, packed
from tests.integration.quality_sample import (
    NEW_6K,
    NEW_DAY,
    OLD_DAY,
    SATURDAY,
    age_parts,
    land_saturday,
    make_home,
    settings_of,
)
from tests.pipeline_homes import warm
from tests.unit.publish_sample import holding_open


@pytest.fixture(scope="module")
def judged_home(tmp_path_factory) -> Path:
    """A home with a publication and a newer build, made once; tests take copies."""
    return make_home(tmp_path_factory.mktemp("quality") / "home", tmp_path_factory).home


@pytest.fixture
def settings(judged_home: Path, tmp_path: Path) -> Settings:
    """A copy of that home: raw, the publication, and the newest build, which is good and not judged yet."""
    home, build_id = tmp_path / "home", newest_build_id(settings_of(judged_home))
    for folder in ("raw", "published"):
        shutil.copytree(judged_home / folder, home / folder, symlinks=True)
    (home / "build" / build_id).mkdir(parents=True)
    shutil.copy(judged_home / "build" / build_id / "edgar.duckdb", home / "build" / build_id)
    return settings_of(home)


@pytest.fixture
def new_home(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A home in which nothing has landed."""
    return warm(settings_of(tmp_path / "new"), tmp_path_factory)


#: A Saturday morning in New York on which the index of Friday, the newest day of the sample, has just been completed.
CLOCK = VirtualClock(datetime(2020, 3, 7, 12, tzinfo=UTC))

validate = partial(quality.validate, clock=CLOCK)


#: Suites whose frames have a known number of rows.
COMPARED = ("landed", "content", "parts", "rules", "dates", "fitness")


def database_of(settings: Settings) -> Path:
    return settings.build_dir / newest_build_id(settings) / "edgar.duckdb"


def spoil(settings: Settings, sql: str) -> None:
    with duckdb.connect(database_of(settings)) as connection:
        connection.execute(sql)


def red(settings: Settings) -> set[str]:
    """The names of what is red or amber after a validation, but for the two days of the sample that are not complete."""
    validation = validate(settings)
    assert validation.passed is (not validation.failures)
    failed, warned = ({found.name for found in some} for some in (validation.failures, validation.warnings))
    assert all(EXPECTATIONS[name][0] == "warn" for name in warned)
    return failed | (warned - {"calendar.complete"})


# Green


def test_a_good_build_is_green_with_every_expectation_evaluated(settings):
    validation = validate(settings)
    assert (validation.passed, validation.failures) == (True, ())
    assert validation.defined == validation.evaluated == len(EXPECTATIONS) == 58
    # What was not compared is said, and the two days that are not complete are seen.
    assert validation.reasons == (
        "too few days of the same weekday are known to say what is usual for 1 index days",
        "index_changes is empty: no index has changed after it was read: 2 index days (1 loaded, 1 no_index_expected)",
    )
    (warning,) = validation.warnings
    assert (warning.name, warning.observed) == ("calendar.complete", "2 of 3 are wrong")
    assert [row[:22] for row in warning.sample] == ["index_date 2020-03-05,", "index_date 2020-03-06,"]
    assert validation.database == Fingerprint.of(database_of(settings))
    assert validation.report_path.is_file()


def test_the_verdict_is_what_publish_reads(settings):
    validation = validate(settings)
    assert read_verdict(settings, validation.build_id) == validation
    assert publish(settings).publication_id == validation.build_id


def test_validating_twice_says_the_same(settings):
    assert validate(settings) == validate(settings)


@pytest.mark.usefixtures("warm_home")
def test_a_full_refresh_is_green_too(settings):
    built = build(settings, full_refresh=True)
    assert validate(settings, built.build_id).failures == ()


@pytest.mark.usefixtures("warm_home")
def test_a_build_goes_on_while_a_bi_tool_holds_the_publication_for_writing(settings, caplog):
    # GIVEN a BI tool that opened the published file as DuckDB does by default
    with holding_open(current_publication(settings)) as holder:
        # WHEN the next build is made THEN it starts from a copy, loads what is new alone, and is green
        built = build(settings)
        assert f"PID {holder.pid}" in caplog.text and "it is read from a copy" in caplog.text
    assert {path.split("/")[2] for path in built.new_parts} == {f"index_date={NEW_DAY}", f"index_date={SATURDAY}"}
    assert validate(settings, built.build_id).failures == ()


def test_a_publication_that_somebody_wrote_to_is_no_base_for_a_build(settings, tmp_path, caplog):
    current, copy = current_publication(settings), tmp_path / "copy.duckdb"
    assert building._base(settings, copy)[0] == current
    with duckdb.connect(current) as connection:
        connection.execute("delete from marts.fct_filings")
    assert building._base(settings, copy) == (None, Books())
    assert "was written to after it was published: everything is rebuilt from raw" in caplog.text


def test_a_build_between_an_index_and_its_filings_is_green_and_says_why_its_tables_are_empty(new_home):
    # GIVEN a new home in which a closed day and the index of another day have landed, and no filing yet
    settings = new_home
    land_saturday(settings)
    land_index(settings, NEW_DAY, [index_line(8, NEW_6K, 900006, "6-K", day=NEW_DAY)])
    # WHEN it is built and judged
    validation = validate(settings, build(settings).build_id)
    # THEN it is green, and the ledger says what is to come
    assert validation.failures == ()
    days = "2 index days (1 loaded, 1 no_index_expected), 1 filings not asked for yet"
    assert f"fct_filings is empty: no submission was to be loaded: {days}" in validation.reasons
    # AND a filing that was asked for in vain is no excuse
    land_submissions(settings, NEW_DAY, [], [outcome("submission", "unavailable", NEW_DAY, NEW_6K, status=503)])
    age_parts(settings)
    build(settings)
    assert "tables.not_empty" in red(settings)


def test_a_build_of_a_holiday_alone_is_green_and_says_why_its_tables_are_empty(new_home):
    # GIVEN a new home in which only a Saturday has landed
    settings = new_home
    land_saturday(settings)
    built = build(settings)
    # WHEN it is judged
    validation = validate(settings, built.build_id)
    # THEN it is green, and each empty table has its reason in words
    assert validation.failures == ()
    day = "1 index days (1 no_index_expected)"
    assert set(validation.reasons) == {
        f"company_timeline is empty: no submission was to be loaded: {day}",
        f"dim_companies is empty: no submission was to be loaded: {day}",
        f"document_texts is empty: no loaded document has text: {day}",
        f"fct_events is empty: no submission was to be loaded: {day}",
        f"fct_exhibits is empty: no loaded filing has an exhibit: {day}",
        f"fct_filings is empty: no submission was to be loaded: {day}",
        f"filing_companies is empty: no submission was to be loaded: {day}",
        f"index_changes is empty: no index has changed after it was read: {day}",
        f"index_entries is empty: no index lists a filing: {day}",
        "drift has nothing to look at: no publication has numbers to compare with",
    }
    assert read_verdict(settings, built.build_id).reasons == validation.reasons


def test_filings_that_failed_are_no_reason_for_an_empty_warehouse(tables_frame):
    """The raw zone has two filings that could not be loaded; had none been loaded, the build would be red."""
    frame = tables_frame("delete from marts.fct_filings; delete from ops.loaded_parts where source = 'submission'")
    assert frame.loc["fct_filings", ["row_count", "minimum_rows", "reason"]].to_list() == [0, 1, ""]


# Red


@pytest.mark.parametrize("faults", packed(), ids=", ".join)
def test_planted_faults_turn_their_expectations_red_and_no_other(settings, faults):
    for fault in faults:
        spoil(settings, FAULTS[fault][0])
    assert red(settings) == set().union(*(FAULTS[fault][1] for fault in faults))


@pytest.fixture
def tables_frame(settings) -> Iterator:
    """Spoil the build, then compute the frame of tables as a validation does, without Great Expectations' second."""

    def compute(sql: str) -> pd.DataFrame:
        spoil(settings, sql)
        with duckdb.connect(database_of(settings), read_only=True) as connection:
            frames.prepare(connection)
            recount(settings, connection)
            return frames.tables(connection).set_index("table_name")

    return compute


#: The tables that have rows in the sample, in which no index has changed after it was read.
FILLED = [table for table in KEYS if table != "index_changes"]


@pytest.mark.parametrize("table", FILLED)
def test_no_table_of_this_build_may_be_empty(tables_frame, table):
    frame = tables_frame(f"delete from marts.{table}")
    assert (frame["row_count"] < frame["minimum_rows"]).to_dict() == {name: name == table for name in KEYS}
    assert frame.loc[table, "reason"] == ""


@pytest.mark.parametrize("table", [table for table in FILLED if KEYS[table]])
def test_a_repeated_key_is_seen_in_every_table(tables_frame, table):
    frame = tables_frame(f"insert into marts.{table} from marts.{table} limit 1")
    assert frame["repeated_keys"].to_dict() == {name: int(name == table) for name in KEYS}


@pytest.mark.parametrize("table", FILLED)
def test_a_dropped_table_counts_as_empty(tables_frame, table):
    frame = tables_frame(f"drop table marts.{table}")
    assert frame.loc[table, ["row_count", "minimum_rows"]].to_list() == [0, 1]


def test_a_dropped_table_is_red_and_the_other_suites_are_still_judged(settings):
    spoil(settings, "drop table marts.fct_events")
    rules = {"rules.every_filing_has_an_event_of_its_own_company", "rules.every_code_is_in_its_glossary"}
    assert red(settings) == {"columns.types", "tables.not_empty", "drift.sizes", "dates", "fitness", *rules}


@pytest.mark.parametrize(
    ("published", "expected"),
    [
        ({"rows of fct_filings": 6}, {"drift.nothing_lost", "drift.sizes"}),
        ({"rows of completeness_by_day": 4}, {"drift.nothing_lost", "drift.sizes"}),
        ({"rows of fct_events": 6}, {"drift.sizes"}),
        ({"percent of weak titles": 77, "rows of fct_exhibits": 100}, {"drift.titles", "drift.sizes"}),
        ({"percent of weak titles": 78, "rows of fct_exhibits": 100}, {"drift.sizes"}),
        ({"percent of weak titles": 77, "rows of fct_exhibits": 5}, set()),
    ],
)
def test_what_is_less_or_worse_than_the_last_publication_is_seen(settings, published, expected):
    # GIVEN that the last publication had one more of something, or better titles
    verdict = current_publication(settings).with_name("validation.json")
    content = json.loads(verdict.read_bytes())
    assert content["numbers"].keys() >= published.keys()
    content["numbers"] |= published
    verdict.write_text(json.dumps(content))
    # WHEN the next build is judged THEN it says so
    assert red(settings) == expected


def test_a_new_part_without_a_record_is_red(settings):
    # GIVEN a submission part that was emptied after it was built from
    (part,) = [part for part in committed_parts(settings, "submission") if part.partition.endswith(str(NEW_DAY))]
    part.path.write_bytes(zstandard.ZstdCompressor(write_checksum=True).compress(b""))
    failing = red(settings)
    assert {"landed.not_empty", "landed.counts", "landed.none_invented"} <= failing


def test_a_part_that_vanished_from_raw_is_red(settings):
    (part,) = [part for part in committed_parts(settings, "submission") if part.partition.endswith(str(OLD_DAY))]
    part.path.unlink()
    assert red(settings) == {"parts.none_vanished"}


def test_a_part_that_landed_after_the_build_belongs_to_the_next_one(settings):
    land_submissions(settings, NEW_DAY, [], [outcome("submission", "gone", NEW_DAY, NEW_6K)])
    assert validate(settings).failures == ()


def test_every_expectation_has_a_planted_fault():
    planted = set().union(*(expected for _, expected in FAULTS.values()))
    compared = {f"{name}.compared" for name in COMPARED}
    drift = {"drift.nothing_lost", "drift.sizes", "drift.titles"}
    elsewhere = {"landed.not_empty", "tables.not_empty", "calendar.complete"}
    assert planted | compared | drift | elsewhere == set(EXPECTATIONS)


# Never green by accident


def replaced_suite(monkeypatch, name, **changes):
    """Let one suite be another one."""
    changed = tuple(replace(s, **changes) if s.name == name else s for s in suites.SUITES)
    monkeypatch.setattr(suites, "SUITES", changed)


def suite_of(name):
    (suite,) = [suite for suite in SUITES if suite.name == name]
    return suite


def names_of(suite):
    return {expectation.meta["name"] for expectation in suite.expectations()}


def test_an_expectation_removed_from_a_suite_is_red(settings, monkeypatch):
    landed = suite_of("landed")
    replaced_suite(monkeypatch, "landed", expectations=lambda: landed.expectations()[:-1])
    validation = validate(settings)
    sentence = "Everything that is loaded has landed, key by key."
    assert validation.failures == (Failure("landed.none_invented", "stop", "not evaluated", sentence),)
    assert (validation.passed, validation.evaluated, validation.defined) == (False, 57, 58)
    with pytest.raises(WarehouseError, match="57 of 58 expectations were evaluated"):
        publish(settings)


def test_an_expectation_removed_from_each_suite_is_red_six_times(settings, monkeypatch):
    shorter = [replace(s, expectations=lambda s=s: s.expectations()[1:]) for s in SUITES]
    monkeypatch.setattr(suites, "SUITES", tuple(shorter))
    assert red(settings) == {suite.expectations()[0].meta["name"] for suite in SUITES}


def test_a_suite_without_expectations_is_red(settings, monkeypatch):
    replaced_suite(monkeypatch, "columns", expectations=list)
    assert red(settings) == names_of(suite_of("columns"))


def test_no_suite_at_all_is_red(settings, monkeypatch):
    monkeypatch.setattr(suites, "SUITES", ())
    validation = validate(settings)
    assert (validation.passed, validation.evaluated, len(validation.failures)) == (False, 0, 58)


def test_empty_frames_are_red_in_every_expectation(settings, monkeypatch):
    empty = [replace(s, frame=lambda connection, s=s: s.frame(connection).head(0)) for s in SUITES]
    monkeypatch.setattr(suites, "SUITES", tuple(empty))
    assert red(settings) == set(EXPECTATIONS)


@pytest.mark.parametrize("name", COMPARED)
def test_a_row_missing_from_a_frame_is_red(settings, monkeypatch, name):
    suite = suite_of(name)
    replaced_suite(monkeypatch, name, frame=lambda connection: suite.frame(connection).iloc[1:])
    assert f"{name}.compared" in red(settings)


def test_an_expectation_that_errs_is_red(settings, monkeypatch):
    suite = suite_of("parts")
    replaced_suite(monkeypatch, "parts", frame=lambda connection: suite.frame(connection).drop(columns="vanished"))
    validation = validate(settings)
    (failure,) = validation.failures
    assert failure.name == "parts.none_vanished" and failure.observed.startswith("error: ")
    assert (validation.passed, validation.evaluated) == (False, 57)


def test_a_frame_with_a_null_is_red(settings, monkeypatch):
    suite = suite_of("parts")
    replaced_suite(
        monkeypatch, "parts", frame=lambda connection: suite.frame(connection).replace({"vanished": {0: None}})
    )
    (failure,) = validate(settings).failures
    assert (failure.name, failure.observed) == ("parts", "the frame could not be computed (it holds a NULL)")


def test_a_rule_that_cannot_be_computed_is_red_and_the_others_are_still_judged(settings):
    spoil(settings, "alter table marts.completeness_by_day rename column documents_landed to documents")
    assert red(settings) == {"columns.types", "rules.every_day_loads_the_documents_that_landed"}


def test_a_warning_is_visible_and_does_not_stop_a_publication(settings, monkeypatch):
    sentence = suites.EXPECTATIONS["tables.ciks"][1]
    monkeypatch.setitem(suites.EXPECTATIONS, "tables.ciks", (suites.WARN, sentence))
    spoil(settings, "insert into marts.dim_companies (cik, company_name) values ('1', 'x')")
    validation = validate(settings)
    assert (validation.passed, validation.failures) == (True, ())
    assert [(warning.name, warning.severity) for warning in validation.warnings] == [
        ("calendar.complete", "warn"),
        ("tables.ciks", "warn"),
    ]
    assert publish(settings).publication_id == validation.build_id


# Its surroundings


def test_a_red_build_is_not_published_and_the_publication_stays(settings):
    before = current_publication(settings), Fingerprint.of(current_publication(settings))
    spoil(settings, f"delete from marts.fct_filings where accession_number = '{NEW_6K}'")
    assert not validate(settings).passed
    with pytest.raises(WarehouseError, match="is red"):
        publish(settings)
    assert (current_publication(settings), Fingerprint.of(current_publication(settings))) == before


def test_a_failure_names_what_was_found_and_the_rows(settings):
    spoil(settings, f"delete from marts.fct_exhibits where accession_number = '{NEW_6K}'")
    failure = next(failure for failure in validate(settings).failures if failure.name == "landed.none_lost")
    assert failure.observed == "1 of 5 are wrong"
    assert failure.expected == "Everything that has landed is loaded, key by key."
    assert failure.sample == (
        "thing exhibits, minimum 0, landed 5, loaded 4, lost 1, invented 0, sample 0000900006-20-000001 2 EX-99.1",
    )


def test_hostile_text_reaches_no_report(settings):
    hostile = '<script>alert(1)</script>"><img src=x onerror=alert(2)>\n\x1b[2J'
    spoil(
        settings,
        f"""
        update marts.index_entries set form_type = '{hostile}', cik = '{hostile}' where accession_number = '{NEW_6K}';
        update marts.fct_filings set title = '{hostile}', cik = '{hostile}' where accession_number = '{NEW_6K}';
        insert into marts.filing_companies select * replace ('{hostile}' as role, '{hostile}' as accession_number)
        from marts.filing_companies limit 1;
    """,
    )
    validation = validate(settings)
    assert not validation.passed
    # Nor does it reach a terminal or a log: a sample shows the keys with everything unusual replaced.
    samples = [row for failure in validation.failures for row in failure.sample]
    assert any("?script?alert?1??" in row for row in samples)
    assert not any(character in row for row in samples for character in '<>"\n\x1b')
    pages = list(settings.reports_dir.rglob("*.html"))
    assert len(pages) > 10
    for page in pages:
        content = page.read_text()
        assert "<script" not in content and "<img" not in content, page


@pytest.mark.usefixtures("warm_home")
def test_reports_open_without_any_other_host_and_run_nothing(settings):
    """As Great Expectations writes them, each page of Data Docs loads scripts, styles and pictures from eleven hosts."""
    validation = validate(settings)
    # Published with its documentation, which the summary links to.
    assert document_publication(settings, validation.build_id)
    files = [path for path in validation.report_path.parent.rglob("*") if path.is_file()]
    assert {path.suffix for path in files} == {".html"}
    assert sum(path.stat().st_size for path in files) < 2_000_000
    for page in files:
        content = page.read_text()
        assert "default-src 'none'; style-src 'unsafe-inline'" in content, page
        assert not re.search(
            r"(?i)(src|href|url|action)\s*[=(]\s*[\"']?\s*([a-z]+:|//)| on[a-z]+ *=|@import|<script", content
        ), page
        assert all(link.exists() for link in links_of(page)), page
    # THEN every page is reached from the summary by links
    ours, found, new = {path.resolve() for path in files}, set(), {validation.report_path.resolve()}
    while new:
        found |= new
        new = {link for page in new for link in links_of(page)} & ours - found
    assert found == ours


def links_of(page: Path) -> set[Path]:
    return {(page.parent / link).resolve() for link in re.findall(r'href="([^"#]+)', page.read_text())}


def test_a_build_with_a_write_ahead_log_beside_it_is_not_trusted(settings):
    Path(f"{database_of(settings)}.wal").write_bytes(b"left by a writer")
    with pytest.raises(
        WarehouseError, match="shows that a writer was killed: run `python -m edgar_pipeline build` again"
    ):
        validate(settings)


def test_a_killed_validation_leaves_no_verdict_of_an_earlier_one(settings, monkeypatch):
    validate(settings)
    monkeypatch.setattr(checkpoint, "recount", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        validate(settings)
    with pytest.raises(WarehouseError, match=r"has no validation\.json"):
        publish(settings)


def test_a_build_that_was_published_cannot_be_judged_again(settings):
    validate(settings)
    publish(settings)
    with pytest.raises(WarehouseError, match="if it is published already, run"):
        validate(settings)
    # The verdict that the publication stands on is still there.
    assert read_verdict(settings, newest_build_id(settings)).passed


def test_a_database_that_changes_while_it_is_judged_gets_no_verdict(settings, monkeypatch):
    def recount_and_touch(*arguments):
        recount(*arguments)
        os.utime(database_of(settings))

    monkeypatch.setattr(checkpoint, "recount", recount_and_touch)
    with pytest.raises(WarehouseError, match="changed while it was judged"):
        validate(settings)


def test_a_disk_that_fails_is_one_line_and_leaves_no_verdict(settings, monkeypatch):
    def no_space(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(report.os, "rename", no_space)
    with pytest.raises(StorageError, match="No space left on device") as caught:
        validate(settings)
    assert "\n" not in str(caught.value)
    monkeypatch.undo()
    with pytest.raises(WarehouseError, match=r"has no validation\.json"):
        publish(settings)
    assert validate(settings).passed


def test_only_the_newest_reports_are_kept(settings, monkeypatch):
    monkeypatch.setattr(report, "KEPT_REPORTS", 1)
    build_id = validate(settings).build_id
    folder = settings.reports_dir / "validation"
    assert sorted(path.name for path in folder.iterdir()) == sorted([build_id, "index.html"])


def test_it_writes_nowhere_else_says_nothing_and_reads_only_what_is_new(settings, tmp_path):
    """In a process of its own, as the command line and Airflow (which logs at INFO) start it."""
    code = """
import logging
logging.basicConfig(level=logging.INFO)
from edgar_pipeline.quality import recount, validate
from edgar_pipeline.settings import Settings
read = recount.read_part
def told(path):
    print("read", path.parts[-3], path.parts[-2])
    return read(path)
recount.read_part = told
assert validate(Settings.from_environment()).passed
"""
    outside = tmp_path / "outside"
    outside.mkdir()
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": os.pathsep.join(sys.path),
        "HOME": str(outside),
        "TMPDIR": str(outside),
        "EDGAR_HOME": str(settings.home),
    }
    done = subprocess.run([sys.executable, "-c", code], env=environment, cwd=outside, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    # Nothing but the warnings themselves: two days are not complete, and 2020 is long ago.
    warned = [line.split()[2] for line in done.stderr.splitlines()]
    assert warned == ["calendar.complete:", "fitness.freshness:"], done.stderr
    assert [path for path in outside.rglob("*") if path.is_file()] == []
    assert sorted(set(done.stdout.splitlines())) == [
        f"read daily_index index_date={NEW_DAY}",
        f"read fetch_outcome index_date={NEW_DAY}",
        f"read fetch_outcome index_date={SATURDAY}",
        # The sample of what was loaded before.
        f"read submission index_date={OLD_DAY}",
        f"read submission index_date={NEW_DAY}",
    ]


def test_a_build_without_an_index_day_is_judged_by_what_it_has(new_home):
    # GIVEN a warehouse of one company's history alone WHEN it is judged THEN it is green, and says why tables are empty
    settings = new_home
    record = raw_records.submission("0000950123-20-000001", "8-K", [raw_records.company(1, "A")])
    asked = raw_records.outcome("submission", "landed", None, record["accession_number"], document_count=1)
    land_batch(settings, "company=0000000001", [asked], "submission", [record])
    verdict = quality.validate(settings, build(settings).build_id)
    assert (verdict.passed, verdict.failures) == (True, ())

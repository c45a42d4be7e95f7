"""What a build does with its folders, and what it leaves behind when it cannot go on."""

import json
import os
import shutil
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pytest
import zstandard
from edgar_pipeline import landing
from edgar_pipeline.errors import InputError, WarehouseError
from edgar_pipeline.files import list_tree
from edgar_pipeline.settings import Settings
from edgar_pipeline.warehouse import build, building, transformation
from edgar_pipeline.warehouse.books import Books
from edgar_pipeline.warehouse.folders import copy_database, exclusive_work_directory
from edgar_pipeline.warehouse.parts import SEARCHED_FROM, SHORTEST_LIMIT, PartToLoad, longest_record

from tests.dbt import scenario
from tests.dbt.raw_records import company, index_line, land_index, land_submissions, submission

ROOT = Path(__file__).parents[2]


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_an_empty_warehouse_is_a_warehouse_and_takes_a_record_of_any_size(warehouse):
    # GIVEN nothing has landed, WHEN a first build is made
    built = warehouse.build()
    # THEN every table is there without a row, but for the glossaries
    assert built.new_parts == ()
    for table in ("fct_filings", "fct_exhibits", "index_entries", "completeness_by_day", "company_timeline"):
        assert warehouse.rows(f"select count(*) from marts.{table}") == [(0,)]
    assert warehouse.rows("select count(*) > 500 from marts.dim_forms") == [(True,)]
    assert warehouse.rows("select as_of_date = published_at::date from marts.publication") == [(True,)]
    # AND a second one finds nothing to do
    assert warehouse.build() is None
    # WHEN a record lands that is longer than the 16 MiB at which `read_json` stops unless it is told more
    text = "A long agreement. " * 1_200_000
    record = submission(scenario.NEWS, "8-K", [company(1000001, "ACME CORP")])
    record["documents"][0] |= {"text": text, "text_length": len(text), "excerpt": text[:400]}
    land_submissions(warehouse.settings, scenario.SECOND, [record])
    warehouse.build()
    # THEN it is loaded in full
    found = warehouse.rows("select length(text), md5(text) = md5(?) from marts.document_texts", text)
    assert found == [(len(text), True)]


def test_after_a_change_of_the_transformation_everything_is_rebuilt(oldest_first, monkeypatch, tmp_path):
    # GIVEN a publication, which a build takes as its base
    base, books = building._base(oldest_first.settings, tmp_path / "copy.duckdb")
    assert base == oldest_first.database.resolve()
    assert len(books.loaded_parts) == 21
    # WHEN a model changes THEN rows of both versions are not mixed: the build begins from nothing
    monkeypatch.setattr(building, "transformation_fingerprint", lambda: "f" * 64)
    assert building._base(oldest_first.settings, tmp_path / "copy.duckdb") == (None, Books())


def test_the_fingerprint_follows_what_decides_the_rows(tmp_path, monkeypatch):
    project = tmp_path / "dbt_project"
    shutil.copytree(transformation.DBT_PROJECT, project)
    monkeypatch.setattr(transformation, "DBT_PROJECT", project)
    fingerprint = transformation.transformation_fingerprint.__wrapped__
    before = fingerprint()
    for name, changes in [
        ("seeds/event_rules.csv", True),
        ("models/marts/fct_filings.sql", True),
        ("macros/titles.sql", True),
        ("dbt_project.yml", True),
        ("models/marts/_filings.yml", False),
        ("tests/generic/holds.sql", False),
    ]:
        content = (project / name).read_bytes()
        (project / name).write_bytes(content + b"\n")
        assert (fingerprint() != before) is changes, name
        (project / name).write_bytes(content)
    assert fingerprint() == before


def test_a_finished_build_is_one_folder_that_strangers_cannot_read(whole):
    built = whole.builds[0]
    folder = whole.settings.build_dir / built.build_id
    # `publish` has taken the database out; nothing of the scratch database or of a write-ahead log is left
    assert names(folder) == ["dbt-output.txt", "logs", "run_results.json"]
    assert stat.S_IMODE(folder.stat().st_mode) == 0o750
    assert stat.S_IMODE(whole.database.stat().st_mode) == 0o640
    assert len(json.loads((folder / "run_results.json").read_text())["results"]) > 80


def test_a_build_takes_the_old_rows_along_and_leaves_the_publication_alone(oldest_first):
    # GIVEN the first of four publications
    first = oldest_first.settings.published_dir / "versions" / oldest_first.builds[0].build_id / "edgar.duckdb"
    with duckdb.connect(first, read_only=True) as connection:
        # THEN it still holds what it held when it was made
        assert connection.execute("select count(*) from marts.fct_filings").fetchone() == (3,)
    assert oldest_first.rows("select count(*) from marts.fct_filings") == [(12,)]


def test_only_committed_parts_are_loaded(warehouse):
    # GIVEN a day of which the run was killed before it committed the filings
    land_index(warehouse.settings, scenario.SECOND, [index_line(9, scenario.NEWS, 1000001, "8-K")])
    part = land_submissions(warehouse.settings, scenario.SECOND, [submission(scenario.NEWS, "8-K", [company(1, "A")])])
    (warehouse.settings.raw_dir / "fetch_outcome/index_date=2020-03-05" / f"part-{part}.jsonl.zst").unlink()
    # WHEN the work list is made
    parts = building._parts_to_load(warehouse.settings, frozenset())
    # THEN the orphan is not on it
    assert [(part.source, part.is_new) for part in parts] == [("daily_index", True), ("fetch_outcome", True)]


def test_a_part_that_lands_while_the_list_is_made_waits_for_the_next_build(warehouse, monkeypatch):
    warehouse.land("first_day")

    def land_meanwhile(folder):
        found = list_tree(folder)
        if folder.name == "fetch_outcome":
            scenario.land_second_day(warehouse.settings)
        return found

    monkeypatch.setattr(landing, "list_tree", land_meanwhile)
    parts = building._parts_to_load(warehouse.settings, frozenset())
    assert {part.path.split("/")[2] for part in parts} == {"index_date=2020-03-04"}


FAULTS = {
    "a date that is none": (1, "5 March 2020", "(int_submissions_chosen: Runtime Error"),
    "a submission twice in one part": (
        2,
        "2020-03-05",
        "(unique_rows_stg_submission_accession_number__raw_path: Got 1",
    ),
}


@pytest.mark.parametrize(("copies", "filed_date", "named"), FAULTS.values(), ids=FAULTS)
def test_a_failing_node_is_named_in_one_line_and_changes_nothing(warehouse, copies, filed_date, named):
    # GIVEN a raw record that is not what the interface promises
    record = submission(scenario.NEWS, "8-K", [company(1000001, "ACME CORP")], filed_date=filed_date)
    land_submissions(warehouse.settings, scenario.SECOND, [record] * copies)
    # WHEN it is built
    with pytest.raises(WarehouseError) as failure:
        warehouse.build()
    # THEN the message names what failed and the log, on one line; nothing is called a build, and the log is kept
    message = str(failure.value)
    assert named in message
    assert "\n" not in message
    log = warehouse.settings.build_dir / ".work" / "logs" / "dbt.log"
    assert str(log) in message
    assert log.is_file()
    assert names(warehouse.settings.build_dir) == [".dbt", ".lock", ".work"]
    assert not warehouse.settings.published_dir.exists()


def test_a_killed_build_blocks_the_next_one_until_dbt_has_ended_and_leaves_nothing(warehouse):
    # GIVEN a build that is killed while dbt runs
    warehouse.land("first_day")
    program = (
        "from edgar_pipeline.settings import Settings; from edgar_pipeline.warehouse import build; "
        f"build(Settings.from_environment({{'EDGAR_HOME': {str(warehouse.settings.home)!r}}}))"
    )
    environment = {"PYTHONPATH": str(ROOT / "plugins"), "PATH": "/usr/bin:/bin"}
    killed = subprocess.Popen([sys.executable, "-c", program], env=environment)
    output = warehouse.settings.build_dir / ".work" / "dbt-output.txt"
    wait_until(lambda: output.is_file() and b"Running with dbt" in output.read_bytes())
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    # WHEN the next one begins while the orphaned dbt still writes THEN it is refused
    with pytest.raises(WarehouseError, match="another build is running"):
        warehouse.build()
    # AND once dbt has ended it goes through, from the beginning
    wait_until(lambda: not is_locked(warehouse.settings))
    built = warehouse.build()
    assert names(warehouse.settings.build_dir) == [".dbt", ".lock", built.build_id]
    assert warehouse.rows("select count(*) from marts.fct_filings") == [(3,)]


def wait_until(condition, seconds=120):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.1)


def is_locked(settings):
    try:
        with exclusive_work_directory(settings):
            return False
    except WarehouseError:
        return True


def test_two_builds_at_once_are_refused(warehouse):
    with exclusive_work_directory(warehouse.settings), pytest.raises(WarehouseError, match="another build is running"):
        build(warehouse.settings)


def test_old_builds_are_pruned_and_leftovers_removed(warehouse):
    # GIVEN three finished builds and what a failed one left
    build_dir = warehouse.settings.build_dir
    for name in ("20200101T000000Z-a", "20200102T000000Z-b", "20200103T000000Z-c", ".work"):
        (build_dir / name / "logs").mkdir(parents=True)
    # WHEN another begins
    with exclusive_work_directory(warehouse.settings) as work:
        # THEN its folder is empty, and only the newest stays
        assert names(work.path) == []
        assert names(build_dir) == [".dbt", ".lock", ".work", "20200103T000000Z-c"]


def test_a_folder_that_duckdb_would_expand_is_refused(tmp_path):
    settings = Settings.from_environment({"EDGAR_HOME": str(tmp_path / "data[1]")})
    with pytest.raises(InputError, match="choose a folder without them"):
        build(settings)
    assert not settings.home.exists()


def test_a_full_disk_is_explained_in_one_line(warehouse, monkeypatch):
    def fail(*arguments):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(building, "begin_books", fail)
    with pytest.raises(WarehouseError, match=r"stopped \(\[Errno 28\] No space left on device\): free the cause"):
        build(warehouse.settings)


@pytest.mark.parametrize("refused", [(), ("_cloned",), ("_cloned", "copy_file_range")])
def test_a_copy_is_whole_whatever_the_file_system_can_do(tmp_path, monkeypatch, refused):
    source, target = tmp_path / "source", tmp_path / "target"
    source.write_bytes(os.urandom(3_000_001))
    if "_cloned" in refused:
        monkeypatch.setattr("edgar_pipeline.warehouse.folders._cloned", lambda *files: False)
    if "copy_file_range" in refused:

        def refuse(*arguments):
            raise OSError(18, "Invalid cross-device link")

        monkeypatch.setattr(os, "copy_file_range", refuse)
    copy_database(source, target)
    assert target.read_bytes() == source.read_bytes()
    assert stat.S_IMODE(target.stat().st_mode) == 0o640


# The longest record, which bounds DuckDB's buffers


def write_part(path, lines, *, known_size=True):
    """A part whose frame tells its decompressed size, or does not (as the extractor streams it)."""
    content = b"".join(line + b"\n" for line in lines)
    compressor = zstandard.ZstdCompressor()
    if known_size:
        path.write_bytes(compressor.compress(content))
    else:
        streamed = compressor.compressobj()
        path.write_bytes(streamed.compress(content) + streamed.flush())
    return PartToLoad("submission", path.name, True, path)


def test_longest_record_is_duckdbs_default_for_small_parts(tmp_path):
    parts = [write_part(tmp_path / "a", [b"x" * 1000]), write_part(tmp_path / "b", [b"y"], known_size=False)]
    assert longest_record(parts) == SHORTEST_LIMIT
    assert longest_record([]) == SHORTEST_LIMIT


def test_longest_record_is_measured_in_a_streamed_part(tmp_path):
    lines = [b"x" * 10, b"y" * 20_000_000, b"z" * 19_000_000]
    assert longest_record([write_part(tmp_path / "a", lines, known_size=False)]) == 20_000_001


def test_longest_record_is_searched_for_in_a_large_part(tmp_path):
    lines = [b"x" * 30_000_000] * 3
    assert sum(map(len, lines)) > SEARCHED_FROM
    assert longest_record([write_part(tmp_path / "a", lines)]) == 30_000_001

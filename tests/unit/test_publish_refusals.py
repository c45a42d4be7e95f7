"""What may not become public: each refusal is one line, and the previous publication stays untouched."""

import fcntl
import os
from pathlib import Path

import duckdb
import pytest
from edgar_pipeline import publish as publishing
from edgar_pipeline.errors import InputError, WarehouseError
from edgar_pipeline.publish import current_publication, publish
from edgar_pipeline.quality.verdict import Failure

from tests.unit.publish_sample import (
    FIRST,
    SECOND,
    approve,
    holding_open,
    make_build,
    make_green_build,
    published_id,
    settings_of,
    sha256,
    tree,
)


@pytest.fixture
def settings(tmp_path):
    return settings_of(tmp_path / "home")


def no_verdict(settings, database):
    (database.parent / "validation.json").unlink()


def broken_verdict(settings, database):
    (database.parent / "validation.json").write_text('{"build_id": "20200307')


def verdict_of_another_build(settings, database):
    path = database.parent / "validation.json"
    path.write_text(path.read_text().replace(SECOND, FIRST))


def red_verdict(settings, database):
    approve(settings, SECOND, passed=False, failures=(Failure("keys_are_unique", "stop", "1", "0"),))


def green_word_with_a_failure(settings, database):
    approve(settings, SECOND, failures=(Failure("keys_are_unique", "stop", "1", "0"),))


def verdict_that_only_looks_true(settings, database):
    path = database.parent / "validation.json"
    path.write_text(path.read_text().replace('"passed": true', '"passed": "false"'))


def nothing_evaluated(settings, database):
    approve(settings, SECOND, defined=0, evaluated=0)


def one_expectation_missing(settings, database):
    approve(settings, SECOND, defined=12, evaluated=11)


def changed_after_validation(settings, database):
    with duckdb.connect(database) as connection:
        connection.execute("update ops.loaded_parts set path = 'b'")


def same_size_other_bytes(settings, database):
    with database.open("r+b") as file:
        file.seek(-1, os.SEEK_END)
        file.write(b"\xff")


def wal_beside_it(settings, database):
    Path(f"{database}.wal").write_bytes(b"")


def cut_file(settings, database):
    os.truncate(database, 1000)
    approve(settings, SECOND)


def no_database(settings, database):
    database.unlink()


def remade(settings, database, **options):
    """Replace the build with another one that is just as green."""
    (database.parent / "validation.json").unlink()
    database.unlink()
    database.parent.rmdir()
    make_green_build(settings, SECOND, **options)


def another_publication_id_inside(settings, database):
    remade(settings, database, publication_id=FIRST)


def too_new_a_storage_version(settings, database):
    remade(settings, database, storage="v1.5.0")


def a_view(settings, database):
    remade(settings, database, extra_sql="create view marts.leak as select * from read_text('/etc/hostname')")


def a_foreign_schema(settings, database):
    remade(settings, database, extra_sql="create table main.leftover as select 1 as x")


def a_build_from_before_the_current_publication(settings, database):
    remade(settings, database, parts=("other",))


REFUSALS = {
    no_verdict: f"build {SECOND} has no validation.json: run `python -m edgar_pipeline validate`",
    broken_verdict: "cannot be read",
    verdict_of_another_build: f"belongs to build '{FIRST}'",
    red_verdict: f"build {SECOND} is red (keys_are_unique)",
    green_word_with_a_failure: f"build {SECOND} is red (keys_are_unique)",
    verdict_that_only_looks_true: f"build {SECOND} is red (no failure is named)",
    nothing_evaluated: "0 of 0 expectations were evaluated",
    one_expectation_missing: "11 of 12 expectations were evaluated",
    changed_after_validation: "has changed since it was validated",
    same_size_other_bytes: "has changed since it was validated",
    wal_beside_it: "edgar.duckdb.wal lies beside the database",
    cut_file: f"build {SECOND} cannot be published",
    no_database: f"build {SECOND} has no edgar.duckdb: run `python -m edgar_pipeline build` again",
    another_publication_id_inside: f"names ['{FIRST}']",
    too_new_a_storage_version: "storage version v1.5.0+, which DuckDB 1.4.0 cannot open",
    a_view: "holds marts.leak: only tables of marts and ops are published",
    a_foreign_schema: "holds main.leftover: only tables of marts and ops are published",
    a_build_from_before_the_current_publication: "lacks 1 raw parts of the current publication, such as a",
}


@pytest.mark.parametrize("spoil", REFUSALS, ids=lambda spoil: spoil.__name__)
def test_refused_in_one_line_and_the_previous_publication_stays(settings, spoil):
    # GIVEN a publication and a green build that is then spoiled
    make_green_build(settings, FIRST)
    publish(settings)
    spoil(settings, make_green_build(settings, SECOND))
    # WHEN it is published THEN it is refused, saying what is wrong
    assert_refused(settings, REFUSALS[spoil])


def test_refused_on_a_full_disk(settings, monkeypatch):
    make_green_build(settings, FIRST)
    publish(settings)
    make_green_build(settings, SECOND)
    monkeypatch.setattr(publishing, "MINIMUM_FREE_BYTES", 1 << 62)
    assert_refused(settings, "bytes are free")


def test_a_writer_between_the_checks_and_the_move_is_noticed_before_the_swap(settings, monkeypatch):
    # GIVEN a build that somebody writes to after it was found sound
    make_green_build(settings, FIRST)
    publish(settings)
    make_green_build(settings, SECOND)
    rename = os.rename

    def written_and_renamed(source, target):
        changed_after_validation(settings, source)
        rename(source, target)

    monkeypatch.setattr(os, "rename", written_and_renamed)
    # WHEN it is published THEN readers keep what they have
    with pytest.raises(
        WarehouseError, match="has changed since it was validated: run `python -m edgar_pipeline build`"
    ):
        publish(settings)
    assert published_id(settings) == FIRST
    # AND the next good build is published, which also removes the rejected one when it is old enough
    monkeypatch.undo()
    make_green_build(settings, "20200308T030000Z-c")
    publish(settings, keep=1)
    assert published_id(settings) == "20200308T030000Z-c"
    assert [path.name for path in (settings.published_dir / "versions").iterdir()] == ["20200308T030000Z-c"]


def assert_refused(settings, message):
    """SECOND is refused in one line, and nothing of what is published changes."""
    current, hashed, files = (current_publication(settings), sha256(current_publication(settings)), tree(settings))
    with pytest.raises(WarehouseError) as caught:
        publish(settings, SECOND)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)
    assert (current_publication(settings), sha256(current), tree(settings)) == (current, hashed, files)
    assert published_id(settings) == FIRST


def test_a_refused_build_is_published_once_it_is_validated_again(settings):
    database = make_green_build(settings, FIRST)
    changed_after_validation(settings, database)
    with pytest.raises(WarehouseError, match="has changed"):
        publish(settings)
    approve(settings, FIRST)
    assert publish(settings).publication_id == FIRST


@pytest.mark.parametrize("build_id", ["../published", "a/b", "", ".", "..", "x" * 101, "a\nb", "é"])
def test_a_malformed_build_id_is_refused(settings, build_id):
    make_green_build(settings, FIRST)
    with pytest.raises(InputError, match="not a build id"):
        publish(settings, build_id)
    assert current_publication(settings) is None


def test_without_any_build_it_says_what_to_do(settings):
    with pytest.raises(WarehouseError, match=r"there is no build in .*: run `python -m edgar_pipeline build` first"):
        publish(settings)


def test_refused_while_another_process_publishes(settings):
    # GIVEN another process that holds the lock
    make_green_build(settings, FIRST)
    settings.published_dir.mkdir(parents=True)
    with (settings.published_dir / ".publish.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        # WHEN a second one publishes THEN it is refused at once
        with pytest.raises(WarehouseError, match="another process is publishing"):
            publish(settings)
        assert current_publication(settings) is None
    # AND once the first has ended, it goes through
    assert publish(settings).publication_id == FIRST


def test_a_writer_on_the_build_is_seen(settings):
    # GIVEN a green build that another process holds open for writing
    database = make_green_build(settings, FIRST)
    with holding_open(database):
        with pytest.raises(WarehouseError, match="Could not set lock on file"):
            publish(settings)
        assert current_publication(settings) is None


def test_a_writer_on_the_published_file_does_not_stop_the_next_publication(settings, caplog):
    make_green_build(settings, FIRST)
    with holding_open(publish(settings).path) as holder:
        make_green_build(settings, SECOND)
        assert publish(settings).publication_id == SECOND
        assert published_id(settings) == SECOND
        # The warning names the holder's process.
        assert f"PID {holder.pid}" in caplog.text


def test_a_dangling_symlink_is_an_error_not_an_empty_warehouse(settings):
    make_green_build(settings, FIRST)
    publish(settings).path.unlink()
    with pytest.raises(WarehouseError, match=f"points at versions/{FIRST}/edgar.duckdb, which is missing"):
        current_publication(settings)


def test_a_file_in_the_place_of_the_symlink_is_never_overwritten(settings):
    make_green_build(settings, FIRST)
    settings.published_dir.mkdir(parents=True)
    (settings.published_dir / "edgar.duckdb").write_bytes(b"mine")
    with pytest.raises(WarehouseError, match="is not a symlink to a version"):
        publish(settings)
    assert (settings.published_dir / "edgar.duckdb").read_bytes() == b"mine"


def test_a_version_that_exists_is_never_overwritten(settings):
    make_green_build(settings, FIRST)
    publish(settings)
    make_green_build(settings, SECOND)
    publish(settings)
    make_build(settings, FIRST + "x")
    os.rename(settings.build_dir / f"{FIRST}x" / "edgar.duckdb", settings.build_dir / FIRST / "edgar.duckdb")
    with pytest.raises(WarehouseError, match=f"version {FIRST} exists and so does"):
        publish(settings, FIRST)
    assert published_id(settings) == SECOND

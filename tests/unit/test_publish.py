"""Publishing: what may become public, and what a refusal, a full disk or a kill at any step leaves behind.

The builds here are small real DuckDB files with a verdict beside them, as `build` and `validate` leave them.
"""

import errno
import fcntl
import hashlib
import os
import stat
import subprocess
import sys
import textwrap
from pathlib import Path

import duckdb
import pytest
from edgar_pipeline import publish as publishing
from edgar_pipeline.errors import EdgarError, InputError, WarehouseError
from edgar_pipeline.publish import Publication, current_publication, publish
from edgar_pipeline.quality.verdict import (
    Failure,
    Fingerprint,
    Validation,
    read_verdict,
    write_verdict,
)
from edgar_pipeline.settings import Settings

FIRST, SECOND = "20200306T030000Z-a", "20200307T030000Z-b"


@pytest.fixture
def settings(tmp_path):
    return Settings.from_environment({"EDGAR_HOME": str(tmp_path / "home")})


def make_build(
    settings,
    build_id,
    *,
    parts=("a",),
    storage="v1.4.0",
    publication_id=None,
    extra_sql="select 1",
):
    """A build whose only mart is `publication`, with the bookkeeping that `publish` reads. Returns its database."""
    database = settings.build_dir / build_id / "edgar.duckdb"
    database.parent.mkdir(parents=True)
    with duckdb.connect() as connection:
        connection.execute(f"attach '{database}' as edgar (storage_version '{storage}')")
        connection.execute("use edgar")
        connection.execute("create schema marts")
        connection.execute("create schema ops")
        connection.execute(
            "create table marts.publication as select $id as publication_id",
            {"id": publication_id or build_id},
        )
        connection.execute(
            "create table ops.loaded_parts as select unnest($parts) as path",
            {"parts": list(parts)},
        )
        connection.execute(extra_sql)
        connection.execute("checkpoint")
    return database


def approve(settings, build_id, **changes):
    """Write the green verdict that `validate` gives to a build as it lies there, with `changes`."""
    verdict = {
        "build_id": build_id,
        "passed": True,
        "defined": 12,
        "evaluated": 12,
        "failures": (),
        "warnings": (),
        "reasons": (),
        "report_path": settings.reports_dir / "validation" / "index.html",
        "database": Fingerprint.of(settings.build_dir / build_id / "edgar.duckdb"),
    }
    write_verdict(settings, Validation(**(verdict | changes)))


def make_green_build(settings, build_id, **options):
    database = make_build(settings, build_id, **options)
    approve(settings, build_id)
    return database


def published_id(settings):
    """What a reader finds through the symlink."""
    with duckdb.connect(settings.published_dir / "edgar.duckdb", read_only=True) as connection:
        return connection.execute("select publication_id from marts.publication").fetchone()[0]


def tree(settings):
    """Every file and link below `published/`, without the lock."""
    root = settings.published_dir
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.name != ".publish.lock")


def sha256(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


# What a publication is


def test_green_build_becomes_the_current_publication(settings):
    # GIVEN a green build and nothing published yet
    make_green_build(settings, FIRST)
    assert current_publication(settings) is None
    # WHEN it is published
    publication = publish(settings, FIRST)
    # THEN it lies in its version, readers see it through a relative symlink, and the build is moved, not copied
    database = settings.published_dir / "versions" / FIRST / "edgar.duckdb"
    assert publication == Publication(FIRST, database)
    assert current_publication(settings) == database
    assert os.readlink(settings.published_dir / "edgar.duckdb") == f"versions/{FIRST}/edgar.duckdb"
    assert published_id(settings) == FIRST
    assert not (settings.build_dir / FIRST / "edgar.duckdb").exists()
    assert tree(settings) == [
        "edgar.duckdb",
        "versions",
        f"versions/{FIRST}",
        f"versions/{FIRST}/edgar.duckdb",
        f"versions/{FIRST}/validation.json",
    ]


@pytest.mark.parametrize("umask", [0o000, 0o077])
def test_modes_are_0640_and_0750_whatever_the_umask(settings, umask):
    before = os.umask(umask)
    try:
        make_green_build(settings, FIRST)
        publish(settings)
    finally:
        os.umask(before)
    modes = {
        str(path.relative_to(settings.home)): stat.S_IMODE(path.stat().st_mode)
        for path in [settings.published_dir, *settings.published_dir.rglob("*")]
        if not path.is_symlink() and path.name != ".publish.lock"
    }
    assert modes == {
        "published": 0o750,
        "published/versions": 0o750,
        f"published/versions/{FIRST}": 0o750,
        f"published/versions/{FIRST}/edgar.duckdb": 0o640,
        f"published/versions/{FIRST}/validation.json": 0o640,
    }


def test_the_newest_build_is_published_by_default(settings):
    make_green_build(settings, SECOND)
    make_green_build(settings, FIRST)
    assert publish(settings).publication_id == SECOND


def test_publishing_twice_changes_nothing(settings):
    # GIVEN a publication
    make_green_build(settings, FIRST)
    first = publish(settings)
    inode, files = (
        os.lstat(settings.published_dir / "edgar.duckdb").st_ino,
        tree(settings),
    )
    # WHEN the same build is published again
    again = publish(settings)
    # THEN it is the same publication, behind the same symlink
    assert again == first
    assert (
        os.lstat(settings.published_dir / "edgar.duckdb").st_ino,
        tree(settings),
    ) == (inode, files)


def test_a_reader_keeps_its_publication_and_a_new_connection_sees_the_new_one(settings):
    make_green_build(settings, FIRST)
    publish(settings)
    query = "select publication_id from marts.publication"
    with duckdb.connect(settings.published_dir / "edgar.duckdb", read_only=True) as long_lived:
        make_green_build(settings, SECOND)
        publish(settings, keep=1)
        # The old file is pruned, yet the connection that holds it reads on.
        assert not (settings.published_dir / "versions" / FIRST).exists()
        assert long_lived.execute(query).fetchone() == (FIRST,)
        assert published_id(settings) == SECOND


def test_the_last_three_versions_are_kept(settings):
    ids = [f"2020030{day}T030000Z" for day in range(1, 6)]
    for build_id in ids:
        make_green_build(settings, build_id)
        publish(settings, build_id)
    assert sorted(path.name for path in (settings.published_dir / "versions").iterdir()) == ids[-3:]
    assert published_id(settings) == ids[-1]


def test_pruning_never_removes_the_current_version_even_if_it_is_the_oldest(settings):
    # GIVEN four versions, and an operator who pointed readers back at the oldest
    ids = [f"2020030{day}T030000Z" for day in range(1, 5)]
    for build_id in ids:
        make_green_build(settings, build_id)
        publish(settings, build_id, keep=9)
    link = settings.published_dir / "edgar.duckdb"
    link.unlink()
    link.symlink_to(f"versions/{ids[0]}/edgar.duckdb")
    # WHEN a new build is published and pruned to two
    make_green_build(settings, "20200309T030000Z")
    publish(settings, keep=9)
    link.unlink()
    link.symlink_to(f"versions/{ids[0]}/edgar.duckdb")
    publish(settings, ids[0], keep=2)
    # THEN the current one and the newest other stay
    assert sorted(path.name for path in (settings.published_dir / "versions").iterdir()) == [ids[0], "20200309T030000Z"]
    assert published_id(settings) == ids[0]


# What is refused, with the previous publication untouched


def no_verdict(settings, database):
    (database.parent / "validation.json").unlink()


def broken_verdict(settings, database):
    (database.parent / "validation.json").write_text('{"build_id": "20200307')


def verdict_of_another_build(settings, database):
    path = database.parent / "validation.json"
    path.write_text(path.read_text().replace(SECOND, FIRST))


def red_verdict(settings, database):
    approve(
        settings,
        SECOND,
        passed=False,
        failures=(Failure("keys_are_unique", "stop", "1", "0"),),
    )


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
    remade(
        settings,
        database,
        extra_sql="create view marts.leak as select * from read_text('/etc/hostname')",
    )


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


def assert_refused(settings, message):
    """SECOND is refused in one line, and nothing of what is published changes."""
    current, hashed, files = (
        current_publication(settings),
        sha256(current_publication(settings)),
        tree(settings),
    )
    with pytest.raises(WarehouseError) as caught:
        publish(settings, SECOND)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)
    assert (current_publication(settings), sha256(current), tree(settings)) == (
        current,
        hashed,
        files,
    )
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
    with pytest.raises(
        WarehouseError,
        match=r"there is no build in .*: run `python -m edgar_pipeline build` first",
    ):
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


class holding_open:
    """A process of its own that holds a database open for writing."""

    def __init__(self, database):
        self.code = (
            f"import duckdb, sys; c = duckdb.connect({str(database)!r}); print('open', flush=True); sys.stdin.read()"
        )

    def __enter__(self):
        self.process = subprocess.Popen(
            [sys.executable, "-c", self.code],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout.readline() == "open\n"
        return self.process

    def __exit__(self, *_):
        self.process.communicate("")


def test_a_dangling_symlink_is_an_error_not_an_empty_warehouse(settings):
    make_green_build(settings, FIRST)
    publish(settings).path.unlink()
    with pytest.raises(
        WarehouseError,
        match=f"points at versions/{FIRST}/edgar.duckdb, which is missing",
    ):
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
    os.rename(
        settings.build_dir / f"{FIRST}x" / "edgar.duckdb",
        settings.build_dir / FIRST / "edgar.duckdb",
    )
    with pytest.raises(WarehouseError, match=f"version {FIRST} exists and so does"):
        publish(settings, FIRST)
    assert published_id(settings) == SECOND


# Killed, and failing, at every step

SYSTEM_CALLS = (
    "mkdir",
    "chmod",
    "rename",
    "replace",
    "symlink",
    "unlink",
    "rmdir",
    "fsync",
    "open",
    "close",
)

# Forks one process per line "step home", which publishes that home and is killed before its `step`-th system call;
# answers with its exit status. One process that has imported everything saves a second for each of them.
KILLED_PUBLISH = """
    import os, signal, sys
    import pandas, pyarrow  # what DuckDB would import at its first query
    from edgar_pipeline.publish import publish
    from edgar_pipeline.settings import Settings

    def kill_before(step):
        def counted(call):
            def killing(*arguments, **options):
                nonlocal step
                step -= 1
                if step == 0:
                    os.kill(os.getpid(), signal.SIGKILL)
                return call(*arguments, **options)
            return killing
        for name in {names!r}:
            setattr(os, name, counted(getattr(os, name)))

    for line in sys.stdin:
        step, home = line.split()
        child = os.fork()
        if child == 0:
            settings = Settings.from_environment({{"EDGAR_HOME": home}})
            kill_before(int(step))
            publish(settings, keep=1)
            os._exit(0)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


@pytest.fixture
def killer():
    """Publish a home in a process of its own that is killed before its n-th system call; returns its exit status."""
    code = textwrap.dedent(KILLED_PUBLISH.format(names=SYSTEM_CALLS))
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    pipes = {
        "stdin": subprocess.PIPE,
        "stdout": subprocess.PIPE,
        "text": True,
        "env": environment,
    }
    with subprocess.Popen([sys.executable, "-c", code], **pipes) as process:

        def kill(step, home):
            process.stdin.write(f"{step} {home}\n")
            process.stdin.flush()
            return int(process.stdout.readline())

        yield kill
        process.stdin.close()


def home_with_two_builds(home):
    """FIRST is published, SECOND is green and waits."""
    settings = Settings.from_environment({"EDGAR_HOME": str(home)})
    make_green_build(settings, FIRST)
    publish(settings)
    make_green_build(settings, SECOND)
    return settings


FINAL_TREE = [
    "edgar.duckdb",
    "versions",
    f"versions/{SECOND}",
    f"versions/{SECOND}/edgar.duckdb",
    f"versions/{SECOND}/validation.json",
]


def test_killed_before_every_system_call_readers_see_one_whole_publication_and_a_rerun_completes(tmp_path, killer):
    seen, step, status = [], 0, -9
    while status == -9:
        # GIVEN a publication and a green build WHEN the publishing process is killed before its next system call
        step += 1
        settings = home_with_two_builds(tmp_path / str(step))
        first_hash = sha256(current_publication(settings))
        status = killer(step, settings.home)
        # THEN readers see the previous publication, untouched, or the new one, whole
        seen.append(published_id(settings))
        if seen[-1] == FIRST:
            assert sha256(current_publication(settings)) == first_hash
        # AND a rerun completes and leaves nothing behind
        assert publish(settings, keep=1).publication_id == SECOND
        assert published_id(settings) == SECOND
        assert tree(settings) == FINAL_TREE
        assert read_verdict(settings, SECOND).passed
    assert status == 0
    # There is one moment of change, and both sides of it were met.
    assert seen == sorted(seen)
    assert seen.count(FIRST) >= 15 and seen.count(SECOND) >= 4


@pytest.mark.parametrize("failure", [errno.ENOSPC, errno.EIO], ids=errno.errorcode.get)
def test_a_disk_that_fails_at_any_system_call_is_one_line_and_a_rerun_completes(tmp_path, monkeypatch, failure):
    names, failed = [name for name in SYSTEM_CALLS if name != "close"], 0
    for step in range(1, 200):
        settings = home_with_two_builds(tmp_path / str(step))
        first_hash = sha256(current_publication(settings))
        with monkeypatch.context() as patched:
            countdown = _failing_calls(patched, names, step, failure)
            try:
                publish(settings, keep=1)
            except EdgarError as error:
                failed += 1
                assert "publish again" in str(error) and "\n" not in str(error)
        if published_id(settings) == FIRST:
            assert sha256(current_publication(settings)) == first_hash
        assert publish(settings, keep=1).publication_id == SECOND
        assert tree(settings) == FINAL_TREE
        if countdown() > 0:
            break
    assert countdown() > 0, "the loop must reach a run in which no call failed"
    assert failed >= 15


def _failing_calls(monkeypatch, names, step, failure):
    """Let the `step`-th of these system calls fail once; return a function that tells how many were left to go."""
    left = step

    def failing(call):
        def counted(*arguments, **options):
            nonlocal left
            left -= 1
            if left == 0:
                raise OSError(failure, os.strerror(failure))
            return call(*arguments, **options)

        return counted

    for name in names:
        monkeypatch.setattr(os, name, failing(getattr(os, name)))
    return lambda: left

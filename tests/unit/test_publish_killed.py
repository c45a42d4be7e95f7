"""Publishing that is killed, or whose disk fails, at any step: readers see one whole publication, and a rerun completes."""

import errno
import os
import shutil
import subprocess
import sys
import textwrap

import pytest
from edgar_pipeline.errors import EdgarError
from edgar_pipeline.publish import current_publication, publish
from edgar_pipeline.quality.verdict import read_verdict

from tests.unit.publish_sample import FIRST, SECOND, home_with_two_builds, published_id, settings_of, sha256, tree

SYSTEM_CALLS = ("mkdir", "chmod", "rename", "replace", "symlink", "unlink", "rmdir", "fsync", "open", "close")

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
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True, "env": environment}
    with subprocess.Popen([sys.executable, "-c", code], **pipes) as process:

        def kill(step, home):
            process.stdin.write(f"{step} {home}\n")
            process.stdin.flush()
            return int(process.stdout.readline())

        yield kill
        process.stdin.close()


@pytest.fixture(scope="module")
def fresh_home(tmp_path_factory):
    """Copies, as many as needed, of a home with one publication and one green build."""
    made = home_with_two_builds(tmp_path_factory.mktemp("home") / "home")

    def copy(target):
        # Times are copied too, so the build is still the one that was judged.
        return settings_of(shutil.copytree(made.home, target, symlinks=True))

    return copy


FINAL_TREE = [
    "edgar.duckdb",
    "versions",
    f"versions/{SECOND}",
    f"versions/{SECOND}/edgar.duckdb",
    f"versions/{SECOND}/validation.json",
]


def test_killed_before_every_system_call_readers_see_one_whole_publication_and_a_rerun_completes(
    tmp_path, fresh_home, killer
):
    seen, step, status = [], 0, -9
    while status == -9:
        # GIVEN a publication and a green build WHEN the publishing process is killed before its next system call
        step += 1
        settings = fresh_home(tmp_path / str(step))
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
def test_a_disk_that_fails_at_any_system_call_is_one_line_and_a_rerun_completes(
    tmp_path, fresh_home, monkeypatch, failure
):
    names, failed = [name for name in SYSTEM_CALLS if name != "close"], 0
    for step in range(1, 200):
        settings = fresh_home(tmp_path / str(step))
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

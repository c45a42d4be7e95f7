"""T16: the writer's files are the readers' to read and nobody else's, whatever the umask; as three users of the system."""

import json
import os
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from edgar_pipeline.settings import Settings

from tests.fake_edgar import FakeEdgar
from tests.integration.commands import command, environment
from tests.pipeline_homes import pipeline_environment
from tests.small_archive import SmallArchive

pytestmark = pytest.mark.skipif(
    os.geteuid() != 0 or shutil.which("setpriv") is None,
    reason="only root can become two other users (and setpriv of util-linux must be there)",
)

DAY = date(2026, 1, 5)
WRITER, READER, STRANGER = 41001, 41002, 41003
#: The group of those who read; the writer's own group has the writer's number.
BI = 41000

#: Becomes another user once everything is imported: the interpreter may lie where that user cannot go.
_AS_ANOTHER_USER = """
import duckdb, json, os, sys
from pathlib import Path

home, uid, gid = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
link = home / "published" / "edgar.duckdb"
config = {"enable_external_access": False, "lock_configuration": True}
duckdb.connect().execute("select 1").fetchall()
os.setgroups([]); os.setgid(gid); os.setuid(uid)

def tried(act):
    try:
        return act()
    except (OSError, duckdb.Error) as error:
        return type(error).__name__

def query(read_only):
    with duckdb.connect(str(link), read_only=read_only, config=config if read_only else {}) as connection:
        if not read_only:
            connection.execute("create table marts.mine (a integer)")
        return connection.execute("select count(*) from marts.fct_filings").fetchone()[0]

version = link.parent / os.readlink(link) if tried(lambda: os.readlink(link)) != "PermissionError" else link
told = {
    "query": tried(lambda: query(read_only=True)),
    "write": tried(lambda: query(read_only=False)),
    "append": tried(lambda: open(version, "ab").close()),
    "create": tried(lambda: (link.parent / "mine").touch()),
    "create beside": tried(lambda: (version.parent / "edgar.duckdb.wal").touch()),
    "delete": tried(lambda: version.unlink()),
    "replace": tried(lambda: os.rename(link, link.with_name("other"))),
    "chmod": tried(lambda: version.chmod(0o666)),
    "hold the lock": tried(lambda: open(link.parent / ".publish.lock").close()),
    **{name: tried(lambda: len(os.listdir(home / name))) for name in ("raw", "originals", "build", "reports")},
}
print(json.dumps(told))
"""


@dataclass(frozen=True)
class Place:
    """A home in which the writer has published a day of three filings."""

    settings: Settings

    def seen_by(self, uid: int, gid: int) -> dict:
        arguments = [sys.executable, "-c", _AS_ANOTHER_USER, str(self.settings.home), str(uid), str(gid)]
        done = subprocess.run(arguments, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)


@pytest.fixture(scope="module")
def place(tmp_path_factory) -> Iterator[Place]:
    """GIVEN a home set up as docs/bi.md says, WHEN the writer, with the most careless umask, runs a day to its publication."""
    archive = SmallArchive(tmp_path_factory.mktemp("archive"))
    archive.put_day(DAY, 3)
    # Not in pytest's own folder, which only root may enter.
    with tempfile.TemporaryDirectory() as name, FakeEdgar(archive.root) as edgar:
        folder = Path(name)
        folder.chmod(0o755)
        made = Settings.from_environment(pipeline_environment(folder, edgar))
        for path, group in ((made.home, BI), (made.published_dir, BI), (made.state_dir, WRITER)):
            path.mkdir()
            path.chmod(0o750)
            os.chown(path, WRITER, group)
        run_as_writer(made, "run", str(DAY))
        yield Place(made)


def run_as_writer(settings: Settings, *arguments: str) -> None:
    # The capability lets the writer read the interpreter wherever it lies; what it writes has its own owner, group and mode.
    become = ["setpriv", "--reuid", str(WRITER), "--regid", str(WRITER), "--groups", str(BI)]
    become += ["--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search"]
    done = subprocess.run(
        [*become, *command(*arguments)],
        env=environment(settings, HOME=str(settings.state_dir)),
        cwd=settings.home,
        umask=0,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_threat_16_readers_read_strangers_do_not_and_nobody_writes_but_the_writer(place):
    # THEN a reader of the group queries the publication, changes nothing, and reaches nothing else
    told = place.seen_by(READER, BI)
    assert told.pop("query") == 3
    assert told.pop("write") in ("IOException", "PermissionException")
    assert set(told.values()) == {"PermissionError"}, told
    # AND a stranger reads nothing at all
    told = place.seen_by(STRANGER, STRANGER)
    assert told.pop("query") in ("IOException", "PermissionException")
    assert told.pop("write") in ("IOException", "PermissionException")
    assert set(told.values()) == {"PermissionError"}, told


def test_threat_16_nothing_of_a_run_is_writable_for_the_group_or_open_to_strangers(place):
    settings = place.settings
    paths = [path for root in (settings.home, settings.state_dir) for path in (root, *root.rglob("*"))]
    # THEN of all that a run writes (dbt's logs, reports, locks) nothing has a bit too much
    seen = {str(path): oct(stat.S_IMODE(path.lstat().st_mode)) for path in paths if not path.is_symlink()}
    assert {path: mode for path, mode in seen.items() if int(mode, 8) & 0o027} == {}
    names = {path.name for path in paths}
    assert {"dbt.log", "run_results.json", "index.html", "edgar.duckdb", ".publish.lock"} <= names
    assert {path.lstat().st_uid for path in paths} == {WRITER}
    # AND only the publication is the readers'
    of_readers = {path for path in paths if path.lstat().st_gid == BI}
    published = {path for path in paths if settings.published_dir in path.parents}
    own = {settings.published_dir / "edgar.duckdb", settings.published_dir / ".publish.lock"}
    assert of_readers == {settings.home, settings.published_dir, *published} - own

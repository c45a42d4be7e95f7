"""Threat 27: a disk that is full while days land, while dbt builds, before a publication. A real small file system, filled.

Each time: one line that says what to do, the publication untouched, and after room was made a rerun that ends like a run that
was never disturbed.
"""

import hashlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import duckdb
import pytest
from edgar_pipeline.settings import Settings

from tests.integration.commands import one_line, run

FIRST, SECOND = date(2024, 1, 4), date(2024, 1, 5)
DISK_BYTES = 400_000_000


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES},mode=0750", "edgar-test", folder], capture_output=True
    )
    if mounted.returncode != 0:
        pytest.skip("this user may not mount a small file system")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


@pytest.fixture
def home(disk: Path, archive, settings, clock) -> Settings:
    """A home on the small disk with one day that has landed; the archive has a second one."""
    archive.put_day(FIRST, 3)
    archive.put_day(SECOND, 3, prefix=900101)
    home = Settings.from_environment(
        {
            "EDGAR_HOME": str(disk / "home"),
            "EDGAR_STATE_DIR": str(settings.state_dir),
            "EDGAR_USER_AGENT": settings.user_agent,
            "EDGAR_WWW_URL": settings.www_url,
            "EDGAR_DATA_URL": settings.data_url,
        }
    )
    first = run(home, "day", str(FIRST))
    assert first.returncode == 0, first.stderr
    return home


def fill(folder: Path, leaving: int) -> Path:
    """Fill the disk up to some bytes; return the file that does."""
    ballast = folder / "ballast"
    with ballast.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, shutil.disk_usage(folder).free - leaving)
    return ballast


def days(settings: Settings) -> list[tuple]:
    with duckdb.connect(settings.published_dir / "edgar.duckdb", read_only=True) as warehouse:
        query = "select index_date, filings, loaded, is_complete from marts.completeness_by_day order by 1"
        return warehouse.execute(query).fetchall()


def published(settings: Settings) -> tuple[str, str]:
    link = settings.published_dir / "edgar.duckdb"
    return os.readlink(link), hashlib.sha256(link.read_bytes()).hexdigest()


def test_a_full_disk_is_one_line_and_what_follows_recovers(home: Settings, disk: Path):
    # GIVEN a full disk before the first build THEN it begins nothing
    ballast = fill(disk, 8_000_000)
    assert "loading what has landed needs about" in one_line(run(home, "build"))
    assert not home.published_dir.exists() and list(home.build_dir.glob("2*")) == []
    ballast.unlink()
    # GIVEN a publication
    assert run(home, "run", str(FIRST)).returncode == 0
    before = published(home)
    steps = [
        # While a day lands; before a build, which would copy the publication; before a publication.
        (["day", str(SECOND)], 0, "No space left on device"),
        (["build"], 8_000_000, "a copy of the publication needs about"),
        (["publish"], 1_000_000, "bytes are free at"),
    ]
    for command, leaving, said in steps:
        # GIVEN a full disk, WHEN the next step is tried
        ballast = fill(disk, leaving)
        failed = run(home, *command)
        # THEN it is said in one line with what to do, and readers have what they had
        assert failed.returncode == 1
        assert said in one_line(failed)
        assert "free some space" in one_line(failed) or "Make room" in one_line(failed)
        assert published(home) == before
        # WHEN there is room again, THEN the same command goes on
        ballast.unlink()
        assert run(home, *command).returncode == 0
        if command == ["build"]:
            assert run(home, "validate").returncode == 0
    # THEN all is there, and nothing else
    assert days(home) == [(FIRST, 3, 3, True), (SECOND, 3, 3, True)]
    assert list(home.home.rglob("*.tmp")) == []

"""What a publication is, who sees it when, and what is kept of the earlier ones."""

import os
import stat

import duckdb
import pytest
from edgar_pipeline.publish import Publication, current_publication, publish

from tests.unit.publish_sample import FIRST, SECOND, make_green_build, published_id, settings_of, tree


@pytest.fixture
def settings(tmp_path):
    return settings_of(tmp_path / "home")


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
    inode, files = (os.lstat(settings.published_dir / "edgar.duckdb").st_ino, tree(settings))
    # WHEN the same build is published again
    again = publish(settings)
    # THEN it is the same publication, behind the same symlink
    assert again == first
    assert (os.lstat(settings.published_dir / "edgar.duckdb").st_ino, tree(settings)) == (inode, files)


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

"""The tarball of the Feed: regular members with proper names, every layer checked, nothing extracted."""

import gzip
import mmap
import tarfile
from pathlib import Path

import pytest
from edgar_pipeline.errors import Damaged, Oversized
from edgar_pipeline.sources import feed
from edgar_pipeline.sources.feed import list_feed, read_feed

from tests.tarballs import bare_tar, special, tarball

ONE, TWO = "0000900001-24-000001.nc", "0000900001-24-000002.nc"
CORRECTION = "0000900001-24-000001.corr01"
LIMIT = 1_000_000
SOUND = [(ONE, b"first"), (CORRECTION, b""), (TWO, b"s" * 513)]


def read(body, wanted: set[str], folder: Path) -> list[tuple[str, bytes]]:
    return [(member.name, bytes(content)) for member, content in read_feed(body, "feed", LIMIT, wanted, folder)]


@pytest.mark.parametrize("kind", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_members_are_listed_and_the_wanted_ones_read(kind, tmp_path):
    body = tarball(SOUND, kind=kind)
    listing = list_feed(body, "feed", LIMIT)
    assert [(m.name, m.bytes, m.accession_number, m.correction) for m in listing.members.values()] == [
        (ONE, 5, "0000900001-24-000001", 0),
        (CORRECTION, 0, "0000900001-24-000001", 1),
        (TWO, 513, "0000900001-24-000002", 0),
    ]
    assert listing.refused == []
    assert read(body, {TWO, ONE}, tmp_path) == [(ONE, b"first"), (TWO, b"s" * 513)]
    assert read(body, {CORRECTION}, tmp_path) == [(CORRECTION, b"")]


def test_several_gzip_members_are_one_tar(tmp_path):
    tar = bare_tar(SOUND)
    body = gzip.compress(tar[:700]) + gzip.compress(tar[700:])
    assert read(body, {ONE, TWO}, tmp_path) == [(ONE, b"first"), (TWO, b"s" * 513)]


def test_a_large_member_is_a_map_of_a_nameless_file(tmp_path, monkeypatch):
    monkeypatch.setattr("edgar_pipeline.files.IN_MEMORY_BYTES", 100)
    ((_, small), (_, large)) = read_feed(tarball(SOUND), "feed", LIMIT, {ONE, TWO}, tmp_path)
    assert isinstance(small, bytes) and isinstance(large, mmap.mmap) and large[:] == b"s" * 513
    assert list(tmp_path.iterdir()) == []


BAD_NAMES = [
    "../0000900001-24-000003.nc",
    "/0000900001-24-000003.nc",
    "./0000900001-24-000003.nc",
    "0000900001-24-000003.nc/..",
    "0000900001-24-000003.txt",
    "0000900001-24-000003.corr1",
    "0000900001-24-000003.nc\n",
    "000090000١-24-000003.nc",
    "0000900001-24-000003.NC",
    "a" * 90 + "/" + "b" * 90,
    "x",
]


@pytest.mark.parametrize("name", BAD_NAMES)
def test_other_names_are_refused_and_the_rest_is_read(name, tmp_path):
    body = tarball([(ONE, b"first"), (name, b"evil"), (TWO, b"second")])
    listing = list_feed(body, "feed", LIMIT)
    assert list(listing.members) == [ONE, TWO]
    assert [member.refusal for member in listing.refused] == ["its name is not that of a submission or a correction"]
    assert read(body, {ONE, TWO, name}, tmp_path) == [(ONE, b"first"), (TWO, b"second")]


@pytest.mark.parametrize(
    "kind",
    [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE, tarfile.DIRTYPE, tarfile.GNUTYPE_SPARSE],
)
def test_links_devices_folders_and_sparse_files_are_refused(kind, tmp_path):
    body = tarball([(ONE, b"first"), (special(TWO, kind, "/etc/passwd"), b""), ("x", b"")])
    listing = list_feed(body, "feed", LIMIT)
    assert list(listing.members) == [ONE]
    assert listing.refused[0].name.rstrip("/") == TWO
    assert listing.refused[0].refusal == f"it is no regular file (type {kind.decode()!r})"
    assert read(body, {ONE, TWO}, tmp_path) == [(ONE, b"first")]


def test_a_second_member_of_one_name_is_refused(tmp_path):
    body = tarball([(ONE, b"first"), (ONE, b"other")])
    listing = list_feed(body, "feed", LIMIT)
    assert [(m.name, m.refusal) for m in listing.refused] == [(ONE, "another member has the same name")]
    assert read(body, {ONE}, tmp_path) == [(ONE, b"first")]


def test_a_member_over_the_limit_is_refused_with_its_size():
    listing = list_feed(tarball([(ONE, b"x" * 2_000_001), (TWO, b"second")]), "feed", 2_000_000)
    assert list(listing.members) == [TWO]
    assert listing.refused[0].refusal == ("it has 2000001 bytes, more than the limit of 2 MB (EDGAR_MAX_SUBMISSION_MB)")


def test_more_members_than_a_day_can_have_are_a_bomb(monkeypatch):
    monkeypatch.setattr(feed, "MAXIMUM_MEMBERS", 2)
    with pytest.raises(Oversized, match="more than 2 members"):
        list_feed(tarball(SOUND), "feed", LIMIT)


def test_more_bytes_than_a_day_can_have_are_a_bomb(monkeypatch):
    monkeypatch.setattr(feed, "MAXIMUM_BYTES", 10_000)
    with pytest.raises(Oversized, match="larger than the limit"):
        list_feed(tarball([(ONE, bytes(20_000))]), "feed", LIMIT)


def test_what_decompresses_too_well_is_a_bomb():
    with pytest.raises(Oversized, match="decompression bomb"):
        list_feed(tarball([(ONE, bytes(60_000_000))]), "feed", 100_000_000)


@pytest.mark.parametrize(
    "name", ["cut gzip", "cut tar", "no end", "checksum", "size", "crc", "html", "empty", "trailing"]
)
def test_a_damaged_tarball_is_damaged_at_every_layer(name):
    tar, body = bare_tar(SOUND), tarball(SOUND)
    damaged = {
        "cut gzip": body[:-9],
        "cut tar": gzip.compress(tar[:1100]),
        "no end": gzip.compress(tar[: 512 * 6]),
        "checksum": gzip.compress(b"1" + tar[1:]),
        "size": gzip.compress(_with_size(tar, b"\x80" + bytes(10) + b"\x09")),
        "crc": body[:-8] + bytes(4) + body[-4:],
        "html": b"<!DOCTYPE html>",
        "empty": b"",
        "trailing": body + b"garbage",
    }[name]
    with pytest.raises(Damaged):
        list_feed(damaged, "feed", LIMIT)


def _with_size(tar: bytes, size: bytes) -> bytes:
    header = tar[:124] + size + tar[136:512]
    total = sum(header[:148]) + 8 * 32 + sum(header[156:])
    return header[:148] + b"%06o\0 " % total + header[156:] + tar[512:]


def test_every_prefix_of_a_tarball_is_damaged():
    body = tarball(SOUND)
    for length in range(len(body)):
        with pytest.raises(Damaged):
            list_feed(body[:length], "feed", LIMIT)

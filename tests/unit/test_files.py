"""Files appear whole or not at all; a disk that refuses is one clean error."""

import errno
import mmap
import os
import stat

import pytest
from edgar_pipeline import files
from edgar_pipeline.errors import StorageError
from edgar_pipeline.files import pieces, release, spool, write_atomically


def listing(folder) -> list[str]:
    return sorted(entry.name for entry in folder.iterdir())


def test_a_file_is_written_with_its_folders_and_modes(tmp_path):
    path = tmp_path / "a" / "b" / "c.bin"
    write_atomically(path, b"content")
    assert path.read_bytes() == b"content"
    assert listing(path.parent) == ["c.bin"]
    assert stat.S_IMODE(path.stat().st_mode) & 0o007 == 0
    assert stat.S_IMODE(path.parent.stat().st_mode) & 0o007 == 0


def test_a_file_may_come_in_pieces_and_replaces_the_one_before(tmp_path):
    path = tmp_path / "c.bin"
    write_atomically(path, b"old")
    write_atomically(path, (b"ne", b"w", b""))
    assert path.read_bytes() == b"new"


@pytest.mark.parametrize("call", ["write", "fsync", "replace", "open"])
@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO, errno.EMFILE, errno.EROFS])
def test_a_refused_call_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch, call, code):
    # GIVEN a file, and a disk that refuses one kind of call
    path = tmp_path / "c.bin"
    write_atomically(path, b"old")

    def refuse(*_: object, **__: object) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(files.os, call, refuse)
    # WHEN it is written anew
    with pytest.raises(StorageError) as caught:
        write_atomically(path, b"new")
    monkeypatch.undo()
    # THEN the error is one line that names the path, and the old file is all there is
    assert str(caught.value).startswith(f"{path}: {os.strerror(code)}. ")
    assert "\n" not in str(caught.value)
    assert (path.read_bytes(), listing(tmp_path)) == (b"old", ["c.bin"])


def test_a_short_write_is_continued(tmp_path, monkeypatch):
    write = os.write
    monkeypatch.setattr(files.os, "write", lambda descriptor, content: write(descriptor, content[:3]))
    write_atomically(tmp_path / "c.bin", b"0123456789")
    assert (tmp_path / "c.bin").read_bytes() == b"0123456789"


def test_an_interrupted_writer_leaves_nothing(tmp_path):
    def content():
        yield b"first"
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_atomically(tmp_path / "c.bin", content())
    assert listing(tmp_path) == []


def test_a_small_body_stays_in_memory_and_a_large_one_becomes_a_map(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "IN_MEMORY_BYTES", 10)
    assert spool([b"01234", b"56789"], tmp_path) == b"0123456789"
    large = spool([b"01234", b"56789", b"x", b"y"], tmp_path)
    assert isinstance(large, mmap.mmap)
    assert large[:] == b"0123456789xy"
    # The file behind the map has no name that a killed process could leave.
    assert listing(tmp_path) == []


def test_a_full_disk_while_spooling_is_a_storage_error_and_a_network_error_stays_one(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "IN_MEMORY_BYTES", 10)

    def chunks():
        yield b"0123456789x"
        raise ConnectionResetError("reset by peer")

    with pytest.raises(ConnectionResetError):
        spool(chunks(), tmp_path)

    def refuse(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(files.os, "write", refuse)
    with pytest.raises(StorageError, match="No space left on device"):
        spool([b"0123456789x"], tmp_path)
    assert listing(tmp_path) == []


def test_pieces_are_the_body_and_released_pages_can_be_read_again(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "IN_MEMORY_BYTES", 10)
    content = os.urandom(3 * files.PIECE_BYTES + 17)
    large = spool([content], tmp_path)
    assert b"".join(pieces(large)) == content == b"".join(pieces(content))
    release(large, 5, len(large) + 5000)
    assert large[:] == content

"""Tarballs of the Feed, made by tests: sound ones, and such as an attacker would send."""

import gzip
import io
import tarfile
from datetime import date


def feed_path(day: date) -> str:
    """The URL path of a day's tarball."""
    return f"Archives/edgar/Feed/{day.year}/QTR{(day.month + 2) // 3}/{day:%Y%m%d}.nc.tar.gz"


def tarball(members: list[tuple[str | tarfile.TarInfo, bytes]], *, kind: int = tarfile.GNU_FORMAT) -> bytes:
    """A gzipped tar of (name or header, content)."""
    return gzip.compress(bare_tar(members, kind=kind), mtime=0)


def bare_tar(members: list[tuple[str | tarfile.TarInfo, bytes]], *, kind: int = tarfile.GNU_FORMAT) -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w", format=kind) as tar:
        for name, content in members:
            info = name if isinstance(name, tarfile.TarInfo) else tarfile.TarInfo(name)
            if info.isreg():
                info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    return file.getvalue()


def special(name: str, kind: bytes, target: str = "") -> tarfile.TarInfo:
    """The header of a member that is no regular file."""
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info

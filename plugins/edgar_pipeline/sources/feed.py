"""The Feed of a day: a gzipped tar with one member per submission disseminated that day, and corrections of earlier ones.

    0001193125-24-100942.nc        a submission in the tag dialect (`sgml`)
    0000950168-93-000089.corr01    its first correction after acceptance, .corr02 the second, …

Anybody's bytes are in it, and a mirror's may be worse (CVE-2025-4517, CVE-2026-11940: links that climb out of the folder).
So nothing is extracted: the headers are read here, a member is a regular file whose name has one of these two shapes, and what
is anything else is refused by name. The name gives the accession number and nothing more; it is never a path.

A tar has no checksum of its contents, but the gzip around it has: the last block must be there and the sum must be right.
"""

import mmap
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from edgar_pipeline.errors import Damaged, Oversized
from edgar_pipeline.files import pieces, spool
from edgar_pipeline.gunzip import decoded
from edgar_pipeline.sources.sgml import Body

#: A day's Feed is about 2 GB; the largest days of a year some times that.
MAXIMUM_COMPRESSED_BYTES = 10_000_000_000
MAXIMUM_BYTES = 60_000_000_000
MAXIMUM_MEMBERS = 200_000

_NAME = re.compile(r"([0-9]{10}-[0-9]{2}-[0-9]{6})\.(?:nc|corr([0-9]{2}))")
_BLOCK = 512
_REGULAR = (b"0", b"\x00")
#: Headers that only describe the member behind them (long names, times): skipped, what they say is not used.
_DESCRIPTIONS = (b"x", b"g", b"L", b"K")
_LARGEST_DESCRIPTION = 100_000
_OCTAL = re.compile(rb"[ \x00]*([0-7]{1,12})[ \x00]*")


@dataclass(frozen=True)
class Member:
    """A member of the tar. `correction` is 0 for the submission itself, else the correction's number.

    `refusal` says why a member is none of ours; then there is no accession number.
    """

    name: str
    bytes: int
    accession_number: str | None
    correction: int
    refusal: str | None = None


@dataclass(frozen=True)
class Listing:
    """What a tarball holds: its members by name, and those that were refused, in order."""

    members: dict[str, Member]
    refused: list[Member]


def list_feed(body: Body, name: str, maximum_member_bytes: int) -> Listing:
    """Read the whole tarball once, checking every layer of it; raise Damaged for one that is cut or corrupt."""
    members: dict[str, Member] = {}
    refused: list[Member] = []
    for member, _ in _read(body, name, maximum_member_bytes, wanted=None):
        if member.refusal:
            refused.append(member)
        else:
            members[member.name] = member
    return Listing(members, refused)


def read_feed(
    body: Body, name: str, maximum_member_bytes: int, wanted: set[str], folder: Path
) -> Iterator[tuple[Member, bytes | mmap.mmap]]:
    """The members whose names are wanted, with their contents; a large one as a map of a nameless file in `folder`."""
    for member, chunks in _read(body, name, maximum_member_bytes, wanted):
        if chunks is not None:
            yield member, spool(chunks, folder)


def _read(
    body: Body, name: str, maximum_member_bytes: int, wanted: set[str] | None
) -> Iterator[tuple[Member, Iterator[bytes] | None]]:
    """Every member in order, with its contents where it is wanted. What is left of them is skipped."""
    stream = _Stream(decoded(pieces(body), "gzip", MAXIMUM_BYTES, name), name)
    seen: set[str] = set()
    while (header := stream.read(_BLOCK)).strip(b"\x00"):
        if len(seen) >= MAXIMUM_MEMBERS:
            raise Oversized(f"{name}: more than {MAXIMUM_MEMBERS} members")
        size, kind = _checked(header, name)
        contents = stream.take(size)
        if kind in _DESCRIPTIONS and size <= _LARGEST_DESCRIPTION:
            stream.skip(contents, -size % _BLOCK)
            continue
        member = _member(header, kind, size, maximum_member_bytes, seen)
        seen.add(member.name)
        yield member, contents if wanted is not None and member.name in wanted and not member.refusal else None
        stream.skip(contents, -size % _BLOCK)
    stream.finish()


def _member(header: bytes, kind: bytes, size: int, maximum_bytes: int, seen: set[str]) -> Member:
    prefix, own = header[345:500].partition(b"\x00")[0], header[:100].partition(b"\x00")[0]
    is_ustar = header[257:262] == b"ustar"
    member_name = (prefix + b"/" + own if prefix and is_ustar else own).decode("latin-1")
    match = _NAME.fullmatch(member_name)
    refusal = None
    if kind not in _REGULAR:
        refusal = f"it is no regular file (type {kind.decode('latin-1')!r})"
    elif not match:
        refusal = "its name is not that of a submission or a correction"
    elif member_name in seen:
        refusal = "another member has the same name"
    elif size > maximum_bytes:
        refusal = f"it has {size} bytes, more than the limit of {maximum_bytes / 1e6:g} MB (EDGAR_MAX_SUBMISSION_MB)"
    if refusal:
        return Member(member_name, size, None, 0, refusal)
    return Member(member_name, size, match[1], int(match[2] or 0))


def _checked(header: bytes, name: str) -> tuple[int, bytes]:
    """Size and type of a member; Damaged where the header's checksum is wrong."""
    stated, size = _OCTAL.fullmatch(header[148:156]), _OCTAL.fullmatch(header[124:136])
    if not stated or sum(header[:148]) + 8 * 32 + sum(header[156:]) != int(stated[1], 8):
        raise Damaged(f"{name}: the tar has a header with a wrong checksum")
    if not size:
        raise Damaged(f"{name}: the tar has a member without a size that can be read")
    return int(size[1], 8), header[156:157]


class _Stream:
    """The decompressed tar, read forward only."""

    def __init__(self, chunks: Iterator[bytes], name: str) -> None:
        self._chunks, self._name = chunks, name
        self._rest = memoryview(b"")

    def read(self, size: int) -> bytes:
        """Exactly so many bytes."""
        return b"".join(self.take(size))

    def take(self, size: int) -> Iterator[bytes]:
        """The next `size` bytes in pieces; Damaged where the stream ends before."""
        while size:
            if not self._rest:
                self._rest = memoryview(next(self._chunks, b""))
                if not self._rest:
                    raise Damaged(f"{self._name}: the tar is cut")
            piece, self._rest = self._rest[:size], self._rest[size:]
            size -= len(piece)
            yield piece

    def skip(self, contents: Iterator[bytes], padding: int) -> None:
        """Read what is left of a member's contents, and the padding behind them."""
        for _ in contents:
            pass
        self.read(padding)

    def finish(self) -> None:
        """Read to the end, so that the checksum of the gzip is compared."""
        for _ in self._chunks:
            pass

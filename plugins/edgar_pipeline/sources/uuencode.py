"""Files inside a submission: a uuencoded PDF, image, spreadsheet or archive, and what it really is.

    begin 644 g12345g01i01.jpg
    M_]C_X  02D9)1@ ! 0$ 8 !@  #__@ [0U)%051/4CH@9V0M:G!E9R!V,2XP
    …
    end

A line's first character gives the number of bytes in it. In the 578 files that were counted 369 lines carry padding behind
these, which Python's strict decoder refuses; elsewhere lines have lost their trailing blanks (edgar.md, formats 10).
"""

import binascii
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass

import pybase64

_BEGIN = re.compile(rb"\s*(?:<[A-Z]+>\s*)?begin [0-7]{3,4} [^\r\n]*(?:\r\n|\n|\r)")
_LINE_END = re.compile(rb"\r\n?")

#: The length of a line of 45 bytes with its line end.
_FULL_LINE = 62
#: Bytes of a file in which its type shows.
_LARGEST_HEAD = 360_000
#: Lines decoded at once: few enough to stay in a processor's cache.
_MOST_LINES = 512
#: Lines looked at first, because in some files every twentieth is not full.
_FEW_LINES = 24
# uuencode writes six bits as the character 32 above them, or 96 for nothing; base64 has an alphabet for them.
_BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_TO_BASE64 = bytes(_BASE64[byte - 32 & 63] if 32 <= byte <= 96 else 0 for byte in range(256))

#: What files begin with. An Office file is a ZIP archive whose first entry has a name of its own.
_SIGNATURES = (
    (b"%PDF-", "application/pdf"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"BM", "image/bmp"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/vnd.ms-office"),
    (b"PK\x03\x04", "application/zip"),
)
_OFFICE = (
    (b"xl/", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    (b"word/", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    (b"ppt/", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
)
_UNKNOWN = "application/octet-stream"


@dataclass(frozen=True)
class Payload:
    """The decoded file: what it is, whatever its name says; size in bytes; hash."""

    media_type: str
    bytes: int
    sha256: str


def find_payload(content: bytes) -> Payload | None:
    """What a uuencoded document contains; None where the content is not uuencoded or cannot be decoded."""
    if not is_uuencoded(content):
        return None
    digest, size, head = hashlib.sha256(), 0, bytearray()
    try:
        for piece in decoded_pieces(content):
            if len(head) < _LARGEST_HEAD:
                head += piece
            digest.update(piece)
            size += len(piece)
    except binascii.Error:
        return None
    return Payload(media_type_of(bytes(head)), size, digest.hexdigest())


def is_uuencoded(content: bytes) -> bool:
    """Whether a document begins as a uuencoded file."""
    return bool(_BEGIN.match(content))


def decoded_pieces(content: bytes) -> Iterator[bytes]:
    """The file of a uuencoded document in pieces, so that a large one is not held three times.

    Raises binascii.Error where a line cannot be decoded.
    """
    if b"\r" in content:
        content = _LINE_END.sub(b"\n", content)
    begin = _BEGIN.match(content)
    start = begin.end() if begin else len(content)
    full = bytearray()
    while start < len(content):
        if count := _full_lines(content, start):
            end = start + count * _FULL_LINE
            full += content[start:end]
            start = end
        else:
            end = content.find(b"\n", start)
            line = content[start : end if end >= 0 else None]
            start += len(line) + 1
            if line.startswith(b"M") and len(line) < _FULL_LINE:
                full += line.ljust(_FULL_LINE - 1) + b"\n"
                continue
            # No line of the file begins so: uuencode has no small letters.
            if line.startswith(b"end"):
                break
            yield _decode_full(full)
            yield _decode_line(line)
        if len(full) >= _MOST_LINES * _FULL_LINE:
            yield _decode_full(full)
    yield _decode_full(full)


def _full_lines(content: bytes, start: int) -> int:
    """How many lines from here on are full ones: 61 characters, the first of them an M. (One to three of a hundred are not.)"""
    if content[start + 61 : start + 62] != b"\n":
        return 0
    few = _count_full_lines(content, start, _FEW_LINES)
    return few if few < _FEW_LINES else _count_full_lines(content, start, _MOST_LINES)


def _count_full_lines(content: bytes, start: int, most: int) -> int:
    end = start + most * _FULL_LINE
    firsts, ends = content[start:end:_FULL_LINE], content[start + 61 : end : _FULL_LINE]
    return min(len(firsts) - len(firsts.lstrip(b"M")), len(ends) - len(ends.lstrip(b"\n")))


def _decode_full(lines: bytearray) -> bytes:
    """Take full lines and decode them: one base64 text once letters are exchanged and lines joined, else line by line."""
    del lines[::_FULL_LINE]  # the M of each
    try:
        decoded = pybase64.b64decode(lines.translate(_TO_BASE64, b"\n"), validate=True)
    except binascii.Error:
        decoded = b""
    if len(decoded) != len(lines) // (_FULL_LINE - 1) * 45:
        decoded = b"".join(_decode_line(b"M" + line) for line in bytes(lines).splitlines())
    lines.clear()
    return decoded


def _decode_line(line: bytes) -> bytes:
    if not line:
        return b""
    try:
        return binascii.a2b_uu(line)
    except binascii.Error:
        return binascii.a2b_uu(line[: 1 + ((line[0] - 32 & 63) * 4 + 2) // 3])


def media_type_of(head: bytes) -> str:
    """The media type of a file that begins with these bytes. An archive's folders may stand far behind its first entry."""
    media_type = next((name for signature, name in _SIGNATURES if head.startswith(signature)), _UNKNOWN)
    if media_type == "application/zip" and (b"[Content_Types].xml" in head or b"_rels/" in head):
        return next((name for folder, name in _OFFICE if folder in head), media_type)
    return media_type

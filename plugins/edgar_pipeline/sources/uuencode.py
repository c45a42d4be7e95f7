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

_BEGIN = re.compile(rb"\s*(?:<[A-Z]+>\s*)?begin [0-7]{3,4} [^\r\n]*(?:\r\n|\n|\r)")
_LINE_END = re.compile(rb"\r\n|\n|\r")

#: The length of a line of 45 bytes with its line end.
_FULL_LINE = 62
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
    if not (begin := _BEGIN.match(content)):
        return None
    digest, size, head = hashlib.sha256(), 0, b""
    try:
        for piece in _decoded(content, begin.end()):
            if len(head) < 4096:
                head += piece
            digest.update(piece)
            size += len(piece)
    except binascii.Error:
        return None
    return Payload(media_type_of(head), size, digest.hexdigest())


def _decoded(content: bytes, start: int) -> Iterator[bytes]:
    """The file in pieces of some thousand lines, so that a large one is not held three times."""
    # No line of the file begins so: uuencode has no small letters.
    ends = [end for mark in (b"\nend", b"\rend") if (end := content.find(mark, start - 1)) >= 0]
    stop = min(ends, default=len(content))
    while start < stop:
        cut = content.find(b"\n", start + 500_000, stop)
        cut = stop if cut < 0 else cut + 1
        yield _decode_lines(content[start:cut])
        start = cut


def _decode_lines(lines: bytes) -> bytes:
    """Most files are full lines but for their last: these are one base64 text once letters are exchanged and lines joined."""
    most = len(lines) // _FULL_LINE
    for full in (most, most - 1):  # the last line and the empty one behind it can be as long as a full one
        end = full * _FULL_LINE
        if full > 0 and lines[0:end:_FULL_LINE] == b"M" * full and lines[61:end:_FULL_LINE] == b"\n" * full:
            decoded = _decode_full(lines[:end])
            if len(decoded) == full * 45:
                return decoded + b"".join(map(_decode_line, _LINE_END.split(lines[end:])))
    return b"".join(map(_decode_line, _LINE_END.split(lines)))


def _decode_full(lines: bytes) -> bytes:
    try:
        return binascii.a2b_base64(lines[1:-1].replace(b"\nM", b"").translate(_TO_BASE64), strict_mode=True)
    except binascii.Error:
        return b""


def _decode_line(line: bytes) -> bytes:
    if not line:
        return b""
    try:
        return binascii.a2b_uu(line)
    except binascii.Error:
        return binascii.a2b_uu(line[: 1 + ((line[0] - 32 & 63) * 4 + 2) // 3])


def media_type_of(head: bytes) -> str:
    """The media type of a file that begins with these bytes (4 kB are enough)."""
    media_type = next((name for signature, name in _SIGNATURES if head.startswith(signature)), _UNKNOWN)
    if media_type == "application/zip" and (b"[Content_Types].xml" in head or b"_rels/" in head):
        return next((name for folder, name in _OFFICE if folder in head), media_type)
    return media_type

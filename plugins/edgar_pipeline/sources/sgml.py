"""The frame of a submission: its root, its header and its documents, found by their tags in the bytes.

    <SEC-DOCUMENT>0000807249-20-000047.txt : 20200305      <SUBMISSION>
    <SEC-HEADER>0000807249-20-000047.hdr.sgml : 20200305   <ACCESSION-NUMBER>0000807249-20-000047
    …                                                      …
    </SEC-HEADER>
    <DOCUMENT>                                             <DOCUMENT>
    <TYPE>SC 13D/A                                         …
    <SEQUENCE>1
    <FILENAME>fico_13d.htm
    <TEXT>
    …
    </TEXT>
    </DOCUMENT>                                            </DOCUMENT>
    </SEC-DOCUMENT>                                        </SUBMISSION>

Four roots: `<SEC-DOCUMENT>` (the archive), `<IMS-DOCUMENT>` (1993 to 1995), `<SUBMISSION>` (the Feed) and a bare `<SEC-HEADER>`,
which EDGAR serves for a few filings before 2004 in the place of the whole (0000950123-96-000525). The first two may stand in
a PEM wrapper. Lines end with LF; in Feed files of 2025 with a lone CR after a first LF (edgar.md, formats 1).

**Whole or an error.** Only the closing tags tell whether a submission is whole: `PUBLIC DOCUMENT COUNT` is routinely one or two
more than the documents shipped, and once 33 less. So the root must be closed at the very end, nothing but blank space may stand
between the documents, and each must be closed before the next one begins. A cut submission is an error, never a smaller one.
"""

import mmap
import re
from collections.abc import Iterator
from dataclasses import dataclass

from edgar_pipeline.errors import Damaged, ParsingError
from edgar_pipeline.files import release

#: A header's upper bound, and what all but a few fit in. The longest one that is known has 143 kB (edgar.md, formats 11).
LONGEST_HEADER = 4_000_000
LIKELY_HEADER = 50_000
#: What a scan of a mapped body may make resident before it is given back.
WINDOW = 16_000_000

_HEAD = 10_000
_TAIL = 2_000
_ROOT = re.compile(rb"^<(?:(SEC|IMS)-DOCUMENT>([^\s:]*)|SUBMISSION>|SEC-HEADER>([^\s:]*))", re.MULTILINE)
_WRAPPED = b"-----BEGIN PRIVACY-ENHANCED MESSAGE-----"
_WRAPPER_END = b"-----END PRIVACY-ENHANCED MESSAGE-----"
_ACCESSION_TAG = re.compile(rb"[\r\n]<ACCESSION-NUMBER>[ \t]*([0-9-]+)")
_HEADER_END = re.compile(rb"[\r\n](?:</(?:SEC|IMS)-HEADER>|(?=<DOCUMENT>|</SUBMISSION>))")
_DOCUMENT_TAG = re.compile(rb"[\r\n]<(TYPE|SEQUENCE|FILENAME|DESCRIPTION)>([^\r\n]*)")
_BLANK = b" \t\r\n"

Body = bytes | mmap.mmap


@dataclass(frozen=True)
class Frame:
    """Where the parts of a submission stand. `kind`: SEC, IMS (the archive), SUBMISSION (the Feed) or HEADER (a bare one)."""

    kind: str
    accession_number: str
    start: int
    end: int


@dataclass(frozen=True)
class Document:
    """A document: its tags (type, sequence, filename, description as far as present), and what is between <TEXT> and </TEXT>."""

    tags: dict[str, bytes]
    start: int
    end: int


@dataclass(frozen=True)
class View:
    """Part of a body that is read each time it is sliced: the beginnings of five thousand documents are not all held at once."""

    body: Body
    start: int
    end: int

    def __getitem__(self, part: slice) -> bytes:
        first, last, _ = part.indices(self.end - self.start)
        content = bytes(self.body[self.start + first : self.start + last])
        release(self.body, self.start + first, self.start + last)
        return content


def find_frame(body: Body, accession_number: str) -> Frame:
    """Find the root and its closing tag; raise Damaged unless the body is a whole submission with this accession number.

    Cheap on purpose: it runs on every download, so that a cut body is fetched again at once.
    """
    head, tail = bytes(body[:_HEAD]), bytes(body[-_TAIL:]).rstrip(_BLANK)
    root = _ROOT.search(head)
    before = head[: root.start()].strip(_BLANK) if root else head
    if not root or (before and not before.startswith(_WRAPPED)):
        raise Damaged(f"{accession_number}: does not begin as a submission: {head[:60]!r}")
    kind, closing, named = _identity(root, head)
    if named != accession_number:
        raise Damaged(f"{accession_number}: the body is that of {named or 'no submission'} (accession mismatch)")
    end = len(body) - (min(len(body), _TAIL) - len(tail))
    if before:
        if not tail.endswith(_WRAPPER_END):
            raise Damaged(f"{accession_number}: cut, its PEM wrapper does not end")
        tail = tail[: -len(_WRAPPER_END)]
        end -= len(_WRAPPER_END) + len(tail) - len(tail.rstrip(_BLANK))
        tail = tail.rstrip(_BLANK)
    if not tail.endswith((b"\n" + closing, b"\r" + closing)):
        raise Damaged(f"{accession_number}: cut, it does not end with {closing.decode()}")
    return Frame(kind, named, root.start(), end - len(closing))


def _identity(root: re.Match, head: bytes) -> tuple[str, bytes, str]:
    """Kind, closing tag and accession number of a submission, from its root."""
    if root[0] == b"<SUBMISSION>":
        tag = _ACCESSION_TAG.search(head, root.end() - 1)
        return "SUBMISSION", b"</SUBMISSION>", tag[1].decode() if tag else ""
    # Roots of 2000 carry the path of the SEC's own disk: /in/edgar/work/20000607/0000950124-00-003635/….txt
    file_name = (root[2] or root[3] or b"").rsplit(b"/")[-1].decode("latin-1")
    if root[1]:
        return root[1].decode(), b"</%s-DOCUMENT>" % root[1], file_name.removesuffix(".txt")
    return "HEADER", b"</SEC-HEADER>", file_name.removesuffix(".hdr.sgml")


def find_header(body: Body, frame: Frame) -> tuple[bytes, int]:
    """The header's bytes, from the root on, and where it ends; raise ParsingError where it has no end."""
    if frame.kind == "HEADER":
        return bytes(body[frame.start : frame.end]), frame.end
    for length in (LIKELY_HEADER, LONGEST_HEADER):
        text = bytes(body[frame.start : frame.start + length])
        if end := _HEADER_END.search(text):
            break
    is_archive = frame.kind != "SUBMISSION"
    if not end or (is_archive and not end[0].strip(_BLANK)):
        raise ParsingError(f"{frame.accession_number}: the header has no end")
    return text[: end.start()], frame.start + end.end()


def split_documents(body: Body, frame: Frame, position: int) -> Iterator[Document]:
    """Every document from `position` (the header's end) to the frame's end, in one pass over the body.

    Raises ParsingError for a document that is not closed, and for anything but blank space between documents. Pages of a
    mapped body are given back once the consumer asks for the next document.
    """
    number = 0
    while (start := _skip_blank(body, position, frame.end)) < frame.end:
        number += 1
        name = f"{frame.accession_number}: document {number}"
        if body[start : start + 10] != b"<DOCUMENT>":
            raise ParsingError(f"{name} does not begin with its tag but with {bytes(body[start : start + 40])!r}")
        document, position = _read_document(body, start, frame.end, name)
        yield document
        release(body, start, position)


def _read_document(body: Body, start: int, limit: int, name: str) -> tuple[Document, int]:
    """The document that begins at `start`, and the position after its closing tag."""
    text = _find(body, b"<TEXT>", start, limit)
    if text < 0:
        raise ParsingError(f"{name} has no <TEXT>")
    tags = bytes(body[start:text])
    if b"</DOCUMENT>" in tags:
        raise ParsingError(f"{name} has no <TEXT>")
    close, position = _find_close(body, text, limit, name)
    found = {tag.decode().lower(): value.strip() for tag, value in reversed(_DOCUMENT_TAG.findall(tags))}
    return Document(found, text + len(b"<TEXT>"), close), position


def _find_close(body: Body, start: int, limit: int, name: str) -> tuple[int, int]:
    """Positions of the `</TEXT>` that `</DOCUMENT>` follows (filings of the 1990s: after a blank line), and of what is behind.

    One scan finds both tags, because a document that begins here means that the one before it was not closed. A tag that does
    not begin its line, or a closing tag without `</TEXT>` before it, is text.
    """
    position = start
    while (position := _find(body, b"DOCUMENT>", position, limit)) >= 0:
        near = bytes(body[max(start, position - 200) : position])
        if near.endswith(b"</"):
            before = near[:-2].rstrip(_BLANK)
            if before.endswith(b"</TEXT>") and near[:-2].endswith((b"\n", b"\r", b"</TEXT>")):
                close = max(start, position - 200) + len(before) - len(b"</TEXT>")
                return close, position + len(b"DOCUMENT>")
        elif near.endswith((b"\n<", b"\r<")):
            raise ParsingError(f"{name} is not closed before the next one begins")
        position += 1
    raise ParsingError(f"{name} is not closed")


def _find(body: Body, tag: bytes, start: int, limit: int) -> int:
    """Like `find`, but a mapped body is scanned in windows, so that a gigabyte does not become resident."""
    if isinstance(body, bytes):
        return body.find(tag, start, limit)
    while start < limit:
        window = min(start + WINDOW, limit)
        position = body.find(tag, start, window)
        if position >= 0 or window == limit:
            return position
        release(body, start, window - len(tag))
        start = window - len(tag) + 1
    return -1


def _skip_blank(body: Body, position: int, limit: int) -> int:
    while position < limit:
        piece = bytes(body[position : min(position + 4096, limit)])
        rest = piece.lstrip(_BLANK)
        if rest:
            return position + len(piece) - len(rest)
        position += len(piece)
    return limit

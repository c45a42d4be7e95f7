"""Input made to be slow, for everything that reads what EDGAR sends: each case is a reader and a maker of its input.

Reading must take time in proportion to the input's size. `python -m benchmarks hostile` measures that; the tests, which measure
no time, hold each case to it with `in_linear_time`.
"""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import AnyStr

import pytest
from edgar_pipeline.errors import ParsingError
from edgar_pipeline.sources.daily_index import parse_daily_index
from edgar_pipeline.sources.sgml import find_frame, find_header, split_documents
from edgar_pipeline.sources.sgml_header import parse_header
from edgar_pipeline.sources.uuencode import find_payload
from edgar_pipeline.text import decode
from edgar_pipeline.text.markup import html_to_text, xml_to_text
from edgar_pipeline.text.plain import plain_to_text
from edgar_pipeline.titles import Document, title_documents

from tests.submissions import Submission

#: CPU seconds for one case. At its size what is linear takes tenths of one, a few on a machine in trouble; what is quadratic
#: takes minutes, and what is exponential never ends.
PATIENCE = 20.0


@dataclass(frozen=True)
class Case:
    """`read(make(size))` reads hostile input of about so many bytes; `size` is what the tests give it."""

    read: Callable[[object], object]
    make: Callable[[int], object]
    size: int = 1_000_000


@contextmanager
def in_linear_time(patience: float = PATIENCE) -> Iterator[None]:
    """Fail a block that takes so many CPU seconds that it cannot be linear. It never fails what is merely slow to be served."""

    def give_up(*_: object) -> None:
        pytest.fail(f"still at it after {patience:g} CPU seconds: this is not linear in the size of the input")

    before = signal.signal(signal.SIGVTALRM, give_up)
    signal.setitimer(signal.ITIMER_VIRTUAL, patience)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def _or_refused(read: Callable, value: object) -> object:
    try:
        return read(value)
    except ParsingError as error:
        return error


_BLANKS = [" ", "\t", "\n", "\xa0", "\r", "\u200b ", " \n", "a ", "a\t"]
_LINES = [".", ". ", "-", "- \n", "$\t", "9 of 9 ", "page 1 "]
_CHARACTERS = ["<", ">", "&", "&#", "&a", '="', "='", "Â", "â€", "Ã©", "Â<p>"]
_TAGS = ["<p", "<p>", "<p ", "</p>", '<p a="', '<p a=\'x" b="', "<p a=", "<p<p='", "<p><font a=1>x", "<b><i>x</b>y</i>"]
_ELEMENTS = ["<ul><li>a", "<table><tr><td>", "<pre>", "<title>", "<script>", "</script>", "<ix:header>"]
_MARKUP = ["<!--", "<!-->", "-->", "<![CDATA[", "]]>"]
_SGML = ["<PAGE>", "<PAGE>1\n", "<F1>", "<TABLE>", "<S> <C> ", "<A> 1\n", "<A-B>"]
_HEADER = ["A:\n", "A:\tx\n", "A:", "\tA:\n", "\t", "x\n", "]\n", "[\n]\t", "\n\t\tA:\t[\n]\t"]
_FEED_HEADER = ["<A>\n", "<A>\n</A>\n", "</A>\n", "<A>x\n", "<A"]
_FRAME = [
    b"<DOCUMENT>",
    b"<DOCUMENT>\n",
    b"<TEXT>",
    b"</TEXT>",
    b"\n</DOCUMENT>",
    b"</TEXT> x</DOCUMENT>",
    b" ",
    b"\n<TYPE>x",
]
_INDEX = [b"|", b" ", b"a|b|c|d|e\n", b"\xe9", b"\xff\n", b"1|x|4|20240105|edgar/data/1/2.txt\n"]
_INDEX_HEAD = b"CIK|Company Name|Form Type|Date Filed|File Name\n" + b"-" * 80 + b"\n"
_UUENCODED = [b"\n", b"M\n", b"\nend", b" ", b"begin 644 a\n", b"!" * 61 + b"\n", b"\r"]
_BYTES = [b"\xe2\x80", b"\xe9", b"\x81", b"\xc3\xa9", b"\xff"]
_TITLES = [
    *["<b>", "<div>", "<b><p>", "<table><tr><td>", '<table><tr><td><a href="e.htm">', '<div><a href="e.htm">', '<a href="e.htm">x</a>'],
    *["<tr><td>99.1</td><td>Mine lease</td></tr>", "<a ", "< ", "&amp;", "&#160;", "â€™", "?a? ", "? "],
    *["*", "-", "-----x", " ", "\t", "(", "()", ". ", ".... ", "_ ", "a.b.c.", "$ 1 ", "1(a)", "\n", "x\n", "“"],
    *["A ", "A B C  ", "ACME AND\n", "AND\n", "OF THE ", "Acme Inc, ", "Acme Corp.\n", "May 6, 2020 ", "I, Ann B. Lee, ", "Re: "],
    *["99.1\n", "99.1 Lease\n", "Exhibit 99.1 ", "Exhibit 99.1\n", "Contact: Bo\n", "incorporated by reference ", "Press Release "],
]  # fmt: skip


def _repeated(piece: AnyStr, head: AnyStr, end: AnyStr) -> Callable[[int], AnyStr]:
    return lambda size: head + piece * (size // len(piece)) + end


def _texts() -> Iterator[tuple[str, Case]]:
    pieces = (*_BLANKS, *_LINES, *_CHARACTERS, *_TAGS, *_ELEMENTS, *_MARKUP, *_SGML)
    for name, read in (("html", html_to_text), ("xml", xml_to_text), ("plain", plain_to_text)):
        for piece in pieces:
            yield f"{name}, {piece!r}", Case(read, _repeated(piece, "x", ""))


def _headers() -> Iterator[tuple[str, Case]]:
    def read(text: str) -> object:
        return _or_refused(parse_header, text)

    for piece in (*_HEADER, *_FEED_HEADER):
        yield f"header, {piece!r}", Case(read, _repeated(piece, "A:\tx\n", ""), 250_000)


def _frames() -> Iterator[tuple[str, Case]]:
    def split(body: bytes) -> object:
        frame = find_frame(body, Submission().accession_number)
        return _or_refused(lambda header: list(split_documents(body, frame, header)), find_header(body, frame)[1])

    for place, mark in (("in a document", b"<p>"), ("between documents", b"</SEC-DOCUMENT>")):
        head, end = Submission().public().split(mark)
        for piece in _FRAME:
            yield f"split, {piece!r} {place}", Case(split, _repeated(piece, head + b"\n", b"\n" + mark + end))


def _indexes() -> Iterator[tuple[str, Case]]:
    def read(body: bytes) -> object:
        return parse_daily_index(body, date(2024, 1, 5), "", "")

    for piece in _INDEX:
        yield f"index, {piece!r}", Case(read, _repeated(piece, _INDEX_HEAD, b""), 250_000)


def _encodings() -> Iterator[tuple[str, Case]]:
    for piece in _UUENCODED:
        yield f"uuencoded, {piece!r}", Case(find_payload, _repeated(piece, b"begin 644 a\n", b""), 500_000)
    for piece in _BYTES:
        yield f"encoding, {piece!r}", Case(decode, _repeated(piece, b"", b""))


def _titles() -> Iterator[tuple[str, Case]]:
    def read(body: str) -> object:
        encoded = body.encode()
        form, exhibit = (
            Document("8-K", "p.htm", None, encoded, body),
            Document("EX-99.1", "e.htm", body[:300], encoded, body),
        )
        return title_documents("8-K", [form, exhibit])

    for place, head in (("plain", ""), ("page", "<html><body>"), ("exhibit index", "Exhibit Index\n")):
        for piece in _TITLES:
            yield f"titles, {piece!r} in {place}", Case(read, _repeated(piece, head, ""), 500_000)


#: Every case by its name: what reads it, a comma, and what it is made of.
CASES: dict[str, Case] = dict((*_texts(), *_headers(), *_frames(), *_indexes(), *_encodings(), *_titles()))

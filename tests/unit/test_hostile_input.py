"""Input made to be slow: four times as much of it may take about four times as long, never sixteen.

Growth is compared, not time: a quadratic pattern takes sixteen times as long for four times the input, whatever the machine.
"""

import time
from collections.abc import Callable
from datetime import date

import pytest
from edgar_pipeline.errors import ParsingError
from edgar_pipeline.sources.daily_index import parse_daily_index
from edgar_pipeline.sources.sgml import find_frame, find_header, split_documents
from edgar_pipeline.sources.sgml_header import parse_header
from edgar_pipeline.sources.uuencode import find_payload
from edgar_pipeline.text import decode
from edgar_pipeline.text.markup import html_to_text, xml_to_text
from edgar_pipeline.text.plain import plain_to_text

from tests.submissions import Submission

SIZE = 1_000_000
#: Linear is 4. Caches, allocation and a busy machine make it up to 8; quadratic is 16.
WORST_GROWTH = 10

PATTERNS = [
    *[
        " ",
        "\t",
        "\n",
        "\xa0",
        "\r",
        "\u200b ",
        " \n",
        "a ",
        "a\t",
        ".",
        ". ",
        "-",
        "- \n",
        "$\t",
        "9 of 9 ",
        "page 1 ",
    ],
    *["<", ">", "&", "&#", "&a", '="', "='", "Â", "â€", "Ã©", "Â<p>"],
    *["<p", "<p>", "<p ", "</p>", '<p a="', '<p a=\'x" b="', "<p a=", "<p<p='", "<p><font a=1>x", "<b><i>x</b>y</i>"],
    *["<ul><li>a", "<table><tr><td>", "<pre>", "<title>", "<script>", "</script>", "<ix:header>"],
    *["<!--", "<!-->", "-->", "<![CDATA[", "]]>"],
    *["<PAGE>", "<PAGE>1\n", "<F1>", "<TABLE>", "<S> <C> ", "<A> 1\n", "<A-B>"],
]
READERS: dict[str, Callable[[str], object]] = {
    "html": html_to_text,
    "xml": xml_to_text,
    "plain": plain_to_text,
    "header": lambda text: _or_refused(parse_header, text),
}
INDEX_HEADER = b"CIK|Company Name|Form Type|Date Filed|File Name\n" + b"-" * 80 + b"\n"
HEADER_PATTERNS = [
    *["A:\n", "A:\tx\n", "A:", "\tA:\n", "\t", "x\n", "]\n", "[\n]\t", "\n\t\tA:\t[\n]\t"],
    *["<A>\n", "<A>\n</A>\n", "</A>\n", "<A>x\n", "<A"],
]


def _or_refused(read: Callable, text: str) -> object:
    try:
        return read(text)
    except ParsingError as error:
        return error


def seconds(read: Callable, value: object) -> float:
    """CPU time of the fastest of up to three runs; long runs need no second one."""
    runs: list[float] = []
    while len(runs) < 3 and sum(runs) < 0.1:
        start = time.process_time()
        read(value)
        runs.append(time.process_time() - start)
    return min(runs)


def assert_linear(read: Callable, make: Callable[[int], object]) -> None:
    few, many = make(SIZE // 4), make(SIZE)
    # A second is allowed whatever it grows from: a busy machine makes short times all noise, and what is not linear takes
    # minutes at this size.
    assert seconds(read, many) <= WORST_GROWTH * seconds(read, few) + 1.0


@pytest.mark.parametrize("pattern", PATTERNS, ids=repr)
@pytest.mark.parametrize("reader", ["html", "xml", "plain"])
def test_reading_text_is_linear(reader, pattern):
    assert_linear(READERS[reader], lambda size: "x" + pattern * (size // len(pattern)))


@pytest.mark.parametrize("pattern", HEADER_PATTERNS, ids=repr)
def test_reading_a_header_is_linear(pattern):
    assert_linear(READERS["header"], lambda size: "A:\tx\n" + pattern * (size // 4 // len(pattern)))


@pytest.mark.parametrize(
    "pattern",
    [
        b"<DOCUMENT>",
        b"<DOCUMENT>\n",
        b"<TEXT>",
        b"</TEXT>",
        b"\n</DOCUMENT>",
        b"</TEXT> x</DOCUMENT>",
        b" ",
        b"\n<TYPE>x",
    ],
)
@pytest.mark.parametrize("place", ["in a document", "between documents"])
def test_splitting_is_linear(pattern, place):
    start, end = Submission().public().split(b"<p>" if place == "in a document" else b"</SEC-DOCUMENT>")

    def make(size: int) -> bytes:
        closing = b"" if place == "in a document" else b"</SEC-DOCUMENT>"
        return start + b"\n" + pattern * (size // len(pattern)) + b"\n" + closing + end

    def split(body: bytes) -> object:
        frame = find_frame(body, Submission().accession_number)
        return _or_refused(lambda _: list(split_documents(body, frame, find_header(body, frame)[1])), "")

    assert_linear(split, make)


@pytest.mark.parametrize(
    "pattern", [b"|", b" ", b"a|b|c|d|e\n", b"\xe9", b"\xff\n", b"1|x|4|20240105|edgar/data/1/2.txt\n"]
)
def test_reading_an_index_is_linear(pattern):
    def read(body: bytes) -> object:
        return parse_daily_index(body, date(2024, 1, 5), "", "")

    assert_linear(read, lambda size: INDEX_HEADER + pattern * (size // 4 // len(pattern)))


@pytest.mark.parametrize("pattern", [b"\n", b"M\n", b"\nend", b" ", b"begin 644 a\n", b"!" * 61 + b"\n", b"\r"])
def test_decoding_a_file_is_linear(pattern):
    assert_linear(find_payload, lambda size: b"begin 644 a\n" + pattern * (size // len(pattern)))


@pytest.mark.parametrize("pattern", [b"\xe2\x80", b"\xe9", b"\x81", b"\xc3\xa9", b"\xff"])
def test_decoding_bytes_is_linear(pattern):
    assert_linear(decode, lambda size: pattern * (size // len(pattern)))

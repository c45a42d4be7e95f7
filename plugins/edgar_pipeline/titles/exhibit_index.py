"""The exhibit index of a primary document: what its rows call each exhibit.

An index is a table, a list of paragraphs or plain text. A row belongs to an exhibit if it links to the exhibit's file, or
else if it carries its number; a row that says "incorporated by reference" describes a document of another submission, unless
its link says otherwise.

A primary document has up to a hundred megabytes, its index a page of it. So a link is found by its bytes, and only the row
around it is parsed; rows by number are lines of the extracted text, whose cells are apart by tabs.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from resiliparse.parse.html import DOMNode, HTMLTree

from edgar_pipeline.text import decode
from edgar_pipeline.titles.blocks import is_html
from edgar_pipeline.titles.cleaning import clean
from edgar_pipeline.titles.exhibit_lists import read_list
from edgar_pipeline.titles.exhibit_numbers import LEADING, Number
from edgar_pipeline.titles.index_titles import index_title

#: Bytes on either side of a link in which its row or paragraph begins and ends.
LARGEST_ROW = 20_000
#: Links to one file that are considered at either end of a document.
MOST_LINKS = 4
#: Occurrences of a file's name that are looked at for links.
MOST_NAMES = 200
#: A numbered paragraph of more characters is running text.
LONGEST_PARAGRAPH = 600

_BLOCK_START = re.compile(rb"<(?:p|div|li|td|dd|br|tr|table|body)\b")
_BLOCK_END = re.compile(rb"</?(?:p|div|li|td|dd|tr|table|body)\b|<br\b")
_WORD = re.compile(r"[^\W\d_]{3,}")


@dataclass(frozen=True, slots=True)
class Exhibit:
    """An exhibit to be found in an index: its file name and the numbers it may be listed under, the surest first."""

    filename: str | None
    numbers: list[Number]


@dataclass(frozen=True, slots=True)
class _Link:
    """Where an `<a>` to an exhibit's file begins and ends."""

    start: int
    end: int


def find_index_titles(body: bytes, text: str | None, exhibits: list[Exhibit]) -> list[str | None]:
    """The title that the index of a primary document gives each of the exhibits; None where it gives none."""
    titles: list[str | None] = [None] * len(exhibits)
    if not exhibits:
        return titles
    body = bytes(body)
    if not is_html(body):
        # Only the plain text itself still shows its columns.
        _fill(titles, exhibits, read_list(decode(body).expandtabs().split("\n"), is_wrapped=True))
        return titles
    lower = body.lower()
    titles = [_linked_title(body, lower, exhibit.filename) for exhibit in exhibits]
    if None in titles:
        _fill(titles, exhibits, read_list((text or "").split("\n"), is_wrapped=False))
    return titles


def _linked_title(body: bytes, lower: bytes, filename: str | None) -> str | None:
    """The title beside one of the links to a file: a table row is surer than a paragraph, and that than the link's own words."""
    if not filename:
        return None
    links = list(_links(lower, filename.lower().encode()))
    # The text mentions an exhibit anywhere; its index stands first or last.
    considered = links if len(links) <= 2 * MOST_LINKS else links[:MOST_LINKS] + links[-MOST_LINKS:]
    for read in (_title_of_row, _title_of_paragraph, _title_of_link):
        for link in considered:
            if title := read(body, lower, link):
                return title
    return None


def _links(lower: bytes, name: bytes) -> Iterator[_Link]:
    """Every `<a>` whose href ends in the name of a file."""
    position = -1
    for _ in range(MOST_NAMES):
        position = lower.find(name, position + 1)
        if position < 0:
            return
        start = lower.rfind(b"<", max(0, position - 1_000), position)
        before, after = lower[position - 1 : position], lower[position + len(name) : position + len(name) + 1]
        if start < 0 or lower[start : start + 3].rstrip() != b"<a" or before not in b"\"'/=" or after not in b"\"'#? >":
            continue
        end = lower.find(b"</a", position, position + LARGEST_ROW)
        yield _Link(start, end if end >= 0 else position)


def _title_of_row(body: bytes, lower: bytes, link: _Link) -> str | None:
    """The title in the table row around a link."""
    start = lower.rfind(b"<tr", max(0, link.start - LARGEST_ROW), link.start)
    if start < 0 or lower.rfind(b"</tr", start, link.start) >= 0 or lower.rfind(b"<table", start, link.start) >= 0:
        return None
    end = lower.find(b"</tr", link.start, link.start + LARGEST_ROW)
    root = _parsed(b"<table>" + body[start : end if end >= 0 else link.start + LARGEST_ROW])
    if root is None:
        return None
    return _title_of_cells([text for cell in root.query_selector_all("td, th")[:] if (text := clean(cell.text))])


def _title_of_cells(cells: list[str]) -> str | None:
    """The first cell behind the exhibit number that has words enough to be a title; of a single cell, what it says."""
    has_number = False
    for position, cell in enumerate(cells):
        found = LEADING.match(cell)
        if found and not has_number:
            has_number = True
            if title := index_title(cell[found.end() :]):
                return title
        elif _WORD.search(cell) and (has_number or position) and (title := index_title(cell)):
            return title
    return index_title(cells[0]) if len(cells) == 1 and not has_number else None


def _title_of_paragraph(body: bytes, lower: bytes, link: _Link) -> str | None:
    """The title in a paragraph that begins with an exhibit number and holds the link."""
    starts = [found.start() for found in _BLOCK_START.finditer(lower, max(0, link.start - LARGEST_ROW), link.start)]
    end = _BLOCK_END.search(lower, link.end, link.end + LARGEST_ROW)
    root = _parsed(body[starts[-1] if starts else link.start : end.start() if end else link.end])
    text = clean(root.text) if root is not None else ""
    found = LEADING.match(text[:200])
    return index_title(text[found.end() :]) if found and len(text) <= LONGEST_PARAGRAPH else None


def _title_of_link(body: bytes, lower: bytes, link: _Link) -> str | None:
    """The link's own words, if they say more than the number."""
    root = _parsed(body[link.start : link.end])
    text = clean(root.text) if root is not None else ""
    found = LEADING.match(text[:200])
    return index_title(text[found.end() :] if found else text)


def _parsed(fragment: bytes) -> DOMNode | None:
    return HTMLTree.parse(decode(fragment)).body


def _fill(titles: list[str | None], exhibits: list[Exhibit], rows: Iterable[tuple[Number, str]]) -> None:
    """Give every exhibit without a title the one that stands by its number; two exhibits never share a row by guess."""
    by_number: dict[Number, str] = {}
    for number, title in rows:
        by_number.setdefault(number, title)
    for at, exhibit in enumerate(exhibits):
        if titles[at] is None:
            titles[at] = next((by_number[number] for number in exhibit.numbers if number in by_number), None)
    _fill_only_one_left(titles, exhibits, by_number)


def _fill_only_one_left(titles: list[str | None], exhibits: list[Exhibit], by_number: dict[Number, str]) -> None:
    """`EX-21` is 21.1 where the submission has one exhibit 21 and the index one row of that number."""
    for at, exhibit in enumerate(exhibits):
        major = exhibit.numbers[0][:1] if exhibit.numbers else ()
        if titles[at] is not None or len(exhibit.numbers) != 1 or exhibit.numbers[0] != major:
            continue
        siblings = [other for other in exhibits if other.numbers and other.numbers[0][:1] == major]
        rows = [number for number in by_number if number[:1] == major]
        if len(siblings) == len(rows) == 1:
            titles[at] = by_number[rows[0]]

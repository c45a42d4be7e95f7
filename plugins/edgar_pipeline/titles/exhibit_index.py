"""The exhibit index of a primary document: what its rows call each exhibit.

An index is a table, a list of paragraphs or plain text. A row belongs to an exhibit if it links to the exhibit's file, or
else if it carries its number; a row that says "incorporated by reference" describes a document of another submission, unless
its link says otherwise.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from resiliparse.parse.html import DOMNode, HTMLTree

from edgar_pipeline.text import decode
from edgar_pipeline.titles.blocks import is_html
from edgar_pipeline.titles.cleaning import clean
from edgar_pipeline.titles.exhibit_lists import read_list
from edgar_pipeline.titles.exhibit_numbers import LEADING, Number, parse_number
from edgar_pipeline.titles.index_titles import index_title, is_incorporated
from edgar_pipeline.titles.words import words

#: A row longer than this is a layout table around the whole page.
LONGEST_ROW = 4_000
#: Links to one file that are considered at either end of a document.
MOST_LINKS = 4
_BLOCK_TAGS = words("tr p div li td dd")
_WORD = re.compile(r"[^\W\d_]{3,}")


@dataclass(frozen=True, slots=True)
class Exhibit:
    """An exhibit to be found in an index: its file name and the numbers it may be listed under, the surest first."""

    filename: str | None
    numbers: list[Number]


def find_index_titles(body: bytes, text: str | None, exhibits: list[Exhibit]) -> list[str | None]:
    """The title that the index of a primary document gives each of the exhibits; None where it gives none."""
    titles: list[str | None] = [None] * len(exhibits)
    if not exhibits:
        return titles
    if is_html(body):
        tree = HTMLTree.parse(decode(bytes(body)))
        if tree.body is None:
            return titles
        titles = _by_link(tree.body, exhibits)
        if None in titles:
            _fill(titles, exhibits, _table_rows(tree.body))
        lines = (text or "").split("\n")
    else:
        lines = decode(bytes(body)).expandtabs().split("\n")
    if None in titles:
        _fill(titles, exhibits, read_list(lines))
    return titles


def _by_link(root: DOMNode, exhibits: list[Exhibit]) -> list[str | None]:
    """Titles of the rows that link to an exhibit's file, for the best of its links."""
    links: dict[str, list[DOMNode]] = {exhibit.filename.lower(): [] for exhibit in exhibits if exhibit.filename}
    # Sliced, because iterating over a collection of resiliparse 2.0 takes quadratic time.
    for anchor in root.query_selector_all("a[href]")[:]:
        name = _file_of(anchor.getattr("href"))
        if name in links:
            links[name].append(anchor)
    return [_best_title(links.get((exhibit.filename or "").lower(), [])) for exhibit in exhibits]


def _best_title(anchors: list[DOMNode]) -> str | None:
    """The title beside one of the links to a file; the text mentions an exhibit anywhere, its index stands first or last."""
    considered = anchors if len(anchors) <= 2 * MOST_LINKS else anchors[:MOST_LINKS] + anchors[-MOST_LINKS:]
    ranked = [(rank, title) for anchor in considered for rank, title in [_linked_title(anchor)] if title]
    return max(ranked, key=lambda pair: pair[0])[1] if ranked else None


def _file_of(href: str | None) -> str:
    return (href or "").partition("#")[0].partition("?")[0].rsplit("/", 1)[-1].strip().lower()


def _linked_title(anchor: DOMNode) -> tuple[int, str | None]:
    """The title beside a link, and how sure it is: a table row 3, a numbered paragraph 2, the link's own words 1."""
    row = _ancestor(anchor, frozenset({"tr"}))
    if row is not None and (title := _row_title(row)[1]):
        return 3, title
    block = _ancestor(anchor, _BLOCK_TAGS)
    text = clean(block.text) if block is not None else ""
    found = LEADING.match(text[:200])
    if found and len(text) < 600 and (title := index_title(text[found.end() :])):
        return 2, title
    own = clean(anchor.text)
    found = LEADING.match(own[:200])
    return 1, index_title(own[found.end() :] if found else own)


def _ancestor(node: DOMNode, tags: frozenset[str]) -> DOMNode | None:
    for _ in range(12):
        node = node.parent
        if node is None:
            return None
        if node.tag in tags:
            return node if len(node.text) <= LONGEST_ROW else None
    return None


def _table_rows(root: DOMNode) -> Iterable[tuple[Number, str]]:
    """Number and title of every table row that begins with an exhibit number and is not incorporated by reference."""
    for row in root.query_selector_all("tr")[:]:
        # A row around a table is layout; its text is read again with the rows inside it.
        if row.query_selector("table") is not None:
            continue
        text = row.text
        if len(text) > LONGEST_ROW or not LEADING.match(text.lstrip()[:60]) or is_incorporated(text):
            continue
        number, title = _row_title(row)
        if number and title:
            yield number, title


def _row_title(row: DOMNode) -> tuple[Number, str | None]:
    """The exhibit number of a row, and the first of its later cells that has words enough to be a title."""
    cells = [text for cell in row.query_selector_all("td, th")[:] if (text := clean(cell.text))]
    number: Number = ()
    for position, cell in enumerate(cells):
        found = LEADING.match(cell)
        if found and not number:
            number = parse_number(found["number"])
            if title := index_title(cell[found.end() :]):
                return number, title
        elif _WORD.search(cell) and (number or position) and (title := index_title(cell)):
            return number, title
    if not number and len(cells) == 1:
        return number, index_title(cells[0])
    return number, None


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

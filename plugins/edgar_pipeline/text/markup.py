"""HTML and XML to text, as one stream of tags.

No tree is built. Where words, rows and paragraphs end is said by the names of the tags alone, and the words that come out are
those of a parser that walks the tree (recall and precision 1.0 over the archive's 301 pages, `python -m benchmarks`). What this
buys, measured against a parser that does build the tree (lexbor, through resiliparse):

* Time and memory stay linear. 100 kB of `<p><font a=1>x<p><font a=2>x…` take an HTML5 parser 20 s and 6.5 GB, because every
  paragraph reopens each font before it; anybody may file such a page.
* Table rows stay whole: a cell that contains paragraphs does not break its row, which matters in lists of exhibits.
* It is about twice as fast.
"""

import html
import re
from collections.abc import Iterator

from edgar_pipeline.text.encoding import repair
from edgar_pipeline.text.spacing import WINDOW, Cache, space_out

# The value of an attribute may contain ">" if it is quoted. A match never crosses a "<" and nothing in it is tried twice
# (possessive quantifiers), so the time is linear whatever the quotes do.
_TAG = re.compile(r"""<([/!?]?[a-zA-Z_\[][^\s<>/=]*)(?:[^<>=]++|=\s*+(?:"[^"<]*+"|'[^'<]*+')?+)*+>?""")
_ENTITY = re.compile(r"(&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});?)")

# What the tags are worth, as characters that no text contains: ends of cells, rows, blocks, lines and tables.
_CELL, _ROW, _BLOCK, _LINE, _TABLE = "\x01", "\x02", "\x03", "\x04", "\x05"
# Tags that say something of the text behind them; they become one of the above, or nothing.
_HIDE, _SHOW, _TITLE, _AS_IT_STANDS, _END_AS_IT_STANDS = "hide", "show", "title", "pre", "/pre"

_MEANING = {
    **dict.fromkeys(("td", "th"), _CELL),
    **dict.fromkeys(("table", "/table"), _TABLE),
    "tr": _ROW,
    "br": _LINE,
    # What nobody who looks at the page sees. A title has no tags in it; the others end with their closing tag.
    "title": _TITLE,
    **dict.fromkeys(("script", "style", "ix:header"), _HIDE),
    **dict.fromkeys(("/script", "/style", "/ix:header"), _SHOW),
    "pre": _AS_IT_STANDS,
    "/pre": _END_AS_IT_STANDS,
}
_BLOCKS = frozenset(
    re.findall(
        r"\w+",
        "address article aside blockquote body caption center dd details dir div dl dt fieldset figcaption figure footer form "
        "h1 h2 h3 h4 h5 h6 header hr html legend li main menu nav ol optgroup option p page section select summary textarea ul",
    )
)
_CURRENCY = re.compile(r"([$(€£¥])\t(?=[\d(.])")
_CLOSING = re.compile(r"\t(?=[)%])")


def _meaning(name: str) -> str:
    name = name.lower()
    return _MEANING.get(name) or (_BLOCK if name.removeprefix("/") in _BLOCKS else "")


def _worth(run: str) -> str:
    """What a run of white space and tags is worth. The edges of tables, rows and cells count more than those of blocks."""
    if _TABLE in run:
        return "\n\n"
    if _ROW in run:
        return "\n"
    if _CELL in run:
        return "\t"
    if _BLOCK in run or run.count(_LINE) > 1:
        return "\n\n"
    return "\n" if _LINE in run else " "


def _line_worth(run: str) -> str:
    """In XML values stand on lines, one below the other."""
    return _worth(run).replace("\n\n", "\n")


_meanings = Cache(_meaning)
_worths = Cache(_worth)
_line_worths = Cache(_line_worth)
_entities = Cache(html.unescape)


def html_to_text(page: str) -> str:
    """The text of a page as a reader sees it: no scripts, styles, comments, title or hidden inline-XBRL header."""
    text = space_out(_Page(_without_comments(page)).without_tags(), _worths)
    return _CLOSING.sub("", _CURRENCY.sub(r"\1", text))


def xml_to_text(document: str) -> str:
    """The values of an XML document's elements, each on a line of its own. Nothing is loaded, no entity is defined by it.

    A value may be a page of its own, escaped (the notes of a financial report in XBRL); it is read as one.
    """
    document = _without_comments(document).replace("<![CDATA[", "").replace("]]>", "")
    text = "".join(resolve_entities(_TAG.sub(_LINE, window)) for window in _windows(document))
    if "</" in text:
        text = _Page(_without_comments(text)).without_tags()
    return space_out(text, _line_worths)


def resolve_entities(text: str, pattern: re.Pattern = _ENTITY) -> str:
    """Named and numbered entities as characters, and what was encoded twice made good."""
    if "&" in text:
        parts = pattern.split(text)
        parts[1::2] = map(_entities.__getitem__, parts[1::2])
        text = "".join(parts)
    return repair(text)


def _windows(page: str) -> Iterator[str]:
    """The page in pieces that cut no tag and no entity in two: splitting makes a small string of everything between two tags."""
    start = 0
    while start < len(page):
        end = page.find("<", start + WINDOW)
        end = len(page) if end < 0 else end
        yield page[start:end]
        start = end


class _Page:
    """One pass over a page in windows, with what the tags before a window say about its text."""

    def __init__(self, page: str) -> None:
        self._page = page
        self._hidden = self._as_it_stands = False

    def without_tags(self, *, hiding: bool = True) -> str:
        """The text with its tags' worth in their place. A hidden element that is not closed hides nothing."""
        text = "".join(resolve_entities(self._read(_TAG.split(window), hiding)) for window in _windows(self._page))
        if self._hidden:
            self._hidden = False
            return self.without_tags(hiding=False)
        return text

    def _read(self, parts: list[str], hiding: bool) -> str:
        """`parts`: text, name, text, name, … text."""
        texts, meanings = parts[0::2], list(map(_meanings.__getitem__, parts[1::2]))
        if self._hidden or self._as_it_stands or not _SPECIAL.isdisjoint(meanings):
            self._follow(texts, meanings, hiding)
        parts[0::2], parts[1::2] = texts, meanings
        return "".join(parts)

    def _follow(self, texts: list[str], meanings: list[str], hiding: bool) -> None:
        """Do what the special tags say of the texts behind them, in place."""
        special = [number for number, meaning in enumerate(meanings) if meaning in _SPECIAL]
        ends = [*special, len(meanings)]
        self._apply(texts, 0, ends[0] + 1)
        for number, end in zip(special, ends[1:], strict=True):
            meaning, meanings[number] = meanings[number], _BLOCK
            if meaning == _TITLE:
                texts[number + 1] = ""
            elif meaning in (_HIDE, _SHOW):
                self._hidden = hiding and meaning == _HIDE
            else:
                self._as_it_stands = meaning == _AS_IT_STANDS
            self._apply(texts, number + 1, end + 1)

    def _apply(self, texts: list[str], start: int, stop: int) -> None:
        if self._hidden:
            texts[start:stop] = [""] * (stop - start)
        elif self._as_it_stands:
            texts[start:stop] = [text.replace("\n", _LINE) for text in texts[start:stop]]


_SPECIAL = frozenset((_HIDE, _SHOW, _TITLE, _AS_IT_STANDS, _END_AS_IT_STANDS))


def _without_comments(page: str) -> str:
    """Without comments. One that is not closed hides nothing."""
    pieces, position = [], 0
    while (start := page.find("<!--", position)) >= 0 and (end := page.find("-->", start + 2)) >= 0:
        pieces.append(page[position:start])
        position = end + 3
    return "".join(pieces) + page[position:] if pieces else page

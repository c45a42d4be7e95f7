"""The head of a document as blocks of lines, with what the eye sees: what is centred, what is bold, what stands apart.

A block is a paragraph, a heading or a table row. HTML is read from its elements, plain text from its blank lines and margins.
Only heads are read (HEAD_BYTES), because a title stands near the top or nowhere.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from resiliparse.parse.html import DOMNode, HTMLTree, NodeType

from edgar_pipeline.text import decode
from edgar_pipeline.titles.cleaning import clean, join_spaced_letters
from edgar_pipeline.titles.words import words

HEAD_BYTES = 20_000
#: A body tag further down than this is not looked for: the file is read from its beginning.
LONGEST_PREAMBLE = 200_000
MOST_BLOCKS = 70
MOST_CHARACTERS = 4_000
PAGE_WIDTH = 80

_HTML = re.compile(rb"<(?:!doctype\s{1,9}html|html|body)\b", re.IGNORECASE)
_HTML_PIECE = re.compile(rb"</?(?:div|p|br|tr|td|font|center|b|i|u|span|a)(?:>|\s[^<>]*>)", re.IGNORECASE)
#: A page without <html> and <body> has tags all over; a plain text may have one by accident.
_FEWEST_PIECES = 3
_PREFORMATTED = re.compile(rb"<pre\b", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*>")
_BODY = re.compile(rb"<body\b", re.IGNORECASE)
_BLOCK_TAGS = words(
    "p div h1 h2 h3 h4 h5 h6 li ul ol dl dt dd tr table tbody thead center blockquote hr pre body section article address"
)
_SKIPPED_TAGS = words("script style head title ix:header noscript")
_BOLD_TAGS = words("b strong h1 h2 h3 h4 h5 h6 th")
_BOLD = re.compile(r"font(?:-weight)?\s*:[^;]*\b(?:bold|bolder|[6-9]00)\b", re.IGNORECASE)
_CENTRED = re.compile(r"text-align\s*:\s*center", re.IGNORECASE)
_ALIGNED = re.compile(r"text-align\s*:\s*(?:left|right|justify)", re.IGNORECASE)
_HIDDEN = re.compile(r"display\s*:\s*none", re.IGNORECASE)
_SGML_LINE = re.compile(r"\s*</?(?:PAGE|TABLE|CAPTION|S|C|FN|F\d+|R\d+|TEXT|PDF|XML|XBRL)>.*", re.IGNORECASE)
_LETTER = re.compile(r"[^\W_]")
_SPACE = re.compile(r"[ \t\r\n\f]+")
_CELL = "\x1f"
_RULE = re.compile(r"[\s\-=_*~.#+|]*")


@dataclass(frozen=True, slots=True)
class Block:
    """Lines that belong together, white space folded. A table row is one, its cells apart by spaces."""

    lines: tuple[str, ...]
    is_centred: bool = False
    is_bold: bool = False
    is_row: bool = False
    text: str = field(init=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "text", " ".join(self.lines))


def is_html(body: bytes) -> bool:
    """Whether a document's body is HTML: the same test as for the extraction of its text."""
    head = bytes(body[:20_000])
    return bool(_HTML.search(head)) or len(_HTML_PIECE.findall(head)) >= _FEWEST_PIECES


def read_head(body: bytes) -> Iterator[Block]:
    """The blocks at the top of a document's body (what stands between `<TEXT>` and `</TEXT>`), read as they are asked for."""
    body = bytes(body[: LONGEST_PREAMBLE + HEAD_BYTES])
    if not is_html(body):
        yield from read_plain(decode(body[:HEAD_BYTES]))
        return
    start = found.start() if (found := _BODY.search(body)) else 0
    if _PREFORMATTED.search(body, start, start + 6_000):
        yield from read_plain(_TAG.sub("", decode(body[start : start + HEAD_BYTES])))
        return
    # The tree must outlive the walk over its nodes.
    tree = HTMLTree.parse(decode(body[start : start + HEAD_BYTES]))
    if tree.body is not None:
        yield from _html_blocks(tree.body)


def read_plain(text: str) -> list[Block]:
    """The blocks of plain text: apart by blank lines, by rules, and where centred lines go over into running text."""
    blocks: list[Block] = []
    lines: list[str] = []
    centred = False
    for line in text.expandtabs().split("\n"):
        line = line.rstrip()
        if _SGML_LINE.fullmatch(line) or _RULE.fullmatch(line):
            _add(blocks, lines, centred)
            continue
        is_centred = _is_centred(line)
        if lines and is_centred != centred:
            if len(lines) == 1 and _is_first_line_of_paragraph(lines[0], line):
                centred = False
            else:
                _add(blocks, lines, centred)
        centred = is_centred if not lines else centred
        lines.append(line)
        if len(blocks) >= MOST_BLOCKS:
            break
    _add(blocks, lines, centred)
    return blocks[:MOST_BLOCKS]


def read_text(text: str) -> list[Block]:
    """The blocks of extracted text, which knows neither margins nor styles."""
    return [
        Block(lines)
        for paragraph in re.split(r"\n\s*\n", text)
        if (lines := tuple(line for raw in paragraph.split("\n") if (line := clean(raw)) and not _RULE.fullmatch(line)))
    ]


def _add(blocks: list[Block], lines: list[str], is_centred: bool) -> None:
    """Close a block of plain text and empty its lines."""
    cleaned = tuple(text for line in lines if (text := clean(join_spaced_letters(line))))
    if cleaned:
        blocks.append(Block(cleaned, is_centred))
    lines.clear()


def _is_centred(line: str) -> bool:
    indent = len(line) - len(line.lstrip())
    return indent >= 8 and abs(indent + (len(line) - indent) / 2 - PAGE_WIDTH / 2) <= 8


def _is_first_line_of_paragraph(line: str, following: str) -> bool:
    """An indented first line looks centred; a full line of running text right below it shows what it is."""
    return len(line.strip()) > 40 and len(following) > 45 and not following[:1].isspace() and not line.isupper()


class _Reader:
    """Collects the text nodes of one block and their styles."""

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self.length = self.bold = self.centred = 0

    def add(self, text: str, is_bold: bool, is_centred: bool) -> None:
        self.pieces.append(text)
        letters = len(text.strip())
        self.length += letters
        self.bold += letters * is_bold
        self.centred += letters * is_centred

    def take(self) -> Block | None:
        """The block so far, or None if it is empty; the reader is empty after it."""
        text = "".join(self.pieces)
        cells = sum(bool(_LETTER.search(cell)) for cell in text.split(_CELL)) if _CELL in text else 1
        lines = tuple(
            line
            for raw in text.replace(_CELL, "  ").split("\n")
            if (line := clean(join_spaced_letters(raw))) and not _RULE.fullmatch(line)
        )
        styles = (self.centred > self.length / 2, self.bold > self.length / 2, cells > 1)
        block = Block(lines, *styles) if lines else None
        self.__init__()
        return block


def _html_blocks(root: DOMNode) -> Iterator[Block]:
    """Walk the tree in document order, without recursion: hostile files nest a hundred thousand deep."""
    reader, count, characters = _Reader(), 0, 0
    stack: list[tuple[DOMNode | None, bool, bool]] = [(root, False, False)]
    while stack and count < MOST_BLOCKS and characters < MOST_CHARACTERS:
        node, is_bold, is_centred = stack.pop()
        tag = node.tag if node is not None else None
        if node is not None and node.type == NodeType.TEXT:
            # Line ends are white space in HTML; two no-break spaces are a wider gap, which letter-spaced headings need.
            reader.add(_SPACE.sub(" ", node.value or ""), is_bold, is_centred)
            continue
        if tag == "br":
            reader.add("\n", False, False)
            continue
        if tag in ("td", "th"):
            reader.add(_CELL, False, False)
        if (node is None or tag in _BLOCK_TAGS) and (block := reader.take()):
            count, characters = count + 1, characters + len(block.text)
            yield block
        if node is None or node.type != NodeType.ELEMENT or tag in _SKIPPED_TAGS:
            continue
        is_bold, is_centred, is_hidden = _style(node, tag, is_bold, is_centred)
        if is_hidden:
            continue
        if tag in _BLOCK_TAGS:
            stack.append((None, False, False))
        stack.extend((child, is_bold, is_centred) for child in reversed(node.child_nodes[:]))
    if block := reader.take():
        yield block


def _style(node: DOMNode, tag: str, is_bold: bool, is_centred: bool) -> tuple[bool, bool, bool]:
    """Bold, centred, hidden: inherited, and what the element itself says."""
    style = (node.getattr("style") or "")[:2_000]
    align = (node.getattr("align") or "").lower()
    is_bold = is_bold or tag in _BOLD_TAGS or bool(style and _BOLD.search(style))
    if align == "center" or tag == "center" or (style and _CENTRED.search(style)):
        is_centred = True
    elif align in ("left", "right", "justify") or (style and _ALIGNED.search(style)):
        is_centred = False
    return is_bold, is_centred, bool(style and _HIDDEN.search(style))

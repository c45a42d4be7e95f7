"""The markup of the files below ``texts``: paragraphs between empty lines, and a mark at the start of a line.

============= ===============================================================
``= words``   a headline, centred and bold
``== words``  a heading
``^ words``   a centred line
``> words``   a line that stays a line: addresses, signatures
``- words``   an item of a list
``| a | b |`` a row of a table
``---``       the end of a page
``{exhibits}`` the exhibit index of the filing, each entry with its link
============= ===============================================================

``[words](href)`` is a link; ``$name`` is a value of the filing or of the document. Two or more blanks between words do
not collapse: they become no-break spaces, as filing software writes them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from string import Template

MARKS = {"=": "headline", "==": "heading", "^": "centred", ">": "lines", "-": "items", "|": "table"}
BLANKS = re.compile(r"(?<=\S) {2,}(?=\S)")
LINK = re.compile(r"\[([^\]]+)\]\(([^)\s]+)\)")


@dataclass(frozen=True)
class Block:
    """A paragraph or its like; ``lines`` are its lines without their marks (a paragraph has one line)."""

    kind: str
    lines: tuple[str, ...]

    @property
    def rows(self) -> list[list[str]]:
        """The cells of a table, row by row."""
        return [[cell.strip() for cell in line.strip("|").split("|")] for line in self.lines]


def parse(text: str, values: dict[str, str]) -> list[Block]:
    """The blocks of a text with its values filled in; a missing value is an error, not an empty place."""
    filled = BLANKS.sub(lambda blanks: "\u00a0" * len(blanks[0]), Template(text).substitute(values))
    return [to_block(part) for part in re.split(r"\n\s*\n", filled.strip())]


def to_block(part: str) -> Block:
    """One block; the mark of its first line decides what it is."""
    lines = part.split("\n")
    mark = lines[0].split(" ", 1)[0]
    if part == "---":
        return Block("page", ())
    if part == "{exhibits}":
        return Block("exhibits", ())
    if mark not in MARKS:
        return Block("paragraph", (" ".join(lines),))
    if mark == "|":
        return Block("table", tuple(lines))
    return Block(MARKS[mark], tuple(line.removeprefix(mark).strip() for line in lines))

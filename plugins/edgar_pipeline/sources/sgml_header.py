"""The header of a submission, in either of its spellings and in their mixtures, as a flat list of fields.

    ACCESSION NUMBER:		0000807249-20-000047         <ACCESSION-NUMBER>0000807249-20-000047
    SUBJECT COMPANY:                                    <SUBJECT-COMPANY>
        COMPANY DATA:                                   <COMPANY-DATA>
                COMPANY CONFORMED NAME:		…            <CONFORMED-NAME>…
                                                        </COMPANY-DATA>

The archive's .txt has labels whose indentation (tabs) carries the structure; the Feed and `.hdr.sgml` files have tags. A role
block (FILER, SUBJECT COMPANY …) repeats once per company, up to 399 times in one header. The quirks, with their sources:

* Some labelled headers have tags in them: the acceptance time, the series of funds, the depositor of asset-backed issuers.
* Headers of 1998 to 2000 close label blocks with tags (`</COMPANY-DATA>`) and indent every further block one tab deeper.
* In those of September 2000 the SIC is cut in two: `… [3281`, and `]` at the head of the next line (8 of 317 archive files).
* Headers of filings that were private first have a blank line after every line (edgar.md, formats 2).

Nothing is dropped: every field is kept, in order, under the label that it came with.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from edgar_pipeline.errors import ParsingError

NEW_YORK = ZoneInfo("America/New_York")
#: Blocks within blocks. Real headers nest up to 6 deep. Each field carries its path: endless nesting would cost memory squared.
DEEPEST_NESTING = 40

_LINE_END = re.compile(r"\r\n?")
_LABEL = re.compile(r"([ \t]*)([^\s:<>][^:<>]*):(?:[ \t]+(.*)|)")
_TAG = re.compile(r"([ \t]*)<(/?)([A-Z0-9][A-Z0-9._-]*)>[ \t]*(.*)")

#: The tags whose public label is not the same words with blanks for hyphens.
_LABEL_OF_TAG = {
    "TYPE": "CONFORMED SUBMISSION TYPE",
    "PERIOD": "CONFORMED PERIOD OF REPORT",
    "ITEMS": "ITEM INFORMATION",
    "FILING DATE": "FILED AS OF DATE",
    "DATE OF FILING DATE CHANGE": "DATE AS OF CHANGE",
    "CONFORMED NAME": "COMPANY CONFORMED NAME",
    "CIK": "CENTRAL INDEX KEY",
    "ASSIGNED SIC": "STANDARD INDUSTRIAL CLASSIFICATION",
    "ACT": "SEC ACT",
    "FILE NUMBER": "SEC FILE NUMBER",
    "STREET1": "STREET 1",
    "STREET2": "STREET 2",
    "PHONE": "BUSINESS PHONE",
    "DATE CHANGED": "DATE OF NAME CHANGE",
}


class Field(NamedTuple):
    """One value. `section` is the path of blocks that it stands in, `block` counts the outermost ones (0: none)."""

    section: tuple[str, ...]
    block: int
    label: str
    value: str

    @property
    def name(self) -> str:
        """The public label of the fact, whatever it is spelled like here: `<CIK>` is CENTRAL INDEX KEY."""
        return public_name(self.label)


@lru_cache(maxsize=2000)
def public_name(label: str) -> str:
    """The public spelling of a label or tag: `SUBJECT-COMPANY` and `SUBJECT COMPANY` are one name."""
    words = label.upper().replace("-", " ").replace("_", " ")
    return _LABEL_OF_TAG.get(words, words)


def parse_header(text: str) -> list[Field]:
    """All fields of a header in order. A line that is neither label nor tag continues the value before it.

    Raises ParsingError for nothing but absurd nesting. Time and memory are linear in the length of the text.
    """
    lines = _lines(text)
    closings = _closings(lines)
    reader = _Reader()
    for number, line in enumerate(lines):
        if match := _match_tag(line):
            indentation, closing, name, value = match.groups()
            is_closed = closings.get(name, -1) > number
            if closing:
                reader.close(name)
            elif not value and (is_closed or _is_followed_deeper(lines, number)):
                reader.open(_Block(name, len(indentation), is_tag=is_closed))
            else:
                reader.add(name, len(indentation), value.removesuffix(f"</{name}>"))
        elif match := _LABEL.fullmatch(line):
            indentation, label, value = len(match[1]), match[2].strip(), match[3] or ""
            if not value and _is_followed_deeper(lines, number):
                reader.open(_Block(label, indentation, is_tag=False))
            else:
                reader.add(label, indentation, value)
        else:
            reader.extend(line)
    return [Field(section, block, label, " ".join(value).strip()) for section, block, label, value in reader.fields]


def _match_tag(line: str) -> re.Match | None:
    return _TAG.fullmatch(line) if "<" in line else None


def _closings(lines: list[str]) -> dict[str, int]:
    """The number of the last line on which each closing tag stands."""
    return {
        match[3]: number
        for number, line in enumerate(lines)
        if "</" in line and (match := _match_tag(line)) and match[2]
    }


@dataclass(frozen=True)
class _Block:
    """An open block. A tag block ends with its closing tag only, a label block also with the next line that is not deeper."""

    name: str
    indentation: int
    is_tag: bool


class _Reader:
    """The fields so far, and the blocks that are open."""

    def __init__(self) -> None:
        self.fields: list[tuple[tuple[str, ...], int, str, list[str]]] = []
        self._blocks: list[_Block] = []
        self._section: tuple[str, ...] = ()
        self._count = 0

    def open(self, block: _Block) -> None:
        self._end_label_blocks(block.indentation)
        self._count += not self._blocks
        self._blocks.append(block)
        self._section = (*self._section, block.name)
        if len(self._blocks) > DEEPEST_NESTING:
            raise ParsingError(f"the header nests deeper than {DEEPEST_NESTING} blocks")

    def close(self, name: str) -> None:
        """Close the innermost block of this name and what stayed open in it; a closing tag without a block closes nothing."""
        wanted = public_name(name)
        for position in range(len(self._blocks) - 1, -1, -1):
            if public_name(self._blocks[position].name) == wanted:
                del self._blocks[position:]
                self._section = self._section[:position]
                return

    def add(self, label: str, indentation: int, value: str) -> None:
        self._end_label_blocks(indentation)
        self.fields.append((self._section, self._count if self._blocks else 0, label, [value.strip()]))

    def extend(self, line: str) -> None:
        """Add a line to the value before it. (As a list: joining strings here would cost time squared.)"""
        if self.fields:
            self.fields[-1][3].append(line.strip())

    def _end_label_blocks(self, indentation: int) -> None:
        while self._blocks and not self._blocks[-1].is_tag and self._blocks[-1].indentation >= indentation:
            self._blocks.pop()
            self._section = self._section[:-1]


def _is_followed_deeper(lines: list[str], number: int) -> bool:
    """Whether the next line is a field or block that is indented deeper than this one."""
    if number + 1 == len(lines):
        return False
    line, following = lines[number], lines[number + 1]
    return _indentation(following) > _indentation(line) and bool(_LABEL.fullmatch(following) or _match_tag(following))


def _lines(text: str) -> list[str]:
    """The lines that say something, without trailing blanks, a SIC that was cut in two made whole again."""
    lines: list[str] = []
    if "\r" in text:
        text = _LINE_END.sub("\n", text)
    for line in text.split("\n"):
        line = line.rstrip()
        if line.startswith("]") and lines and "[" in lines[-1][-12:]:
            lines[-1], line = lines[-1] + "]", line[1:]
        if line:
            lines.append(line)
    return lines


def _indentation(line: str) -> int:
    return len(line) - len(line.lstrip(" \t"))


def first(fields: Iterable[Field], name: str) -> str | None:
    """The first non-empty value of a fact, named by its public label."""
    return next((field.value for field in fields if field.name == name and field.value), None)


def parse_date(text: str | None) -> date | None:
    """`20200305` as a date; None for nothing and for what is no date (the text stays in the raw header)."""
    if not text or not re.fullmatch(r"[0-9]{8}", text):
        return None
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return None


def parse_acceptance(text: str | None) -> datetime | None:
    """`<ACCEPTANCE-DATETIME>` as UTC. The header's time is Eastern (edgar.md 1.5); it can be present and empty."""
    if not text or not re.fullmatch(r"[0-9]{14}", text):
        return None
    try:
        return datetime.strptime(text, "%Y%m%d%H%M%S").replace(tzinfo=NEW_YORK).astimezone(UTC)
    except (ValueError, OverflowError):
        return None

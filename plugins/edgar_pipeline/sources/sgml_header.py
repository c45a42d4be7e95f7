"""The header of a submission: `LABEL:<tab>value` lines, indented below the role that they describe.

    ACCESSION NUMBER:		0000807249-20-000047
    SUBJECT COMPANY:
        COMPANY DATA:
                COMPANY CONFORMED NAME:			FAIR ISAAC CORP

Indentation carries the structure. A role block (FILER, SUBJECT COMPANY …) repeats once per company, up to 399 times in one
header. Some fields are spelled as tags instead (`<ACCEPTANCE-DATETIME>20200305…`, the series of funds, hybrid headers of
1998), and some headers have a blank line after every line. Nothing is dropped: every field is in `fields`, in order.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

NEW_YORK = ZoneInfo("America/New_York")

_LABEL = re.compile(r"(\t*| *)([^\t:<>][^:<>]*):(?:[ \t]+(.*)|)")
_TAG = re.compile(r"\s*<(/?)([A-Z0-9][A-Z0-9.-]*)>\s*(.*)")


@dataclass(frozen=True)
class Field:
    """One value. `section` is the path of blocks that it stands in, `block` counts the outermost ones (0: none)."""

    section: tuple[str, ...]
    block: int
    label: str
    value: str


def parse_header(text: str) -> list[Field]:
    """All fields of a header in order. Never raises: a line that is neither label nor tag continues the value before it."""
    lines = [line.rstrip() for line in text.splitlines() if line.strip()]
    fields: list[Field] = []
    blocks: list[tuple[int, str]] = []  # (indentation, name) of the open blocks
    tags: list[str] = []
    count = 0
    for number, line in enumerate(lines):
        following = lines[number + 1] if number + 1 < len(lines) else ""
        if match := _TAG.fullmatch(line):
            closing, name, value = match.groups()
            if closing:
                del tags[tags.index(name) if name in tags else len(tags) :]
            elif value or not _opens(name, lines, number):
                fields.append(Field((*(b for _, b in blocks), *tags), count if blocks else 0, name, value.strip()))
            else:
                tags.append(name)
        elif match := _LABEL.fullmatch(line):
            indentation, label, value = len(match[1]), match[2].strip(), (match[3] or "").strip()
            blocks = [block for block in blocks if block[0] < indentation]
            if not value and _indentation(following) > indentation:
                count += not blocks
                blocks.append((indentation, label))
            else:
                fields.append(Field(tuple(b for _, b in blocks), count if blocks else 0, label, value))
        elif fields:
            last = fields[-1]
            fields[-1] = Field(last.section, last.block, last.label, f"{last.value} {line.strip()}".strip())
    return fields


def _opens(name: str, lines: list[str], number: int) -> bool:
    """Whether a tag without a value opens a block: its closing tag stands further down, near enough to be its own."""
    closing = f"</{name}>"
    return any(line.strip() == closing for line in lines[number + 1 : number + 5000])


def _indentation(line: str) -> int:
    return len(line) - len(line.lstrip("\t"))


def first(fields: list[Field], *labels: str) -> str | None:
    """The first non-empty value of any of these labels."""
    return next((field.value for field in fields if field.label in labels and field.value), None)


def parse_date(text: str | None) -> date | None:
    """`20200305` as a date; None for nothing and for what is no date (the text stays in the raw header)."""
    try:
        return datetime.strptime(text or "", "%Y%m%d").date()
    except ValueError:
        return None


def parse_acceptance(text: str | None) -> datetime | None:
    """`<ACCEPTANCE-DATETIME>` as UTC. The header's time is Eastern (edgar.md 1.5); it can be present and empty."""
    try:
        return datetime.strptime(text or "", "%Y%m%d%H%M%S").replace(tzinfo=NEW_YORK).astimezone(UTC)
    except ValueError:
        return None

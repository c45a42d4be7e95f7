"""Exhibit indexes in lines of text: plain text with columns of blanks, and the text of HTML that uses no table rows.

Exhibit
Number      Description                                       Page
------      -----------                                       ----
  10.1      Asset Purchase Agreement, dated May 6, 2001,        12
            between Acme Corp. and Widgets Ltd.
"""

import re
from collections.abc import Iterator

from edgar_pipeline.titles.cleaning import clean
from edgar_pipeline.titles.exhibit_numbers import LEADING, Number, parse_number
from edgar_pipeline.titles.furniture import names_kind
from edgar_pipeline.titles.index_titles import index_title, is_incorporated

#: Lines of an index that are read after its last entry.
LINES_WITHOUT_ENTRY = 60
LINES_OF_ENTRY = 14
LONGEST_LINE = 1_500
LONGEST_HEADING = 160
#: An entry outside an index begins with "Exhibit 99.1" and is no longer than this.
LONGEST_LONE_ENTRY = 300
#: A line of more characters is a whole paragraph, and with it the entry.
LONGEST_WRAPPED_LINE = 120

_HEADINGS = (
    r"exhibits?(?: (?:index|list|listing))?",
    r"(?:index|list|schedule) (?:to|of) exhibits?",
    r"(?:exhibits?|ex\.?) ?(?:no|number|item|#|designation)\b.{0,80}",
    r"(?:financial statements|exhibits)[\w ,;()-]{0,80}exhibits?[\w ,-]{0,60}",
    r"exhibits?[ ,]+(?:and )?(?:reports?|financial)[\w ,-]{0,80}",
    r"(?:the )?following (?:exhibits?|documents?|is|are)\b.{0,120}",
    r".{0,60}exhibits? (?:is|are) (?:filed|furnished|attached|included|being|provided|submitted|listed)\b.{0,100}",
    r"(?:number|exhibit|designation) description.{0,40}",
    r"documents? (?:attached|furnished|filed).{0,60}",
)
_HEADING = re.compile(
    rf"(?:item\s+\d+[A-Za-z]?(?:\.\d+)?[.:]?\s*)?(?:\(?[a-d1-3]\)\s*)?(?:{'|'.join(_HEADINGS)})(?:\s*\(continued\))?[.:;*]*",
    re.IGNORECASE,
)
_END = re.compile(
    r"signatures?|pursuant to the requirements of .*|\(?[b-e]\)?\s*reports on form 8-k.*|"
    r"index to (?:consolidated )?financial statements",
    re.IGNORECASE,
)
_SGML = re.compile(r"</?(?:PAGE|TABLE|CAPTION|S|C|FN|F\d+|R\d+)>", re.IGNORECASE)
_OPEN_END = re.compile(r"(?:,|\b(?:of|the|to|and|for|by|in|with|between|among|under|from|at|on|as|or))$", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]{3,}")
_MARKER = re.compile(r"\s*[*†‡+#]")
_RULE = re.compile(r"[\s\-=_*~.]*")
_GAP = re.compile(r"\t+|\s{3,}|(?:\s?\.){4,}\s*")
#: Gaps of justified text are narrower than those of columns.
NARROW_GAP = 4
_PAGE_NUMBER = re.compile(r"[\s\d()*-]{1,8}|page.{0,10}|[A-Z]{0,2}-?\d{1,4}")
_Segment = tuple[int, str]


def read_list(lines: list[str], *, is_wrapped: bool) -> Iterator[tuple[Number, str]]:
    """Number and title of every entry of the indexes among the lines, without those incorporated by reference.

    `is_wrapped`: the lines are those of plain text, which breaks them where the page ends.
    """
    position, since_entry = 0, LINES_WITHOUT_ENTRY
    while position < len(lines):
        line = _line(lines[position])
        since_entry += 1
        if since_entry >= LINES_WITHOUT_ENTRY and "xhibit" not in line and "XHIBIT" not in line:
            position += 1
            continue
        stripped = line.strip()
        if _is_heading(stripped):
            since_entry = 0
        elif _END.fullmatch(stripped):
            since_entry = LINES_WITHOUT_ENTRY
        found = _entry_start(line, since_entry < LINES_WITHOUT_ENTRY) if stripped else None
        if not found:
            position += 1
            continue
        title, entry, position = _entry(lines, position, found.end(), is_wrapped)
        since_entry = 0
        if title and (" " in title or names_kind(title)) and not is_incorporated(entry):
            yield parse_number(found["number"]), title


def _line(raw: str) -> str:
    return _SGML.sub("", raw[:LONGEST_LINE]) if "<" in raw else raw[:LONGEST_LINE]


def _is_heading(line: str) -> bool:
    """Whether an index begins below a line. Most lines are told apart by a word, which costs less than the pattern."""
    if len(line) > LONGEST_HEADING:
        return False
    lower = line.lower()
    return ("exhibit" in lower or "description" in lower or "document" in lower) and bool(_HEADING.fullmatch(line))


def _entry_start(line: str, in_index: bool) -> re.Match | None:
    """An entry begins with a number inside an index, and with "Exhibit 99.1" and its title anywhere."""
    if not in_index and line.lstrip()[0] not in "Ee([*":
        return None
    found = LEADING.match(line)
    if not found:
        return None
    rest = line[found.end() :]
    if found["label"]:
        is_lone_entry = len(rest.strip()) > 5 and len(line) < LONGEST_LONE_ENTRY and line[found.end() - 1] in " \t-–—:"
        return found if in_index or is_lone_entry else None
    return found if in_index and (not rest.strip() or not rest[0].islower()) else None


def _entry(lines: list[str], start: int, after_number: int, is_wrapped: bool) -> tuple[str | None, str, int]:
    """The title of the entry that begins at a line, all of its text, and the number of the line after it."""
    raw = [_line(lines[start])]
    segments = _segments(raw[0], after_number)
    # A column of notes or dates may stand before the description.
    title = [segment for segment in segments if _WORD.search(segment[1])][:1] or segments[:1]
    right = next((begin for begin, _ in segments if title and begin > title[0][0]), None)
    position = start + 1
    while position < len(lines) and position - start < LINES_OF_ENTRY:
        line = _line(lines[position])
        if not line.strip() or _RULE.fullmatch(line):
            if title:
                break
            position += 1
            continue
        segments = _segments(line, 0)
        if (
            not segments
            or _ends_entry(line, segments, title)
            or (title and not is_wrapped and not _goes_on(title, line))
        ):
            break
        raw.append(line)
        title += [segment for segment in segments[:1] if right is None or segment[0] < right - 2]
        right = right if right is not None or len(segments) < 2 else segments[1][0]
        position += 1
        if "\t" in line or len(line) > LONGEST_WRAPPED_LINE:
            break
    return index_title(_joined([text for _, text in title])), " ".join(raw), position


def _goes_on(title: list[_Segment], line: str) -> bool:
    """Whether a cell was broken on purpose and its text goes on in the next line."""
    return line[:1].islower() or bool(_OPEN_END.search(title[-1][1]))


def _ends_entry(line: str, segments: list[_Segment], title: list[_Segment]) -> bool:
    """Whether a line belongs to no entry or to the next one. A continued line stands in the column of the title."""
    stripped = line.strip()
    if _is_heading(stripped) or _END.fullmatch(stripped) or _MARKER.match(line):
        return True
    number = LEADING.match(line)
    if not title or (number and number.end() >= len(line.rstrip())):
        return bool(number)
    column, indent = title[0][0], len(line) - len(line.lstrip())
    # A continued line may begin with a year or a day, which looks like a number: it stands in the column of the title.
    return segments[0][0] + 3 < column or bool(number and indent < max(column - 2, 1))


def _segments(line: str, start: int) -> list[_Segment]:
    """The columns of a line from a position on: where each begins, and its text; page numbers at the end are none."""
    gaps = list(_GAP.finditer(line, start))
    if len(gaps) > 2 and max(len(gap[0]) for gap in gaps) <= NARROW_GAP and "\t" not in line:
        gaps = [gap for gap in gaps if gap.start() == start]
    segments, position = [], start
    for begin, end in [*((gap.start(), gap.end()) for gap in gaps), (len(line), len(line))]:
        piece = line[position:begin]
        if any(map(str.isalnum, piece)):
            segments.append((position + len(piece) - len(piece.lstrip()), piece.strip()))
        position = end
    while len(segments) > 1 and _PAGE_NUMBER.fullmatch(segments[-1][1]):
        segments.pop()
    return segments


def _joined(parts: list[str]) -> str:
    """Lines as one text; a word divided at the end of a line is whole again."""
    text = ""
    for part in map(clean, parts):
        if text.endswith("-") and len(text) > 1 and text[-2].isalpha() and part[:1].islower():
            text = text[:-1] + part
        else:
            text = f"{text} {part}".strip()
    return text

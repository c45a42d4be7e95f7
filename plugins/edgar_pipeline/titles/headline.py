"""The document's own headline: the lines that its author put on top to say what it is.

    furniture   Exhibit 99.1 · March 5, 2020 · ACME CORP · Contact: …        skipped
    headline    ACME COMPLETES PURCHASE / OF WIDGETS LTD.                    joined
    body        BOSTON, March 5, 2020 (PR Wire) -- Acme Corp. today …        where the search ends

A wrong headline is worse than none: a document without a heading has one only where its opening says what it is (opening.py).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from edgar_pipeline.titles.blocks import Block
from edgar_pipeline.titles.casing import is_capitals
from edgar_pipeline.titles.furniture import (
    is_address,
    is_contact,
    is_date,
    is_furniture,
    is_label,
    is_letterhead,
    is_period,
    is_salutation,
    is_table_row,
    names_kind,
    word_count,
)
from edgar_pipeline.titles.prose import is_legend, is_prose, opens_text
from edgar_pipeline.titles.words import HEADLINE_VERBS, SMALL_WORDS

LONGEST_HEADLINE = 250
BLOCKS_SEARCHED = 60
LINES_OF_HEADLINE = 14
SHORTEST_FULL_LINE = 25
#: Characters at the end of a line that can hang in the air.
TAIL = 80

_PREPOSITIONS = (
    "of|the|to|and|for|by|in|with|a|an|between|among|amongst|under|from|at|on|as|or|into|regarding|respecting|through|via|per|"
    "than|&"
)
_VERBS = "|".join(sorted(HEADLINE_VERBS))
_GOES_ON = re.compile(
    rf"(?:\b(?:{_PREPOSITIONS}|pursuant to|relating to|its|their|dated|is|are|will|has|have|that|which|{_VERBS})|[,&–—-])$|"
    r"^(?:corrected|amended|restated|and|\s)+$",
    re.IGNORECASE,
)
_NEEDS_SUBJECT = re.compile(rf"(?:and|&|{_VERBS})\b", re.IGNORECASE)
_GOES_BACK = re.compile(rf"(?:{_PREPOSITIONS}|pursuant to|relating to|which|that)\b|[(&–—]", re.IGNORECASE)
_ARTICLE = re.compile(r"(?:the|a|an|as|on|in|at|for|to)\b", re.IGNORECASE)
_PARTY_WORD = re.compile(r"\s*[,:]?\s*\b(?:(?:made )?(?:by and )?(?:between|among|amongst)|by and)\b.*", re.IGNORECASE)
_STATE = re.compile(
    r"\(?(?:an? )[\w ]{3,40}(?:corporation|company|partnership|association|trust|bank)\b.{0,30}", re.IGNORECASE
)
_DEFINITION = re.compile(
    r"\((?:the|each|collectively|hereinafter|this)?\s?[\"“'].{0,60}[\"”'].{0,10}\)[,.]?", re.IGNORECASE
)
_DANGLING = re.compile(
    rf"(?:[\s,:;(–—-]|\b(?:{_PREPOSITIONS}|dated|pursuant|made|entered into|effective))+$", re.IGNORECASE
)
_STARTS_BADLY = ("(", "[", "<", "•", "/s/", "/S/", "☐", "☒", "$", "·")
# A headline writes its verbs with capitals or leaves them out.
_SENTENCE = re.compile(r"\w (?:is|are|was|were|has|have|had) \w")
_CONTACT_NUMBER = re.compile(r"\d{3}[-. )]\d{3,4}|@")


@dataclass(frozen=True, slots=True)
class _Line:
    """A line above the running text; `block` and `width` are the number and the greatest line length of its block."""

    text: str
    block: int
    width: int
    is_styled: bool
    is_candidate: bool


def find_heading(blocks: list[Block]) -> tuple[str, ...]:
    """The lines of the headline in a document's head, as written there; () where it has none."""
    lines = _lines_above_text(peeled(blocks))
    found: list[tuple[tuple[str, ...], bool]] = []
    position = 0
    while position < len(lines) and len(found) < 6:
        if not lines[position].is_candidate:
            position += 1
            continue
        start = _subject(lines, position)
        parts, after = _extended(lines, start)
        if _is_plausible(join(parts), lines[position].is_styled):
            found.append((parts, names_kind(lines[position].text)))
        position = max(after, position + 1)
    return _choose(found)


def until_text(blocks: Iterator[Block]) -> Iterator[Block]:
    """The blocks up to the first one of running text: a headline stands above it or nowhere."""
    for block in blocks:
        yield block
        if is_prose(block) and not is_legend(block):
            return


def _subject(lines: list[_Line], position: int) -> int:
    """The line where a headline begins: above "ANNOUNCES RESULTS" stands who announces them, alone like a letterhead."""
    while position and _NEEDS_SUBJECT.match(lines[position].text):
        above = lines[position - 1]
        near = lines[position].block - above.block <= 1 and above.is_styled == lines[position].is_styled
        if not (near and is_letterhead(above.text) and is_capitals(above.text) == is_capitals(lines[position].text)):
            break
        position -= 1
    return position


def peeled(blocks: list[Block]) -> list[Block]:
    """The blocks with the furniture at the beginning of each as a block of its own: plain text sets none of it apart."""
    result: list[Block] = []
    for block in blocks:
        count = next((number for number, line in enumerate(block.lines) if not is_furniture(line)), 0)
        if count:
            result.append(replace(block, lines=block.lines[:count]))
        result.append(replace(block, lines=block.lines[count:]) if count else block)
    return result


def body_start(blocks: list[Block]) -> int:
    """The number of the first block of running text, or of the first one that is not searched."""
    for number, block in enumerate(blocks[:BLOCKS_SEARCHED]):
        if not is_legend(block) and (is_prose(block) or any(map(is_salutation, block.lines))):
            return number
    return min(len(blocks), BLOCKS_SEARCHED)


def _lines_above_text(blocks: list[Block]) -> list[_Line]:
    """The lines above the running text, each marked as furniture or as what could begin a headline."""
    end = body_start(blocks)
    lines: list[_Line] = []
    in_contact = False
    for number, block in enumerate(blocks[:end]):
        if is_legend(block):
            continue
        is_styled = block.is_bold or block.is_centred
        width = max(map(len, block.lines))
        for text in block.lines:
            candidate = not (is_furniture(text) or block.is_row or is_table_row(text) or _introduces(text))
            if is_contact(text):
                in_contact, candidate = True, False
            elif is_date(text):
                in_contact = False
            elif in_contact and candidate:
                candidate = not _is_contact_detail(text, block)
                in_contact = not candidate
            lines.append(_Line(text, number, width, is_styled, candidate))
    if end < len(blocks):
        # Plain text may put the headline right above the first paragraph, with no blank line between.
        above = _lines_above_opening(blocks[end])
        width = max(map(len, above), default=0)
        lines += [_Line(text, end, width, False, not is_furniture(text)) for text in above]
    return lines


def _introduces(line: str) -> bool:
    """Whether a line introduces what follows, like "Furnish the following:", rather than naming it."""
    return line.endswith(":") and not names_kind(line) and not _PARTY_WORD.search(line)


def _lines_above_opening(block: Block) -> tuple[str, ...]:
    number = next((number for number, line in enumerate(block.lines[:6]) if opens_text(line)), 0)
    return block.lines[:number]


def _is_contact_detail(line: str, block: Block) -> bool:
    """A name, a function, a company in a block of contacts: all its words have capitals, and none says what happened."""
    if is_address(line) or _CONTACT_NUMBER.search(line):
        return True
    words = [word for word in re.findall(r"[^\W\d_]{2,}", line) if word.lower() not in SMALL_WORDS]
    if (names_kind(line) and len(words) > 3) or (block.is_bold and len(words) > 4):
        return False
    if any(word.lower() in HEADLINE_VERBS for word in words):
        return False
    return len(words) < 10 and all(word[0].isupper() for word in words)


def join(parts: tuple[str, ...]) -> str:
    """The lines of a headline as one; companies that stand one below the other get a comma."""
    text = ""
    for part in parts:
        is_list = text and not _GOES_ON.search(text.rstrip(":")) and is_letterhead(part) and _PARTY_WORD.search(text)
        text = text.rstrip(":") if _PARTY_WORD.search(text) else text
        text = f"{text}, {part}" if is_list else f"{text} {part}".strip()
    return text


def _extended(lines: list[_Line], start: int) -> tuple[tuple[str, ...], int]:
    """The headline that begins at a line, and the number of the line after it: goes on while the grammar does."""
    parts = [lines[start].text]
    position = start + 1
    while position < len(lines) and position - start < LINES_OF_HEADLINE:
        line = lines[position]
        if _is_aside(line.text):
            position += 1
            continue
        if not _continues(parts, lines[position - 1], line):
            break
        parts.append(line.text)
        position += 1
    return _shortened(parts), position


def _is_aside(text: str) -> bool:
    """What stands inside a headline and is no part of it: a date, a definition, where a party is incorporated."""
    return bool(_STATE.fullmatch(text) or _DEFINITION.fullmatch(text) or is_date(text))


def _continues(parts: list[str], last: _Line, line: _Line) -> bool:
    before, text = parts[-1], line.text
    if line.block - last.block > 2 or is_label(text) or text.startswith(_STARTS_BADLY) or "...." in text:
        return False
    is_party = is_letterhead(text) and any(map(_PARTY_WORD.search, parts))
    if _GOES_ON.search(before):
        return line.is_candidate or is_party or is_letterhead(text) or is_period(text)
    if is_party:
        return True
    if is_letterhead(before) and _NEEDS_SUBJECT.match(text):
        return True
    same_case = _is_upper(before) == _is_upper(text)
    goes_back = _GOES_BACK.match(text) and same_case and (_is_upper(text) or not _ARTICLE.match(text))
    if text[0].islower() or goes_back:
        return line.is_candidate
    # A line was wrapped if the first word of the next one would not have stood in the block's width.
    wrapped = len(before) + 1 + len(text.split()[0]) > line.width and not before.endswith((".", "!", "?", ":"))
    return (
        wrapped and line.block == last.block and len(before) >= SHORTEST_FULL_LINE and same_case and line.is_candidate
    )


def _is_upper(text: str) -> bool:
    """Whether a line is in capitals, however short it is."""
    return text.isupper() or is_capitals(text)


def _shortened(parts: list[str]) -> tuple[str, ...]:
    """At most LONGEST_HEADLINE characters: without its parties if it is longer; and no end that hangs in the air."""
    parts = [stripped for part in parts if (stripped := _DEFINITION.sub("", part).strip())]
    if len(join(tuple(parts))) > LONGEST_HEADLINE:
        number = next((n for n, part in enumerate(parts) if n and _PARTY_WORD.fullmatch(part)), len(parts))
        parts = parts[:number] if number < len(parts) else [_PARTY_WORD.sub("", " ".join(parts), count=1)]
    while parts and not (last := parts[-1][:-TAIL] + _DANGLING.sub("", parts[-1][-TAIL:])):
        parts.pop()
    return (*parts[:-1], last) if parts else ()


def _choose(found: list[tuple[tuple[str, ...], bool]]) -> tuple[str, ...]:
    """The first headline that names a kind of document, tells what happened or is a whole phrase, else the first of all."""
    for parts, has_kind in found[:4]:
        text = join(parts)
        if has_kind or word_count(text) >= 5 or _tells(text):
            return parts
    return found[0][0] if found else ()


def _is_plausible(text: str, is_styled: bool) -> bool:
    """Whether a text can be a headline: a phrase, not a fragment, a remark or a sentence."""
    if not 5 <= len(text) <= LONGEST_HEADLINE or text.count(")") > text.count("("):
        return False
    if text.startswith(_STARTS_BADLY) or text.endswith(":") or is_furniture(text):
        return False
    if not is_styled and _SENTENCE.search(text) and not is_capitals(text):
        return False
    return names_kind(text) or word_count(text) >= (3 if is_styled or _tells(text) else 4)


def _tells(text: str) -> bool:
    """Whether a text has a verb of headlines."""
    return not HEADLINE_VERBS.isdisjoint(text.lower().split())

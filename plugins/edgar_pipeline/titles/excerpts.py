"""Excerpts: the first words in which a document says something, after cover, letterhead, label and title.

At most LONGEST_EXCERPT characters. A long text is cut at the end of a sentence if one ends late enough, else at a word, and
never after an abbreviation, where a reader would take its full stop for the end.
"""

import itertools
import re
from collections.abc import Iterable, Iterator

from edgar_pipeline.titles.blocks import Block
from edgar_pipeline.titles.boilerplate import COVER, FORWARD_LOOKING, contains
from edgar_pipeline.titles.cleaning import clean
from edgar_pipeline.titles.furniture import is_contact, is_furniture, is_salutation
from edgar_pipeline.titles.prose import is_legend, opens_text
from edgar_pipeline.titles.words import ABBREVIATIONS

LONGEST_EXCERPT = 400
#: Sentences that end before this leave too much room.
SHORTEST_SENTENCES = 200
#: Characters of a text in which its beginning is looked for: covers and tables of contents are shorter.
TEXT_SEARCHED = 40_000
#: Characters at the beginning of a paragraph by which it is judged.
HEAD = 600
SHORTEST_PROSE = 60
#: A shorter paragraph is prose only if it ends like a sentence.
SHORT_PROSE = 110
FEWEST_WORDS = 9
#: A line of more characters is a paragraph: plain text is wrapped before.
LONG_LINE = 140
#: A line of plain text that a rule below it underlines is longer than a heading.
LONG_UNDERLINED = 45
BLOCKS_ABOVE_HEADLINE = 120
BLOCKS_BELOW_ITEM = 8
MOST_OTHER_BLOCKS = 40

_SENTENCE = re.compile(r"[.!?][”\"’')\]]?(?=\s)")
_WORD = re.compile(r"[^\W\d_]{2,}")
_NOT_WORDS = re.compile(r"[^0-9a-z]+")
_RULE = re.compile(r"[\s\-=_*~.#+|]*")
_HEADING = re.compile(r"(?:item|items|section|part|article)\s+[\divx]+\b", re.IGNORECASE)
_ITEM = re.compile(r"items?\s+\d{1,2}", re.IGNORECASE)
_INITIALS = re.compile(r"(?:[a-z]\.)+[a-z]?")
_UNDOTTED = frozenset({"no", "nos", "inc", "mr", "ms", "mrs", "dr", "messrs"})


def find_excerpt(text: str, headline: str | None = None, has_items: bool = False) -> str | None:
    """Up to 400 characters from where a document starts to say something, after its headline; None if it says nothing.

    Reports on forms with items (8-K, 10-K …) start to say something below their first item, after pages of cover.
    """
    prose: list[Block] = []
    others: list[Block] = []
    since_item = BLOCKS_BELOW_ITEM if has_items else 0
    blocks = _below(_paragraphs(text[:TEXT_SEARCHED]), headline)
    for block in blocks:
        if has_items:
            since_item = 0 if _ITEM.match(block.text) else since_item + 1
        if _is_prose(block) and since_item < BLOCKS_BELOW_ITEM:
            return cut(_joined(itertools.chain([block], blocks)))
        if (prose or _is_prose(block)) and len(prose) < BLOCKS_BELOW_ITEM:
            prose.append(block)
        elif not prose and len(others) < MOST_OTHER_BLOCKS and _says_something(block):
            others.append(block)
    return cut(_joined(prose or others)) or None


def find_prose_excerpt(text: str) -> str | None:
    """An excerpt that begins with running text, or None: for data files, whose values are no sentences."""
    blocks = (_block([line]) for line in text[:TEXT_SEARCHED].split("\n") if line.strip())
    first = next(filter(_is_prose, blocks), None)
    return cut(_joined(itertools.chain([first], itertools.islice(blocks, 2)))) if first else None


def cut(text: str) -> str:
    """At most LONGEST_EXCERPT characters, up to the end of a sentence or of a word.

    >>> cut("A short text stays as it is, even one that ends in Inc.")
    'A short text stays as it is, even one that ends in Inc.'
    """
    if len(text) <= LONGEST_EXCERPT:
        return text
    head = text[: LONGEST_EXCERPT + 1]
    ends = [found.end() for found in _SENTENCE.finditer(head) if not _ends_abbreviated(head[: found.end()])]
    if ends and SHORTEST_SENTENCES <= ends[-1] <= LONGEST_EXCERPT:
        return head[: ends[-1]]
    words = head.rsplit(" ", 1)[0] if " " in head else head[:LONGEST_EXCERPT]
    while " " in words and (_ends_abbreviated(words) or words[-1] in "(,;:-–—“"):
        words = words.rsplit(" ", 1)[0] if _ends_abbreviated(words) else words.rstrip("(,;:-–—“ ")
    return words.rstrip(" (,;:-–—“")


def _ends_abbreviated(text: str) -> bool:
    """Whether a text ends in a shortened word: "Inc.", "No.", "U.S.", an initial."""
    last = text.rsplit(None, 1)[-1].strip("”\"’')](“[").lower() if text.strip() else ""
    if not last.endswith("."):
        return last in _UNDOTTED
    word = last.rstrip(".")
    return len(word) == 1 or word in ABBREVIATIONS or bool(_INITIALS.fullmatch(word))


def _paragraphs(text: str) -> Iterator[Block]:
    """Paragraphs of extracted text: a long line is one, and so are the lines between blank ones, below their headings."""
    lines: list[str] = []
    is_apart = False
    for line in _lines(text):
        if _RULE.fullmatch(line):
            is_apart = True
            continue
        # Plain text underlines defined terms, which leaves an empty line in the middle of a paragraph.
        if lines and (len(line) > LONG_LINE or (is_apart and not _goes_on(lines[-1], line))):
            yield _block(lines)
            lines = []
        is_apart = False
        if len(line) > LONG_LINE or (not lines and _stands_alone(line)):
            yield _block([line])
        else:
            lines.append(line)
    if lines:
        yield _block(lines)


def _lines(text: str) -> Iterator[str]:
    """The lines without the blanks around them, one at a time: most texts are read to their first paragraph only."""
    position = 0
    while position < len(text):
        end = text.find("\n", position)
        end = len(text) if end < 0 else end
        yield text[position:end].strip()
        position = end + 1


def _goes_on(line: str, following: str) -> bool:
    """Whether a paragraph goes on below an empty line: a full line without an end before it, no beginning behind it."""
    is_open = len(line) > LONG_UNDERLINED and line[-1] not in ".:;!?" and not line.isupper()
    return is_open and (following[0].islower() or following[0].isdigit())


def _block(lines: list[str]) -> Block:
    return Block(tuple(lines), is_row=sum(line.count("\t") for line in lines) >= len(lines))


def _stands_alone(line: str) -> bool:
    """Whether a line is a heading or a part of the cover, with or without a blank line below it."""
    return bool(_HEADING.match(line)) or is_furniture(line)


def _below(blocks: Iterator[Block], headline: str | None) -> Iterator[Block]:
    """The blocks below the headline, which may end within a block; all of them where it is not found near the top."""
    whole = wanted = _letters(headline or "")
    if not wanted:
        yield from blocks
        return
    seen: list[Block] = []
    for block in itertools.islice(blocks, BLOCKS_ABOVE_HEADLINE):
        for number, line in enumerate(block.lines):
            letters = _letters(line)
            if letters and wanted.startswith(letters):
                wanted = wanted[len(letters) :]
            elif len(wanted) < len(whole) and letters.startswith(wanted):
                # The headline is over: in this line, if some of it was still wanted.
                if remaining := block.lines[number + bool(wanted) :]:
                    yield _block(list(remaining))
                yield from blocks
                return
            else:
                wanted = whole
        seen.append(block)
    yield from seen
    yield from blocks


def _letters(text: str) -> str:
    return _NOT_WORDS.sub("", clean(text[:HEAD]).lower())


def _is_prose(block: Block) -> bool:
    """A paragraph of sentences that is neither cover, legend, salutation nor table."""
    text = block.text
    if text.startswith("I, ") and "certify" in text[:300]:
        return True
    if len(text) < SHORTEST_PROSE or block.is_row or "...." in text[:HEAD]:
        return False
    if len(text) < SHORT_PROSE and not opens_text(block.lines[0]) and text[-1] not in ".;:":
        return False
    head = text[:HEAD]
    if len(_WORD.findall(head)) < FEWEST_WORDS or not _is_in_sentences(head):
        return False
    if is_furniture(text) or is_contact(text) or is_salutation(text) or text[0] in "*†(☐☒[¨":
        return False
    return not (_is_boilerplate(head) or (is_legend(block) and not opens_text(text)))


def _is_in_sentences(head: str) -> bool:
    """Whether words are mostly without capitals, and figures few."""
    words = head.split()
    small = sum(map(str.islower, words))
    figures = sum(word.strip("($").lstrip("-")[:1].isdigit() for word in words)
    return small >= 0.35 * len(words) and small + figures >= 0.4 * len(words) and figures <= 0.3 * len(words)


def _is_boilerplate(text: str) -> bool:
    return contains(text[:HEAD], COVER) or contains(text[:HEAD], FORWARD_LOOKING)


def _says_something(block: Block) -> bool:
    """Whether a block that is no prose may stand in an excerpt all the same."""
    return (
        len(_WORD.findall(block.text[:HEAD])) >= 3 and not is_furniture(block.text) and not _is_boilerplate(block.text)
    )


def _joined(blocks: Iterable[Block]) -> str:
    """Blocks as one line, without page numbers and the like between them."""
    text = ""
    for block in blocks:
        if text and is_furniture(block.text):
            continue
        text = f"{text} {clean(block.text[:1_000])}".strip()
        if len(text) > LONGEST_EXCERPT + 40:
            break
    return text

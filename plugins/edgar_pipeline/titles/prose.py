"""Where running text begins: datelines, opening formulas, paragraphs of sentences; and what stands above it as a legend."""

import re
from functools import lru_cache

from edgar_pipeline.titles.blocks import Block
from edgar_pipeline.titles.boilerplate import LEGENDS, RELEASES, contains
from edgar_pipeline.titles.casing import is_capitals
from edgar_pipeline.titles.furniture import DATE, MONTH

# A place, then a date: "DULUTH, Minn., Feb. 3 /PR Wire/", "Salem, OR – May 6, 2020 –", "AKRON (Sept. 7, 2000)".
_PLACE = r"[A-Z][\w.’'-]*(?:[ ,/]{1,2}(?:&|and|de|of|[A-Z(][\w.’')-]*)){0,8}"
_DATELINE = re.compile(rf"{_PLACE}[\s,:;(–—.-]+(?:{DATE}|(?i:{MONTH}) ?\d{{1,2}}\b)")
_OPENS = re.compile(
    r"(?:i|we),? [^.]{2,60},? (?:hereby )?certify|(?:i|we) (?:hereby |the undersigned )?(?:consent|certify|have|are|agree)\b|"
    r"know all|the undersigned|each (?:of the )?(?:undersigned|person)|in connection with|whereas\b|"
    r"this [\w ]{3,60}(?:is|was|has|shall|sets|describes|\(|,)|for value received|pursuant to the requirements|"
    r"reference is (?:hereby )?made|(?:1|i|a)[.)] |article (?:i|1|one)\b|section 1\b|item 1\b|resolved|be it|"
    r"as (?:independent|previously)|on [A-Z][a-z]+ \d|the following (?:is|are|table|sets)|to the fullest|as of [A-Z][a-z]+ \d",
    re.IGNORECASE,
)
_CONTACT = re.compile(r"\S@\S|\d{3}[-. )]{1,2}\d{3,4}")
LONG_PARAGRAPH = 130
#: An opening formula alone is no heading from this length on.
SHORT_OPENING = 60
#: Lines of running text are longer, those of an address block shorter.
WRAPPED_LINE = 85
LONG_STYLED_PARAGRAPH = 200


def opens_text(line: str) -> bool:
    """Whether a line begins running text: a dateline or an opening formula; a heading in capitals is none."""
    return bool(_DATELINE.match(line[:160]) or (_OPENS.match(line) and not is_capitals(line)))


@lru_cache(maxsize=256)
def is_prose(block: Block) -> bool:
    """Whether a block is running text: it opens as one, or it is a paragraph of sentences."""
    text = block.text
    if contains(text[:400], RELEASES) and (_DATELINE.match(text[:160]) or len(text) > 160):
        return True
    if _DATELINE.match(text[:120]) and len(text) > 120 and share_of_small_letters(text) > 0.5:
        return True
    if (
        opens_text(block.lines[0])
        and (len(text) > SHORT_OPENING or len(block.lines) > 1)
        and share_of_small_letters(text) > 0.3
    ):
        return True
    if len(block.lines) > 1 and max(map(len, block.lines)) < WRAPPED_LINE and _CONTACT.search(text):
        return False
    limit = LONG_STYLED_PARAGRAPH if block.is_bold or block.is_centred else LONG_PARAGRAPH
    if len(text) <= limit or share_of_small_letters(text) <= 0.6:
        return False
    return text[-1] in '.;:,”"' or len(text) > 220


def is_legend(block: Block) -> bool:
    """Whether a paragraph stands above the document rather than in it: securities legends, notes on omitted parts."""
    text = block.text
    if len(text) <= 60 or not contains(text[:600], LEGENDS):
        return False
    return is_capitals(text[:300]) or text[0] in "[(*" or len(text) < 500


def share_of_small_letters(text: str) -> float:
    """The share of small letters among the letters: near 1 in sentences, near 0 in headings in capitals."""
    letters = sum(map(str.isalpha, text))
    return sum(map(str.islower, text)) / letters if letters else 0.0

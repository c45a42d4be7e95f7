"""The words of an exhibit index without what it adds to them: footnote marks, "filed herewith", references, page numbers."""

import re

from edgar_pipeline.titles.cleaning import clean
from edgar_pipeline.titles.furniture import DATE

LONGEST_TITLE = 300
#: A title is not cut before this.
SHORTEST_TITLE = 20

_INCORPORATED = re.compile(
    r"incorporated\s+(?:herein\s+|hereby\s+|into\s+this\s+\w+\s+)?by\s+(?:this\s+)?reference|previously\s+filed|to\s+be\s+filed|"
    r"filed\s+(?:previously|as\s+exhibit|as\s+an\s+exhibit|with\s+the\s+\w+\s+on|by\s+amendment)",
    re.IGNORECASE,
)
_FILED_HEREWITH = re.compile(
    r"(?:filed|furnished|submitted|included|attached)\s+(?:electronically\s+)?(?:herewith|with this)|"
    r"herewith\s+(?:filed|furnished)",
    re.IGNORECASE,
)
_HOW_FILED = (
    r"(?:is |are |being )?(?:filed|furnished|submitted|included|attached|provided) (?:electronically )?"
    r"(?:herewith|hereto|with this [\w -]{1,40})",
    r"herewith (?:filed|furnished)",
    r"(?:previously|heretofore) filed",
    r"incorporated (?:herein )?by reference\b.*",
    r"furnished,? not filed.*",
    r"filed as part of this.{0,40}",
)
_TAIL = re.compile(rf"\s?[(\[]?\s?(?:{'|'.join(_HOW_FILED)})\s?[)\].,;]*$", re.IGNORECASE)
_MARKS = " ,;:-–—*†‡+#^§¶~"
_NOTE = re.compile(r"\((?:\d{1,2}|[a-zA-Z]|[*†‡+#^]{1,3})\)$|\{\d{1,2}\}$|\[\d{1,2}\]$")
_LEADERS = re.compile(r"\s?(?:\.\s?){4}.*$|\s?_{3}.*$")
_LEAD = re.compile(r"^[\s\-–—:.,;*†‡+#^§•·)\]|]+")
# Heads of columns, marks in them, and references to other places.
_NOTHING = re.compile(
    r"(?:exhibits?|documents?|(?:exhibit |document )?description(?: of (?:exhibits?|documents?))?|"
    r"title|name|page|form|number|no|exhibit (?:no|number|index|list)|index to exhibits?|table of contents|continued|"
    r"location|method of filing|filing method|"
    r"none|n/?a|not applicable|omitted|reserved|deleted|intentionally omitted|not used|x{1,3}|herewith|electronically|"
    r"see .{0,40}|(?:included|contained) (?:in|on|as|with) .{0,60}|(?:filed|furnished)(?: .{0,40})?|"
    r"(?:\d{4} )?(?:annual report on )?form \S{1,8}|"
    r"\(?(?:8-k|10-k|10-q|20-f|[sf]-\d+|6-k|def 14a|10-k405|8-a|sb-2|10-ksb)(?:/a)?\)?)[.:;]?",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_]{3,}")
_DATE_ONLY = re.compile(DATE, re.IGNORECASE)
#: Where a title that is too long ends, the best place first: before its parties, before its date, between its parts.
_CLAUSES = (" by and among ", " by and between ", " among ", " between ", ", dated ", "; ")
_ABBREVIATED_ENDS = ("inc", "corp", "co", "ltd", "jr", "sr", "no")


def is_incorporated(row: str) -> bool:
    """Whether a row of an index describes a document of another submission."""
    return bool(_INCORPORATED.search(row)) and not _FILED_HEREWITH.search(row)


def index_title(text: str) -> str | None:
    """A cell of an index as a title, or None if it is a mark, a reference or the head of a column.

    >>> index_title("Form of Warrant (filed herewith)*"), index_title("Filed herewith")
    ('Form of Warrant', None)
    """
    text = _LEAD.sub("", clean(text[:2_000]))
    before = None
    while text != before:
        before = text
        text = _NOTE.sub("", _TAIL.sub("", _LEADERS.sub("", text)).rstrip(_MARKS)).rstrip(_MARKS)
    text = _without_last_stop(text)
    if not _WORD.search(text) or text[0] in "/\\" or _NOTHING.fullmatch(text) or _DATE_ONLY.fullmatch(text):
        return None
    return _shortened(text)


def _without_last_stop(text: str) -> str:
    """A title ends without a full stop, but Inc. keeps its own."""
    last = text.rsplit(" ", 1)[-1]
    if not text.endswith(".") or last.lower().rstrip(".") in _ABBREVIATED_ENDS or last.count(".") > 1:
        return text
    return text[:-1].rstrip()


def _shortened(text: str) -> str:
    """At most LONGEST_TITLE characters: up to a clause, else up to a word."""
    if len(text) <= LONGEST_TITLE:
        return text
    cuts = (text.find(clause, SHORTEST_TITLE, LONGEST_TITLE) for clause in _CLAUSES)
    cut = next((cut for cut in cuts if cut > 0), 0)
    return (text[:cut] if cut else text[:LONGEST_TITLE].rsplit(" ", 1)[0]).rstrip(_MARKS)

"""Plain text of EDGAR's first years (and of letters today): typewriter pages with a little SGML in them.

`<PAGE>` begins a page; `<TABLE>`, `<CAPTION>`, `<S>`, `<C>` and `<FN>` mark up the typewriter's tables; `<F1>` refers to a
footnote. A financial data schedule (EX-27) is a list of `<TAG> value` lines. A bare `<` is a less-than sign and stays.
"""

import re

from edgar_pipeline.text.markup import resolve_entities
from edgar_pipeline.text.spacing import Cache, space_out

# Every pattern is linear: quantifiers that could share their characters are possessive.
_LINE_ENDS = re.compile(r"\r\n?")
_PAGE = re.compile(r"<PAGE>[ \t]{0,9}[0-9]{0,5}", re.IGNORECASE)
_PAGE_NUMBER = re.compile(r"[-–— ]{0,4}(?:page )?[A-Z]{0,3}-?[0-9]{1,4}(?: of [0-9]{1,4})?[-–— ]{0,4}", re.IGNORECASE)
_TABLE_MARKUP = re.compile(r"</?(?:TABLE|CAPTION|S|C|FN)>", re.IGNORECASE)
_FOOTNOTE = re.compile(r"<F([0-9]{1,3})>", re.IGNORECASE)
_SCHEDULE_TAG = re.compile(r"^<([A-Z][A-Z0-9-]{1,40})>(?=[ \t]|$)", re.MULTILINE)
# Only with its semicolon: "R&LTD" is no less-than sign here.
_ENTITY = re.compile(r"(&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});)")
# The underline of a word in the middle of a sentence, which goes on below it; rules across the page; dots that lead to a number.
_UNDERLINE = re.compile(r"^[ \t\xa0]*+[-_=*~]{2}[-_=*~ \t\xa0]*+\n(?=[ \t\xa0]*+[a-z])", re.MULTILINE)
_RULE = re.compile(r"^[ \t\xa0]*+[-_=*~][-_=*~ \t\xa0]*+$", re.MULTILINE)
_LEADER = re.compile(r"\.(?: ?\.){3,}+")


def _worth(run: str) -> str:
    """Three blanks or more separate the columns of a typewriter's table; two may follow a sentence."""
    lines = run.count("\n")
    if lines:
        return "\n\n" if lines > 1 else "\n"
    return "\t" if "\t" in run or len(run) > 2 else " "


_worths = Cache(_worth)


def plain_to_text(document: str) -> str:
    """The document with its lines, the columns of a line apart by tabs, without rules, page numbers and markup."""
    text = _without_page_numbers(_LINE_ENDS.sub("\n", document))
    text = _FOOTNOTE.sub(r" (\1)", _TABLE_MARKUP.sub("", text))
    text = _SCHEDULE_TAG.sub("\\1\t", text)
    text = resolve_entities(text, _ENTITY)
    text = _LEADER.sub("\t", _RULE.sub("", _UNDERLINE.sub("", text)))
    return space_out(text, _worths)


def _without_page_numbers(text: str) -> str:
    """Without <PAGE> and the page number that ends the page before it or begins the page behind it."""
    first, *others = _PAGE.split(text)
    pages = [first]
    for page in others:
        head, end, last = pages[-1].rstrip().rpartition("\n")
        if end and _PAGE_NUMBER.fullmatch(last.strip()):
            pages[-1] = head.rstrip()
        start, end, rest = page.strip().partition("\n")
        pages.append(rest.lstrip() if end and _PAGE_NUMBER.fullmatch(start.strip()) else page.strip())
    return "\n".join(pages)

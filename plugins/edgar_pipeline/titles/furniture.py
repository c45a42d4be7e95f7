"""Lines that stand above a headline and are none: labels, dates, letterheads, addresses, contacts, cover boilerplate.

Every pattern is tried on whole lines of at most LONGEST characters, so that no text can make it slow.
"""

import re
from functools import lru_cache

from edgar_pipeline.titles.boilerplate import LINES, PREFIXES
from edgar_pipeline.titles.words import (
    COMPANY_ENDS,
    HEADLINE_VERBS,
    KINDS,
    MONTHS,
    PERIOD_FILLERS,
    PERIOD_WORDS,
    PHRASE_WORDS,
    STREET_WORDS,
)

#: A longer line is text.
LONGEST = 160
WORDS_AFTER_STREET = 7
LONGEST_LETTERHEAD = 130
LONGEST_CONTACT = 130

MONTH = rf"(?:{MONTHS}|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\.?"
#: A date as filers write it: March 5, 2020; 5 March 2020; March 2020; 3/5/20; 05.03.2020.
DATE = (
    rf"(?:{MONTH}\s+\d{{1,2}}(?:st|nd|rd|th)?\s*,?\s*\d{{4}}|\d{{1,2}}(?:st|nd|rd|th)?\.?\s+(?:of\s+)?{MONTH},?\s+\d{{4}}"
    rf"|{MONTH},?\s+\d{{4}}|\d{{1,2}}[./-]\d{{1,2}}[./-]\d{{2,4}})"
)
_ANY_DATE = re.compile(DATE, re.IGNORECASE)
_DATE = re.compile(
    r"(?:(?:dated?|effective|issued|adopted|as amended|amended|revised|updated|last|as of|of|on|in|through)\b[:,]?\s*){0,4}"
    rf"(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day,?\s*)?{DATE}(?:\s*(?:at|,)?\s*\d{{1,2}}[:.]\d{{2}}.{{0,20}})?[.,:]?",
    re.IGNORECASE,
)
_BLANK_DATE = re.compile(rf"(?:dated?|as of|effective)?[\s:,]*(?:as of )?(?:{MONTH})?[\s_.,\[\]•●0-9-]*", re.IGNORECASE)

_LABEL = re.compile(
    r"[\[(]?(?:EXHIBIT|EXH?\b|ANNEX|APPENDIX|SCHEDULE|ATTACHMENT|ENCLOSURE)[\s.:#-]*(?:NO\.?\s*|NUMBER\s*)?[\"“']?"
    r"[A-Z]?[\dIVX]{0,4}\w{0,6}(?:[.\-–( ]{1,2}\w{1,5}\)?){0,5}[\"”']?[\])]?[.:*]*",
    re.IGNORECASE,
)
# What has a form rather than words: form names, numbers, telephones, addresses of the web, remarks in brackets.
_FORMED = re.compile(
    r"form (?!of\b)[\w/-]{1,8}(?: ?/?a)?|schedule 1[34][a-z](?:-\d)?|washington,? d\.?\s?c\.?[ ,]*[\d-]*|"
    r"(?:page |p\.? ?)?-? ?\d{1,4}(?: of \d{1,4})? ?-?|[ivxlc]{1,7}|[\d\s.,:;()$/-]+|[^\w]+|_[_\s\w.]*_|"
    r"\S+@\S+\.\S+|\S+\.(?:com|org|net|gov\.ky|co\.uk|gov)|\+?\(?\d[\d ().+-]{6,20}|"
    r"(?:direct |main )?(?:tel|fax|phone|telephone|telecopier|facsimile|e-?mail|web ?site|web|cell|mobile|direct(?: dial| line)?|"
    r"writer[’']?s? .{0,20}|cusip|isin|sedol|lei)\s?(?:no\.?|number)?\s?[.:#-].*|"
    r"(?:an? ).{0,40}(?:corporation|company|partnership|association|trust|firm)|(?:state|commonwealth) of [a-z ]{4,20}|"
    r"(?:mr|ms|mrs|dr|messrs)\.? \S+(?: \S+){0,3}|.{0,30}for immediate release.{0,40}|.{0,60}\blogo|"
    r"(?:english )?translation.{0,40}",
    re.IGNORECASE,
)
_REMARK = re.compile(r"[\[(<{].*[\])>}][.*]?|\*+.*|[#†‡§].*")
_ZIP = re.compile(
    r".{0,60}\b[A-Z]{2}\s+\d{5}(?:-\d{4})?|.{0,60},\s[A-Z][a-z]+(?: [A-Z][a-z]+)?\.?,?\s+\d{5,6}(?:-\d{4})?.{0,20}"
)
_POSTCODE = re.compile(r"[\w .'-]{2,40},? [A-Z]{1,2}\d{1,2}[A-Z]? ?\d[A-Z]{2}.{0,30}|.{0,30}\bKY1-\d{4}.{0,20}")
_PLACE = re.compile(
    r"[A-Z][\w.'-]+(?: [A-Z][\w.'-]+){0,3}, (?:[A-Z]{2}|[A-Z][a-z]+\.?(?: [A-Z][a-z]+){0,2}|[A-Z]\.[A-Z]\.)[.,]?"
)
_SALUTATION = re.compile(
    r"(?:dear|ladies (?:and|&|/|or)|gentlemen|ladies|sirs?|mesdames|commissioners|to whom|hello|greetings)\b.{0,120}|"
    r"to (?:our|my|all) .{0,80}[,:]|fellow .{0,60}[,:]?",
    re.IGNORECASE,
)
_CONTACT = re.compile(
    r".{0,60}\b(?:contacts?|inquiries|enquiries)\b.{0,60}[:.]?|(?:for|at) (?:more|further|additional) information.{0,60}|"
    r"at (?:the )?(?:company|media).{0,40}|(?:company|agency)\s?:|"
    r"(?:media|investors?|analysts?|investor relations|media relations|public relations|corporate communications|press office)"
    r"(?: (?:&|and|/) .{0,30})?\s?:?",
    re.IGNORECASE,
)
_LETTERS = re.compile(r"[^\W\d_]{2,}")
_TOKENS = re.compile(r"[\w-]+")
_IN_BRACKETS = re.compile(r"\s*\([^()]{0,80}\)$")
_FIGURE = r"\$?\s?\(?[\d,.]+\)?%?"
_TABLE_ROW = re.compile(rf".*\S\s{_FIGURE}(?:\s{_FIGURE})+")


def is_furniture(line: str) -> bool:
    """Whether a line is none of the document's own words: a label, a date, a letterhead, an address …"""
    return len(line) <= LONGEST and _is_furniture(line)


# The same lines are judged for the headline, for its neighbours and for the excerpt.
@lru_cache(maxsize=2_048)
def _is_furniture(line: str) -> bool:
    bare = line.lower().strip(" .:;,*()[]“”\"'’-–—")
    return (
        bare in LINES
        or line.lower().startswith(PREFIXES)
        or word_count(line) < 1
        or any(pattern.fullmatch(line) for pattern in (_LABEL, _DATE, _BLANK_DATE, _FORMED, _REMARK))
        or is_letterhead(line)
        or (is_address(line) and not names_kind(line))
        or is_period(line)
    )


def is_letterhead(line: str) -> bool:
    """Whether a line is the name of a company and nothing more."""
    if len(line) > LONGEST_LETTERHEAD:
        return False
    words = _IN_BRACKETS.sub("", line).lower().rstrip(" *®™.,;:").split()
    if len(words) < 2 or words[-1].replace(".", "") not in COMPANY_ENDS:
        return False
    rest = {word.strip(".,;:&()") for word in words[:-1]}
    return rest.isdisjoint(KINDS) and rest.isdisjoint(HEADLINE_VERBS) and rest.isdisjoint(PHRASE_WORDS)


def is_label(line: str) -> bool:
    """Whether a line is "Exhibit 99.1" and nothing more."""
    return len(line) <= LONGEST and bool(_LABEL.fullmatch(line))


def is_date(line: str) -> bool:
    """Whether a line is a date, with or without "Dated as of"."""
    return len(line) <= LONGEST and bool(_DATE.fullmatch(line))


def is_period(line: str) -> bool:
    """Whether a line says nothing but a period: the head of a table, or the end of a headline."""
    words = [word for word in _TOKENS.findall(line.lower()) if not word.isdigit()]
    return not PERIOD_WORDS.isdisjoint(words) and all(word in PERIOD_WORDS or word in PERIOD_FILLERS for word in words)


def is_address(line: str) -> bool:
    """Whether a line is part of a postal address."""
    if len(line) > LONGEST:
        return False
    words = _TOKENS.findall(line.lower())
    streets = [number for number, word in enumerate(words) if word in STREET_WORDS]
    return bool(
        (streets and len(words) - streets[-1] <= WORDS_AFTER_STREET)
        or _ZIP.fullmatch(line)
        or _POSTCODE.fullmatch(line)
        or _PLACE.fullmatch(line)
    )


def is_salutation(line: str) -> bool:
    """Whether a line opens a letter."""
    return len(line) <= LONGEST and bool(_SALUTATION.fullmatch(line))


def is_contact(line: str) -> bool:
    """Whether a block of names, telephone numbers and addresses begins with this line."""
    return len(line) <= LONGEST_CONTACT and bool(_CONTACT.fullmatch(line))


def is_table_row(line: str) -> bool:
    """Whether a line is a row of figures, or an entry of a table of contents."""
    return len(line) <= LONGEST and ("...." in line or bool(_TABLE_ROW.fullmatch(line) and not _ANY_DATE.search(line)))


def names_kind(line: str) -> bool:
    """Whether a line has a word that says what a document is: Agreement, Consent, Bylaws, Results …"""
    return not KINDS.isdisjoint(_TOKENS.findall(line.lower()))


def word_count(line: str) -> int:
    """The words of two letters or more."""
    return len(_LETTERS.findall(line))

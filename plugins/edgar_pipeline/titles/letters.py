"""What a letter to or from the SEC's staff is about: the lines behind its "Re:".

Re: Acme Corp                                     Such letters have no headline: they begin with a letterhead and
    Registration Statement on Form S-1            an address, and their type says only that they are letters.
    File No. 333-234105
"""

import re

from edgar_pipeline.titles.cleaning import clean
from edgar_pipeline.titles.furniture import is_date, is_salutation

#: Correspondence with the SEC's staff, in either direction.
FORMS = frozenset({"CORRESP", "DRSLTR", "DOSLTR", "LETTER", "UPLOAD", "SEC STAFF LETTER"})
#: Characters in which the subject is looked for: letterheads list partners and offices.
TEXT_READ = 8_000
MOST_LINES = 8
MOST_PARTS = 3
LONGEST_PART = 150

_RE = re.compile(r"(?:re|ref|reference|subject)\s{0,3}[:.]\s*(?P<after>.*)", re.IGNORECASE)
# Numbers and dates that the header has, and whose letter is answered.
_DETAIL = re.compile(
    r"\(?(?:(?:commission |sec |registration )?file (?:no|number)s?\b|cik\b|registration (?:no|number)\b|filed\b|submitted\b|"
    r"confidentially submitted\b|(?:your|staff|comment|sec)\b.{0,30}\bletter\b|letter dated|response (?:letter )?dated|"
    r"accession\b).*",
    re.IGNORECASE,
)
_DEFINITION = re.compile(r"\s*\((?:the |collectively,? )?[“\"'‘][^()]{1,60}\)", re.IGNORECASE)
_BRACKETED_NUMBER = re.compile(
    r"\s*\((?:(?:commission |sec |registration )?file (?:no|number)s?|registration (?:no|number)s?|cik)\b[^()]{0,80}\)",
    re.IGNORECASE,
)
_FILE_NUMBER = re.compile(r"[\s,;–-]*\(?(?:commission |sec |registration )?file (?:no|number)s?\b.*$", re.IGNORECASE)


def letter_subject(form_type: str, text: str | None) -> str | None:
    """The subject of a letter: whom and which filing it is about; None for other forms, and where it names none.

    >>> letter_subject("CORRESP", "Re: Acme Corp (the “Company”)\\nForm 10-K for 2019\\nFile No. 1-2\\n\\nDear Ms. Lee:")
    'Acme Corp, Form 10-K for 2019'
    """
    if form_type.upper() not in FORMS:
        return None
    lines = [line for raw in (text or "")[:TEXT_READ].split("\n") if (line := clean(raw))]
    for number, line in enumerate(lines):
        if found := _RE.fullmatch(line):
            subject = "\n".join([found["after"], *lines[number + 1 : number + MOST_LINES]])
            # A number in brackets can be wrapped over two lines.
            return ", ".join(_parts(_BRACKETED_NUMBER.sub("", subject).split("\n"))) or None
    return None


def _parts(lines: list[str]) -> list[str]:
    """The lines of a subject up to the salutation, without numbers, dates and definitions."""
    parts: list[str] = []
    for line in lines:
        if is_salutation(line) or len(line) > LONGEST_PART:
            break
        part = _FILE_NUMBER.sub("", _DEFINITION.sub("", line)).strip(" ,;:–—-")
        if parts and part[:1].islower():
            parts[-1] += f" {part}"
        elif part and not _DETAIL.fullmatch(part) and not is_date(part) and any(map(str.isalpha, part)):
            parts.append(part)
    return parts[:MOST_PARTS]

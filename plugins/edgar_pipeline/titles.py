"""What a document calls itself, and how it begins: the headline and the excerpt of a text.

The rules are few and sure rather than clever: a wrong headline is worse than none, because the warehouse then falls back to
the description or to the form's name.
"""

import re

LONGEST_HEADLINE = 250
LONGEST_EXCERPT = 400
#: A headline stands near the top or nowhere.
LINES_SEARCHED = 30
#: Data files: their text has lines, but none of them is a headline.
UNTITLED_TYPES = ("EX-27", "EX-100", "EX-101", "EX-104", "EX-FILING FEES")

_EXHIBIT_LABEL = re.compile(
    r"\(?(?:EXHIBIT|EX\b|ANNEX|SCHEDULE)[\s.:#-]*(?:NO\.?\s*)?[\w.()-]{0,12}\)?\.?", re.IGNORECASE
)
_MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
_DATE = re.compile(
    rf"(?:dated?:?\s*)?(?:(?:as )?of\s*)?(?:(?:{_MONTHS})\s+\d{{1,2}},?\s+\d{{4}}|\d{{1,2}}[/-]\d{{1,2}}[/-]\d{{2,4}})\.?",
    re.IGNORECASE,
)
_BOILERPLATE = re.compile(
    r"united states( of america)?|(u\.?s\.? )?securities and exchange commission|washington,? d\.?\s?c\.?[ ,]*(\d{5})?|"
    r"form [\w -]{1,12}|\(mark one\)|schedule 1[34][a-z](-\d)?|current report|press release|news release|news|"
    r"(for )?immediate release:?|for release.{0,40}|table of contents|index|page \d+( of \d+)?|[\d\s.-]+|-+|"
    r"quicklinks.*|contacts?:?.*|.*\bcontact:.*|confidential|execution (version|copy)|certain .* omitted.*|"
    r"via edgar.*|(our|your) ref.*|"
    r"(tel|fax|phone|telephone|e-?mail|website)[.:].*|www\..*|https?:.*|.*@.*\..*",
    re.IGNORECASE,
)  # fmt: skip
_LETTERHEAD = re.compile(
    r".{0,80}\b(inc|corp|corporation|company|co|ltd|limited|llc|llp|l\.p|lp|plc|n\.v|s\.a|group|holdings?|bank|trust|fund)\b\.?,?",
    re.IGNORECASE,
)
_ADDRESS = re.compile(
    r".*\b(street|avenue|road|suite|floor|boulevard|p\.?o\.? box)\b.*|.*\b[A-Z]{2}\s+\d{5}(-\d{4})?", re.IGNORECASE
)
_SALUTATION = re.compile(r"(dear|to whom|ladies|gentlemen|re:|to the board)\b.*", re.IGNORECASE)
# A line that ends like this goes on in the next one.
_CONTINUES = re.compile(r"\b(of|the|to|and|for|by|in|with|a|an|pursuant to|between|among)$", re.IGNORECASE)
_WORDS = re.compile(r"[^\W\d_]{2,}")


def find_headline(text: str, document_type: str) -> str | None:
    """The document's own headline, or None.

    Only exhibits are searched: what a form's cover says is the form's name, which the warehouse composes better.
    """
    document_type = document_type.upper()
    if not document_type.startswith("EX-") or document_type.startswith(UNTITLED_TYPES):
        return None
    lines = _lines(text)[:LINES_SEARCHED]
    number = next((number for number, line in enumerate(lines) if not _is_furniture(line)), None)
    if number is None or _SALUTATION.fullmatch(lines[number]):
        return None
    headline = lines[number]
    if _CONTINUES.search(headline) and number + 1 < len(lines):
        headline = f"{headline} {lines[number + 1]}"
    return headline if _is_headline(headline) else None


def find_excerpt(text: str, headline: str | None) -> str | None:
    """Up to 400 characters from where the document starts to say something, cut at a word."""
    lines = _lines(text)
    start = _line_after(lines, headline) if headline else 0
    while start < len(lines) - 1 and (_is_furniture(lines[start]) or len(lines[start]) < 40):
        start += 1
    excerpt = ""
    for line in lines[start:]:
        excerpt = f"{excerpt} {line}".strip()
        if len(excerpt) > LONGEST_EXCERPT:
            break
    return _cut(excerpt) or None


def _line_after(lines: list[str], headline: str) -> int:
    """The number of the line that follows the headline, which may span two lines."""
    number = next(
        (number for number, line in enumerate(lines) if headline.startswith(line) and not _is_furniture(line)), 0
    )
    return number + (1 if lines[number] == headline else 2)


def _lines(text: str) -> list[str]:
    """The lines with their white space folded, empty ones dropped."""
    return [" ".join(line.split()) for line in text[:200_000].split("\n") if line.strip()]


def _is_furniture(line: str) -> bool:
    """Lines that stand above a headline and are none: labels, dates, letterheads, addresses, contacts."""
    return bool(
        len(line) <= 160
        and (
            _EXHIBIT_LABEL.fullmatch(line)
            or _DATE.fullmatch(line)
            or _BOILERPLATE.fullmatch(line)
            or _LETTERHEAD.fullmatch(line)
            or _ADDRESS.fullmatch(line)
            or len(_WORDS.findall(line)) < 2
        )
    )


def _is_headline(line: str) -> bool:
    """A headline is a short line of words, and no sentence of running text or remark in brackets."""
    if line.startswith(("(", "[", "<")) or line.endswith((":", ",")):
        return False
    return 8 <= len(line) <= LONGEST_HEADLINE and not (line.endswith(".") and len(line) > 120)


def _cut(text: str) -> str:
    """At most LONGEST_EXCERPT characters, not in the middle of a word."""
    if len(text) <= LONGEST_EXCERPT:
        return text
    cut = text[: LONGEST_EXCERPT + 1]
    return (cut[: cut.rindex(" ")] if " " in cut else text[:LONGEST_EXCERPT]).rstrip(" ,;:-–—")

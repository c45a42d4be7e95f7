"""The parts of a title that a beneficial ownership schedule states on its cover: the security, the issuer, who holds it, how.

Acme Corp                        Schedules of 2024-12 and later are XML, the older ones HTML or plain text; on their covers
(Name of Issuer)                 the words stand above their caption, or after it and a colon.
"""

import re
from dataclasses import dataclass

from edgar_pipeline.text import decode
from edgar_pipeline.titles.cleaning import clean

#: Characters of text that hold the cover and the pages of the first reporting persons.
TEXT_READ = 30_000
XML_READ = 200_000
MOST_FILERS = 10

_FORM = re.compile(r"(?:SC|SCHEDULE) 13([DG])(?:/A)?", re.IGNORECASE)
_LONGEST = 160
_CAPTIONS = {
    "security": re.compile(r"\(?title of class of securit(?:y|ies)\)?\s*:?\s*(?P<after>.*)", re.IGNORECASE),
    "issuer": re.compile(
        r"\(?name of (?:the )?(?:issuer|subject company)[\w ()]{0,20}\)?\s*:?\s*(?P<after>.*)", re.IGNORECASE
    ),
}
_PERSON = re.compile(
    r"(?:\(?1[.)]?\s*)?names?\s+of\s+(?:each\s+)?reporting\s+persons?[:.;]?\s*(?P<after>.*)", re.IGNORECASE
)
_NO_PERSON = re.compile(
    r"(?:\(?\d{1,2}[.)]?\s*)?(?:s\.?\s?s\.?|i\.?r\.?s\.?)\b.*|.*identification n(?:o|umber).*|\(?entities only\)?.*|"
    r"of above persons?.*|\(?1\)?[.)]?|[\W\d_]*",
    re.IGNORECASE,
)
_NEXT_ITEM = re.compile(r"(?:\(?2[.)]?\s*)?check the appropriate.*|\(?2\)?[.)]?", re.IGNORECASE)
_TAX_NUMBER = re.compile(
    r"[\s,;–-]*\(i\.?r\.?s\b.*$|[\s,;–-]*\(?(?:i\.?d\.? no\.?|tax id:?|ein:?|irs no\.?|\bno\.)?\s*\d{2}-\d{7}\)?.*$|\s*\*+$",
    re.IGNORECASE,
)
_DOTTED_END = re.compile(r"\b(?:Inc|Ltd|Corp|Co|L\.P|N\.A|Jr|L\.L\.C)$", re.IGNORECASE)
_XML_TAGS = {"security": b"securitiesClassTitle", "issuer": b"issuerName", "filers": b"reportingPersonName"}


@dataclass(frozen=True, slots=True)
class ScheduleTitle:
    """What the cover of a Schedule 13D or 13G says; `intent` is what the form means: 13D is `active`, 13G `passive`."""

    security: str | None
    issuer: str | None
    filers: tuple[str, ...]
    intent: str


def schedule_title(form_type: str, body: bytes, text: str | None) -> ScheduleTitle | None:
    """The parts of the title of a Schedule 13D or 13G; None for any other form."""
    form = _FORM.fullmatch(form_type.strip())
    if not form:
        return None
    intent = "active" if form[1].upper() == "D" else "passive"
    head = bytes(body[:XML_READ])
    if b"<edgarSubmission" in head[:2_000]:
        values = {part: _xml_values(head, tag) for part, tag in _XML_TAGS.items()}
        return ScheduleTitle(_first(values["security"]), _first(values["issuer"]), _distinct(values["filers"]), intent)
    text = (text or "")[:TEXT_READ]
    lines = [line for raw in text.split("\n") if (line := clean(raw))]
    return ScheduleTitle(_captioned(lines, "security"), _captioned(lines, "issuer"), _reporting_persons(lines), intent)


def _xml_values(head: bytes, tag: bytes) -> list[str]:
    found = re.findall(rb"<(?:\w{1,20}:)?%s>([^<]{1,500})</" % tag, head)
    return [value for raw in found if (value := clean(decode(raw)))]


def _captioned(lines: list[str], part: str) -> str | None:
    """The words of a cover that stand before their caption, or after it."""
    for number, line in enumerate(lines[:80]):
        found = _CAPTIONS[part].fullmatch(line)
        if not found:
            continue
        after = found["after"].strip(" :*()")
        above = (above.strip(" _*") for above in reversed(lines[max(0, number - 3) : number]))
        value = after or next((words for words in above if any(map(str.isalpha, words))), "")
        return value if 1 < len(value) <= _LONGEST else None
    return None


def _reporting_persons(lines: list[str]) -> tuple[str, ...]:
    """The name on each page of a reporting person: between "Name of reporting person" and the next item."""
    persons: list[str] = []
    for number, line in enumerate(lines):
        found = _PERSON.fullmatch(line)
        if not found or len(persons) >= MOST_FILERS:
            continue
        for candidate in (found["after"], *lines[number + 1 : number + 7]):
            if _NEXT_ITEM.fullmatch(candidate.strip()):
                break
            if name := _person(candidate.strip()):
                persons.append(name)
                break
    return _distinct(persons)


def _person(line: str) -> str | None:
    """The name in a line, without tax number and footnote marks."""
    name = "" if _NO_PERSON.fullmatch(line) else _TAX_NUMBER.sub("", line).strip(" ,;:.()")
    if not 2 < len(name) <= _LONGEST:
        return None
    return f"{name}." if _DOTTED_END.search(name) else name


def _first(values: list[str]) -> str | None:
    return values[0] if values else None


def _distinct(values: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(values))[:MOST_FILERS]

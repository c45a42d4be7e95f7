"""The titles of a submission's documents: every source of a title asked in one place, and the best one named."""

import mmap
import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass

from edgar_pipeline.titles import excerpts
from edgar_pipeline.titles.blocks import Block, read_head, read_text
from edgar_pipeline.titles.casing import readable
from edgar_pipeline.titles.cleaning import clean
from edgar_pipeline.titles.descriptions import description_title, type_title
from edgar_pipeline.titles.exhibit_index import Exhibit, find_index_titles
from edgar_pipeline.titles.exhibit_numbers import candidate_numbers, parse_number
from edgar_pipeline.titles.generic import is_generic
from edgar_pipeline.titles.headline import find_heading, join, peeled, until_text
from edgar_pipeline.titles.letters import letter_subject
from edgar_pipeline.titles.offerings import offered_security
from edgar_pipeline.titles.opening import find_opening
from edgar_pipeline.titles.schedules import schedule_title
from edgar_pipeline.titles.securities import cover_cusip

#: Forms whose primary document is data and lists no exhibits.
FORMS_WITHOUT_INDEX = frozenset({"3", "4", "5", "13F-HR", "13F-NT", "NPORT-P", "144", "D"})
#: Reports that begin to say something below the first of their items.
FORMS_WITH_ITEMS = ("8-K", "10-K", "10-Q", "10-D", "20-F")
#: Exhibits that are forms of their own, by the number before the first dot: what their covers say is no headline.
FORM_EXHIBITS = frozenset({"25"})
#: Types of documents that no reader reads.
DATA_TYPES = frozenset({"XML", "XBRL", "JSON", "ZIP", "EXCEL", "GRAPHIC", "PDF", "INFORMATION TABLE"})
#: Characters of a text whose headline is looked for when nothing but the text is known.
TEXT_HEAD = 20_000

_XML = re.compile(rb"\s*(?:<\?xml|<XML>|<XBRL>)", re.IGNORECASE)
_TRAILING_MARKS = re.compile(r"(?:\s?[*†‡]|\s?\(\d\))+$")


@dataclass(frozen=True, slots=True)
class Document:
    """A document of a submission: its tags, the bytes between `<TEXT>` and `</TEXT>`, and their text (None if there is none)."""

    document_type: str
    filename: str | None
    description: str | None
    body: bytes | mmap.mmap
    text: str | None


@dataclass(frozen=True, slots=True)
class DocumentTitles:
    """What each source of titles says of a document; None where it says nothing.

    `title` and `title_source` are the best of them: the exhibit index, the headline, the description; but an entry that only
    names the kind of document ("Press release dated March 5, 2020") gives way to a headline that says what it announces.
    """

    index_title: str | None = None
    headline: str | None = None
    description_title: str | None = None
    excerpt: str | None = None

    @property
    def title(self) -> str | None:
        """The best title."""
        return self._best()[0]

    @property
    def title_source(self) -> str | None:
        """exhibit_index, headline or description; None without a title."""
        return self._best()[1]

    @property
    def generic_sources(self) -> list[str]:
        """The sources that name only the kind of the document."""
        return [source for source, title in self._sources().items() if title and is_generic(title)]

    def _sources(self) -> dict[str, str | None]:
        return {
            "exhibit_index": self.index_title,
            "headline": self.headline,
            "description": self.description_title,
        }

    def _best(self) -> tuple[str | None, str | None]:
        ranked = [(title, source) for source, title in self._sources().items() if title]
        return next((pair for pair in ranked if not is_generic(pair[0])), ranked[0] if ranked else (None, None))


def title_documents(form_type: str, documents: Sequence[Document]) -> list[DocumentTitles]:
    """The titles of all documents of a submission, in order; the first document is the primary one."""
    if not documents:
        return []
    around = documents[0].text or ""
    index_titles = _index_titles(form_type, documents)
    return [
        _titles(document, index_title, around, is_primary=number == 0)
        for number, (document, index_title) in enumerate(zip(documents, index_titles, strict=True))
    ]


def title_parts(form_type: str, documents: Sequence[Document]) -> dict:
    """What the primary document states that its filing's title is composed of; None where the form has no such part.

    `schedule`: who holds what in whom, of a Schedule 13D or 13G. `cusip`: the number of what is held. `letter_subject`: what
    correspondence is about. `offered`: the security that a registration statement or prospectus offers.
    """
    primary = documents[0] if documents else Document(form_type, None, None, b"", None)
    schedule = schedule_title(form_type, primary.body, primary.text)
    return {
        "schedule": asdict(schedule) if schedule else None,
        "cusip": cover_cusip(primary.body, primary.text) if schedule else None,
        "letter_subject": letter_subject(form_type, primary.text),
        "offered": _readable(offered_security(form_type, primary.text), primary.text or ""),
    }


def find_headline(text: str, document_type: str) -> str | None:
    """The headline of an exhibit of which only the text is known; None for documents of other types."""
    if not _is_exhibit(document_type):
        return None
    return type_title(document_type) or _headline(read_text(text[:TEXT_HEAD]), document_type, text, "")[0]


def find_excerpt(text: str, headline: str | None) -> str | None:
    """Up to 400 characters from where the text starts to say something, after its headline."""
    return excerpts.find_excerpt(text, headline)


def _titles(document: Document, index_title: str | None, around: str, is_primary: bool) -> DocumentTitles:
    text = document.text or ""
    headline = heading = None
    if text and _is_exhibit(document.document_type) and not is_primary:
        headline = type_title(document.document_type)
        if not headline:
            headline, heading = _headline(read_head(document.body), document.document_type, text, around)
    return DocumentTitles(
        index_title=_readable(index_title, around),
        headline=headline,
        description_title=_readable(description_title(document.description, document.document_type), text, around),
        excerpt=_excerpt(document, heading) if text else None,
    )


def _index_titles(form_type: str, documents: Sequence[Document]) -> list[str | None]:
    """The index title of each document; None for those that are no exhibits."""
    titles: list[str | None] = [None] * len(documents)
    if form_type.upper().removesuffix("/A") in FORMS_WITHOUT_INDEX or not documents[0].text:
        return titles
    listed = {
        number: document
        for number, document in enumerate(documents)
        if number and _is_exhibit(document.document_type) and not type_title(document.document_type)
    }
    exhibits = [
        Exhibit(d.filename, candidate_numbers(d.document_type, d.description, d.text or "")) for d in listed.values()
    ]
    found = find_index_titles(documents[0].body, documents[0].text, exhibits)
    for number, title in zip(listed, found, strict=True):
        titles[number] = title
    return titles


def _headline(head: Iterable[Block], document_type: str, text: str, around: str) -> tuple[str | None, str | None]:
    """The headline of an exhibit, and its heading as it stands in the text: the opening may say more than a bare heading."""
    rest = iter(head)
    blocks = list(until_text(rest))
    parts = find_heading(blocks)
    heading = join(parts) or None
    headline = _TRAILING_MARKS.sub("", join(readable(parts, text, around))) or None
    major = (*parse_number(document_type), "")[0]
    if headline and not is_generic(headline) and major not in FORM_EXHIBITS:
        return headline, heading
    return _readable(find_opening(peeled([*blocks, *rest]), major, text), text, around) or headline, heading


def _readable(title: str | None, *running_texts: str) -> str | None:
    return clean(" ".join(readable((title,), *running_texts))) if title else None


def _excerpt(document: Document, heading: str | None) -> str | None:
    """Data files have no excerpt; forms in XML have one where they hold sentences, in footnotes and remarks."""
    document_type = document.document_type.upper()
    if document_type in DATA_TYPES:
        return None
    if type_title(document_type) or _XML.match(bytes(document.body[:200])):
        return excerpts.find_prose_excerpt(document.text)
    return excerpts.find_excerpt(document.text, heading, document_type.startswith(FORMS_WITH_ITEMS))


def _is_exhibit(document_type: str) -> bool:
    return document_type.upper().startswith("EX-")

"""Titles and excerpts of an archive of real submissions: how many say nothing, how many are broken.

The archive is EDGAR's own layout below `www.sec.gov/Archives/edgar/data`. Its submissions fall into two halves by a hash of the
accession number: rules were written looking at the `tuning` half; the `held-out` half says what they are worth.
"""

import hashlib
import re
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from edgar_pipeline.sources.sgml import find_frame, find_header, split_documents
from edgar_pipeline.text import decode, extract_text
from edgar_pipeline.titles import Document, DocumentTitles, title_documents
from edgar_pipeline.titles.generic import is_generic
from edgar_pipeline.titles.words import ABBREVIATIONS

HALVES = ("tuning", "held-out")
LONGEST_EXCERPT = 400
MOST_WEAK = 0.02

_FORM_TYPE = re.compile(rb"^CONFORMED SUBMISSION TYPE:\s*([^\r\n]+)", re.MULTILINE)
# Told apart without the rules that repair it: controls, replacement characters, UTF-8 read as cp1252, "?" for a quote.
_MOJIBAKE = re.compile(r"[\x00-\x1f\x7f-\x9f\ufffd]|â€|Ã[\x80-\xbf]|[A-Za-z]\?s\b|(?<=\s)\?\w")


@dataclass
class Figures:
    """What was counted over one half of the archive. Exhibits are those with text."""

    submissions: int = 0
    bytes: int = 0
    exhibits: int = 0
    excerpts: int = 0
    sources: Counter = field(default_factory=Counter)
    #: Nothing names the exhibit: no entry of an index, no headline, no description that says more than the type.
    weak: list[str] = field(default_factory=list)
    #: The best title names only the kind of document: "Press Release".
    generic: list[str] = field(default_factory=list)
    mojibake: list[str] = field(default_factory=list)
    too_long: list[str] = field(default_factory=list)
    cut_at_abbreviation: list[str] = field(default_factory=list)
    title_seconds: float = 0.0
    text_seconds: float = 0.0

    @property
    def weak_share(self) -> float:
        """Of the exhibits with text."""
        return len(self.weak) / self.exhibits if self.exhibits else 0.0

    @property
    def hold(self) -> bool:
        """Whether the binding figures hold: few weak titles, no broken text."""
        return self.weak_share <= MOST_WEAK and not (self.mojibake or self.too_long or self.cut_at_abbreviation)


def half_of(accession_number: str) -> str:
    """The half that a submission belongs to, by the first bit of a hash of its accession number."""
    return HALVES[hashlib.blake2b(accession_number.encode(), digest_size=8).digest()[0] % 2]


def submissions(archive: Path) -> Iterator[tuple[str, bytes]]:
    """Accession number and bytes of every submission of an archive, in order."""
    for path in sorted((archive / "www.sec.gov" / "Archives" / "edgar" / "data").glob("*/*/*.txt")):
        yield path.stem, path.read_bytes()


def measure(archive: Path) -> dict[str, Figures]:
    """The figures of each half."""
    figures = {half: Figures() for half in HALVES}
    for accession_number, body in submissions(archive):
        _count(figures[half_of(accession_number)], accession_number, body)
    return figures


def _count(figures: Figures, accession_number: str, body: bytes) -> None:
    form_type, documents = _documents(figures, accession_number, body)
    start = time.process_time()
    titles = title_documents(form_type, documents)
    figures.title_seconds += time.process_time() - start
    figures.submissions += 1
    figures.bytes += len(body)
    for document, found in zip(documents, titles, strict=True):
        name = f"{accession_number} {form_type} {document.document_type}"
        if document.document_type.upper().startswith("EX-") and document.text:
            _count_exhibit(figures, name, found)
        _count_texts(figures, name, document, found)


def _documents(figures: Figures, accession_number: str, body: bytes) -> tuple[str, list[Document]]:
    """The form type and the documents, with their texts; extraction is timed."""
    frame = find_frame(body, accession_number)
    header, position = find_header(body, frame)
    found = _FORM_TYPE.search(header)
    documents = []
    for document in split_documents(body, frame, position):
        tags = {name: decode(value).strip() for name, value in document.tags.items()}
        content = body[document.start : document.end]
        start = time.process_time()
        text = extract_text(content, tags.get("type", "")).text
        figures.text_seconds += time.process_time() - start
        documents.append(Document(tags.get("type", ""), tags.get("filename"), tags.get("description"), content, text))
    return found[1].decode("latin-1").strip() if found else "", documents


def _count_exhibit(figures: Figures, name: str, found: DocumentTitles) -> None:
    figures.exhibits += 1
    figures.sources[found.title_source or "none"] += 1
    if not found.title:
        figures.weak.append(name)
    elif is_generic(found.title):
        figures.generic.append(f"{name}: {found.title}")


def _count_texts(figures: Figures, name: str, document: Document, found: DocumentTitles) -> None:
    texts = {"title": found.title, "headline": found.headline, "excerpt": found.excerpt}
    figures.mojibake += [f"{name} {what}: {text}" for what, text in texts.items() if text and _MOJIBAKE.search(text)]
    if not found.excerpt:
        return
    figures.excerpts += 1
    if len(found.excerpt) > LONGEST_EXCERPT:
        figures.too_long.append(name)
    if ends_cut(found.excerpt, document.text or ""):
        figures.cut_at_abbreviation.append(f"{name}: …{found.excerpt[-60:]}")


def ends_cut(excerpt: str, text: str) -> bool:
    """Whether an excerpt ends in an abbreviation in the middle of a paragraph: in "U.", "No." or "Inc."."""
    last = excerpt.rsplit(" ", 1)[-1].strip("(“\"'")
    is_short = last.endswith(".") and (
        last.rstrip(".").lower() in ABBREVIATIONS or re.fullmatch(r"(?:[A-Za-z]\.)+", last)
    )
    if not is_short:
        return False
    return not any(" ".join(paragraph.split()).endswith(excerpt[-20:]) for paragraph in text.split("\n\n"))


def report(archive: Path) -> tuple[str, bool]:
    """The figures as text, half by half, with the list of what is weak or broken; and whether the binding ones hold."""
    lines = []
    holds = True
    for half, figures in measure(archive).items():
        holds = holds and figures.hold
        per_mb = 1e9 / max(figures.bytes, 1)
        lines += [
            f"titles, {half} half: {figures.submissions} submissions, {figures.exhibits} exhibits with text",
            f"  weak                      {len(figures.weak):5} ({figures.weak_share:.1%})",
            f"  only the kind is named    {len(figures.generic):5}",
            f"  sources                   {', '.join(f'{source} {count}' for source, count in figures.sources.most_common())}",
            f"excerpts, {half} half: {figures.excerpts}",
            f"  longer than {LONGEST_EXCERPT}           {len(figures.too_long):5}",
            f"  cut at an abbreviation    {len(figures.cut_at_abbreviation):5}",
            f"mojibake in titles and excerpts {len(figures.mojibake)}",
            f"CPU, ms per MB: titles {figures.title_seconds * per_mb:.1f}, text {figures.text_seconds * per_mb:.1f}",
        ]
        for what in ("weak", "generic", "mojibake", "too_long", "cut_at_abbreviation"):
            lines += [f"  {what}: {item}" for item in getattr(figures, what)]
    return "\n".join(lines), holds

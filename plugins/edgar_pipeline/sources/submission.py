"""A complete submission: EDGAR's public `.txt` dialect, bytes to one record.

    <SEC-DOCUMENT>0000807249-20-000047.txt : 20200305
    <SEC-HEADER> … </SEC-HEADER>
    <DOCUMENT>
    <TYPE>SC 13D/A
    <SEQUENCE>1
    <FILENAME>fico_13d.htm
    <TEXT>
    …
    </TEXT>
    </DOCUMENT>
    </SEC-DOCUMENT>

The closing tags decide whether a submission is whole. `PUBLIC DOCUMENT COUNT` does not: it is routinely one or two more than
the documents shipped, and once 33 less (edgar.md). Filings of 1993 to 1996 say IMS instead of SEC and stand in a PEM wrapper.
"""

import hashlib
import mmap
import re
from dataclasses import dataclass

from edgar_pipeline import PARSER_VERSION
from edgar_pipeline.clock import to_iso
from edgar_pipeline.errors import Damaged, ParsingError
from edgar_pipeline.identifiers import parse_accession_number, parse_cik
from edgar_pipeline.sources.sgml_header import Field, first, parse_acceptance, parse_date, parse_header
from edgar_pipeline.text import decode, extract_text
from edgar_pipeline.titles import find_excerpt, find_headline

#: More documents missing than this share of the declared ones (and more than two) means that the submission was cut and closed.
TOLERATED_DEFICIT = 0.1
LONGEST_HEADER = 4_000_000

_ROOT = re.compile(rb"<(SEC|IMS)-DOCUMENT>([^\s:]*)")
_HEADER_END = re.compile(rb"</(?:SEC|IMS)-HEADER>")
_STAMP = re.compile(r"<(?:SEC|IMS)-HEADER>[^\n:]*:\s*(\d{8})")
_DOCUMENT_TAG = re.compile(rb"<(TYPE|SEQUENCE|FILENAME|DESCRIPTION)>([^\r\n]*)")

_ROLES = {
    "FILER": "filer",
    "SUBJECT COMPANY": "subject",
    "FILED BY": "filed_by",
    "FILED FOR": "filed_for",
    "ISSUER": "issuer",
    "REPORTING-OWNER": "reporting_owner",
    "SERIAL COMPANY": "serial_company",
}


@dataclass(frozen=True)
class Document:
    """Where a document stands in the submission: its tags, and the bounds of what is between <TEXT> and </TEXT>."""

    tags: dict[str, str]
    start: int
    end: int


def check_submission(body: bytes | mmap.mmap, accession_number: str) -> None:
    """Raise Damaged unless the body is a whole submission with this accession number.

    Cheap on purpose: it runs on every download, so that a cut body is fetched again at once.
    """
    root = _ROOT.search(body[:10_000])
    if not root:
        raise Damaged(f"{accession_number}: does not begin as a submission: {bytes(body[:60])!r}")
    # Roots of 2000 carry the path of the SEC's own disk: /in/edgar/work/20000607/0000950124-00-003635/….txt
    named = root[2].rsplit(b"/")[-1].removesuffix(b".txt").decode("latin-1")
    if named != accession_number:
        raise Damaged(f"{accession_number}: the body is that of {named} (accession mismatch)")
    if b"</%s-DOCUMENT>" % root[1] not in body[-2_000:]:
        raise Damaged(f"{accession_number}: cut, it has no closing </{root[1].decode()}-DOCUMENT>")


def parse_submission(body: bytes | mmap.mmap, accession_number: str) -> dict:
    """The record of a submission (`docs/data-dictionary.md`, raw zone), without the facts of its request.

    Raises Damaged where check_submission does, and ParsingError where a whole body is not well formed.
    """
    check_submission(body, accession_number)
    header_end = _HEADER_END.search(body[:LONGEST_HEADER])
    if not header_end:
        raise ParsingError(f"{accession_number}: the header has no end")
    header = decode(body[_ROOT.search(body[:10_000]).start() : header_end.start()])
    fields = parse_header(header)
    record = _header_record(header, fields, accession_number)
    documents = [_document_record(body, document, number) for number, document in enumerate(split_documents(body), 1)]
    _check_count(record["document_count_declared"], len(documents), accession_number)
    _check_sequences(documents, accession_number)
    record["documents"] = documents
    return record


def split_documents(body: bytes | mmap.mmap) -> list[Document]:
    """Find every document by its tags, in one pass over the body; raise ParsingError for one that is not closed."""
    documents, position = [], 0
    while (start := _find_line(body, b"<DOCUMENT>", position)) >= 0:
        end = _find_line(body, b"</DOCUMENT>", start)
        if end < 0:
            raise ParsingError(f"document {len(documents) + 1} is not closed")
        text = _find_line(body, b"<TEXT>", start, end)
        close = body.rfind(b"</TEXT>", text, end) if text >= 0 else -1
        if text < 0 or close < 0:
            raise ParsingError(f"document {len(documents) + 1} has no closed <TEXT>")
        if _find_line(body, b"<DOCUMENT>", text, end) >= 0:
            raise ParsingError(f"document {len(documents) + 1} is not closed before the next one begins")
        tags = {name.decode().lower(): decode(value).strip() for name, value in _DOCUMENT_TAG.findall(body[start:text])}
        documents.append(Document(tags, text + len(b"<TEXT>"), close))
        position = end
    return documents


def _find_line(body: bytes | mmap.mmap, tag: bytes, start: int, end: int | None = None) -> int:
    """The position of a tag that begins a line, or -1. The same letters inside a line are text."""
    end = len(body) if end is None else end
    while (position := body.find(tag, start, end)) >= 0:
        if position == 0 or body[position - 1 : position] in (b"\n", b"\r"):
            return position
        start = position + 1
    return -1


def _header_record(header: str, fields: list[Field], accession_number: str) -> dict:
    top = [field for field in fields if field.block == 0]
    declared = first(top, "ACCESSION NUMBER", "ACCESSION-NUMBER")
    if not declared or parse_accession_number(declared) != accession_number:
        raise ParsingError(f"{accession_number}: the header names accession number {declared!r}")
    form_type = first(top, "CONFORMED SUBMISSION TYPE")
    filed_date = parse_date(first(top, "FILED AS OF DATE"))
    companies = _companies(fields)
    if not form_type or not filed_date or not companies:
        missing = [
            n for n, v in (("form type", form_type), ("filing date", filed_date), ("company", companies)) if not v
        ]
        raise ParsingError(f"{accession_number}: the header has no {', '.join(missing)}")
    accepted_at = parse_acceptance(first(top, "ACCEPTANCE-DATETIME"))
    stamp = _STAMP.search(header)
    return {
        "accession_number": accession_number,
        "form_type": form_type,
        "parser_version": PARSER_VERSION,
        "filed_date": filed_date.isoformat(),
        "accepted_at": to_iso(accepted_at) if accepted_at else None,
        "dissemination_date": _iso(parse_date(stamp[1])) if stamp else None,
        "period_of_report": _iso(parse_date(first(top, "CONFORMED PERIOD OF REPORT"))),
        "document_count_declared": _number(first(top, "PUBLIC DOCUMENT COUNT")),
        "items": [field.value for field in top if field.label in ("ITEM INFORMATION", "ITEMS") and field.value],
        "companies": companies,
        "header": [{"section": f.section, "block": f.block, "label": f.label, "value": f.value} for f in fields],
    }


def _companies(fields: list[Field]) -> list[dict]:
    """Every company block that has a CIK, in order, with its role."""
    blocks: dict[int, list[Field]] = {}
    for field in fields:
        if field.block:
            blocks.setdefault(field.block, []).append(field)
    return [company for block in blocks.values() if (company := _company(block))]


def _company(block: list[Field]) -> dict | None:
    cik = first(block, "CENTRAL INDEX KEY")
    if cik is None:
        return None
    role = block[0].section[0]
    return {
        "cik": parse_cik(cik),
        "role": _ROLES.get(role, role.lower().replace(" ", "_").replace("-", "_")),
        "company_name": first(block, "COMPANY CONFORMED NAME") or "",
        "file_number": first(block, "SEC FILE NUMBER"),
        "sic": first(block, "STANDARD INDUSTRIAL CLASSIFICATION"),
        "state_of_incorporation": first(block, "STATE OF INCORPORATION"),
        "fiscal_year_end": first(block, "FISCAL YEAR END"),
        "former_names": _former_names(block),
    }


def _former_names(block: list[Field]) -> list[dict]:
    names: list[dict] = []
    for field in block:
        if field.label == "FORMER CONFORMED NAME":
            names.append({"name": field.value, "changed_on": None})
        elif field.label == "DATE OF NAME CHANGE" and names:
            names[-1]["changed_on"] = _iso(parse_date(field.value))
    return names


def _document_record(body: bytes | mmap.mmap, document: Document, position: int) -> dict:
    content = body[document.start : document.end]
    document_type = document.tags.get("type", "")
    extracted = extract_text(content, document_type)
    headline = find_headline(extracted.text, document_type) if extracted.text else None
    return {
        "sequence": _number(document.tags.get("sequence")) or position,
        "document_type": document_type,
        "filename": document.tags.get("filename") or None,
        "description": document.tags.get("description") or None,
        "bytes": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
        "text_status": extracted.status,
        "text": extracted.text,
        "text_length": len(extracted.text) if extracted.text else None,
        "headline": headline,
        "excerpt": find_excerpt(extracted.text, headline) if extracted.text else None,
    }


def _check_count(declared: int | None, shipped: int, accession_number: str) -> None:
    missing = (declared or 0) - shipped
    if missing > max(2, TOLERATED_DEFICIT * (declared or 0)):
        raise ParsingError(f"{accession_number}: declares {declared} documents and ships {shipped}")


def _check_sequences(documents: list[dict], accession_number: str) -> None:
    """(accession number, sequence) is a key; a header that gives two documents one number would lose the second."""
    sequences = [document["sequence"] for document in documents]
    if len(set(sequences)) < len(sequences):
        raise ParsingError(f"{accession_number}: two documents have the same SEQUENCE: {sequences}")


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else None


def _iso(day: object) -> str | None:
    return day.isoformat() if day else None

"""A complete submission, bytes to one record: the archive's .txt and the Feed's .nc give the same fields.

The frame is found by `sgml`, the header read by `sgml_header`. What a reader must know of the two dialects:

* The archive says `ITEM INFORMATION: Results of Operations …` and `… [7372]`, the Feed `<ITEMS>2.02` and `<ASSIGNED-SIC>7372`.
  Both are kept as they came. The Feed's header has no acceptance time and no stamp with the day of dissemination.
* Declared and shipped document counts differ for good reasons (see `sgml`); only a large deficit means a loss.
* What is odd, but no reason to refuse a filing, is said in `remarks`.
"""

import hashlib
import re
from dataclasses import dataclass
from datetime import date, datetime

from edgar_pipeline import PARSER_VERSION, titles
from edgar_pipeline.clock import to_iso
from edgar_pipeline.errors import ParsingError
from edgar_pipeline.files import release
from edgar_pipeline.identifiers import parse_accession_number, parse_cik
from edgar_pipeline.sources.sgml import Body, Document, Frame, View, find_frame, find_header, split_documents
from edgar_pipeline.sources.sgml_header import (
    NEW_YORK,
    Field,
    first,
    parse_acceptance,
    parse_date,
    parse_header,
    public_name,
)
from edgar_pipeline.sources.uuencode import find_payload
from edgar_pipeline.text import LARGEST_DOCUMENT, Text, decode, extract_text, is_binary

#: More documents missing than this share of the declared ones (and more than two) means that the submission was cut and closed.
TOLERATED_DEFICIT = 0.1
#: EDGAR served some filings before this year as a header only.
HEADERS_ONLY_BEFORE = 2004
#: Characters of text that a record may hold. The documents after that keep size, hash and type, and are quarantined.
LARGEST_TEXTS = 100_000_000
#: Bytes of a primary document in which its exhibit index is looked for.
LARGEST_INDEXED = 30_000_000

#: What the primary document states of its filing (`titles.title_parts`).
TITLE_PARTS = ("schedule", "cusip", "letter_subject", "offered")

_STAMP = re.compile(r"<(?:SEC|IMS)-HEADER>[^\n:]*:\s*(\d{8})")
_ROLES = {"SUBJECT COMPANY": "subject"}
#: The blocks of a role that hold the company itself. (A merger of funds names other companies' CIKs further down.)
_COMPANY_BLOCKS = frozenset({"COMPANY DATA", "OWNER DATA"})


def check_submission(body: Body, accession_number: str) -> None:
    """Raise Damaged unless the body is a whole submission with this accession number. Cheap: it runs on every download."""
    find_frame(body, accession_number)


def parse_submission(body: Body, accession_number: str) -> dict:
    """The record of a submission (`docs/data-dictionary.md`, raw zone), without the facts of its request.

    Raises Damaged where check_submission does, and ParsingError where a whole body is not well formed.
    """
    frame = find_frame(body, accession_number)
    header, position = find_header(body, frame)
    text = decode(header)
    record = _header_record(text, _fields(text, accession_number), accession_number)
    record["documents"] = _document_records(body, frame, position, record)
    _check_count(record, frame)
    return record


@dataclass(frozen=True)
class Correction:
    """What a correction says: the filing's record as corrected (without documents: those of before stay), or its deletion."""

    record: dict | None

    @property
    def is_deletion(self) -> bool:
        """The filing is withdrawn from EDGAR."""
        return self.record is None


def parse_correction(body: Body, accession_number: str) -> Correction:
    """Read a post-acceptance correction. Raises what parse_submission raises.

    The dissemination specification says that it carries "header tag changes to previously-filed submissions, deletion
    notices … or form/document type changes" and that no document's text is updated in one (edgar.md 1.4).
    """
    frame = find_frame(body, accession_number)
    header, position = find_header(body, frame)
    text = decode(header)
    fields = _fields(text, accession_number)
    if any(field.block == 0 and field.name == "DELETION" for field in fields):
        return Correction(None)
    record = _header_record(text, fields, accession_number)
    record["documents"] = _document_records(body, frame, position, record)
    if record["documents"]:
        _check_count(record, frame)
    return Correction(record)


def _fields(header: str, accession_number: str) -> list[Field]:
    try:
        return parse_header(header)
    except ParsingError as error:
        raise ParsingError(f"{accession_number}: {error}") from error


def _header_record(header: str, fields: list[Field], accession_number: str) -> dict:
    try:
        return _stated(header, fields, accession_number)
    except ParsingError as error:
        raise ParsingError(f"{accession_number}: {error}") from error


def _stated(header: str, fields: list[Field], accession_number: str) -> dict:
    top = [field for field in fields if field.block == 0]
    declared = first(top, "ACCESSION NUMBER")
    if not declared or parse_accession_number(declared) != accession_number:
        raise ParsingError(f"the header names accession number {declared!r}")
    form_type = first(top, "CONFORMED SUBMISSION TYPE")
    filed_date = parse_date(first(top, "FILED AS OF DATE"))
    companies = _companies(fields)
    wanted = {"form type": form_type, "filing date": filed_date, "company": companies}
    if missing := [name for name, value in wanted.items() if not value]:
        raise ParsingError(f"the header has no {', '.join(missing)}")
    accepted_at = parse_acceptance(first(top, "ACCEPTANCE DATETIME"))
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
        "items": [field.value for field in top if field.name == "ITEM INFORMATION" and field.value],
        "companies": companies,
        "header": [{"section": f.section, "block": f.block, "label": f.label, "value": f.value} for f in fields],
        "remarks": _remarks(top, filed_date, accepted_at),
    }


def _remarks(top: list[Field], filed_date: date, accepted_at: datetime | None) -> list[str]:
    """What is odd about the times. They are stored as given: a filing date is never derived."""
    remarks = []
    times = [field.value for field in top if field.name == "ACCEPTANCE DATETIME"]
    if times and not accepted_at:
        remarks.append(f"its acceptance time is {'empty' if not times[0] else 'no time: ' + times[0]}")
    if accepted_at and filed_date < accepted_at.astimezone(NEW_YORK).date():
        remarks.append(f"it is dated {filed_date}, before it was accepted")
    return remarks


def _companies(fields: list[Field]) -> list[dict]:
    """Every role block that names a company, in order."""
    blocks: dict[int, list[Field]] = {}
    for field in fields:
        if field.block:
            blocks.setdefault(field.block, []).append(field)
    return [company for block in blocks.values() if (company := _company(block))]


def _company(block: list[Field]) -> dict | None:
    own = [f for f in block if len(f.section) == 1 or public_name(f.section[-1]) in _COMPANY_BLOCKS]
    cik = first(own, "CENTRAL INDEX KEY")
    if cik is None:
        return None
    role = public_name(block[0].section[0])
    return {
        "cik": parse_cik(cik),
        "role": _ROLES.get(role, role.lower().replace(" ", "_")),
        "company_name": first(own, "COMPANY CONFORMED NAME") or "",
        "file_number": first(block, "SEC FILE NUMBER"),
        "sic": first(own, "STANDARD INDUSTRIAL CLASSIFICATION"),
        "state_of_incorporation": first(own, "STATE OF INCORPORATION"),
        "fiscal_year_end": first(own, "FISCAL YEAR END"),
        "former_names": _former_names(block),
    }


def _former_names(block: list[Field]) -> list[dict]:
    names: list[dict] = []
    for field in block:
        if field.name == "FORMER CONFORMED NAME":
            names.append({"name": field.value, "changed_on": None})
        elif field.name == "DATE OF NAME CHANGE" and names:
            names[-1]["changed_on"] = _iso(parse_date(field.value))
    return names


def _document_records(body: Body, frame: Frame, position: int, filing: dict) -> list[dict]:
    """The documents, read one at a time; what is odd about them is added to the filing's `remarks`."""
    remarks = filing["remarks"]
    records: list[dict] = []
    heads: list[titles.Document] = []
    taken: set[int] = set()
    left = LARGEST_TEXTS
    for number, document in enumerate(split_documents(body, frame, position), 1):
        sequence = _number(document.tags.get("sequence", b"").decode("latin-1")) or number
        if sequence in taken:
            # (accession number, sequence) is a key: the second document of a number must not replace the first.
            remarks.append(f"document {number} has the SEQUENCE of another, {sequence}")
            sequence = max(taken) + 1
        taken.add(sequence)
        record = _document_record(body, document, sequence, left)
        left -= record["text_length"] or 0
        if record["text_status"] == "quarantined":
            remarks.append(f"the text of document {sequence} ({record['bytes']} bytes) is too large to be held")
        records.append(record)
        heads.append(_head(body, document, record, is_primary=number == 1))
    for record, found in zip(records, titles.title_documents(filing["form_type"], heads), strict=True):
        record["index_title"] = found.index_title
        record["headline"] = found.headline
        record["description_title"] = found.description_title
        record["generic_titles"] = found.generic_sources
        record["excerpt"] = found.excerpt
    filing.update(titles.title_parts(filing["form_type"], heads))
    return records


def _head(body: Body, document: Document, record: dict, is_primary: bool) -> titles.Document:
    """What titles are looked for in: the beginning of an exhibit, and all of the primary document, whose index is at its end."""
    content: bytes | View = b""
    if record["text"]:
        content = View(body, document.start, document.end)
        content = content[:LARGEST_INDEXED] if is_primary else content
    return titles.Document(record["document_type"], record["filename"], record["description"], content, record["text"])


def _document_record(body: Body, document: Document, sequence: int, left: int) -> dict:
    tags = {name: decode(value) for name, value in document.tags.items()}
    document_type = tags.get("type", "")
    digest, extracted, payload = _read(body, document, document_type, left)
    return {
        "sequence": sequence,
        "document_type": document_type,
        "filename": tags.get("filename") or None,
        "description": tags.get("description") or None,
        "bytes": document.end - document.start,
        "sha256": digest,
        "media_type": payload.media_type if payload else None,
        "payload_bytes": payload.bytes if payload else None,
        "payload_sha256": payload.sha256 if payload else None,
        "text_status": extracted.status,
        "text": extracted.text,
        "text_length": len(extracted.text) if extracted.text else None,
        "index_title": None,
        "headline": None,
        "description_title": None,
        "generic_titles": [],
        "excerpt": None,
    }


def _read(body: Body, document: Document, document_type: str, left: int) -> tuple:
    """Hash, text and payload of a document. `left` is how much text its record may still hold."""
    size = document.end - document.start
    if size > LARGEST_DOCUMENT:
        is_file = is_binary(bytes(body[document.start : document.start + 2000]), document_type)
        return _hash_in_pieces(body, document), Text("binary" if is_file else "quarantined"), None
    content = bytes(body[document.start : document.end])
    release(body, document.start, document.end)
    extracted = extract_text(content, document_type)
    if extracted.text and len(extracted.text) > left:
        extracted = Text("quarantined")
    payload = find_payload(content) if extracted.status == "binary" else None
    return hashlib.sha256(content).hexdigest(), extracted, payload


def _hash_in_pieces(body: Body, document: Document) -> str:
    digest = hashlib.sha256()
    for start in range(document.start, document.end, 1 << 20):
        end = min(start + (1 << 20), document.end)
        digest.update(body[start:end])
        release(body, start, end)
    return digest.hexdigest()


def _check_count(record: dict, frame: Frame) -> None:
    """Refuse a submission that was cut and closed again; remark on one that ships fewer documents than it declares."""
    accession_number = frame.accession_number
    declared, shipped = record["document_count_declared"] or 0, len(record["documents"])
    if not shipped:
        if declared and int(record["filed_date"][:4]) >= HEADERS_ONLY_BEFORE:
            raise ParsingError(f"{accession_number}: declares {declared} documents and is a header only")
        record["remarks"].append("it is a header only")
    elif declared - shipped > max(2, TOLERATED_DEFICIT * declared):
        raise ParsingError(f"{accession_number}: declares {declared} documents and ships {shipped}")
    elif declared > shipped:
        record["remarks"].append(f"it declares {declared} documents and ships {shipped}")


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else None


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None

"""The text of one document: its template filled with what the filing and the document say."""

from __future__ import annotations

from functools import cache
from string import Template

from demo.markup import Block, parse
from demo.rendering import render
from demo.specification import HERE, Document, Filing

NOTICE = Block(
    "paragraph",
    ("Text and figures were written for a demonstration archive; this is no document of the company or person named.",),
)


def document_text(filing: Filing, document: Document) -> str:
    """The document as it stands between its TEXT tags."""
    values = values_of(filing, document)
    if "." in document.text:  # Data (.xml, .xsd, .htm) is used as it stands, only its values are filled in.
        return Template(template(document.text)).substitute(values)
    blocks = [
        Block("table", exhibit_rows(filing)) if block.kind == "exhibits" else block
        for block in parse(template(f"{document.text}.txt"), values)
    ]
    facts = {"EntityCentralIndexKey": values["cik"], "DocumentType": filing.form_type} if document.inline_xbrl else None
    label = f"Exhibit {values['exhibit']}" if document.is_exhibit and document.label else None
    return render([*blocks, NOTICE], document.style, document.description or document.type, label, facts)


@cache
def template(name: str) -> str:
    return (HERE / "texts" / name).read_text(encoding="utf-8")


def values_of(filing: Filing, document: Document) -> dict[str, str]:
    """What a template may name; a value of the document wins over one of the filing."""
    company = filing.parties[0].company
    day = filing.filed_date
    common = {
        "accession_number": filing.accession_number,
        "cik": company.cik,
        "company": company.name,
        "file_number": filing.parties[0].file_number or "",
        "form_type": filing.form_type,
        "date": f"{day:%B} {day.day}, {day.year}",
        "iso_date": day.isoformat(),
        "month": f"{day:%B %Y}",
        "title": document.title,
        "exhibit": document.type.removeprefix("EX-"),
    }
    return common | document.values


def exhibit_rows(filing: Filing) -> tuple[str, ...]:
    """The exhibit index: number and linked title; exhibits of earlier filings are linked where EDGAR keeps them."""
    rows = [
        (document.type.removeprefix("EX-"), f"[{document.listed_as or document.title}]({document.filename})")
        for document in filing.documents
        if document.is_exhibit and document.title
    ]
    rows += [(entry["number"], f"[{entry['title']}]({entry['href']})") for entry in filing.incorporated]
    rows.sort(key=lambda row: [int(part) if part.isdigit() else 0 for part in row[0].split(".")])
    heading = "| Exhibit No. | Description |"
    return (heading, *(f"| {number} | {link} |" for number, link in rows))

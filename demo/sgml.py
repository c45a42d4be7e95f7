"""A filing as EDGAR's public ``.txt``: the header with its tabs, then every document between its tags."""

from __future__ import annotations

import binascii
import hashlib

from demo import binaries
from demo.documents import document_text
from demo.specification import Company, Document, Filing, Party

BLOCK_NAMES = {
    "filer": "FILER:",
    "subject": "SUBJECT COMPANY:\t",
    "filed_by": "FILED BY:\t\t",
    "issuer": "ISSUER:\t\t",
    "reporting_owner": "REPORTING-OWNER:\t",
}
ITEM_NAMES = {
    "2.02": "Results of Operations and Financial Condition",
    "5.02": (
        "Departure of Directors or Certain Officers; Election of Directors; Appointment of Certain Officers: "
        "Compensatory Arrangements of Certain Officers"
    ),
    "7.01": "Regulation FD Disclosure",
    "8.01": "Other Events",
    "9.01": "Financial Statements and Exhibits",
}
# Headers name the office of the SEC that reviews the company since 2024.
OFFICES_SINCE = 2024


def submission(filing: Filing) -> bytes:
    """The complete submission, byte for byte as the archive serves it."""
    stamp = f"{filing.index_day:%Y%m%d}"
    parts = [
        f"<SEC-DOCUMENT>{filing.accession_number}.txt : {stamp}\n",
        f"<SEC-HEADER>{filing.accession_number}.hdr.sgml : {stamp}\n",
        header(filing),
        "</SEC-HEADER>\n",
        *(document(filing, sequence) for sequence in range(1, len(filing.documents) + 1)),
        "</SEC-DOCUMENT>\n",
    ]
    return "".join(parts).encode("ascii")


def header(filing: Filing) -> str:
    """The header between its tags; a document kept back by the SEC still counts as public."""
    lines = [f"<ACCEPTANCE-DATETIME>{filing.accepted:%Y%m%d%H%M%S}"]
    lines += ["<PRIVATE-TO-PUBLIC>"] if filing.was_private else []
    lines += [
        f"ACCESSION NUMBER:\t\t{filing.accession_number}",
        f"CONFORMED SUBMISSION TYPE:\t{filing.form_type}",
        f"PUBLIC DOCUMENT COUNT:\t\t{len(filing.documents) + filing.documents_withheld}",
    ]
    lines += [f"CONFORMED PERIOD OF REPORT:\t{filing.period:%Y%m%d}"] if filing.period else []
    lines += [f"ITEM INFORMATION:\t\t{ITEM_NAMES[item]}" for item in filing.items]
    lines += [f"FILED AS OF DATE:\t\t{filing.filed_date:%Y%m%d}"]
    lines += [] if filing.was_private else [f"DATE AS OF CHANGE:\t\t{filing.filed_date:%Y%m%d}"]
    lines += [f"EFFECTIVENESS DATE:\t\t{filing.effectiveness_date:%Y%m%d}"] if filing.effectiveness_date else []
    lines += [f"GROUP MEMBERS:\t\t{name}" for name in filing.group_members]
    return "\n".join(lines) + "\n" + "".join(party_block(filing, party) for party in filing.parties)


def party_block(filing: Filing, party: Party) -> str:
    """One company or person of the header; persons have OWNER DATA and no business address."""
    company = party.company
    lines = ["", BLOCK_NAMES[party.role], ""]
    lines += ["\tOWNER DATA:\t" if company.is_person else "\tCOMPANY DATA:\t"]
    lines += identity(company, filing)
    if party.role != "issuer":
        lines += ["", "\tFILING VALUES:", f"\t\tFORM TYPE:\t\t{filing.form_type}"]
        if party.file_number:
            lines += [f"\t\tSEC ACT:\t\t{party.act}", f"\t\tSEC FILE NUMBER:\t{party.file_number}"]
            lines += [f"\t\tFILM NUMBER:\t\t{film_number(filing, company)}"]
    if not company.is_person:
        lines += ["", "\tBUSINESS ADDRESS:\t", *address(company)]
        lines += [f"\t\tBUSINESS PHONE:\t\t{company.phone}"] if company.phone else []
    lines += ["", "\tMAIL ADDRESS:\t", *address(company)]
    for name, changed in company.former_names:
        lines += ["", "\tFORMER COMPANY:\t"]
        lines += [f"\t\tFORMER CONFORMED NAME:\t{name}", f"\t\tDATE OF NAME CHANGE:\t{changed}"]
    return "\n".join(lines) + "\n"


def identity(company: Company, filing: Filing) -> list[str]:
    office = company.office if filing.filed_date.year >= OFFICES_SINCE else None
    return labelled(
        ("COMPANY CONFORMED NAME:\t\t\t", company.name),
        ("CENTRAL INDEX KEY:\t\t\t", company.cik),
        ("STANDARD INDUSTRIAL CLASSIFICATION:\t", company.sic),
        ("ORGANIZATION NAME:           \t", office),
        ("IRS NUMBER:\t\t\t\t", company.irs_number),
        ("STATE OF INCORPORATION:\t\t\t", company.state_of_incorporation),
        ("FISCAL YEAR END:\t\t\t", company.fiscal_year_end),
    )


def address(company: Company) -> list[str]:
    streets = [(f"STREET {number}:\t\t", street) for number, street in enumerate(company.street, start=1)]
    return labelled(
        *streets, ("CITY:\t\t\t", company.city), ("STATE:\t\t\t", company.state), ("ZIP:\t\t\t", company.zip)
    )


def labelled(*pairs: tuple[str, str | None]) -> list[str]:
    """Lines of a block, without those whose value is unknown."""
    return [f"\t\t{label}{value}" for label, value in pairs if value is not None]


def film_number(filing: Filing, company: Company) -> str:
    """Two digits of the year and six that differ by filing and company."""
    digest = hashlib.sha256(f"{filing.accession_number} {company.cik}".encode()).hexdigest()
    return f"{filing.filed_date:%y}{int(digest[:8], 16) % 900_000 + 100_000}"


def document(filing: Filing, sequence: int) -> str:
    """One document between its tags."""
    this = filing.documents[sequence - 1]
    lines = [f"<TYPE>{this.type}", f"<SEQUENCE>{sequence}", f"<FILENAME>{this.filename}"]
    lines += [f"<DESCRIPTION>{this.description}"] if this.description else []
    return "<DOCUMENT>\n" + "\n".join(lines) + f"\n<TEXT>\n{content(filing, this)}</TEXT>\n</DOCUMENT>\n"


def content(filing: Filing, this: Document) -> str:
    """What stands between the TEXT tags: data in an envelope that names its kind, binaries as uuencoded text."""
    if this.binary:
        encoded = uuencoded(getattr(binaries, this.binary)(), this.filename)
        return f"<PDF>\n{encoded}</PDF>\n" if this.binary == "pdf" else encoded
    written = document_text(filing, this)
    if this.inline_xbrl or this.filename.endswith(".xsd"):
        return f"<XBRL>\n{written}</XBRL>\n"
    return f"<XML>\n{written}</XML>\n" if this.filename.endswith(".xml") else written


def uuencoded(content: bytes, filename: str) -> str:
    lines = [binascii.b2a_uu(content[start : start + 45]).decode() for start in range(0, len(content), 45)]
    return f"begin 644 {filename}\n{''.join(lines)}\nend\n"

"""Submissions made for tests: one model, written in each of EDGAR's dialects. Names, numbers and texts are invented.

A record that is parsed from any dialect must say what the model says, so the model is the expectation too.
"""

from dataclasses import dataclass, field, replace
from datetime import date

#: Public label, feed tag: the same fact in the two spellings of a header.
ROLES = {
    "filer": ("FILER", "FILER"),
    "subject": ("SUBJECT COMPANY", "SUBJECT-COMPANY"),
    "filed_by": ("FILED BY", "FILED-BY"),
    "filed_for": ("FILED FOR", "FILED-FOR"),
    "issuer": ("ISSUER", "ISSUER"),
    "reporting_owner": ("REPORTING-OWNER", "REPORTING-OWNER"),
    "serial_company": ("SERIAL COMPANY", "SERIAL-COMPANY"),
    "depositor": ("DEPOSITOR", "DEPOSITOR"),
}


@dataclass(frozen=True)
class Company:
    """A company in a role. `sic` is (text, code); `former_names` are (name, YYYYMMDD)."""

    name: str = "EXAMPLE WIDGETS INC"
    cik: str = "0000900001"
    role: str = "filer"
    file_number: str | None = "001-90001"
    sic: tuple[str, str] | None = ("SERVICES-WIDGETS", "7372")
    state: str | None = "DE"
    fiscal_year_end: str | None = "1231"
    former_names: tuple[tuple[str, str], ...] = ()

    def record(self, *, sic_as: str) -> dict:
        """The record's entry. `sic_as`: text (public headers), code (feed and 1994)."""
        sic = self.sic and (f"{self.sic[0]} [{self.sic[1]}]" if sic_as == "text" else self.sic[1])
        return {
            "cik": self.cik,
            "role": self.role,
            "company_name": self.name,
            "file_number": self.file_number,
            "sic": sic,
            "state_of_incorporation": self.state,
            "fiscal_year_end": self.fiscal_year_end,
            "former_names": [
                {"name": name, "changed_on": f"{day[:4]}-{day[4:6]}-{day[6:]}"} for name, day in self.former_names
            ],
        }


@dataclass(frozen=True)
class Document:
    """A document; None leaves its tag out, as filings of 1994 to 2000 do with FILENAME."""

    type: str = "8-K"
    sequence: int | None = 1
    filename: str | None = "d1.htm"
    description: str | None = "FORM 8-K"
    body: bytes = b"\n<html><body><p>Hello there.</p></body></html>\n"

    def written(self) -> bytes:
        lines = [b"<DOCUMENT>", b"<TYPE>" + self.type.encode()]
        lines += [b"<SEQUENCE>%d" % self.sequence] if self.sequence is not None else []
        lines += [b"<FILENAME>" + self.filename.encode()] if self.filename else []
        lines += [b"<DESCRIPTION>" + self.description.encode()] if self.description else []
        return b"\n".join(lines) + b"\n<TEXT>" + self.body + b"</TEXT>\n</DOCUMENT>\n"


@dataclass(frozen=True)
class Submission:
    """A filing. `items` are (public text, feed code); times are EDGAR's own, in Eastern time."""

    accession_number: str = "0000900001-24-000001"
    form_type: str = "8-K"
    filed: date = date(2024, 1, 5)
    accepted: str | None = "20240105163000"
    disseminated: date = date(2024, 1, 5)
    period: date | None = date(2024, 1, 4)
    items: tuple[tuple[str, str], ...] = (("Other Events", "8.01"), ("Financial Statements and Exhibits", "9.01"))
    companies: tuple[Company, ...] = (Company(),)
    documents: tuple[Document, ...] = (Document(),)
    declared: int | None = None
    extra: tuple[tuple[str, str], ...] = field(default=())

    @property
    def count(self) -> int:
        return len(self.documents) if self.declared is None else self.declared

    def public_header(self) -> str:
        """`LABEL:<tab>value` lines, as in the archive's .txt."""
        lines = [f"<ACCEPTANCE-DATETIME>{self.accepted}"] if self.accepted is not None else []
        lines += [
            f"ACCESSION NUMBER:\t\t{self.accession_number}",
            f"CONFORMED SUBMISSION TYPE:\t{self.form_type}",
            f"PUBLIC DOCUMENT COUNT:\t\t{self.count}",
        ]
        lines += [f"CONFORMED PERIOD OF REPORT:\t{self.period:%Y%m%d}"] if self.period else []
        lines += [f"ITEM INFORMATION:\t\t{text}" for text, _ in self.items]
        lines += [f"FILED AS OF DATE:\t\t{self.filed:%Y%m%d}", f"DATE AS OF CHANGE:\t\t{self.filed:%Y%m%d}"]
        lines += [f"{label}:\t\t{value}" for label, value in self.extra]
        for company in self.companies:
            lines += ["", f"{ROLES[company.role][0]}:\t", *self._public_company(company)]
        return "\n".join(lines) + "\n"

    def _public_company(self, company: Company) -> list[str]:
        facts = [("COMPANY CONFORMED NAME", company.name), ("CENTRAL INDEX KEY", company.cik)]
        facts += [("STANDARD INDUSTRIAL CLASSIFICATION", f"{company.sic[0]} [{company.sic[1]}]")] if company.sic else []
        facts += [("STATE OF INCORPORATION", company.state)] if company.state else []
        facts += [("FISCAL YEAR END", company.fiscal_year_end)] if company.fiscal_year_end else []
        lines = ["", "\tCOMPANY DATA:\t", *(f"\t\t{label}:\t\t\t{value}" for label, value in facts)]
        lines += ["", "\tFILING VALUES:", f"\t\tFORM TYPE:\t\t{self.form_type}"]
        lines += (
            [f"\t\tSEC ACT:\t\t1934 Act\n\t\tSEC FILE NUMBER:\t{company.file_number}"] if company.file_number else []
        )
        lines += ["", "\tBUSINESS ADDRESS:\t", "\t\tSTREET 1:\t\t1 MAIN STREET", "\t\tCITY:\t\t\tSPRINGFIELD"]
        for name, day in company.former_names:
            lines += [
                "",
                "\tFORMER COMPANY:\t",
                f"\t\tFORMER CONFORMED NAME:\t{name}",
                f"\t\tDATE OF NAME CHANGE:\t{day}",
            ]
        return lines

    def tag_header(self) -> str:
        """`<TAG>value` lines, as in the Feed and in .hdr.sgml files; they carry no acceptance time in the Feed."""
        lines = [f"<ACCESSION-NUMBER>{self.accession_number}", f"<TYPE>{self.form_type}"]
        lines += [f"<PUBLIC-DOCUMENT-COUNT>{self.count}"]
        lines += [f"<PERIOD>{self.period:%Y%m%d}"] if self.period else []
        lines += [f"<ITEMS>{code}" for _, code in self.items]
        lines += [f"<FILING-DATE>{self.filed:%Y%m%d}", f"<DATE-OF-FILING-DATE-CHANGE>{self.filed:%Y%m%d}"]
        lines += [f"<{label.replace(' ', '-')}>{value}" for label, value in self.extra]
        for company in self.companies:
            tag = ROLES[company.role][1]
            lines += [f"<{tag}>", *self._tag_company(company), f"</{tag}>"]
        return "\n".join(lines) + "\n"

    def _tag_company(self, company: Company) -> list[str]:
        lines = ["<COMPANY-DATA>", f"<CONFORMED-NAME>{company.name}", f"<CIK>{company.cik}"]
        lines += [f"<ASSIGNED-SIC>{company.sic[1]}"] if company.sic else []
        lines += ["<ORGANIZATION-NAME>"]
        lines += [f"<STATE-OF-INCORPORATION>{company.state}"] if company.state else []
        lines += [f"<FISCAL-YEAR-END>{company.fiscal_year_end}"] if company.fiscal_year_end else []
        lines += ["</COMPANY-DATA>", "<FILING-VALUES>", f"<FORM-TYPE>{self.form_type}"]
        lines += ["<ACT>34", f"<FILE-NUMBER>{company.file_number}"] if company.file_number else []
        lines += ["</FILING-VALUES>", "<BUSINESS-ADDRESS>", "<STREET1>1 MAIN STREET", "<CITY>SPRINGFIELD"]
        lines += ["</BUSINESS-ADDRESS>"]
        for name, day in company.former_names:
            lines += ["<FORMER-COMPANY>", f"<FORMER-CONFORMED-NAME>{name}", f"<DATE-CHANGED>{day}", "</FORMER-COMPANY>"]
        return lines

    def public(self, *, organisation: str = "SEC", header: str | None = None) -> bytes:
        """The public .txt. `organisation` IMS is the spelling of 1993 to 1995."""
        stamp = f"{self.disseminated:%Y%m%d}"
        head = (
            f"<{organisation}-DOCUMENT>{self.accession_number}.txt : {stamp}\n"
            f"<{organisation}-HEADER>{self.accession_number}.hdr.sgml : {stamp}\n"
            f"{self.public_header() if header is None else header}</{organisation}-HEADER>\n"
        )
        documents = b"".join(document.written() for document in self.documents)
        return head.encode("cp1252") + documents + f"</{organisation}-DOCUMENT>\n".encode()

    def enhanced(self) -> bytes:
        """In the PEM wrapper of 1993 to 2001."""
        wrapper = (
            b"-----BEGIN PRIVACY-ENHANCED MESSAGE-----\nProc-Type: 2001,MIC-CLEAR\nOriginator-Name: someone@example.org\n"
            b"MIC-Info: RSA-MD5,RSA,\n AAAA\n BBBB==\n\n"
        )
        return wrapper + self.public(organisation="IMS") + b"-----END PRIVACY-ENHANCED MESSAGE-----\n"

    def feed(self, *, lone_cr: bool = False, header: str | None = None) -> bytes:
        """A member of the Feed: `lone_cr` ends the lines as the tarballs of 2025 do, after a first line feed."""
        head = b"<SUBMISSION>\n" + (self.tag_header() if header is None else header).encode("cp1252")
        body = head + b"".join(document.written() for document in self.documents) + b"</SUBMISSION>\n"
        return body.replace(b"\n", b"\r").replace(b"\r", b"\n", 1) if lone_cr else body

    def record(self, *, dialect: str) -> dict:
        """What a parser must say of the header. `dialect`: public or feed."""
        public = dialect == "public"
        return {
            "accession_number": self.accession_number,
            "form_type": self.form_type,
            "filed_date": self.filed.isoformat(),
            "dissemination_date": self.disseminated.isoformat() if public else None,
            "period_of_report": self.period.isoformat() if self.period else None,
            "document_count_declared": self.count,
            "items": [text if public else code for text, code in self.items],
            "companies": [company.record(sic_as="text" if public else "code") for company in self.companies],
        }


def with_line_ends(body: bytes, newline: bytes) -> bytes:
    """The same lines with other ends."""
    return body.replace(b"\n", newline)


EXHIBIT = Document("EX-99.1", 2, "ex991.htm", "PRESS RELEASE", b"\n<html><body><p>Press release.</p></body></html>\n")
TWO_DOCUMENTS = replace(Submission(), documents=(Document(), EXHIBIT))

"""What the archive consists of, read from ``companies.toml`` and ``filings/<index day>.toml``.

A file of ``filings`` is one index day: the filings that the public could first read on that day. A draft registration
statement or a letter to the SEC's staff stands in the file of the day of its release and carries the date of its
submission, as on EDGAR.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
ROLES = ("filer", "subject", "filed_by", "issuer", "reporting_owner")


@dataclass(frozen=True)
class Company:
    """One registrant or person as a submission's header describes it; None and () are left out of the header."""

    cik: str
    name: str
    sic: str | None = None
    office: str | None = None
    irs_number: str | None = None
    state_of_incorporation: str | None = None
    fiscal_year_end: str | None = None
    street: tuple[str, ...] = ()
    city: str | None = None
    state: str | None = None
    zip: str | None = None
    phone: str | None = None
    former_names: tuple[tuple[str, str], ...] = ()
    ticker: str | None = None
    exchange: str | None = None
    is_person: bool = False


@dataclass(frozen=True)
class Party:
    """A company or person in a filing, with its role."""

    role: str
    company: Company
    file_number: str | None = None
    act: str = "1934 Act"


@dataclass(frozen=True)
class Document:
    """One document; ``text`` names a file below ``texts``, ``binary`` a function of ``binaries.py``.

    ``title`` is what the exhibit index calls the document (``listed_as``, where the index says something poorer).
    """

    type: str
    filename: str
    description: str | None
    title: str = ""
    listed_as: str | None = None
    text: str | None = None
    binary: str | None = None
    style: str = "classic"
    label: bool = True
    inline_xbrl: bool = False
    values: dict[str, str] = field(default_factory=dict)

    @property
    def is_exhibit(self) -> bool:
        return self.type.startswith("EX-")


@dataclass(frozen=True)
class Filing:
    """One submission. ``accepted`` is Eastern time without a zone, as in the header."""

    accession_number: str
    form_type: str
    index_day: date
    filed_date: date
    accepted: datetime
    parties: tuple[Party, ...]
    documents: tuple[Document, ...]
    period: date | None = None
    items: tuple[str, ...] = ()
    group_members: tuple[str, ...] = ()
    effectiveness_date: date | None = None
    documents_withheld: int = 0
    incorporated: tuple[dict[str, str], ...] = ()

    @property
    def was_private(self) -> bool:
        """Whether the public could read it only after the day of its submission."""
        return self.index_day > self.filed_date


@cache
def companies() -> dict[str, Company]:
    """Every company and person of the archive, by the short name that the filings use."""
    return {key: Company(**as_tuples(fields)) for key, fields in read(HERE / "companies.toml").items()}


@cache
def filings() -> tuple[Filing, ...]:
    """Every filing of the archive, by index day and in the order of its file."""
    return tuple(
        to_filing(date.fromisoformat(file.stem), fields)
        for file in sorted((HERE / "filings").glob("*.toml"))
        for fields in read(file)["filing"]
    )


def read(file: Path) -> dict[str, Any]:
    return tomllib.loads(file.read_text(encoding="utf-8"))


def as_tuples(fields: dict[str, Any]) -> dict[str, Any]:
    """The same fields with lists (and lists of lists) as tuples, so that they can stand in a frozen dataclass."""
    return {key: to_tuple(value) if isinstance(value, list) else value for key, value in fields.items()}


def to_tuple(values: list[Any]) -> tuple[Any, ...]:
    return tuple(to_tuple(value) if isinstance(value, list) else value for value in values)


def to_filing(index_day: date, fields: dict[str, Any]) -> Filing:
    """A filing from its table: ``job`` names its files, ``style`` is the style of all its documents."""
    fields = as_tuples(fields)
    job, style = fields.pop("job"), fields.pop("style", "classic")
    accepted: datetime = fields["accepted"]
    parties = tuple(Party(**(party | {"company": companies()[party["company"]]})) for party in fields.pop("parties"))
    documents = tuple(
        to_document(document, fields["form_type"] if number == 0 else None, job, style)
        for number, document in enumerate(fields.pop("document"))
    )
    fields.setdefault("filed_date", accepted.date())
    return Filing(index_day=index_day, parties=parties, documents=documents, **fields)


def to_document(fields: dict[str, Any], form_type: str | None, job: str, style: str) -> Document:
    """A document from its table; type, file name and description default to what filing agents' software writes."""
    fields = {"type": form_type, "style": style} | fields
    code = "".join(character for character in fields["type"].lower() if character.isalnum())
    fields.setdefault("filename", f"{job}d{code}.htm")
    description = fields.pop("description", fields["type"])
    return Document(description=description or None, **fields)

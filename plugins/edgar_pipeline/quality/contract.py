"""What the published file promises, as data: the columns of `contract.sql`, as DuckDB itself reads it, and every key."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import duckdb

#: What identifies a row, for every table of marts. Only `fetch_outcomes` has no key: the same request can be made twice.
KEYS: dict[str, tuple[str, ...]] = {
    "fct_filings": ("accession_number",),
    "fct_exhibits": ("accession_number", "sequence"),
    "fct_events": ("accession_number", "event_code"),
    "document_texts": ("accession_number", "sequence"),
    "filing_companies": ("accession_number", "cik", "role"),
    "dim_companies": ("cik",),
    "dim_forms": ("form_type",),
    "dim_exhibit_roles": ("exhibit_role",),
    "dim_event_types": ("event_code",),
    "dim_dates": ("calendar_date",),
    "company_timeline": ("cik", "accession_number", "sequence"),
    "index_entries": ("index_date", "accession_number", "cik", "form_type"),
    "completeness_by_day": ("index_date",),
    "index_changes": ("accession_number", "cik", "form_type", "index_name", "noticed_at"),
    "fetch_outcomes": (),
    "publication": ("publication_id",),
}

#: Identifiers are spelled in one way wherever a column of this name stands; without a match the value is malformed.
FORMATS = {"accession_number": r"\d{10}-\d{2}-\d{6}", "cik": r"\d{10}"}


@dataclass(frozen=True)
class Column:
    """A column that the contract promises."""

    table_name: str
    column_name: str
    data_type: str
    is_nullable: bool


@cache
def contract_columns() -> tuple[Column, ...]:
    """Every column of the contract, in its order."""
    sql = files("edgar_pipeline.quality").joinpath("contract.sql").read_text(encoding="utf-8")
    with duckdb.connect() as connection:
        connection.execute(sql)
        return columns_of(connection)


def columns_of(connection: duckdb.DuckDBPyConnection) -> tuple[Column, ...]:
    """Every column of the schema marts of an open database."""
    rows = connection.execute(
        """
        select table_name, column_name, data_type, is_nullable
        from duckdb_columns()
        where schema_name = 'marts' and not internal
        order by table_oid, column_index
        """
    ).fetchall()
    return tuple(Column(*row) for row in rows)

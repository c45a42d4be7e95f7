"""A published file with the few tables that benchmarks/serving reads, made by SQL: two days of three filings, five exhibits each."""

from pathlib import Path

import duckdb

EXHIBITS, COMPANIES = 5, 3
DAYS, NEW_DAYS = ["2024-06-11", "2024-06-12"], ["2024-06-13", "2024-06-14"]

_TABLES = """
    create schema {schema};
    create table {schema}.fct_filings (
        accession_number varchar not null, cik varchar, form_type varchar, company_name varchar, title varchar, filed_date date
    );
    comment on column {schema}.fct_filings.accession_number is 'Key of a filing';
    create table {schema}.fct_exhibits (
        accession_number varchar, sequence integer, cik varchar, document_type varchar, text_length integer, filed_date date
    );
    create table {schema}.document_texts (accession_number varchar, sequence integer, text varchar, filed_date date);
    create table {schema}.company_timeline (
        cik varchar, entry_date date, entry_type varchar, title varchar, excerpt varchar, url varchar, accession_number varchar,
        sequence integer
    );
    create table {schema}.completeness_by_day (index_date date, filings integer);
"""
_DAY = """
    insert into {schema}.fct_filings
        select '{day}-' || c, printf('%010d', c), '8-K', 'COMPANY ' || c, 'Report', date '{day}' from range(1, 4) t (c);
    insert into {schema}.fct_exhibits
        select accession_number, s, cik, 'EX-99.' || s, 100, filed_date from {schema}.fct_filings, range(1, 6) t (s)
        where filed_date = date '{day}';
    insert into {schema}.document_texts
        select accession_number, sequence, 'The text.', filed_date from {schema}.fct_exhibits where filed_date = date '{day}';
    insert into {schema}.company_timeline
        select cik, filed_date, '8-K', 'Report', 'An excerpt', 'https://…', accession_number, 0 from {schema}.fct_filings
        where filed_date = date '{day}'
        union all
        select cik, filed_date, document_type, 'Exhibit', 'An excerpt', 'https://…', accession_number, sequence
        from {schema}.fct_exhibits where filed_date = date '{day}';
    insert into {schema}.completeness_by_day values (date '{day}', 3);
"""


def publish_small_marts(folder: Path) -> Path:
    """A version with both days, and the symlink that readers open."""
    database = folder / "versions" / "first" / "edgar.duckdb"
    database.parent.mkdir(parents=True)
    _make(database, "marts", DAYS)
    link = folder / "edgar.duckdb"
    link.symlink_to("versions/first/edgar.duckdb")
    return link


def make_days_file(path: Path) -> Path:
    """The rows of the days to come, as a writer has them."""
    _make(path, "main", NEW_DAYS)
    return path


def _make(path: Path, schema: str, days: list[str]) -> None:
    tables = _TABLES if schema != "main" else _TABLES.replace("create schema {schema};", "")
    with duckdb.connect(path) as connection:
        connection.execute(tables.format(schema=schema))
        for day in days:
            connection.execute(_DAY.format(schema=schema, day=day))

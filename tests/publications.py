"""What a publication holds, for comparing one with another."""

from pathlib import Path

import duckdb

#: What tells when and where a row was made, and nothing of what EDGAR said.
CIRCUMSTANCES = {"raw_path", "requested_at", "fetched_at"}


def without_circumstances(tables: dict[str, list[dict]]) -> dict[str, list]:
    return {
        name: sorted(repr([(name, row[name]) for name in sorted(row.keys() - CIRCUMSTANCES)]) for row in rows)
        for name, rows in tables.items()
    }


def content(home: Path) -> dict[str, list[dict]]:
    """Every row of every public table but `publication`, which says when it was made."""
    with duckdb.connect(str(home / "published/edgar.duckdb"), read_only=True) as connection:
        tables = connection.sql("select table_name from duckdb_tables() where schema_name = 'marts'").fetchall()
        names = {name for (name,) in tables} - {"publication"}
        assert "fct_filings" in names
        relations = {name: connection.sql(f"from marts.{name} order by all") for name in names}
        return {
            name: [dict(zip(relation.columns, row, strict=True)) for row in relation.fetchall()]
            for name, relation in relations.items()
        }

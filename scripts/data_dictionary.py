"""Write docs/data-dictionary.md from the comments of a built or published warehouse file.

    .venv/bin/python scripts/data_dictionary.py data/demo/published/edgar.duckdb

The descriptions have one home, the YAML beside the dbt models; dbt writes them into the file as comments. A test compares.
"""

import sys
from pathlib import Path

import duckdb

TARGET = Path(__file__).parent.parent / "docs" / "data-dictionary.md"

HEAD = """\
# Data dictionary

The public tables of `published/edgar.duckdb`, schema `marts`. Made by `scripts/data_dictionary.py` from the descriptions
beside the dbt models; the same words are in the file itself: `select * from duckdb_columns() where schema_name = 'marts'`.

Names mean the same everywhere: `cik` is ten digits, `accession_number` is dashed, `_date` is a day, `_at` a UTC timestamp.
Unknown is NULL. Schema `ops` is the pipeline's own bookkeeping and may change.
"""

TABLES = "select table_name, comment from duckdb_tables() where schema_name = 'marts' order by table_name"
COLUMNS = """
    select column_name, data_type, is_nullable, comment
    from duckdb_columns() where schema_name = 'marts' and table_name = ? order by column_index
"""


def data_dictionary(database: Path) -> str:
    """The data dictionary of a warehouse file as Markdown."""
    with duckdb.connect(str(database), read_only=True) as connection:
        sections = [HEAD]
        for table, comment in connection.execute(TABLES).fetchall():
            sections.append(f"\n## {table}\n\n{_folded(comment)}\n\n| column | type | | meaning |\n|---|---|---|---|\n")
            for name, kind, nullable, meaning in connection.execute(COLUMNS, [table]).fetchall():
                kind = kind.lower().replace("timestamp with time zone", "timestamptz")
                sections.append(f"| `{name}` | {kind} | {'' if nullable else 'not null'} | {_folded(meaning)} |\n")
    return "".join(sections)


def _folded(text: str | None) -> str:
    return " ".join((text or "").split()).replace("|", "\\|")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("error: name the warehouse file: scripts/data_dictionary.py data/demo/published/edgar.duckdb")
    TARGET.write_text(data_dictionary(Path(sys.argv[1])))
    print(f"written: {TARGET}")

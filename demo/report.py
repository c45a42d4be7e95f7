"""What the demo shows of its publication in the terminal."""

import os
from pathlib import Path

import duckdb
from edgar_pipeline.settings import Settings
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

NEWEST = 14

COMPLETENESS = """
    select index_date, day_state, index_rows, filings, loaded, pending, quarantined, documents_loaded, is_complete
    from marts.completeness_by_day order by index_date
"""
ENTRIES = """
    select entry_date, entry_type, title, coalesce(array_to_string(event_codes, ', '), '')
    from marts.company_timeline where cik = $cik and not is_ownership
    order by entry_date desc, accession_number desc, sequence limit $limit
"""
EVENTS = """
    select event_date, event_code, company_name, evidence_text
    from marts.fct_events join marts.fct_filings using (accession_number)
    where method in ('item', 'headline') order by event_date desc, company_name, event_code limit $limit
"""


def show(console: Console, settings: Settings, cik: str, page: Path) -> None:
    """Print completeness, the company's newest entries, events, and where everything is."""
    file = settings.published_dir / "edgar.duckdb"
    with duckdb.connect(str(file), read_only=True) as warehouse:
        console.print(_completeness(warehouse))
        name = warehouse.execute(
            "select company_name from marts.dim_companies where cik = $cik", {"cik": cik}
        ).fetchone()[0]
        rows = warehouse.execute(ENTRIES, {"cik": cik, "limit": NEWEST}).fetchall()
        console.print(
            _table(f"{name}: the newest {len(rows)} entries", ("date", "type", "title", "events"), rows, widest=2)
        )
        rows = warehouse.execute(EVENTS, {"limit": NEWEST}).fetchall()
        console.print(_table("Events, with their evidence", ("date", "event", "company", "evidence"), rows, widest=3))
    console.print("The warehouse      ", os.path.relpath(file), soft_wrap=True)
    console.print("The validation     ", os.path.relpath(settings.reports_dir), soft_wrap=True)
    console.print("The company's page ", os.path.relpath(page), "(open it in a browser)", soft_wrap=True)
    console.print(
        f"Query it           .venv/bin/python -c \"import duckdb; duckdb.connect('{os.path.relpath(file)}', read_only=True)"
        ".sql('select form_type, title from marts.fct_filings').show()\"",
        soft_wrap=True,
    )


def _completeness(warehouse: duckdb.DuckDBPyConnection) -> Table:
    rows = warehouse.execute(COMPLETENESS).fetchall()
    heads = (
        "index day",
        "state",
        "rows",
        "filings",
        "loaded",
        "pending",
        "quaran-\ntined",
        "docu-\nments",
        "com-\nplete",
    )
    table = _table("Every index day, accounted for", heads, [(*row[:-1], "yes" if row[-1] else "NO") for row in rows])
    for column in table.columns[2:8]:
        column.justify = "right"
    return table


def _table(title: str, heads: tuple[str, ...], rows: list[tuple], widest: int | None = None) -> Table:
    table = Table(
        title=title, title_justify="left", title_style="bold", box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0)
    )
    for number, head in enumerate(heads):
        table.add_column(head, no_wrap=number == widest, overflow="ellipsis" if number == widest else "fold")
    for row in rows:
        table.add_row(*("" if cell is None else " ".join(str(cell).split()) for cell in row))
    return table

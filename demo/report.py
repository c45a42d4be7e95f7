"""What the demo shows of its publication in the terminal."""

import os
from pathlib import Path

import duckdb
from edgar_pipeline.settings import Settings
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Table

NEWEST = 14
#: Longer names are cut, so that what is said about them has room.
LONGEST_NAME = 18

COMPLETENESS = """
    select index_date, day_state, index_rows, filings, loaded, pending, quarantined, documents_loaded,
        if(is_complete, 'yes', 'NO')
    from marts.completeness_by_day order by index_date
"""
ENTRIES = """
    select entry_date, entry_type, title
    from marts.company_timeline where cik = $cik and not is_ownership
    order by entry_date desc, accession_number desc, sequence limit $limit
"""
EVENTS = f"""
    select event_date, event_code, left(company_name, {LONGEST_NAME}), evidence_text
    from marts.fct_events
        join marts.fct_filings using (accession_number)
        join marts.dim_event_types using (event_code)
    where not is_catch_all and not dim_event_types.is_ownership
    order by method <> 'item', event_date desc, company_name, event_code limit $limit
"""


def show(console: Console, settings: Settings, cik: str, page: Path) -> None:
    """Print completeness, the company's newest entries, events, and where everything is."""
    file = settings.published_dir / "edgar.duckdb"
    with duckdb.connect(str(file), read_only=True) as warehouse:
        heads = ("index day", "state", "rows", "filings", "loaded", "pending", "quarantined", "documents", "complete")
        console.print(
            _table(console, "Every index day, accounted for", heads, warehouse.execute(COMPLETENESS).fetchall())
        )
        names = warehouse.execute("select company_name from marts.dim_companies where cik = $cik", {"cik": cik})
        title = f"{names.fetchone()[0]}: the newest {NEWEST} entries"
        rows = warehouse.execute(ENTRIES, {"cik": cik, "limit": NEWEST}).fetchall()
        console.print(_table(console, title, ("date", "type", "title"), rows))
        rows = warehouse.execute(EVENTS, {"limit": NEWEST}).fetchall()
        console.print(_table(console, "Events, with their evidence", ("date", "event", "company", "evidence"), rows))
    path = os.path.relpath(file)
    for name, value in (
        ("The warehouse", path),
        ("The validation", os.path.relpath(settings.reports_dir / "validation" / "index.html")),
        ("The company's page", f"{os.path.relpath(page)}  (open it in a browser)"),
        ("Query it", f".venv/bin/python -c \"import duckdb; print(duckdb.connect('{path}', read_only=True)"),
        ("", "    .sql('select filed_date, form_type, title from marts.fct_filings order by 1 desc'))\""),
    ):
        console.print(f"{name:20}{value}", soft_wrap=True, markup=False)


def _table(console: Console, title: str, heads: tuple[str, ...], rows: list[tuple]) -> Table:
    """A table that fits the terminal: the last column is cut to what is left of the line; numbers stand to the right."""
    cells = [["" if cell is None else " ".join(str(cell).split()) for cell in row[:-1]] for row in rows]
    widths = [max(len(head), *(len(row[number]) for row in cells)) for number, head in enumerate(heads[:-1])]
    rest = max(12, console.width - sum(widths) - len(heads) - 2)
    table = Table(title=title, title_justify="left", title_style="bold", box=SIMPLE_HEAD, pad_edge=False, padding=0)
    for number, head in enumerate(heads):
        is_number = number < len(widths) and isinstance(rows[0][number], int)
        table.add_column(head, no_wrap=True, justify="right" if is_number else "left")
    for row, texts in zip(rows, cells, strict=True):
        last = " ".join(str(row[-1] or "").split())
        table.add_row(*map(escape, (*texts, last if len(last) <= rest else last[: rest - 1] + "…")))
    return table

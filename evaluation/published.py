"""Titles as the warehouse shows them: of which exhibits and filings they say nothing."""

import duckdb

from evaluation.titles import MOST_WEAK


def report(connection: duckdb.DuckDBPyConnection) -> tuple[str, bool]:
    """The figures as text, and whether the binding one holds: at most MOST_WEAK of the exhibits with text are weak."""
    exhibits, weak = connection.execute(
        "select count(*), count(*) filter (title_quality = 'weak') from marts.fct_exhibits where text_status = 'text'"
    ).fetchone()
    lines = [f"published titles: {exhibits} exhibits with text, weak {weak} ({weak / max(exhibits, 1):.1%})"]
    rows = connection.execute(
        "select accession_number, document_type, title from marts.fct_exhibits "
        "where text_status = 'text' and title_quality = 'weak' order by all"
    ).fetchall()
    lines += [f"  weak: {number} {document_type}: {title}" for number, document_type, title in rows]
    rows = connection.execute(
        "select form_type, count(*), count(*) filter (title_quality = 'weak') as weak from marts.fct_filings "
        "group by 1 having weak > 0 order by weak desc, 1"
    ).fetchall()
    lines.append("  filings named by form, company and date only: " + ", ".join(f"{f} {w} of {n}" for f, n, w in rows))
    return "\n".join(lines), weak <= MOST_WEAK * exhibits

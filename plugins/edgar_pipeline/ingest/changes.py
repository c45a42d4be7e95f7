"""Records of what changed in an index, `raw/index_change`: one per row of an index that came late, changed or is gone."""

from collections.abc import Iterable

ADDED, REMOVED = "added", "removed"


def change_record(
    change: str,
    index_name: str,
    row: dict,
    noticed_at: str,
    evidence: str,
    before: dict | None = None,
) -> dict:
    """A record. `row` is the row as it is now, or as it was last; `before` what a changed one said."""
    facts = {name: row[name] for name in ("accession_number", "cik", "form_type", "filed_date", "company_name")}
    previous = before or {}
    return {
        "change": change,
        "index_name": index_name,
        **facts,
        "previous_form_type": previous.get("form_type"),
        "previous_filed_date": previous.get("filed_date"),
        "noticed_at": noticed_at,
        "evidence": evidence,
    }


def reread_records(
    index_name: str, added: Iterable[dict], removed: Iterable[dict], noticed_at: str, sha256: str
) -> list[dict]:
    """The records of a daily index that another reading showed to have changed; malformed rows have none."""
    evidence = f"the index of {index_name} was read again (sha256 {sha256[:12]})"
    return [
        change_record(change, index_name, row, noticed_at, evidence)
        for change, rows in ((ADDED, added), (REMOVED, removed))
        for row in rows
        if not row["problem"]
    ]

"""What is in scope: EDGAR_FORM_TYPES and EDGAR_CIKS. What is not is a decision with its rule, and is counted."""

from edgar_pipeline.clock import Clock
from edgar_pipeline.ingest.outcomes import decision_row
from edgar_pipeline.landing import land_batch
from edgar_pipeline.ledger import Ledger
from edgar_pipeline.settings import Settings
from edgar_pipeline.urls import submission_url


def land_out_of_scope(settings: Settings, ledger: Ledger, clock: Clock) -> None:
    """Record what the scope leaves out of a partition, once per accession number."""
    if settings.form_types is None and settings.ciks is None:
        return
    outcomes = []
    for accession_number, rows in ledger.rows_by_accession.items():
        rule = out_of_scope_rule(settings, rows)
        if rule and ledger.states[accession_number].state == "pending":
            url = submission_url(settings.www_url, rows[0]["cik"], accession_number)
            outcomes.append(decision_row(url, ledger.index_date, accession_number, "out_of_scope", rule, clock))
    if outcomes:
        land_batch(settings, ledger.partition, outcomes)


def out_of_scope_rule(settings: Settings, rows: list[dict]) -> str | None:
    """The rule that leaves a submission out, judged by all its index rows; None where it is in scope."""
    if settings.form_types and not any(row["form_type"].upper() in settings.form_types for row in rows):
        return f"EDGAR_FORM_TYPES leaves out {rows[0]['form_type']}"
    if settings.ciks and not any(row["cik"] in settings.ciks for row in rows):
        return f"EDGAR_CIKS leaves out {', '.join(sorted({row['cik'] for row in rows})[:5])}"
    return None

"""The use cases of extraction: client → sources → landing. A task is a transaction on one partition, so each may run again.

`land_day` is the whole of it for one index day; Airflow calls its four steps one by one.
"""

from edgar_pipeline.ingest.company import land_company, resolve_companies
from edgar_pipeline.ingest.day import begin_day, finish_day, land_day
from edgar_pipeline.ingest.filings import CHUNK_SIZE, land_filings, plan_day
from edgar_pipeline.ingest.index import IndexLanding, land_index
from edgar_pipeline.ingest.reconcile import quarters_of, reconcile
from edgar_pipeline.ingest.rereading import reread_days

__all__ = [
    "CHUNK_SIZE",
    "IndexLanding",
    "begin_day",
    "finish_day",
    "land_company",
    "land_day",
    "land_filings",
    "land_index",
    "plan_day",
    "quarters_of",
    "reconcile",
    "reread_days",
    "resolve_companies",
]

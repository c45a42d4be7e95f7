"""Hand-made raw records, whole as the extractor writes them, and a way to land them.

Every function returns a record with every key; tests name only what they are about.
"""

import hashlib
from datetime import date

from edgar_pipeline.landing import day_partition, land_batch

DAY = date(2020, 3, 5)
FETCHED_AT = "2026-11-22T03:00:00.000000Z"


def company(cik, name, role="filer", **facts):
    """A company of a header. `cik` may be a number."""
    empty = {
        "file_number": None,
        "sic": None,
        "state_of_incorporation": None,
        "fiscal_year_end": None,
        "former_names": [],
    }
    return {"cik": f"{int(cik):010d}", "role": role, "company_name": name, **empty, **facts}


def document(sequence, document_type, text="Some text of the document.", **facts):
    """A document with text, or without any where `text` is None."""
    extracted = {
        "filename": f"d{sequence}.htm",
        "description": None,
        "bytes": 100,
        "sha256": hashlib.sha256(f"{sequence} {text}".encode()).hexdigest(),
        "text_status": "no_text" if text is None else "text",
        "text": text,
        "text_length": None if text is None else len(text),
        "index_title": None,
        "headline": None,
        "description_title": facts.get("description"),
        "generic_titles": [],
        "excerpt": text,
    }
    return {"sequence": sequence, "document_type": document_type, **extracted, **facts}


def submission(accession_number, form_type, companies, documents=None, **facts):
    """A submission filed on 2020-03-05 with one document of its form, unless told otherwise."""
    documents = [document(1, form_type)] if documents is None else documents
    received = {
        "sha256": hashlib.sha256(accession_number.encode()).hexdigest(),
        "bytes": 1000,
        "url": f"https://www.sec.gov/Archives/edgar/data/{int(companies[0]['cik'])}/{accession_number}.txt",
        "fetched_at": FETCHED_AT,
        "parser_version": "1",
        "filed_date": "2020-03-05",
        "accepted_at": "2020-03-05T21:05:11.000000Z",
        "dissemination_date": "2020-03-05",
        "period_of_report": None,
        "document_count_declared": len(documents),
        "items": [],
        "remarks": [],
        "schedule": None,
        "letter_subject": None,
        "offered": None,
        "header": [{"section": [], "block": 0, "label": "ACCESSION NUMBER", "value": accession_number}],
    }
    return {
        "accession_number": accession_number,
        "form_type": form_type,
        "companies": companies,
        **received,
        "documents": documents,
        **facts,
    }


def index_line(line_number, accession_number, cik, form_type, name="A COMPANY", day=DAY, **facts):
    """A line of a daily index; `problem` and `line` for a malformed one."""
    record = {
        "index_date": day.isoformat(),
        "line_number": line_number,
        "cik": f"{int(cik):010d}",
        "company_name": name,
        "form_type": form_type,
        "filed_date": "2020-03-05",
        "file_name": f"edgar/data/{int(cik)}/{accession_number}.txt",
        "accession_number": accession_number,
        "problem": None,
        "line": None,
        "sha256": "i" * 64,
        "fetched_at": FETCHED_AT,
        "parser_version": "1",
    }
    return record | facts


def malformed_line(line_number, problem="4 fields instead of 5", day=DAY):
    """A line of a daily index that cannot be read."""
    unknown = dict.fromkeys(("cik", "company_name", "form_type", "filed_date", "file_name", "accession_number"))
    line = index_line(line_number, "0000000000-00-000000", 1, "?", day=day)
    return line | unknown | {"problem": problem, "line": "a|line|without|end"}


def outcome(kind, name, day=DAY, accession_number=None, **facts):
    """A row of a request or decision; `name` is its outcome."""
    url = f"https://www.sec.gov/{kind}/{accession_number or day}"
    record = {
        "url": url,
        "kind": kind,
        "index_date": day.isoformat() if day else None,
        "accession_number": accession_number,
        "requested_at": FETCHED_AT,
        "status": 200,
        "bytes": 1000,
        "sha256": "0" * 64,
        "outcome": name,
        "reason": None,
        "attempt": 1,
        "document_count": None,
    }
    return record | facts


def land_index(settings, day, lines, outcomes=None):
    """Land an index part of a day: its lines and the outcome that commits them."""
    fetched_at = lines[0]["fetched_at"] if lines else FETCHED_AT
    outcomes = outcomes or [outcome("daily_index", "landed", day, requested_at=fetched_at)]
    return land_batch(settings, day_partition(day), outcomes, "daily_index" if lines else None, lines)


def land_submissions(settings, day, submissions, more_outcomes=()):
    """Land a part of submissions with an outcome for each, and further outcomes (of submissions that did not land)."""
    landed = [
        outcome(
            "submission",
            "landed",
            day,
            record["accession_number"],
            requested_at=record["fetched_at"],
            document_count=len(record["documents"]),
        )
        for record in submissions
    ]
    source = "submission" if submissions else None
    return land_batch(settings, day_partition(day), [*landed, *more_outcomes], source, submissions)

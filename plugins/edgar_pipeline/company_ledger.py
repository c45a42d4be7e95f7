"""A company's history as its own JSON lists it, and where each filing of it stands.

A filing counts as loaded wherever it landed: with its index day, with another company that filed it too, or here. So a company
whose days are all in the warehouse costs the request for its JSON and no other.

The JSON is compared with the quarterly indexes that were read here (`reconcile`): it can be weeks behind (edgar.md 1.3), and a
filing that only an index has is part of the history too.
"""

import re
from dataclasses import dataclass, field
from datetime import date

from edgar_pipeline.landing import OUTCOMES, committed_parts, company_partition, read_part, read_records
from edgar_pipeline.ledger import STATES, Ledger, State, not_found_on, read_outcomes, states_of
from edgar_pipeline.originals import find_originals, kept_keys
from edgar_pipeline.settings import Settings
from edgar_pipeline.sources.index_file import read_header, read_rows
from edgar_pipeline.takedowns import taken_down_at


@dataclass(frozen=True)
class CompanyLedger(Ledger):
    """What the raw zone holds of one company's history.

    `company` is the record of the newest main file (None where it was never read), `missing_pages` the files of older filings
    that it names and that are not here as it describes them, `only_indexed` the accession numbers that a quarterly index has and
    the JSON has not.
    """

    cik: str
    company: dict | None
    missing_pages: list[dict]
    only_indexed: list[str]


@dataclass(frozen=True)
class CompanyStatus:
    """A company's history in numbers: its filings, and how many of them are in each state; a malformed row is quarantined."""

    cik: str
    company_name: str | None
    filings: int = 0
    loaded: int = 0
    pending: int = 0
    quarantined: int = 0
    gone: int = 0
    out_of_scope: int = 0
    missing_pages: int = 0
    only_indexed: int = 0
    reasons: dict[str, int] = field(default_factory=dict)

    @property
    def is_complete(self) -> bool:
        """The whole history is known, and nothing of it is pending or quarantined."""
        return self.company_name is not None and not (self.missing_pages or self.pending or self.quarantined)

    @property
    def problem(self) -> str | None:
        """One line that says what is missing and what to do; None for a complete history."""
        if self.is_complete:
            return None
        reasons = "; ".join(f"{count} × {reason}" for reason, count in list(self.reasons.items())[:3])
        pages = f", {self.missing_pages} pages of older filings not read" if self.missing_pages else ""
        return (
            f"{self.cik}: {self.loaded} of {self.filings} filings loaded, {self.pending} pending, "
            f"{self.quarantined} quarantined{pages} ({reasons or 'see fetch_outcomes'}). "
            "Run the company again to fetch what is missing."
        )


def read_company(settings: Settings, cik: str, since: date | None = None) -> CompanyLedger:
    """Compute the ledger of a company's history from the raw zone; of what is dated `since` a day, if one is given."""
    partition = company_partition(cik)
    outcomes = read_outcomes(settings, partition)
    facts = sorted(read_records(settings, "company_submissions", partition), key=lambda record: record["fetched_at"])
    pages, missing = _pages(settings, partition, facts, outcomes)
    listed = _rows(pages)
    indexed = _only_indexed(settings, cik, {row["accession_number"] for row in listed})
    rows = [row for row in [*listed, *indexed] if not since or row["problem"] or row["filed_date"] >= since.isoformat()]
    states = states_of({row["accession_number"] for row in rows if row["accession_number"]}, outcomes)
    pending = {accession for accession, state in states.items() if state.state == "pending"}
    states |= dict.fromkeys(landed_in(settings, pending, partition), State("loaded"))
    return CompanyLedger(
        partition,
        None,
        rows,
        states,
        not_found_on(outcomes),
        kept_since="",
        cik=cik,
        company=facts[-1] if facts else None,
        missing_pages=missing,
        only_indexed=[row["accession_number"] for row in indexed],
    )


def company_status(ledger: CompanyLedger) -> CompanyStatus:
    """The numbers of a company's history."""
    counts, reasons = ledger.count()
    return CompanyStatus(
        ledger.cik,
        ledger.company and ledger.company["company_name"],
        filings=len(ledger.states),
        missing_pages=len(ledger.missing_pages),
        only_indexed=len(ledger.only_indexed),
        reasons=dict(reasons.most_common(20)),
        **{state: counts[state] for state in STATES},
    )


def landed_in(settings: Settings, accession_numbers: set[str], but: str) -> set[str]:
    """Those of these accession numbers that have landed in any partition `but` one.

    Reads every outcome row of the raw zone, a few seconds for a year of index days; nothing is read where nothing is asked.
    """
    found: set[str] = set()
    parts = committed_parts(settings, OUTCOMES) if accession_numbers else []
    taken_down = taken_down_at(settings)
    for part in parts:
        if part.partition == but:
            continue
        for row in read_part(part.path):
            number = row["accession_number"]
            is_landing = row["outcome"] == "landed" and number in accession_numbers
            if is_landing and row["requested_at"] > taken_down.get(number, ""):
                found.add(number)
    return found


def _pages(
    settings: Settings, partition: str, facts: list[dict], outcomes: list[dict]
) -> tuple[dict[str, list[dict]], list[dict]]:
    """The newest rows of each page that the newest main file names, and the pages that were not read since it describes them so.

    EDGAR moves filings from `recent` into pages, and then the main file describes the page anew.
    """
    if not facts:
        return {}, []
    readings: dict[str, dict[str, list[dict]]] = {}
    for row in read_records(settings, "company_filing", partition):
        readings.setdefault(row["page"], {}).setdefault(row["fetched_at"], []).append(row)
    # In their order, so that the newest reading of each stays. One that found the page unchanged has no rows, but counts.
    read_at = {
        row["url"].rpartition("/")[2]: row["requested_at"]
        for row in outcomes
        if row["kind"] == "company_filing" and row["outcome"] == "landed"
    }
    missing = [page for page in facts[-1]["pages"] if read_at.get(page["name"], "") < _described_since(facts, page)]
    names = [f"CIK{facts[-1]['cik']}.json", *(page["name"] for page in facts[-1]["pages"])]
    return {name: readings[name][max(readings[name])] for name in names if name in readings}, missing


def _described_since(facts: list[dict], page: dict) -> str:
    """When the main file was first read that describes a page as the newest one does."""
    since = facts[-1]["fetched_at"]
    for record in reversed(facts):
        if page not in record["pages"]:
            break
        since = record["fetched_at"]
    return since


def _rows(pages: dict[str, list[dict]]) -> list[dict]:
    """The rows of all pages, newest first, each accession number once: pages can overlap while EDGAR rewrites them."""
    malformed = [row for page in pages.values() for row in page if row["problem"]]
    rows = {row["accession_number"]: row for page in reversed(pages.values()) for row in page if not row["problem"]}
    return [*sorted(rows.values(), key=lambda row: row["filed_date"], reverse=True), *malformed]


def _only_indexed(settings: Settings, cik: str, listed: set[str | None]) -> list[dict]:
    """The rows of a company in the newest original of each quarterly index that the JSON does not list."""
    found: dict[str, dict] = {}
    lines_of = re.compile(rb"^0*%d\|[^\n]*\n" % int(cik), re.MULTILINE)
    for quarter in kept_keys(settings, "quarterly_index"):
        for original in find_originals(settings, "quarterly_index", quarter)[-1:]:
            body = bytes(original.read())
            header = read_header(body)
            own = body[: header.end] + b"".join(lines_of.findall(body, header.end))
            for row in read_rows(own, header):
                if not row["problem"] and row["accession_number"] not in listed:
                    found.setdefault(row["accession_number"], {**row, "page": f"full-index {quarter}"})
    return list(found.values())

"""``python -m demo.archive TARGET_DIR``: write the demonstration archive, laid out as EDGAR's own URLs.

The same bytes every time. ``tests.fake_edgar`` serves the folder; listings of its index folders are made by the server.
"""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path

from demo.sgml import submission
from demo.specification import Filing, companies, filings

#: The index days of the archive, oldest first.
DAYS: tuple[date, ...] = tuple(sorted({filing.index_day for filing in filings()}))

INDEX_HEAD = """\
Description:           Daily Index of EDGAR Dissemination Feed
Last Data Received:    {received}
Comments:              webmaster@sec.gov
Anonymous FTP:         ftp://ftp.sec.gov/edgar/
 \n\
CIK|Company Name|Form Type|Date Filed|File Name
--------------------------------------------------------------------------------
"""


@dataclass(frozen=True)
class DayCounts:
    """What an index day holds: rows, accession numbers, documents, documents of type EX-*, and who stands where."""

    index_rows: int
    filings: int
    documents: int
    exhibits: int
    companies: frozenset[tuple[str, str, str]]


def generate(target: Path | str) -> Path:
    """Write the archive below ``target`` and give that folder; file times are the index day's evening."""
    root = Path(target)
    for path, content, day in files():
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
        changed = datetime.combine(day, time(23, 0), UTC).timestamp()
        os.utime(file, (changed, changed))
    return root


def files() -> Iterator[tuple[str, bytes, date]]:
    """Every file of the archive: path below the root, content, index day."""
    archives = "www.sec.gov/Archives/edgar"
    for filing in filings():
        number = filing.accession_number
        folder = f"{archives}/data/{int(filing.parties[0].company.cik)}/{number.replace('-', '')}"
        yield f"{folder}/{number}.txt", submission(filing), filing.index_day
    for day in DAYS:
        quarter = f"{archives}/daily-index/{day.year}/QTR{(day.month + 2) // 3}"
        yield f"{quarter}/master.{day:%Y%m%d}.idx", daily_index(day), day
    yield "www.sec.gov/files/company_tickers_exchange.json", tickers(), DAYS[-1]


def daily_index(day: date) -> bytes:
    """The master index of a day: one row per company of each filing, in the order of the rows as text."""
    lines = sorted(
        f"{cik}|{name}|{filing.form_type}|{filing.filed_date:%Y%m%d}|edgar/data/{cik}/{filing.accession_number}.txt\n"
        for filing in filings_of(day)
        for cik, name in {(int(party.company.cik), party.company.name) for party in filing.parties}
    )
    received = f"{day:%b} {day.day:>2}, {day.year}"
    return (INDEX_HEAD.format(received=received) + "".join(lines)).encode("ascii")


def filings_of(day: date) -> list[Filing]:
    return [filing for filing in filings() if filing.index_day == day]


def tickers() -> bytes:
    """The file of companies with a ticker, in EDGAR's shape."""
    listed = [company for company in companies().values() if company.ticker]
    rows = [[int(company.cik), company.name, company.ticker, company.exchange] for company in listed]
    content = {"fields": ["cik", "name", "ticker", "exchange"], "data": rows}
    return json.dumps(content, separators=(",", ":")).encode()


def expected_counts() -> dict[date, DayCounts]:
    """What a reader of the archive must find, by index day; counted in the specification, nothing is parsed."""
    return {day: counts_of(filings_of(day)) for day in DAYS}


def counts_of(of_day: list[Filing]) -> DayCounts:
    pairs = [(filing.accession_number, party.company.cik, party.role) for filing in of_day for party in filing.parties]
    documents = [document for filing in of_day for document in filing.documents]
    return DayCounts(
        index_rows=len({(accession_number, cik) for accession_number, cik, _ in pairs}),
        filings=len(of_day),
        documents=len(documents),
        exhibits=sum(document.is_exhibit for document in documents),
        companies=frozenset(pairs),
    )


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m demo.archive", description="Write the demonstration archive.")
    parser.add_argument("target", type=Path, metavar="TARGET_DIR", help="the folder to write www.sec.gov/ into")
    root = generate(parser.parse_args().target)
    print(f"{len(filings())} filings of {len(DAYS)} index days ({DAYS[0]} to {DAYS[-1]}) written to {root}")


if __name__ == "__main__":
    main()

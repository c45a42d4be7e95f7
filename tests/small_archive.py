"""A small EDGAR in a folder, made by a test: submissions of `tests.submissions` and the daily index that lists them."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

from tests.submissions import Company, Submission

INDEX_HEAD = (
    "Description:           Daily Index of EDGAR Dissemination Feed\n"
    "Last Data Received:    {received}\n"
    "Comments:              webmaster@sec.gov\n\n"
    "CIK|Company Name|Form Type|Date Filed|File Name\n" + "-" * 80 + "\n"
)


def filings(day: date, count: int, prefix: int = 900001) -> list[Submission]:
    """So many 8-Ks of different companies, filed on the day."""
    stamp = f"{day:%Y%m%d}"
    return [
        replace(
            Submission(),
            accession_number=f"{prefix:010d}-{day:%y}-{number:06d}",
            filed=day,
            disseminated=day,
            accepted=f"{stamp}163000",
            period=day,
            companies=(Company(name=f"WIDGETS {number} INC", cik=f"{prefix + number:010d}"),),
        )
        for number in range(1, count + 1)
    ]


def index_row(submission: Submission, company: Company | None = None) -> str:
    """The line of a submission for one of its companies (the first without one named)."""
    company = company or submission.companies[0]
    cik = int(company.cik)
    path = f"edgar/data/{cik}/{submission.accession_number}.txt"
    return f"{cik}|{company.name}|{submission.form_type}|{submission.filed:%Y%m%d}|{path}"


def index_file(day: date, rows: list[str | bytes]) -> bytes:
    """A daily master index with these lines."""
    lines = [row if isinstance(row, bytes) else row.encode() for row in rows]
    return INDEX_HEAD.format(received=f"{day:%b %d, %Y}").encode() + b"".join(line + b"\n" for line in lines)


def columns(filings: list[tuple]) -> dict[str, list]:
    """Filings (accession number, form, day) as the columns of submissions JSON."""
    names = ("accessionNumber", "form", "filingDate")
    return {name: [row[place] for row in filings] for place, name in enumerate(names)}


def quarterly_index_file(received: date, submissions: list[Submission]) -> bytes:
    """A quarterly master index of these submissions, as rebuilt after `received`."""
    head = INDEX_HEAD.format(received=f"{received:%B %d, %Y}").replace(
        "Daily Index of EDGAR Dissemination Feed", "Master Index of EDGAR"
    )
    lines = [index_row(one).replace(f"{one.filed:|%Y%m%d|}", f"{one.filed:|%Y-%m-%d|}") for one in submissions]
    return (head.replace("File Name", "Filename") + "".join(f"{line}\n" for line in lines)).encode()


class SmallArchive:
    """A folder laid out as EDGAR's URLs."""

    def __init__(self, root: Path):
        self.root = root
        (root / "www.sec.gov/Archives/edgar/daily-index").mkdir(parents=True)

    def put(self, path: str, content: bytes) -> None:
        """Write a file of www.sec.gov."""
        file = self.root / "www.sec.gov" / path.lstrip("/")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)

    def put_tickers(self, rows: list[tuple]) -> None:
        """The ticker file, of rows (cik, name, ticker, exchange)."""
        content = {"fields": ["cik", "name", "ticker", "exchange"], "data": [list(row) for row in rows]}
        self.put("files/company_tickers_exchange.json", json.dumps(content).encode())

    def put_company(
        self, cik: str, filings: list[tuple] = (), pages: dict[str, list[tuple]] | None = None, **facts
    ) -> None:
        """A company's submissions JSON and its pages, of filings (accession number, form, day). `facts` as EDGAR names them."""
        files = []
        for name, rows in (pages or {}).items():
            self.put_json(name, columns(rows))
            days = sorted(row[2] for row in rows)
            files.append({"name": name, "filingCount": len(rows), "filingFrom": days[0], "filingTo": days[-1]})
        history = {"recent": columns(filings), "files": files}
        self.put_json(f"CIK{cik}.json", {"cik": cik, "name": "WIDGETS INC", **facts, "filings": history})

    def put_json(self, name: str, content: object) -> None:
        """A file of data.sec.gov/submissions."""
        file = self.root / "data.sec.gov/submissions" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(json.dumps(content).encode())

    def put_submission(self, submission: Submission, body: bytes | None = None) -> None:
        cik, accession = int(submission.companies[0].cik), submission.accession_number
        self.put(
            f"Archives/edgar/data/{cik}/{accession.replace('-', '')}/{accession}.txt",
            submission.public() if body is None else body,
        )

    def put_index(self, day: date, content: bytes) -> None:
        self.put(index_path(day), content)

    def put_quarter(self, received: date, submissions: list[Submission]) -> None:
        """The quarterly index of the quarter of `received`."""
        path = f"Archives/edgar/full-index/{received.year}/QTR{(received.month + 2) // 3}/master.idx"
        self.put(path, quarterly_index_file(received, submissions))

    def put_day(self, day: date, count: int, prefix: int = 900001) -> list[Submission]:
        """An index day with so many filings; return them."""
        made = filings(day, count, prefix)
        for submission in made:
            self.put_submission(submission)
        self.put_index(day, index_file(day, [index_row(submission) for submission in made]))
        return made


def index_path(day: date) -> str:
    """The URL path of the day's master index."""
    return f"/Archives/edgar/daily-index/{day.year}/QTR{(day.month + 2) // 3}/master.{day:%Y%m%d}.idx"

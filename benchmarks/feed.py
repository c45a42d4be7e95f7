"""A day from its Feed tarball: 5,000 filings and 2 GB, over loopback, through the command that an operator runs."""

import gzip
import random
import sys
import tarfile
import tempfile
from dataclasses import replace
from datetime import date
from io import BytesIO
from pathlib import Path

from benchmarks.corpus import Corpus
from benchmarks.measuring import Process, Target, run, show
from tests.fake_edgar import FakeEdgar
from tests.small_archive import filings, index_file, index_path, index_row
from tests.submissions import Submission
from tests.tarballs import feed_path

DAY = date(2024, 1, 5)


def main(corpus: Corpus, count: int = 5_000, megabytes: int = 2_000) -> list[Target]:
    """Print the table; a second run of the same command shows what it costs to find that there is nothing to do."""
    with tempfile.TemporaryDirectory() as folder:
        archive = Path(folder) / "archive"
        written = _write(archive, corpus, count, megabytes * 1_000_000)
        with FakeEdgar(archive) as edgar:
            environment = _environment(edgar.url, Path(folder))
            first, second = (_feed(environment) for _ in range(2))
    show(
        f"A Feed day: {count:,} filings, {written / 1e6:,.0f} MB, made of {corpus.name}",
        ["feed", "seconds", "CPU s", "resident MB, all processes", "filings/s"],
        [
            (name, process.wall, process.cpu, process.resident, count / process.wall)
            for name, process in {"landed": first, "again: nothing to do": second}.items()
        ],
    )
    return [
        Target("a Feed day of 5,000 filings and 2 GB, seconds", "<=", 60, first.wall),
        Target("a Feed day, CPU s by two cores", "<=", 60, first.cpu / 2),
        Target("a Feed day, resident MB, all processes", "<=", 400, first.resident),
    ]


def _feed(environment: dict[str, str]) -> Process:
    process = run([sys.executable, "-m", "edgar_pipeline", "feed", str(DAY)], environment)
    if process.exit_code:
        raise SystemExit(process.output)
    return process


def _environment(url: str, folder: Path) -> dict[str, str]:
    return {
        "EDGAR_HOME": str(folder / "home"),
        "EDGAR_STATE_DIR": str(folder / "state"),
        "EDGAR_WWW_URL": url,
        "EDGAR_DATA_URL": url,
        "EDGAR_USER_AGENT": "EDGAR warehouse benchmark benchmark@example.com",
        "EDGAR_REQUESTS_PER_SECOND": "10",
    }


def _write(archive: Path, corpus: Corpus, count: int, total: int) -> int:
    """The index and the tarball of a day: headers are invented, documents are the corpus's, drawn until the size is reached."""
    chance, sections = random.Random(1), corpus.document_sections()
    made = filings(DAY, count)
    _put(archive, index_path(DAY), index_file(DAY, [index_row(submission) for submission in made]))
    path = archive / "www.sec.gov" / feed_path(DAY)
    path.parent.mkdir(parents=True)
    written = 0
    with gzip.open(path, "wb", compresslevel=3) as file, tarfile.open(fileobj=file, mode="w") as tar:
        for number, submission in enumerate(made, 1):
            body = _member(submission, chance, sections, total * number // count - written)
            written += len(body)
            info = tarfile.TarInfo(f"{submission.accession_number}.nc")
            info.size = len(body)
            tar.addfile(info, BytesIO(body))
    return written


def _member(submission: Submission, chance: random.Random, sections: list[bytes], wanted: int) -> bytes:
    parts = [chance.choice(sections)]
    while sum(map(len, parts)) < wanted:
        parts.append(chance.choice(sections))
    declared = sum(part.count(b"\n</DOCUMENT>") for part in parts)
    header = replace(submission, declared=declared).tag_header()
    return b"<SUBMISSION>\n" + header.encode() + b"".join(parts) + b"</SUBMISSION>\n"


def _put(archive: Path, path: str, content: bytes) -> None:
    file = archive / "www.sec.gov" / path.lstrip("/")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)

"""A day one by one: 1,000 filings over loopback at the set rate. Is the rate used up, and never exceeded?"""

import random
import sys
import tempfile
from datetime import date
from pathlib import Path

from benchmarks.corpus import Corpus
from benchmarks.measuring import Target, run, show
from tests.fake_edgar import FakeEdgar
from tests.small_archive import SmallArchive, filings, index_file, index_row

DAY = date(2024, 1, 5)
RATE = 10


def main(corpus: Corpus, count: int = 1_000) -> list[Target]:
    """Print the table. The server's log is the witness: what it received, when."""
    with tempfile.TemporaryDirectory() as folder:
        archive = SmallArchive(Path(folder) / "archive")
        _fill(archive, corpus, count)
        with FakeEdgar(archive.root) as edgar:
            environment = {
                "EDGAR_HOME": f"{folder}/home",
                "EDGAR_STATE_DIR": f"{folder}/state",
                "EDGAR_WWW_URL": edgar.url,
                "EDGAR_DATA_URL": edgar.url,
                "EDGAR_USER_AGENT": "EDGAR warehouse benchmark benchmark@example.com",
                "EDGAR_REQUESTS_PER_SECOND": str(RATE),
            }
            process = run([sys.executable, "-m", "edgar_pipeline", "day", str(DAY)], environment)
            times = sorted(entry["at"] for entry in edgar.log())
    if process.exit_code:
        raise SystemExit(process.output)
    rate = (len(times) - 1) / (times[-1] - times[0])
    worst = max(
        sum(start <= at < start + 1 for at in times[number : number + 50]) for number, start in enumerate(times)
    )
    show(
        f"A day one by one: {count:,} filings at {RATE} requests a second, made of {corpus.name}",
        ["measure", "value"],
        [
            ("requests a second", f"{rate:.2f}"),
            ("share of the set rate", f"{rate / RATE:.3f}"),
            ("most requests in any one second", str(worst)),
            ("CPU seconds for 1,000 filings", f"{process.cpu * 1000 / count:.1f}"),
            ("resident MB", f"{process.resident:.0f}"),
        ],
    )
    return [
        Target("a day one by one, share of the set rate", ">=", 0.97, rate / RATE),
        Target("a day one by one, most requests in any second", "<=", RATE, worst),
        Target("a day one by one, CPU s for 1,000 filings", "<=", 30, process.cpu * 1000 / count),
    ]


def _fill(archive: SmallArchive, corpus: Corpus, count: int) -> None:
    """Invented headers over documents of the corpus that are not too large for a server of Python to be quick with."""
    chance = random.Random(1)
    sections = [section for section in corpus.document_sections() if len(section) < 1_000_000]
    made = filings(DAY, count)
    for submission in made:
        head, _, _ = submission.public().partition(b"<DOCUMENT>")
        archive.put_submission(submission, head + chance.choice(sections) + b"</SEC-DOCUMENT>\n")
    archive.put_index(DAY, index_file(DAY, [index_row(submission) for submission in made]))

"""The memory that one very large submission takes, from the mapped file to the landed part."""

import mmap
import os
import random
import resource
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks.measuring import Target, run, show

ACCESSION = "0000900001-24-000001"
HEADER = (
    f"<SEC-DOCUMENT>{ACCESSION}.txt : 20240105\n<SEC-HEADER>{ACCESSION}.hdr.sgml : 20240105\n"
    f"ACCESSION NUMBER:\t\t{ACCESSION}\nCONFORMED SUBMISSION TYPE:\tABS-EE\nPUBLIC DOCUMENT COUNT:\t\t1\n"
    "FILED AS OF DATE:\t\t20240105\n\nFILER:\n\n\tCOMPANY DATA:\t\n\t\tCOMPANY CONFORMED NAME:\t\t\tLARGE TRUST\n"
    "\t\tCENTRAL INDEX KEY:\t\t\t0000900001\n</SEC-HEADER>\n"
)
WORDS = [
    *["loan", "balance", "interest", "maturity", "the", "of", "and", "in", "property", "rate", "servicer"],
    *["1,234.56", "2024-01-05", "$", "(12)", "%", "note", "holder"],
]
MEGABYTE = 1_000_000


def main() -> list[Target]:
    """Print the table; the limit is a gigabyte resident for a gigabyte submitted."""
    rows, targets = [], []
    with tempfile.TemporaryDirectory() as folder:
        for name, megabytes, documents in CASES:
            path = Path(folder) / "submission.txt"
            path.write_bytes(b"")
            _write(path, megabytes, documents)
            child = run([sys.executable, "-m", "benchmarks.memory", str(path)], {"EDGAR_HOME": folder})
            if child.exit_code:
                raise SystemExit(child.output)
            rows.append((name, f"{megabytes:,}", child.resident, child.cpu, child.output.strip().splitlines()[-1]))
            targets.append(Target(f"{megabytes:,} MB submitted, {name}: resident MB", "<=", 1000, child.resident))
    show("One very large submission", ["documents", "MB", "resident MB", "CPU s", "texts"], rows)
    return targets


def _write(path: Path, megabytes: int, documents: Callable[[int], Iterator[tuple[str, Iterator[bytes]]]]) -> None:
    with path.open("wb") as file:
        file.write(HEADER.encode())
        for sequence, (document_type, content) in enumerate(documents(megabytes * MEGABYTE), 1):
            file.write(
                f"<DOCUMENT>\n<TYPE>{document_type}\n<SEQUENCE>{sequence}\n<FILENAME>d{sequence}.x\n<TEXT>\n".encode()
            )
            for piece in content:
                file.write(piece)
            file.write(b"\n</TEXT>\n</DOCUMENT>\n")
        file.write(b"</SEC-DOCUMENT>\n")


def _repeat(make: Callable[[random.Random], str], size: int) -> Iterator[bytes]:
    """Different pieces up to a size: a thousand are made, drawn into fifty blocks, and those repeated in another order."""
    chance = random.Random(size)
    pieces = [make(chance).encode() for _ in range(1000)]
    blocks = [b"".join(chance.choices(pieces, k=200)) for _ in range(50)]
    while size > 0:
        block = chance.choice(blocks)[:size]
        size -= len(block)
        yield block[: block.rindex(b"\n") + 1] if b"\n" in block else block


def _prose(chance: random.Random) -> str:
    return " ".join(chance.choices(WORDS, k=60)) + "\n"


def _row(chance: random.Random) -> str:
    cells = "".join(
        f'<td style="width:12%;text-align:right"><font size="2">{word}</font></td>'
        for word in chance.choices(WORDS, k=8)
    )
    return f"<tr>{cells}</tr>\n"


def _asset(chance: random.Random) -> str:
    values = "".join(f"<field{number}>{word}</field{number}>" for number, word in enumerate(chance.choices(WORDS, k=9)))
    return f"<asset>{values}</asset>\n"


def _bytes(chance: random.Random) -> str:
    return "M" + "".join(chance.choices("#$()*+,-./0123456789:;ABCDEFGHIJKLMNOP", k=60)) + "\n"


def _page(size: int) -> Iterator[bytes]:
    yield b"<html><body><table>\n"
    yield from _repeat(_row, size)
    yield b"</table></body></html>\n"


def _xml(size: int) -> Iterator[bytes]:
    yield b"<XML>\n<?xml version='1.0'?>\n<assetData>\n"
    yield from _repeat(_asset, size)
    yield b"</assetData>\n</XML>\n"


def _file(size: int) -> Iterator[bytes]:
    yield b"begin 644 a.zip\n"
    yield from _repeat(_bytes, size)
    yield b"`\nend\n"


def _one(document_type: str, content: Callable[[int], Iterator[bytes]]) -> Callable:
    return lambda size: iter([(document_type, content(size))])


def _many(document_type: str, content: Callable[[int], Iterator[bytes]], each: int) -> Callable:
    return lambda size: ((document_type, content(each)) for _ in range(size // each))


def _line(size: int) -> Iterator[bytes]:
    yield b"<html><body><p>"
    yield from (piece.replace(b"\n", b" ") for piece in _repeat(_prose, size))
    yield b"</p></body></html>"


CASES = [
    ("one text", 1000, _one("EX-99", lambda size: _repeat(_prose, size))),
    ("one page", 1000, _one("EX-99", _page)),
    ("one file", 1000, _one("ZIP", _file)),
    ("pages of 20 MB", 1000, _many("EX-99", _page, 20 * MEGABYTE)),
    ("files of 10 MB", 1000, _many("ZIP", _file, 10 * MEGABYTE)),
    ("pages of 200 kB", 1000, _many("EX-99", _page, 200_000)),
    ("one XML", 160, _one("EX-102", _xml)),
    ("one page", 160, _one("10-K", _page)),
    ("one text", 160, _one("EX-99", lambda size: _repeat(_prose, size))),
    ("one line of a page", 50, _one("EX-99", _line)),
]


def parse(path: Path) -> str:
    """Parse and land, as the pipeline does; say what became of the documents."""
    from collections import Counter
    from datetime import date

    from edgar_pipeline.landing import day_partition, land_batch
    from edgar_pipeline.settings import Settings
    from edgar_pipeline.sources.submission import parse_submission

    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as body:
        record = parse_submission(body, ACCESSION)
    settings = Settings.from_environment({"EDGAR_HOME": os.environ["EDGAR_HOME"]})
    land_batch(settings, day_partition(date(2024, 1, 5)), [{"url": "x"}], "submission", [record])
    statuses = Counter(document["text_status"] for document in record["documents"])
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    return ", ".join(f"{count} {status}" for status, count in statuses.items()) + f" (peak {peak:.0f})"


if __name__ == "__main__":
    print(parse(Path(sys.argv[1])))

"""What is measured on: real submissions if an archive of them is at hand, else those of the demo."""

import re
import tempfile
from dataclasses import dataclass
from pathlib import Path

#: Beside the project, where it is there.
REAL = Path(__file__).parents[2] / "shared" / "edgar-archive"
WHERE_REAL_ONES_ARE = (
    f"There are no real submissions in {REAL}; name a folder of them with --archive (make bench ARCHIVE=…)."
)

_DOCUMENTS = re.compile(rb"<DOCUMENT>\n.*</DOCUMENT>\n", re.DOTALL)
_DOCUMENT = re.compile(rb"<DOCUMENT>\n<TYPE>([^\n]*)\n.*?<TEXT>(.*?)</TEXT>\s*</DOCUMENT>", re.DOTALL)


@dataclass(frozen=True)
class Corpus:
    """Whole submissions by accession number, and where they are from."""

    name: str
    submissions: dict[str, bytes]
    is_real: bool

    @property
    def megabytes(self) -> float:
        return sum(map(len, self.submissions.values())) / 1e6

    def documents(self) -> list[tuple[str, bytes]]:
        """(TYPE, content) of every document, found by a regular expression and not by what is measured."""
        return [
            (found[1].decode("latin-1"), found[2])
            for body in self.submissions.values()
            for found in _DOCUMENT.finditer(body)
        ]

    def document_sections(self) -> list[bytes]:
        """For every submission what stands between its header and its end."""
        return [found[0] for body in self.submissions.values() if (found := _DOCUMENTS.search(body))]


def load(archive: Path | None) -> Corpus:
    """The submissions of an archive laid out as EDGAR's URLs; without one those of the demo."""
    archive = archive or (REAL if REAL.is_dir() else None)
    if archive:
        if not (submissions := _read(archive)):
            raise SystemExit(f"error: {archive} has no submissions below www.sec.gov/Archives/edgar/data")
        return Corpus(f"the real submissions of {archive.name}", submissions, is_real=True)
    from demo.archive import generate

    with tempfile.TemporaryDirectory() as folder:
        generate(Path(folder))
        return Corpus("the demo's submissions, in our own words", _read(Path(folder)), is_real=False)


def _read(archive: Path) -> dict[str, bytes]:
    return {path.stem: path.read_bytes() for path in sorted(archive.glob("www.sec.gov/Archives/edgar/data/**/*.txt"))}

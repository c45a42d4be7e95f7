"""Splitting submissions into documents: beside bytes.find, which is the floor, and beside two other projects' parsers.

The others are measured in an environment of their own, if one is there:

    python -m venv .cache/rivals && .cache/rivals/bin/pip install edgartools secsgml2
"""

import json
import subprocess
import tempfile
from pathlib import Path

from edgar_pipeline.sources.sgml import find_frame, find_header, split_documents
from edgar_pipeline.sources.sgml_header import parse_header
from edgar_pipeline.sources.uuencode import find_payload
from edgar_pipeline.text import decode

from benchmarks.corpus import Corpus
from benchmarks.measuring import cpu_seconds, show

RIVALS = Path(".cache/rivals/bin/python")


def main(corpus: Corpus, rivals: Path | None) -> None:
    """Print the table."""
    bodies = list(corpus.submissions.items())
    rows = [
        ("bytes.find of every tag (the floor)", _speed(corpus, lambda: [_find(body) for _, body in bodies])),
        ("edgar_pipeline: bounds only", _speed(corpus, lambda: [_bounds(*item) for item in bodies])),
        ("edgar_pipeline: header and contents", _speed(corpus, lambda: [_contents(*item) for item in bodies])),
        ("edgar_pipeline: and files decoded", _speed(corpus, lambda: [_decoded(*item) for item in bodies])),
    ]
    ours = rows[2][1]
    rows += _measure_rivals(corpus, rivals or (RIVALS if RIVALS.exists() else None))
    show(
        f"SGML split: {len(bodies)} submissions, {corpus.megabytes:.0f} MB, {corpus.name}",
        ["parser", "MB/s of CPU", "header and contents × as fast"],
        [(name, speed, ours / speed) for name, speed in rows],
    )


def _speed(corpus: Corpus, work: object) -> float:
    return corpus.megabytes / cpu_seconds(work)


def _find(body: bytes) -> int:
    position = count = 0
    while (position := body.find(b"</DOCUMENT>", position)) >= 0:
        position += 1
        count += 1
    return count


def _bounds(accession_number: str, body: bytes) -> list:
    frame = find_frame(body, accession_number)
    return list(split_documents(body, frame, find_header(body, frame)[1]))


def _contents(accession_number: str, body: bytes) -> tuple:
    frame = find_frame(body, accession_number)
    header, position = find_header(body, frame)
    fields = parse_header(decode(header))
    return fields, [body[document.start : document.end] for document in split_documents(body, frame, position)]


def _decoded(accession_number: str, body: bytes) -> list:
    return [find_payload(content) or content for content in _contents(accession_number, body)[1]]


def _measure_rivals(corpus: Corpus, python: Path | None) -> list[tuple[str, float]]:
    """The speeds of the other parsers that are installed beside this interpreter."""
    if python is None:
        return []
    with tempfile.TemporaryDirectory() as folder:
        for accession_number, body in corpus.submissions.items():
            (Path(folder) / f"{accession_number}.txt").write_bytes(body)
        script = Path(__file__).with_name("rivals.py")
        done = subprocess.run([python, script, folder], capture_output=True, text=True, check=True)
    return [(name, corpus.megabytes / seconds) for name, seconds in json.loads(done.stdout.splitlines()[-1]).items()]

"""Splitting submissions: header read, documents cut out, uuencoded files decoded; beside two other projects' parsers."""

import subprocess
from collections.abc import Callable

from edgar_pipeline.sources.sgml import find_frame, find_header, split_documents
from edgar_pipeline.sources.sgml_header import parse_header
from edgar_pipeline.sources.uuencode import decoded_pieces, is_uuencoded
from edgar_pipeline.text import decode

from benchmarks import rivals
from benchmarks.corpus import Corpus
from benchmarks.measuring import Target, console, cpu_seconds, show


def main(corpus: Corpus) -> list[Target]:
    """Print the table. All three parsers do the same work on bytes in memory; only the ratios are judged."""
    bodies = list(corpus.submissions.items())
    ours, floor, cut = "edgar_pipeline", "bytes.find of every tag: the floor", "edgar_pipeline, files left as they are"
    seconds = cpu_seconds(
        {
            floor: lambda: _each(bodies, _find),
            cut: lambda: _each(bodies, _contents),
            ours: lambda: _each(bodies, _decoded),
        },
        rounds=5,
    )
    try:
        seconds |= rivals.measure(corpus.submissions)
    except (OSError, subprocess.CalledProcessError) as error:
        console.print(f"The others could not be measured: {error}\n{getattr(error, 'stderr', None) or ''}")
    show(
        f"Splitting {len(bodies)} submissions, {corpus.megabytes:.0f} MB, {corpus.name}",
        ["parser", "MB/s of CPU", "ours is × as fast"],
        [(name, corpus.megabytes / took, took / seconds[ours]) for name, took in seconds.items()],
    )
    ratios = {name: seconds[name] / seconds[ours] for name in ("edgartools", "secsgml2") if name in seconds}
    return [
        Target("SGML split, × as fast as edgartools", ">=", 10, ratios.get("edgartools")),
        Target("SGML split, × as fast as secsgml2 (C)", ">=", 0.5, ratios.get("secsgml2")),
    ]


def _each(bodies: list[tuple[str, bytes]], read: Callable) -> None:
    """Like for the others, what was read of one submission is dropped before the next one is read."""
    for accession_number, body in bodies:
        read(accession_number, body)


def _find(_: str, body: bytes) -> int:
    position = count = 0
    while (position := body.find(b"</DOCUMENT>", position)) >= 0:
        position += 1
        count += 1
    return count


def _contents(accession_number: str, body: bytes) -> tuple:
    frame = find_frame(body, accession_number)
    header, position = find_header(body, frame)
    fields = parse_header(decode(header))
    return fields, [body[document.start : document.end] for document in split_documents(body, frame, position)]


def _decoded(accession_number: str, body: bytes) -> list:
    contents = _contents(accession_number, body)[1]
    # Files come in pieces, as the pipeline takes them: it hashes them and never holds one whole.
    return [sum(map(len, decoded_pieces(content))) if is_uuencoded(content) else content for content in contents]

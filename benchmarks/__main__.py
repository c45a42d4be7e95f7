"""What the project promises, measured: `make bench`, or `python -m benchmarks [NAME …]` for some of it.

The machine decides the seconds; compare ratios, and only those of one run. All of them take about twelve minutes, `split` and `text`
one. Exit code 1 where something measured misses its target. Ratios to other parsers are judged on real submissions only: an
archive of them, laid out as EDGAR's URLs, is looked for beside the project or named with --archive. `scale` (a million filings, 20 GB of
disk, ten minutes more) and `serving` (other ways to serve the warehouse, in an environment of their own) run only where they are named.
"""

import argparse
import sys
from dataclasses import replace
from pathlib import Path

from benchmarks import corpus, day, feed, hostile, memory, scale, sgml_split, text
from benchmarks.measuring import Target, console, show
from benchmarks.serving import main as serving

#: Long, or in need of more than the pipeline's environment.
ONLY_WHERE_NAMED = {"scale", "serving"}


def main() -> int:
    """Run the measurements that were asked for, or all; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "names",
        nargs="*",
        metavar="NAME",
        help="split, text, hostile, day, feed, memory, scale, serving; all but the last two without one",
    )
    parser.add_argument("--archive", type=Path, help="real submissions, laid out as EDGAR's URLs")
    options = parser.parse_args()
    measured = corpus.load(options.archive)
    known = {
        "split": lambda: _judged_if_real(measured, sgml_split.main(measured)),
        "text": lambda: _judged_if_real(measured, text.main(measured)),
        "hostile": hostile.main,
        "day": lambda: day.main(measured),
        "feed": lambda: feed.main(measured),
        "memory": memory.main,
        "scale": scale.main,
        "serving": lambda: serving.main(measured),
    }
    if unknown := set(options.names) - known.keys():
        parser.error(f"unknown: {', '.join(sorted(unknown))}; known are {', '.join(known)}")
    console.print(f"Measured on {measured.name}.", "" if measured.is_real else corpus.WHERE_REAL_ONES_ARE, "")
    targets: list[Target] = []
    for name in options.names or [name for name in known if name not in ONLY_WHERE_NAMED]:
        console.rule(name)
        targets += known[name]()
    return _judge(targets)


def _judged_if_real(measured: corpus.Corpus, targets: list[Target]) -> list[Target]:
    return targets if measured.is_real else [replace(target, measured=None) for target in targets]


def _judge(targets: list[Target]) -> int:
    console.rule("targets")
    rows = [
        (t.what, f"{t.relation} {t.bound:g}", "" if t.measured is None else f"{t.measured:,.4g}", t.verdict)
        for t in targets
    ]
    show("What must come out", ["measure", "target", "measured", "verdict"], rows)
    return int(any(target.verdict == "MISS" for target in targets))


if __name__ == "__main__":
    sys.exit(main())

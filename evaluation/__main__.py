"""python -m evaluation ARCHIVE: print how good titles, excerpts and events are on an archive of real submissions.

Exit code 1 if a binding figure is missed: weak titles of exhibits, broken texts, an 8-K item that is not exactly an event.
"""

import argparse
from pathlib import Path

from evaluation import events, published, titles
from evaluation.warehouse import archive_warehouse


def main() -> int:
    """Print the figures; without an archive say so, and that nothing was evaluated."""
    parser = argparse.ArgumentParser(prog="evaluation", description=__doc__)
    parser.add_argument("archive", type=Path, help="a folder laid out as EDGAR's own URLs, with www.sec.gov in it")
    archive = parser.parse_args().archive
    if not (archive / "www.sec.gov").is_dir():
        print(f"skipped: no archive of submissions at {archive}, so nothing was evaluated")
        return 0
    reports = [titles.report(archive)]
    with archive_warehouse(archive, with_scratch=True) as connection:
        reports += [published.report(connection), events.report(connection, archive)]
    for text, _ in reports:
        print(text)
    missed = sum(not holds for _, holds in reports)
    print(f"binding figures: {'all hold' if not missed else f'missed in {missed} of {len(reports)} reports'}")
    return 1 if missed else 0


if __name__ == "__main__":
    raise SystemExit(main())

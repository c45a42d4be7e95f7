"""python -m evaluation ARCHIVE: print how good titles and excerpts are on an archive of real submissions."""

import argparse
from pathlib import Path

from evaluation import titles


def main() -> int:
    """Print the figures; without an archive say so, and that nothing was evaluated."""
    parser = argparse.ArgumentParser(prog="evaluation", description=__doc__)
    parser.add_argument("archive", type=Path, help="a folder laid out as EDGAR's own URLs, with www.sec.gov in it")
    archive = parser.parse_args().archive
    if not (archive / "www.sec.gov").is_dir():
        print(f"skipped: no archive of submissions at {archive}, so nothing was evaluated")
        return 0
    print(titles.report(archive))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

"""The command that takes filings down."""

import argparse
from collections.abc import Callable

from rich.console import Console

from edgar_pipeline.ingest.takedown import Takedown, take_down
from edgar_pipeline.settings import Settings

out = Console()


def add_commands(command: Callable[[str, Callable, str], argparse.ArgumentParser]) -> None:
    """Add the command of this module to the command line."""
    takedown = command(
        "takedown", _takedown, "Remove the bytes of these filings everywhere; keep their hashes and the reason."
    )
    takedown.add_argument("accession_numbers", nargs="+", metavar="ACCESSION", help="like 0001193125-20-063075")
    takedown.add_argument("--reason", required=True, metavar="TEXT", help="why; it is kept, and readers see it")
    takedown.add_argument(
        "--ask-again", action="store_true", help="fetch EDGAR's present version with the next run; else never again"
    )


def _takedown(settings: Settings, options: argparse.Namespace) -> None:
    done = take_down(settings, options.accession_numbers, options.reason, options.ask_again)
    for one in done:
        out.print(describe(one), markup=False, highlight=False, soft_wrap=True)
    if any(one.is_new for one in done):
        out.print(
            "The publication still holds them. Now: build, validate, publish (or `run` of any day), then look for company pages "
            "in reports/.",
            soft_wrap=True,
        )


def describe(one: Takedown) -> str:
    """What was removed of a filing, in a line or two."""
    if not one.is_new:
        return f"{one.accession_number} was taken down before; nothing is left to remove."
    hashes = ", ".join(sha256[:12] for sha256 in one.hashes) or "none: it never arrived"
    text = f"{one.accession_number} is taken down: {one.bodies} originals, {one.parts} raw parts; sha256 {hashes}"
    if one.feed_days:
        days = ", ".join(one.feed_days)
        text += (
            f"\n  With it went the Feed's tarball of {days}. The other filings of that day stay in raw; `reparse` has no "
            "original for those that came with the tarball, and leaves them as they are."
        )
    return text

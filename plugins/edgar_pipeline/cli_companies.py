"""The commands about companies: their reference data, their histories."""

import argparse
from collections.abc import Callable

from rich.console import Console

from edgar_pipeline.cli_progress import progress_bar
from edgar_pipeline.ingest.reference import finish_reference, land_reference
from edgar_pipeline.settings import Settings

out = Console()


def add_commands(command: Callable[[str, Callable, str], argparse.ArgumentParser]) -> None:
    """Add the commands of this module to the command line."""
    reference = command(
        "reference", _reference, "Tickers, exchanges, companies' names and the days on which EDGAR was open."
    )
    reference.add_argument(
        "--cik", dest="ciks", action="append", default=[], metavar="CIK", help="only this company; may be repeated"
    )


def _reference(settings: Settings, options: argparse.Namespace) -> None:
    with progress_bar("companies") as progress:
        run = land_reference(settings, options.ciks, progress=progress)
    names = ("landed", "unchanged", "absent", "failed")
    counts = ", ".join(f"{run.counts[name]} {name}" for name in names if run.counts[name]) or "nothing was due"
    waiting = f"; {run.waiting} companies wait for the next run" if run.waiting else ""
    out.print(f"Reference data: {counts}{waiting}", highlight=False, soft_wrap=True)
    finish_reference(run.counts, run.problems)

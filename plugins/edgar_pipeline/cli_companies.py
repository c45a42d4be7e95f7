"""The commands about companies: their reference data, their histories."""

import argparse
from collections.abc import Callable

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from edgar_pipeline.cli_progress import progress_bar
from edgar_pipeline.clock import SYSTEM_CLOCK
from edgar_pipeline.company_ledger import CompanyStatus
from edgar_pipeline.edgar_days import new_york_day, parse_day
from edgar_pipeline.errors import Incomplete, NotFound, TransportError
from edgar_pipeline.ingest.company import land_company, resolve_companies
from edgar_pipeline.ingest.reconcile import QuarterStatus, quarters_of, reconcile
from edgar_pipeline.ingest.reference import finish_reference, land_reference
from edgar_pipeline.settings import Settings

out = Console()


def add_commands(command: Callable[[str, Callable, str], argparse.ArgumentParser]) -> None:
    """Add the commands of this module to the command line."""
    company = command("company", _company, "Extract and land the whole history of these companies.")
    company.add_argument("companies", nargs="+", metavar="CIK_OR_TICKER")
    company.add_argument("--since", metavar="DATE", help="only what is dated since then, YYYY-MM-DD")
    command("reconcile", _reconcile, "The quarterly index against what is here: late, changed, gone.").add_argument(
        "quarters", nargs="+", metavar="YYYYQn"
    )
    reference = command(
        "reference", _reference, "Tickers, exchanges, companies' names and the days on which EDGAR was open."
    )
    reference.add_argument(
        "--cik", dest="ciks", action="append", default=[], metavar="CIK", help="only this company; may be repeated"
    )


def _company(settings: Settings, options: argparse.Namespace) -> None:
    since = parse_day(options.since, new_york_day(SYSTEM_CLOCK.now())) if options.since else None
    statuses, problems = [], []
    for cik in resolve_companies(settings, options.companies):
        with progress_bar(f"{cik} filings") as progress:
            try:
                statuses.append(land_company(settings, cik, since, progress=progress))
            except (NotFound, TransportError) as error:
                problems.append(str(error))
    out.print(companies_table(statuses))
    problems += [status.problem for status in statuses if status.problem]
    if problems:
        raise Incomplete(" | ".join(problems))


def _reconcile(settings: Settings, options: argparse.Namespace) -> None:
    quarters = quarters_of(options.quarters, new_york_day(SYSTEM_CLOCK.now()))
    statuses = []
    for quarter in quarters:
        with progress_bar(f"{quarter} filings") as progress:
            statuses.append(reconcile(settings, quarter, progress=progress))
    out.print(quarters_table(statuses))
    if problems := [status.problem for status in statuses if status.problem]:
        raise Incomplete(" | ".join(problems))


def quarters_table(statuses: list[QuarterStatus]) -> Table:
    """What reconciling some quarters has shown: rows by the kind of difference, with those of this run, and filings by state."""
    table = Table(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0), header_style="bold")
    table.add_column("quarter", no_wrap=True)
    states = ("loaded", "pending", "quarantined", "gone", "out_of_scope")
    for name in ("rows", "days here", "added", "changed", "removed", *(state.replace("_", " ") for state in states)):
        table.add_column(name, justify="right")
    for status in statuses:
        kinds = [
            f"{status.known.get(kind, 0)}" + (f" ({status.new[kind]} new)" if status.new.get(kind) else "")
            for kind in ("added", "changed", "removed")
        ]
        counts = [str(status.states.get(state, 0)) for state in states]
        table.add_row(status.quarter, str(status.rows), str(status.days), *kinds, *counts)
    return table


def companies_table(statuses: list[CompanyStatus]) -> Table:
    """The histories of some companies as a table."""
    table = Table(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0), header_style="bold")
    table.add_column("", no_wrap=True, width=1)
    table.add_column("CIK", no_wrap=True)
    table.add_column("company", max_width=24, no_wrap=True)
    for name in ("filings", "loaded", "pending", "quaran-\ntined", "gone", "out of\nscope"):
        table.add_column(name, justify="right", no_wrap=True)
    for status in statuses:
        numbers = (status.filings, status.loaded, status.pending, status.quarantined, status.gone, status.out_of_scope)
        mark = "[green]✓[/green]" if status.is_complete else "[red]✗[/red]"
        table.add_row(mark, status.cik, escape(status.company_name or "?"), *map(str, numbers))
    return table


def _reference(settings: Settings, options: argparse.Namespace) -> None:
    with progress_bar("companies") as progress:
        run = land_reference(settings, options.ciks, progress=progress)
    names = ("landed", "unchanged", "absent", "failed")
    counts = ", ".join(f"{run.counts[name]} {name}" for name in names if run.counts[name]) or "nothing was due"
    waiting = f"; {run.waiting} companies wait for the next run" if run.waiting else ""
    out.print(f"Reference data: {counts}{waiting}", highlight=False, soft_wrap=True)
    finish_reference(run.counts, run.problems)

"""The command line: arguments, progress and tables. Every command calls one use case."""

import argparse
from collections import Counter
from collections.abc import Callable
from datetime import date

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from edgar_pipeline import cli_companies, cli_takedown
from edgar_pipeline.cli_progress import progress_bar
from edgar_pipeline.clock import SYSTEM_CLOCK
from edgar_pipeline.edgar_days import index_days, new_york_day, parse_day
from edgar_pipeline.errors import EdgarError, Incomplete, InputError, WarehouseError
from edgar_pipeline.identifiers import parse_cik
from edgar_pipeline.ingest.day import describe, land_day
from edgar_pipeline.ingest.feed import land_feed
from edgar_pipeline.ingest.reparse import Reparse, reparse_day
from edgar_pipeline.ledger import DayStatus, day_status, known_days
from edgar_pipeline.progress import measure_progress
from edgar_pipeline.settings import Settings

out = Console()
err = Console(stderr=True)


def main(arguments: list[str] | None = None) -> int:
    """Run one command; return the exit code."""
    parser = _parser()
    options = parser.parse_args(arguments)
    try:
        # The doctor is asked just when the settings may be wrong.
        settings = None if options.run is _doctor else Settings.from_environment()
        options.run(settings, options)
    except InputError as error:
        return _fail(error, 2)
    except EdgarError as error:
        return _fail(error, 1)
    except KeyboardInterrupt:
        return _fail("stopped; what has landed stays, and the same command goes on from there", 130)
    return 0


def _fail(error: object, code: int) -> int:
    err.print(f"error: {error}", markup=False, highlight=False, soft_wrap=True)
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m edgar_pipeline", description="The EDGAR filing warehouse without Airflow."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, run: Callable, text: str) -> argparse.ArgumentParser:
        made = commands.add_parser(name, help=text, description=text)
        made.set_defaults(run=run)
        return made

    command("day", _day, "Extract and land these index days; what has landed is not fetched again.").add_argument(
        "days", nargs="+", metavar="DAY", help="index day, YYYY-MM-DD"
    )
    command("feed", _feed, "The same from the day's Feed tarball: one request a day.").add_argument(
        "days", nargs="+", metavar="DAY", help="index day, YYYY-MM-DD"
    )
    command("reparse", _reparse, "Raw again from the originals, without a request; say what differs.").add_argument(
        "days", nargs="*", metavar="DAY", help="index day, YYYY-MM-DD; all known days without one"
    )
    cli_companies.add_commands(command)
    cli_takedown.add_commands(command)
    build = command("build", _build, "Load what has landed and run dbt in a private file.")
    build.add_argument("--full-refresh", action="store_true", help="rebuild everything from the raw zone")
    command("validate", _validate, "Judge the newest build with Great Expectations; exit 1 if it is red.")
    command("publish", _publish, "Swap in the newest build, if its validation is green.")
    command("run", _run, "day, build, validate and publish.").add_argument(
        "days", nargs="+", metavar="DAY", help="index day, YYYY-MM-DD"
    )
    command("status", _status, "The ledger: counts by state, what is missing and why, progress.").add_argument(
        "days", nargs="*", metavar="DAY", help="index day, YYYY-MM-DD, or FIRST..LAST; all known days without one"
    )
    command("doctor", _doctor, "Check versions, settings, space and reachability; say what to do.")
    page = command("page", _page, "Write a company's page from the publication as one HTML file.")
    page.add_argument("cik", metavar="CIK")
    page.add_argument(
        "--language", default="en", metavar="CODE", help="en, ms or es; the labels, not the filings' words"
    )
    command("docs", _docs, "Write dbt's documentation of the models and their columns as one HTML file.")
    return parser


def _days(texts: list[str]) -> list[date]:
    """The days asked for, in order, each once; all are checked before anything is requested."""
    today = new_york_day(SYSTEM_CLOCK.now())
    return list(dict.fromkeys(parse_day(text, today) for text in texts))


def _windows(texts: list[str]) -> list[date]:
    """The same, with FIRST..LAST for the index days of a window, as a backfill takes them."""
    ends = [_days(text.split("..", 1)) for text in texts]
    days = [index_days(days[0], days[1]) if len(days) == 2 else days for days in ends]
    return list(dict.fromkeys(day for window in days for day in window))


def _day(settings: Settings, options: argparse.Namespace) -> None:
    days = _days(options.days)
    settings.contact()
    statuses = [_land(settings, day) for day in days]
    out.print(completeness_table(statuses))
    _require_complete(statuses)


def _land(settings: Settings, day: date) -> DayStatus:
    with progress_bar(f"{day} filings") as progress:
        return land_day(settings, day, progress=progress)


def _feed(settings: Settings, options: argparse.Namespace) -> None:
    days = _days(options.days)
    settings.contact()
    landings = []
    for day in days:
        with progress_bar(f"{day} from the Feed") as progress:
            landings.append(land_feed(settings, day, progress=progress))
    statuses = [landing.status for landing in landings]
    out.print(completeness_table(statuses))
    if problems := [landing.problem.removesuffix(".") for landing in landings if landing.problem]:
        raise Incomplete(f"{' | '.join(problems)}. `day` fetches the filings one by one.")
    _require_complete(statuses)


def _reparse(settings: Settings, options: argparse.Namespace) -> None:
    days = _days(options.days) or known_days(settings)
    reports = []
    for day in days:
        with progress_bar(f"{day} parsed again") as progress:
            reports.append(reparse_day(settings, day, progress))
    out.print(changes_table(reports))
    if problems := [problem for report in reports for problem in report.problems]:
        raise Incomplete(f"{len(problems)} records could not be made again: {' | '.join(problems[:5])}")


def _require_complete(statuses: list[DayStatus]) -> None:
    missing = [status for status in statuses if not status.is_complete]
    if missing:
        raise Incomplete(" | ".join(describe(status) for status in missing))


def _build(settings: Settings, options: argparse.Namespace) -> None:
    from edgar_pipeline.warehouse import (
        build,
    )  # dbt's and DuckDB's imports cost seconds that `status` need not wait for

    with err.status("dbt build"):
        built = build(settings, full_refresh=options.full_refresh)
    if built is None:
        out.print("Nothing new has landed since the last publication; nothing to build.")
    else:
        out.print(f"Built {built.build_id} from {len(built.new_parts)} new parts.", highlight=False)


def _validate(settings: Settings, options: argparse.Namespace) -> None:
    from edgar_pipeline.quality import validate

    with err.status("Great Expectations"):
        validation = validate(settings)
    out.print(
        f"{validation.evaluated} expectations evaluated, report: {validation.report_path}",
        highlight=False,
        soft_wrap=True,
    )
    if not validation.passed:
        for failure in validation.failures:
            err.print(f"  red: {failure}", markup=False, highlight=False, soft_wrap=True)
        raise WarehouseError(f"build {validation.build_id} is red: nothing is published, the last publication stays")


def _publish(settings: Settings, options: argparse.Namespace) -> None:
    from edgar_pipeline.publish import publish
    from edgar_pipeline.warehouse import document_publication

    publication = publish(settings)
    document_publication(settings, publication.publication_id)
    out.print(
        f"Published {publication.publication_id}: {settings.published_dir / 'edgar.duckdb'}",
        highlight=False,
        soft_wrap=True,
    )


def _run(settings: Settings, options: argparse.Namespace) -> None:
    from edgar_pipeline.warehouse import build

    days = _days(options.days)
    settings.contact()
    statuses = [_land(settings, day) for day in days]
    out.print(completeness_table(statuses))
    with err.status("dbt build"):
        built = build(settings)
    if built is None:
        out.print("Nothing new has landed since the last publication; it stays as it is.")
    else:
        _validate(settings, options)
        _publish(settings, options)
    _require_complete(statuses)


def _status(settings: Settings, options: argparse.Namespace) -> None:
    days = _windows(options.days) or known_days(settings)
    if not days:
        out.print("Nothing has landed yet. Start with: python -m edgar_pipeline run YYYY-MM-DD")
        return
    statuses = [day_status(settings, day) for day in days]
    out.print(completeness_table(statuses))
    out.print(f"{measure_progress(settings, statuses)}.", highlight=False, soft_wrap=True)
    _require_complete(statuses)


def _page(settings: Settings, options: argparse.Namespace) -> None:
    from edgar_pipeline.company_page import write_company_page

    out.print(str(write_company_page(settings, parse_cik(options.cik), language=options.language)), soft_wrap=True)


def _docs(settings: Settings, options: argparse.Namespace) -> None:
    from edgar_pipeline import warehouse

    out.print(str(warehouse.write_documentation(settings)), soft_wrap=True)


def _doctor(settings: None, options: argparse.Namespace) -> None:
    from edgar_pipeline.doctor import examine

    findings = examine(Settings.from_environment)
    for finding in findings:
        mark = "[green]✓[/green]" if finding.is_well else "[red]✗[/red]"
        out.print(f"{mark} {finding.subject:22}{escape(finding.seen)}", highlight=False, soft_wrap=True)
        if not finding.is_well:
            out.print(" " * 24 + f"→ {escape(finding.remedy)}", highlight=False, soft_wrap=True)
    if ill := [finding.subject for finding in findings if not finding.is_well]:
        raise Incomplete(f"not as it must be: {', '.join(ill)}")


def changes_table(reports: list[Reparse]) -> Table:
    """What parsing again has shown, field by field."""
    table = Table(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0), header_style="bold")
    table.add_column("what differs")
    table.add_column("filings", justify="right")
    changes = sum((report.changes for report in reports), Counter())
    for name, count in changes.most_common():
        table.add_row(name, str(count))
    table.add_section()
    table.add_row("parsed again", str(sum(report.compared for report in reports)))
    table.add_row("landed anew", str(sum(report.changed for report in reports)))
    return table


def completeness_table(statuses: list[DayStatus]) -> Table:
    """The ledger of some days as a table for a terminal of 80 columns."""
    table = Table(box=SIMPLE_HEAD, pad_edge=False, padding=0, header_style="bold")
    table.add_column("", no_wrap=True, width=1)
    table.add_column("index day", no_wrap=True)
    table.add_column("state", min_width=8, max_width=8)
    for name in ("rows", "filings", "loaded", "pending", "quaran-\ntined", "gone", "out of\nscope"):
        table.add_column(name, justify="right", no_wrap=True)
    for status in statuses:
        numbers = (status.index_rows, status.filings, status.loaded, status.pending, status.quarantined, status.gone)
        table.add_row(
            "[green]✓[/green]" if status.is_complete else "[red]✗[/red]",
            str(status.index_date),
            status.day_state.replace("_", " "),
            *(str(number) for number in (*numbers, status.out_of_scope)),
        )
    return table

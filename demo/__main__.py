"""`make demo`: the whole job on a small archive, through Airflow, without a network.

Generates the archive, serves it on loopback as EDGAR would, runs `edgar_daily` for each of its days and `edgar_warehouse` for
what landed, and shows what came out. A second run finds everything landed and published, and only shows it.
"""

import os
import sys
import time
from pathlib import Path

from edgar_pipeline.company_page import write_company_page
from edgar_pipeline.errors import EdgarError
from rich.console import Console

from demo.archive import DAYS, generate
from demo.environment import demo_environment, demo_folder, is_done, settings_for
from demo.report import show
from local_airflow import LocalAirflow, Progress
from tests.fake_edgar import FakeEdgar

COMPANY = "0001804583"
console = Console(highlight=False)


def main() -> int:
    """Run the demo below EDGAR_HOME (default: ./data), in `demo/`; return the exit code."""
    started = time.monotonic()
    folder = demo_folder()
    settings = settings_for(folder, "http://127.0.0.1:9")
    if is_done(settings):
        console.print(f"All {len(DAYS)} days are landed and published: nothing to request, nothing to build.")
    else:
        _run(folder)
    page = write_company_page(settings, COMPANY)
    show(console, settings, COMPANY, page)
    console.print("Airflow's UI over it  make up DEMO=1")
    console.print(f"[dim]{time.monotonic() - started:.0f} seconds.[/dim]")
    return 0


def _run(folder: Path) -> None:
    archive = generate(folder / "archive")
    console.print(f"1. A small EDGAR, generated: {_short(archive)}")
    with FakeEdgar(archive) as edgar:
        console.print(f"2. Served by the project's stand-in server: {edgar.url}")
        console.print("3. Airflow: API server, scheduler and DAG processor on this machine …")
        with LocalAirflow(folder / "airflow", demo_environment(folder, edgar.url)) as airflow:
            console.print(f"4. edgar_daily for {len(DAYS)} index days; edgar_warehouse follows what lands")
            batch = airflow.trigger_days(DAYS)
            progress = airflow.wait_until_done(batch, on_progress=_Finished())
        console.print(f"5. Done with {len(edgar.log())} requests; Airflow has stopped")
    if progress.failed:
        names = ", ".join(f"{run.dag_id} {run.day}" for run in progress.failed)
        raise EdgarError(f"these runs failed: {names}. Their logs are below {_short(folder / 'airflow' / 'logs')}")


class _Finished:
    """Says how many runs have finished, a few times on the way rather than at every change of a state."""

    def __init__(self):
        self._said = (0, 0)

    def __call__(self, progress: Progress) -> None:
        days = sum(run.is_finished for run in progress.daily)
        builds = sum(run.is_finished for run in progress.warehouse)
        if progress.is_done or days + builds >= sum(self._said) + 8:
            self._said = (days, builds)
            console.print(f"   {days:2} of {len(DAYS)} days landed, runs of the warehouse finished: {builds}")


def _short(path: Path) -> str:
    return os.path.relpath(path)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except EdgarError as error:
        console.print(f"error: {error}", markup=False)
        sys.exit(1)
    except KeyboardInterrupt:
        console.print("stopped; make demo goes on from there")
        sys.exit(130)

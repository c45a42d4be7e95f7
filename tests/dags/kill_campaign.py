"""`python -m tests.dags.kill_campaign [--kills 20] [--days 6] [--filings 40] [--seed N]`: a long backfill under random kills.

Kills tasks, workers, the scheduler, the DAG processor and the API server at random moments, starts again what `make up`
starts again, and compares the end with a run that nobody disturbed: every public table, every record, every request.
Exit code 1 if anything differs. The same seed chooses the same kinds and pauses; what they meet depends on the machine.
"""

import argparse
import random
import sys
import tempfile
import time
from collections import Counter
from datetime import date
from pathlib import Path

from edgar_pipeline.edgar_days import index_days
from edgar_pipeline.settings import Settings

from local_airflow import LocalAirflow
from tests.dags import disturbed
from tests.dags.kills import Keeper, Kill, kill_at_random
from tests.fake_edgar import FakeEdgar
from tests.pipeline_homes import pipeline_environment
from tests.small_archive import SmallArchive


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.dags.kill_campaign", description=__doc__)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--days", type=int, default=6)
    parser.add_argument("--filings", type=int, default=40, help="per day")
    parser.add_argument("--rate", type=int, default=4, help="requests per second")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    options = parser.parse_args()
    days = index_days(date(2026, 1, 2), date(2026, 10, 30))[: options.days]
    print(f"seed {options.seed}: {options.kills} kills, {len(days)} days of {options.filings} filings", flush=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        archive = SmallArchive(folder / "archive")
        for number, day in enumerate(days):
            archive.put_day(day, options.filings, prefix=900001 + 1000 * number)
        with FakeEdgar(archive.root) as edgar:
            killed, problems = disturb(folder, edgar, days, options)
            addresses, repeated = disturbed.repeated_requests(edgar)
            print(f"{addresses} addresses asked for, {repeated} requests repeated")
            if addresses != len(days) * (1 + options.filings) or repeated > len(killed) * disturbed.CONNECTIONS:
                problems.append("requests")
            problems += compare(folder, edgar, days)
    print("the end is that of a clean run" if not problems else f"DIFFERENT: {', '.join(problems)}")
    return 1 if problems else 0


def disturb(
    folder: Path, edgar: FakeEdgar, days: list[date], options: argparse.Namespace
) -> tuple[list[Kill], list[str]]:
    """Run the backfill under kills; return them, and the runs that are not green."""
    environment = pipeline_environment(folder, edgar, options.rate) | disturbed.QUICK
    with LocalAirflow(folder / "airflow", environment) as airflow:
        began = time.monotonic()
        batch = disturbed.start_backfill(airflow, days)
        with Keeper(airflow) as keeper:
            generator = random.Random(options.seed)
            killed = kill_at_random(airflow, generator, options.kills, (2.0, 20.0), keeper.is_over(batch))
            done = disturbed.wait(airflow, batch, keeper.check, 3600)
    print(*killed, sep="\n")
    print(f"{time.monotonic() - began:.0f} s; killed: {dict(Counter(kill.kind for kill in killed))}; {done}")
    return killed, [f"{run.dag_id} {run.day}" for run in done.failed]


def compare(folder: Path, edgar: FakeEdgar, days: list[date]) -> list[str]:
    """What differs from the same days run by the command line."""
    clean = folder / "clean"
    environment = pipeline_environment(clean, edgar, 10)
    disturbed.publish_undisturbed(environment, days)
    problems = disturbed.differing_tables(folder / "home", clean / "home")
    ours = Settings.from_environment(pipeline_environment(folder, edgar, 10))
    if disturbed.records(ours, days) != disturbed.records(Settings.from_environment(environment), days):
        problems.append("records")
    return problems


if __name__ == "__main__":
    sys.exit(main())

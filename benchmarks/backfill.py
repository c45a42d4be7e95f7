"""`python -m benchmarks.backfill [--days 30] [--filings 5] [--database URL]`: a backfill through Airflow, while somebody looks.

Generates so many index days, starts a local Airflow, creates one backfill over all of them as the UI's form does, and asks
the API meanwhile as an open browser would: the lists of runs, tasks and DAGs every second, and a write (which the server
notes in its audit log) every two. Prints how long it took, what it cost, and how the API answered.
"""

import argparse
import tempfile
import threading
import time
from collections import Counter
from datetime import date
from pathlib import Path

import httpx
import psutil
from edgar_pipeline.edgar_days import index_days

from local_airflow import LocalAirflow
from tests.fake_edgar import FakeEdgar
from tests.small_archive import SmallArchive

FIRST = date(2026, 1, 2)
READS = (
    "/api/v2/dags",
    "/api/v2/dags/edgar_daily/dagRuns?limit=50&order_by=-run_after",
    "/api/v2/dags/~/dagRuns/~/taskInstances?limit=100",
    "/api/v2/backfills?dag_id=edgar_daily",
    "/api/v2/pools",
)


class Visitor(threading.Thread):
    """Asks the API until it is told to stop; `answers` has what was asked, the status, and the seconds."""

    def __init__(self, url: str, token: str, method: str, paths: tuple[str, ...], pause: float) -> None:
        super().__init__(daemon=True)
        self._client = httpx.Client(base_url=url, headers={"Authorization": token}, timeout=60, trust_env=False)
        self._method, self._paths, self._pause = method, paths, pause
        self.stopped = threading.Event()
        self.answers: list[tuple[str, int, float]] = []

    def run(self) -> None:
        while not self.stopped.wait(self._pause):
            for path in self._paths:
                began = time.monotonic()
                try:
                    body = {"is_paused": False} if self._method == "PATCH" else None
                    status = self._client.request(self._method, path, json=body).status_code
                except httpx.TransportError:
                    status = 0
                self.answers.append((path, status, time.monotonic() - began))


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.backfill", description=__doc__)
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--filings", type=int, default=5, help="per day")
    parser.add_argument(
        "--database", help="SQLAlchemy URL of the metadata database; the local Airflow's own by default"
    )
    options = parser.parse_args()
    days = index_days(FIRST, date(2026, 10, 30))[: options.days]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        archive = SmallArchive(folder / "archive")
        for number, day in enumerate(days):
            archive.put_day(day, options.filings, prefix=900001 + 1000 * number)
        with FakeEdgar(archive.root) as edgar:
            environment = {
                "EDGAR_HOME": str(folder / "home"),
                "EDGAR_STATE_DIR": str(folder / "state"),
                "EDGAR_WWW_URL": edgar.url,
                "EDGAR_DATA_URL": edgar.url,
                "EDGAR_USER_AGENT": "Benchmark benchmark@example.com",
                "EDGAR_REQUESTS_PER_SECOND": "10",
            }
            if options.database:
                environment["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"] = options.database
            measure(folder / "airflow", environment, days)
            print(f"{len(edgar.log())} requests to EDGAR")


def measure(home: Path, environment: dict[str, str], days: list[date]) -> None:
    began = time.monotonic()
    with LocalAirflow(home, environment) as airflow:
        print(f"ready after {time.monotonic() - began:.0f} s")
        token = airflow.api._client.headers["Authorization"]
        url = airflow.configuration.url
        visitors = [
            Visitor(url, token, "GET", READS, 1.0),
            Visitor(url, token, "PATCH", ("/api/v2/dags/edgar_daily",), 2.0),
        ]
        for visitor in visitors:
            visitor.start()
        began, cpu = time.monotonic(), machine_cpu()
        body = {"dag_id": "edgar_daily", "from_date": f"{days[0]}T00:00:00Z", "to_date": f"{days[-1]}T23:59:59.999Z"}
        body |= {"max_active_runs": 30, "run_backwards": False, "reprocess_behavior": "none"}
        airflow.api.post("/backfills", body)
        print(f"backfill created in {time.monotonic() - began:.1f} s")
        states = wait(airflow, len(days))
        for visitor in visitors:
            visitor.stopped.set()
        seconds = time.monotonic() - began
        print(f"{len(days)} days in {seconds:.0f} s ({machine_cpu() - cpu:.0f} CPU-s of the machine): {dict(states)}")
        for visitor in visitors:
            report(visitor)


def wait(airflow: LocalAirflow, days: int) -> Counter:
    while True:
        airflow.check()
        time.sleep(5)
        rows = airflow.api.get("/dags/~/dagRuns", limit=100)["dag_runs"]
        states = Counter(f"{row['dag_id']} {row['state']}" for row in rows)
        finished = sum(count for state, count in states.items() if state.endswith(("success", "failed")))
        if finished >= 2 * days:
            return states


def machine_cpu() -> float:
    times = psutil.cpu_times()
    return times.user + times.system


def report(visitor: Visitor) -> None:
    seconds = sorted(answer[2] for answer in visitor.answers)
    statuses = Counter(answer[1] for answer in visitor.answers)
    share = [seconds[int(len(seconds) * quantile)] for quantile in (0.5, 0.95)] + [seconds[-1]]
    print(
        f"{visitor._method}: {dict(statuses)}; seconds p50 {share[0]:.2f}, p95 {share[1]:.2f}, slowest {share[2]:.1f}"
    )


if __name__ == "__main__":
    main()

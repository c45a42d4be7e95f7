"""Twenty publications while four kinds of clients read without a pause: nobody fails, nobody waits, nobody sees two at once."""

import json
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pytest
from edgar_pipeline.publish import publish

from tests.readers import client
from tests.unit.publish_sample import make_green_build, settings_of

PUBLICATIONS = 20
#: Until a reader sees what was published; the long-lived one keeps a connection for 3 s.
LONGEST_SECONDS = 60


def publish_number(settings, number: int) -> float:
    """Publish a build in which everything says `number`; return when."""
    tables = f"""
        alter table marts.publication add column number integer;
        update marts.publication set number = {number};
        create table marts.fct_filings as select {number} as number from range({number});
    """
    make_green_build(settings, f"20200306T03{number:04}Z", extra_sql=tables)
    publish(settings)
    return time.time()


@pytest.fixture(scope="module")
def accounts(tmp_path_factory, reader_python) -> dict[str, dict]:
    """GIVEN a publication, WHEN four clients read, three with DuckDB 1.4.0, and nineteen more are published."""
    folder = tmp_path_factory.mktemp("reading")
    settings, stop = settings_of(folder / "home"), folder / "stop"
    publish_number(settings, 1)
    database = settings.published_dir / "edgar.duckdb"
    pythons = {kind: Path(sys.executable) if kind == "long-lived" else reader_python for kind in client.KINDS}
    clients = {
        kind: subprocess.Popen(
            [python, client.__file__, kind, database, stop], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        for kind, python in pythons.items()
    }
    try:
        assert [process.stdout.readline() for process in clients.values()] == ["ready\n"] * len(clients)
        published_at = {number: publish_number(settings, number) for number in range(2, PUBLICATIONS + 1)}
        stop.touch()
        answers = {kind: process.communicate(timeout=120) for kind, process in clients.items()}
    finally:
        for process in clients.values():
            process.kill()
    assert [error for _, error in answers.values()] == [""] * len(clients)
    return {kind: {**json.loads(answer), "published_at": published_at} for kind, (answer, _) in answers.items()}


def test_no_read_fails_and_no_connection_sees_two_publications(accounts):
    for kind, account in accounts.items():
        assert account["failures"] == [], kind
        assert account["mixed"] == [], kind
        # The long-lived reader may get through all publications with one connection and the one after the end.
        assert account["connections"] >= 2, kind
        assert account["reads"] >= 3 * account["connections"], kind


def test_publications_are_seen_in_their_order_and_the_newest_by_everybody(accounts):
    for kind, account in accounts.items():
        numbers = [number for number, _ in account["seen"]]
        assert numbers == sorted(numbers), kind
        assert numbers[-1] == PUBLICATIONS, kind
        lags = [at - account["published_at"][number] for number, at in account["seen"] if number > 1]
        assert max(lags) < LONGEST_SECONDS, kind
    # A reader that connects anew for each question sees many of them, however busy the machine is.
    assert len(accounts["reconnecting"]["seen"]) >= PUBLICATIONS / 4


def test_the_clients_are_as_old_as_promised(accounts):
    assert {kind: account["duckdb"] for kind, account in accounts.items()} == {
        "reconnecting": "1.4.0",
        "long-lived": duckdb.__version__,
        "attached": "1.4.0",
        "sqlalchemy": "1.4.0",
    }

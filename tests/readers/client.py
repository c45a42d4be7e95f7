"""A reader of the published file that never rests: `python client.py KIND DATABASE STOP_FILE`.

Runs in an environment of its own, so it imports nothing of the project. Until the stop file appears it opens connections as its
kind does, and on each of them asks several times which publication this is and whether its tables belong together. Prints one
JSON object: connections, reads, failures, the connections that saw more than one publication, and the publications in order.
"""

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

#: As docs/bi.md tells every reader.
CONFIG = {"enable_external_access": "false", "lock_configuration": "true"}

#: In every publication of the test its number stands in one table, and so many rows in the other.
QUERY = """
    select publication_id, number, (select count(*) from marts.fct_filings), (select max(number) from marts.fct_filings)
    from marts.publication
"""

Ask = Callable[[str], list[tuple]]


@contextmanager
def reconnecting(database: str) -> Iterator[Ask]:
    """A notebook or a dashboard that opens the file for each question."""
    with duckdb.connect(database, read_only=True, config=CONFIG) as connection:
        yield lambda sql: connection.execute(sql).fetchall()


@contextmanager
def attached(database: str) -> Iterator[Ask]:
    """A session of its own that attaches the file."""
    with duckdb.connect() as connection:
        connection.execute(f"attach '{database}' as edgar (read_only)")
        connection.execute("use edgar; set enable_external_access = false; set lock_configuration = true")
        yield lambda sql: connection.execute(sql).fetchall()


@contextmanager
def sqlalchemy(database: str) -> Iterator[Ask]:
    """A BI tool, such as Superset; `NullPool`, or it would keep the first publication for ever."""
    from sqlalchemy import create_engine, text
    from sqlalchemy.pool import NullPool

    arguments = {"read_only": True, "config": CONFIG}
    engine = create_engine(f"duckdb:///{database}", connect_args=arguments, poolclass=NullPool)
    with engine.connect() as connection:
        yield lambda sql: [tuple(row) for row in connection.execute(text(sql)).fetchall()]


#: By kind: how it connects, and for how many seconds it keeps a connection.
KINDS = {
    "reconnecting": (reconnecting, 0.0),
    "long-lived": (reconnecting, 3.0),
    "attached": (attached, 0.3),
    "sqlalchemy": (sqlalchemy, 0.0),
}


def main(kind: str, database: str, stop: Path) -> dict:
    """Read until told to stop; return the account."""
    connect, seconds = KINDS[kind]
    account = {"kind": kind, "duckdb": duckdb.__version__, "connections": 0, "reads": 0}
    failures, mixed, seen = [], [], []
    print("ready", flush=True)
    while True:
        last_round = stop.exists()
        try:
            with connect(database) as ask:
                ids = read(ask, seconds, account)
        except Exception as error:  # whatever a client may meet is what this counts
            failures.append(repr(error)[:300])
            ids = set()
        account["connections"] += 1
        if len(ids) > 1:
            mixed.append(sorted(ids))
        seen += [(number, time.time()) for number in sorted(ids) if number not in [known for known, _ in seen]]
        if last_round:
            return {**account, "failures": failures, "mixed": mixed, "seen": seen}


def read(ask: Ask, seconds: float, account: dict) -> set[int]:
    """Ask at least three times, and for so many seconds; return the numbers of the publications that answered."""
    numbers, end, asked = set(), time.monotonic() + seconds, 0
    while asked < 3 or time.monotonic() < end:
        ((publication_id, number, rows, newest),) = ask(QUERY)
        assert (rows, newest) == (number, number), f"{publication_id} is torn: {number}, {rows}, {newest}"
        numbers.add(number)
        asked += 1
        account["reads"] += 1
        time.sleep(0.02)
    return numbers


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1], sys.argv[2], Path(sys.argv[3]))))

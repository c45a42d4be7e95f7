"""The metadata database of the local Airflow: which one, who may connect, and what is left of it."""

import os
import pwd
from collections.abc import Iterator
from pathlib import Path

import pytest

from local_airflow.database import Postgres, Sqlite, choose_database
from tests.unprivileged import Unprivileged, unprivileged_user

#: Starts the database in the folder of the first argument twice, writes in between, and prints what a person would ask.
TWICE = """
import os, sys, psycopg2, psutil, stat
from pathlib import Path
from local_airflow.database import choose_database
home, seen = Path(sys.argv[1]), []
for number in range(2):
    database = choose_database(home)
    try:
        print(database.name, "was there:", database.start())
        url = database.url.replace("+psycopg2", "")
        connection = psycopg2.connect(url)
        cursor = connection.cursor()
        cursor.execute("create table if not exists notes (n int); insert into notes values (1); select count(*) from notes")
        print("rows:", cursor.fetchone()[0])
        cursor.execute("show listen_addresses")
        print("network:", cursor.fetchall())
        connection.commit(); connection.close()
        server = psutil.Process(database._process.pid)
        family = [server, *server.children(recursive=True)]
        socket = Path(url.split("host=")[1])
        print("socket folder:", oct(stat.S_IMODE(socket.stat().st_mode)))
    finally:
        database.stop()
    print("left:", [process.pid for process in family if process.is_running()], socket.exists())
"""


@pytest.fixture
def unprivileged() -> Iterator[Unprivileged]:
    with unprivileged_user() as user:
        if user.python is None:
            pytest.skip("we are root, and nobody else can run this Python: PostgreSQL cannot be started")
        yield user


def test_postgresql_keeps_what_is_written_and_listens_on_no_network(unprivileged: Unprivileged):
    done = unprivileged.run(TWICE)
    assert done.stderr == ""
    expected = []
    for was_there, rows in ((False, 1), (True, 2)):
        expected += [
            f"PostgreSQL 18 was there: {was_there}",
            f"rows: {rows}",
            "network: [('',)]",
            "socket folder: 0o700",
        ]
        expected += ["left: [] False"]
    assert done.stdout.splitlines() == expected


def test_somebody_else_does_not_get_in(unprivileged: Unprivileged):
    # GIVEN the rules by which the server lets people in, as initdb wrote them
    code = "import sys; from pathlib import Path; from local_airflow.database import choose_database as choose\n"
    code += "database = choose(Path(sys.argv[1])); database.start(); database.stop()"
    assert unprivileged.run(code).returncode == 0
    rules = [
        line.split()
        for line in (unprivileged.folder / "postgres-18" / "pg_hba.conf").read_text().splitlines()
        if line and not line.startswith("#")
    ]
    # THEN over the socket the operating system says who one is, and over a network nobody is let in
    assert {rule[0]: rule[-1] for rule in rules} == {"local": "peer", "host": "reject"}


def test_root_gets_sqlite(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    database = choose_database(tmp_path)
    assert isinstance(database, Sqlite)
    assert database.start() is False
    assert database.url == f"sqlite:///{tmp_path}/airflow.db"


def test_everybody_else_gets_postgresql(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    database = choose_database(tmp_path)
    assert isinstance(database, Postgres)
    assert database.url.startswith(f"postgresql+psycopg2://{pwd.getpwuid(os.getuid()).pw_name}@/postgres?host=")
    database.stop()

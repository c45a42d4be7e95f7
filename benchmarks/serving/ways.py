"""How a client reaches the warehouse: a way is a dictionary that travels as JSON, a session is what came of it."""

import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path

import duckdb

from benchmarks.serving.questions import DAY_COLUMNS, Ask

#: What a reader is told to set (docs/bi.md).
READER = {"enable_external_access": False, "lock_configuration": True}


@dataclass(frozen=True)
class Session:
    """An open connection. `ask` answers SQL as the warehouse sees it; `prefix` is where its tables are for `connection`."""

    connection: duckdb.DuckDBPyConnection
    ask: Ask
    prefix: str

    def close(self) -> None:
        """End it; nothing stays open."""
        self.connection.close()


def load(connection: duckdb.DuckDBPyConnection, *names: str) -> None:
    """Load extensions from their wheels; nothing is downloaded."""
    connection.execute("set autoinstall_known_extensions = false")
    for name in names:
        folder = Path(sysconfig.get_path("purelib"), f"duckdb_extension_{name}", "extensions", f"v{duckdb.__version__}")
        connection.execute(f"load '{folder}/{name}.duckdb_extension'")


def open_session(way: dict, is_writer: bool = False) -> Session:
    """Connect as a client of this way does."""
    return {"file": _file, "quack": _quack, "lake": _lake}[way["name"]](way, is_writer)


def _file(way: dict, is_writer: bool) -> Session:
    connection = (
        duckdb.connect(way["path"]) if is_writer else duckdb.connect(way["path"], read_only=True, config=READER)
    )
    return Session(connection, lambda sql: connection.execute(sql).fetchall(), "marts")


def _quack(way: dict, _: bool) -> Session:
    connection = duckdb.connect()
    load(connection, "httpfs", "quack")
    connection.execute(f"attach '{way['uri']}' as warehouse (token '{way['token']}')")
    # A scan of an attached table names it without its schema, so the session on the server must stand in that schema.
    session = Session(
        connection,
        lambda sql: connection.execute("from warehouse.query(?)", [sql]).fetchall(),
        "warehouse.marts",
    )
    session.ask("use edgar.marts")
    return session


def _lake(way: dict, is_writer: bool) -> Session:
    connection = duckdb.connect()
    load(connection, "ducklake", "postgres_scanner")
    access = "" if is_writer else ", read_only"
    connection.execute(f"attach 'ducklake:postgres:{way['catalog']}' as lake (data_path '{way['data']}'{access})")
    connection.execute("use lake")
    return Session(connection, lambda sql: connection.execute(sql).fetchall(), "lake.marts")


def commit_day(session: Session, day: str, is_replaced: bool) -> None:
    """Put a day's rows, which the client has attached as `days`, into the warehouse: all of them or none."""
    session.ask("begin")
    try:
        for table, column in DAY_COLUMNS.items():
            if is_replaced:
                session.ask(f"delete from marts.{table} where {column} = date '{day}'")
            rows = f"select * from days.{table} where {column} = date '{day}'"
            session.connection.execute(f"insert into {session.prefix}.{table} {rows}")
        session.ask("commit")
    except duckdb.Error:
        _roll_back(session)
        raise


def _roll_back(session: Session) -> None:
    try:
        session.ask("rollback")
    except duckdb.Error as error:
        # After a commit that failed there is nothing left to roll back; anything else is worth a line.
        if "no transaction is active" not in str(error):
            print(f"rollback: {error}", file=sys.stderr)

"""What a DuckDB server lets its clients do, as it comes and closed, and how a new publication reaches them."""

import json
import subprocess
import time
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path

from benchmarks.measuring import console
from benchmarks.serving.questions import QUESTIONS
from benchmarks.serving.servers import ROOT, Quack

#: Read-only by the way the file is attached; no other file than those of its folder; and no way back.
CLOSED = ("set allowed_directories = ['{folder}']", "set enable_external_access = false")
#: Questions only, and none that names one of Quack's own functions. The macro stands in the server's memory database.
ONLY_QUESTIONS = (
    "create macro memory.main.is_question(session, query) as "
    "regexp_matches(lower(query), '^\\s*(select|from|with|use edgar)\\b') and not contains(lower(query), 'quack_')",
    "set global quack_authorization_function = 'is_question'",
)
LOCKED = ("set lock_configuration = true",)

#: Statement, and whether the text goes to the server as it stands.
PROBES = (
    ("select count(*) from warehouse.marts.fct_filings", False),
    ("use edgar.marts", True),
    ("select count(*) from warehouse.marts.fct_filings", False),
    (
        "select count(*) from warehouse.marts.fct_filings join warehouse.marts.fct_exhibits using (accession_number)",
        False,
    ),
    ("select count(*) from marts.fct_filings join marts.fct_exhibits using (accession_number)", True),
    (QUESTIONS["aggregate"], True),
    (QUESTIONS["aggregate"].replace("marts.", "warehouse.marts."), False),
    ("create temp table one as from warehouse.query('from marts.completeness_by_day limit 1')", False),
    ("insert into warehouse.marts.completeness_by_day from one", False),
    ("select content[:16] from read_text('/etc/passwd')", True),
    ("copy (select 1) to '{folder}/written-by-a-client.csv'", True),
    ("attach '{folder}/attached-by-a-client.duckdb' as mine", True),
    ("set enable_external_access = true", True),
    ("create table memory.main.mine as select 1", True),
    ("delete from marts.fct_events", True),
    ("with mine as (select 1) delete from marts.fct_events", True),
    ("detach edgar", True),
    ("select count(*) from duckdb_secrets()", True),
    ("from quack_serve('quack:127.0.0.1:9595', token = 'mine-alone')", True),
    ("from query('from qua' || 'ck_server_list()')", True),
    ("from quack_stop('{uri}')", True),
    ("from query('from qua' || 'ck_stop(''{uri}'')')", True),
    ("call quack_stop('{uri}')", True),
    ("select 1", True),
)


@contextmanager
def prober(python: Path, way: dict):
    """A client; calling it runs one statement and returns what came of it, and the seconds."""
    process = subprocess.Popen(
        [python, "-m", "benchmarks.serving.probe"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT, text=True
    )

    def say(line: dict) -> tuple[str, float]:
        process.stdin.write(json.dumps(line) + "\n")
        process.stdin.flush()
        answer, seconds = json.loads(process.stdout.readline())
        return answer, seconds

    console.print(f"  attach: {say(way)[0][:150]}")
    yield lambda sql, is_remote=True: say({"sql": sql, "is_remote": is_remote})
    process.stdin.close()
    process.wait()


def probe_rights(python: Path, database: Path) -> None:
    """Print what a client may do on a server as it comes, on a closed one, and on one that takes only questions."""
    levels = {
        "as it comes, the file attached for writing": (False, ()),
        "the same, with a function that admits only questions": (False, ONLY_QUESTIONS),
        "file read-only, no files outside its folder, configuration locked": (True, CLOSED + LOCKED),
        "that, and only questions": (True, CLOSED + ONLY_QUESTIONS + LOCKED),
    }
    for level, (is_read_only, statements) in levels.items():
        console.print(f"A DuckDB server: {level}", style="bold")
        with Quack(python, database, is_read_only) as server:
            error = server.operate(*(statement.replace("{folder}", str(database.parent)) for statement in statements))
            console.print(f"  setting it up: {error or 'done'}")
            with prober(python, {**server.way, "token": "guessed"}):
                pass
            with prober(python, server.way) as ask:
                _probe_all(ask, server, database.parent)


def _probe_all(ask: Callable, server: Quack, folder: Path) -> None:
    for sql, is_remote in PROBES:
        text = sql.replace("{folder}", str(folder)).replace("{uri}", server.way["uri"])
        answer, seconds = ask(text, is_remote)
        console.print(
            f"  {'server' if is_remote else 'client'} {seconds:6.2f} s  {sql[:80]}\n           {answer[:230]}",
            markup=False,
        )


def probe_transactions(python: Path, database: Path) -> None:
    """Print what is left of rows that a client took back."""
    console.print("A DuckDB server: what is rolled back", style="bold")
    line = "insert into warehouse.marts.completeness_by_day by name select * replace (date '1990-01-0{n}' as index_date) from one"
    with Quack(python, database) as server, prober(python, server.way) as ask:
        ask("use edgar.marts")
        ask("create temp table one as from warehouse.query('from marts.completeness_by_day limit 1')", False)
        for number, (begin, is_remote, end) in enumerate(
            (("begin", False, "rollback"), ("begin", True, "rollback")), 1
        ):
            ask(begin, is_remote)
            inserted, _ = ask(line.replace("{n}", str(number)), False)
            ask(end, is_remote)
            left, _ = ask(f"select count(*) from marts.completeness_by_day where index_date = date '1990-01-0{number}'")
            where = "on the server, by query('begin')" if is_remote else "in the client, by BEGIN"
            console.print(
                f"  begun {where}: insert {inserted[:120]}; rows left after the rollback: {left}", markup=False
            )


def probe_restart(python: Path, database: Path) -> None:
    """Print what a session hears of a server that was started anew."""
    console.print("A DuckDB server is started anew", style="bold")
    first = Quack(python, database, is_read_only=True)
    with first as server, prober(python, server.way) as ask:
        console.print(f"  before: {ask('select 1')[0]}")
        first.__exit__()
        console.print(f"  while it is away: {ask('select 1')[0]}", markup=False)
        start = time.monotonic()
        with first:
            console.print(f"  it took {time.monotonic() - start:.2f} s to start")
            console.print(f"  the old session: {ask('select 1')[0]}", markup=False)
            ask("detach warehouse", False)
            attach = f"attach '{first.way['uri']}' as warehouse (token '{first.way['token']}')"
            console.print(f"  attached again: {ask(attach, False)[0]}, {ask('select 1')[0]}")

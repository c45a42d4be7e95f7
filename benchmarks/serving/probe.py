"""A client that runs one statement after another and says what came of each: `python -m benchmarks.serving.probe`.

The first line of standard input is the way in JSON; each further line `{"sql": …, "is_remote": …}`. Where `is_remote`, the text runs on
the server, else in the client, where the warehouse is attached as `warehouse`. The answer to a line: what came, as text.
"""

import json
import sys
import time

import duckdb

from benchmarks.serving.ways import load


def main() -> None:
    """Answer until the input ends."""
    way = json.loads(sys.stdin.readline())
    connection = duckdb.connect()
    load(connection, "httpfs", "quack")
    print(json.dumps(_answer(connection, f"attach '{way['uri']}' as warehouse (token '{way['token']}')")), flush=True)
    for line in sys.stdin:
        task = json.loads(line)
        statement, values = ("from warehouse.query(?)", [task["sql"]]) if task["is_remote"] else (task["sql"], None)
        print(json.dumps(_answer(connection, statement, values)), flush=True)


def _answer(connection: duckdb.DuckDBPyConnection, statement: str, values: list | None = None) -> tuple[str, float]:
    start = time.monotonic()
    try:
        rows = connection.execute(statement, values).fetchall()
    except duckdb.Error as error:
        said = " ".join(str(error).split(" LINE 1:")[0].split("\n\nLINE 1:")[0].split())
        return f"refused: {said}", time.monotonic() - start
    return f"done: {rows[:1] if len(rows) < 2 else f'{len(rows)} rows'}", time.monotonic() - start


if __name__ == "__main__":
    main()

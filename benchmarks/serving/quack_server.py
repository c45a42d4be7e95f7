"""A DuckDB server process: `python -m benchmarks.serving.quack_server`.

The first line of standard input says in JSON what to serve; each further line is a list of SQL statements that its operator runs, and is
answered by a line: null, or the error. It ends with its input.
"""

import json
import sys

import duckdb

from benchmarks.serving.ways import load


def main() -> None:
    """Serve until nobody needs it any more."""
    task = json.loads(sys.stdin.readline())
    connection = duckdb.connect()
    load(connection, "httpfs", "quack")
    connection.execute(f"attach '{task['database']}' as edgar{' (read_only)' if task['is_read_only'] else ''}")
    connection.execute("call quack_serve(?, token = ?)", [task["uri"], task["token"]])
    print(json.dumps(None), flush=True)
    for line in sys.stdin:
        print(json.dumps(_run(connection, json.loads(line))), flush=True)


def _run(connection: duckdb.DuckDBPyConnection, statements: list[str]) -> str | None:
    try:
        for statement in statements:
            connection.execute(statement)
    except duckdb.Error as error:
        return " ".join(str(error).split())
    return None


if __name__ == "__main__":
    main()

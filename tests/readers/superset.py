"""Apache Superset, the real one, over a published file: `.venv/bin/python -m tests.readers.superset [DATABASE]`.

Installs Superset from the package index into an environment of its own below .superset/ (0.7 GB), starts it on 127.0.0.1 with a
metadata database of its own, connects the warehouse as docs/bi.md says, and then does what an analyst does: a query in SQL Lab,
a dataset, a chart. Writing, reading other files and loading extensions must be refused. Takes about two minutes, and is not part
of the tests: run it when the connection of BI tools is touched, or Superset has a new version. Exit code 0 if all of it held.
"""

import json
import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

ROOT = Path(__file__).parents[2]
HOME = ROOT / ".superset"
PYTHON = HOME / "environment" / "bin" / "python"
#: Superset 6.1 is on SQLAlchemy 1.4, where duckdb-engine is the dialect that works, but not with DuckDB 1.4.0 itself ("unhashable
#: type"). The three in the middle are what the package needs and does not ask for, or in a version that is too new for it.
PACKAGES = [
    *("apache-superset==6.1.0", "cachetools", "rich", "flask-caching==2.3.1"),
    *("duckdb==1.4.4", "duckdb-engine==0.17.0"),
]

#: What Superset passes on to DuckDB for each connection.
ENGINE_PARAMETERS = {
    "connect_args": {"read_only": True, "config": {"enable_external_access": "false", "lock_configuration": "true"}}
}

REFUSED = {
    "write": "create table marts.mine as select 1",
    "read a file": "select * from read_text('/etc/passwd')",
    "attach a file": "attach '/tmp/other.duckdb' as other",
    "copy to a file": "copy (select 1) to '/tmp/leak.csv'",
    "load an extension": "install httpfs",
    "unlock": "set enable_external_access = true",
}


def main(database: Path) -> None:
    """Do it all; an assertion that fails ends it."""
    install()
    password = secrets.token_urlsafe(16)
    prepare(password)
    with running(password) as client:
        database_id = connect(client, database)
        rows = query(client, database_id, "select publication_id from marts.publication")
        print(f"SQL Lab    publication {rows[0]['publication_id']}")
        for what, sql in REFUSED.items():
            print(f"refused    {what}: {refusal(client, database_id, sql)}")
        dataset_id = create(
            client, "dataset", {"database": database_id, "schema": "marts", "table_name": "fct_filings"}
        )
        columns = client.get(f"/api/v1/dataset/{dataset_id}").json()["result"]["columns"]
        assert "accession_number" in {column["column_name"] for column in columns}
        print(f"dataset    marts.fct_filings with {len(columns)} columns")
        print(f"chart      filings by form group: {chart(client, dataset_id)}")


def install() -> None:
    """Make the environment, once."""
    if not PYTHON.exists():
        uv = Path(sys.executable).with_name("uv")
        subprocess.run([uv, "venv", "--quiet", "--python", sys.executable, HOME / "environment"], check=True)
        subprocess.run([uv, "pip", "install", "--quiet", "--python", PYTHON, *PACKAGES], check=True)


def prepare(password: str) -> None:
    """A new metadata database with an administrator."""
    (HOME / "superset.db").unlink(missing_ok=True)
    (HOME / "superset_config.py").write_text(
        f"SECRET_KEY = {secrets.token_urlsafe(42)!r}\n"
        f"SQLALCHEMY_DATABASE_URI = 'sqlite:///{HOME / 'superset.db'}'\n"
        "WTF_CSRF_ENABLED = False\nTALISMAN_ENABLED = False\nPREVENT_UNSAFE_DB_CONNECTIONS = False\n"
    )
    superset("db", "upgrade")
    person = ["--username", "admin", "--firstname", "A", "--lastname", "B", "--email", "admin@example.com"]
    superset("fab", "create-admin", *person, "--password", password)
    superset("init")


def superset(*arguments: str) -> None:
    """Run one of Superset's commands, quietly unless it fails."""
    command = [PYTHON.with_name("superset"), *arguments]
    done = subprocess.run(command, env=environment(), cwd=HOME, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"superset {arguments[0]}: {done.stderr[-2000:]}")


def environment() -> dict[str, str]:
    """What Superset needs, and nothing of ours."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(HOME),
        "SUPERSET_CONFIG_PATH": str(HOME / "superset_config.py"),
        "FLASK_APP": "superset.app:create_app()",
    }


@contextmanager
def running(password: str) -> Iterator[httpx.Client]:
    """Superset on a free port of 127.0.0.1, and a client that is logged in."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [PYTHON.with_name("superset"), "run", "--host", "127.0.0.1", "--port", str(port), "--with-threads"]
    with (HOME / "superset.log").open("w") as log:
        server = subprocess.Popen(command, env=environment(), cwd=HOME, stdout=log, stderr=subprocess.STDOUT)
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=120) as client:
            wait_for(client, server)
            login = {"username": "admin", "password": password, "provider": "db"}
            token = client.post("/api/v1/security/login", json=login).raise_for_status().json()["access_token"]
            client.headers["Authorization"] = f"Bearer {token}"
            yield client
    finally:
        server.terminate()
        server.wait(30)


def wait_for(client: httpx.Client, server: subprocess.Popen) -> None:
    """Until Superset answers."""
    for _ in range(180):
        if server.poll() is not None:
            raise SystemExit(f"Superset ended: see {HOME / 'superset.log'}")
        try:
            if client.get("/health").status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(1)
    raise SystemExit(f"Superset does not answer: see {HOME / 'superset.log'}")


def create(client: httpx.Client, what: str, content: dict) -> int:
    """Create an object by Superset's API; return its id."""
    answer = client.post(f"/api/v1/{what}/", json=content)
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


def connect(client: httpx.Client, database: Path) -> int:
    """The warehouse as a database of Superset."""
    extra = {"engine_params": ENGINE_PARAMETERS}
    content = {"database_name": "EDGAR", "sqlalchemy_uri": f"duckdb:///{database}", "extra": json.dumps(extra)}
    return create(client, "database", {**content, "expose_in_sqllab": True, "allow_dml": True})


def query(client: httpx.Client, database_id: int, sql: str) -> list[dict]:
    """Run a query in SQL Lab."""
    answer = execute(client, database_id, sql)
    assert answer.status_code == 200, answer.text
    return answer.json()["data"]


def execute(client: httpx.Client, database_id: int, sql: str) -> httpx.Response:
    """What SQL Lab answers. Superset itself allows writes here (`allow_dml`), so that a refusal is DuckDB's."""
    content = {"database_id": database_id, "sql": sql, "schema": "marts", "runAsync": False, "queryLimit": 100}
    return client.post("/api/v1/sqllab/execute/", json=content)


def refusal(client: httpx.Client, database_id: int, sql: str) -> str:
    """Why a statement is refused, in DuckDB's words."""
    answer = execute(client, database_id, sql)
    assert answer.status_code != 200, f"{sql} was not refused: {answer.text[:500]}"
    return answer.json()["errors"][0]["message"].splitlines()[0][:120]


def chart(client: httpx.Client, dataset_id: int) -> dict[str, int]:
    """A bar chart of filings by form group, made and drawn; return its numbers."""
    count = {"expressionType": "SQL", "sqlExpression": "count(*)", "label": "filings"}
    form = {"datasource": f"{dataset_id}__table", "viz_type": "echarts_timeseries_bar", "x_axis": "form_group"}
    content = {"slice_name": "Filings by form group", "viz_type": form["viz_type"], "params": json.dumps(form)}
    create(client, "chart", {**content, "datasource_id": dataset_id, "datasource_type": "table"})
    drawn = {
        "datasource": {"id": dataset_id, "type": "table"},
        "queries": [{"columns": ["form_group"], "metrics": [count], "row_limit": 50}],
        "result_format": "json",
        "result_type": "full",
    }
    answer = client.post("/api/v1/chart/data", json=drawn)
    assert answer.status_code == 200, answer.text
    rows = answer.json()["result"][0]["data"]
    assert rows, "the chart is empty"
    return {row["form_group"]: row["filings"] for row in rows}


if __name__ == "__main__":
    os.makedirs(HOME, exist_ok=True)
    main(Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "data/demo/published/edgar.duckdb").absolute())

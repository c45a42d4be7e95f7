"""The connection that docs/bi.md tells readers to open, with the oldest promised client: it reads, and can do nothing else."""

import json
import re
import subprocess
from pathlib import Path

import pytest
from edgar_pipeline.publish import publish

from tests.unit.publish_sample import FIRST, make_green_build, settings_of

ROOT = Path(__file__).parents[2]

#: The Python block of docs/bi.md, then what a program may try; answers with one JSON object.
PROGRAM = """
{connecting}
import json, pathlib
answers = {{}}
for name, sql in json.loads({statements!r}).items():
    try:
        warehouse.execute(sql)
        answers[name] = "done"
    except Exception as error:
        answers[name] = type(error).__name__
relation = warehouse.sql("select publication_id, number from marts.publication, marts.numbers order by number")
print(json.dumps({{
    "answers": answers,
    "pandas": relation.df()["number"].tolist(),
    "polars": relation.pl()["number"].to_list(),
    "arrow": relation.fetch_arrow_table().num_rows,
    "comment": warehouse.execute("select comment from duckdb_columns() where column_name = 'number'").fetchall(),
    "version": __import__("duckdb").__version__,
}}))
"""

STATEMENTS = {
    "read a file": "select * from read_text('/etc/passwd')",
    "read a table from a file": "select * from '/etc/passwd'",
    "write a file": "copy (select 1) to 'leak.csv'",
    "attach another file": "attach 'other.duckdb' as other",
    "install an extension": "install httpfs",
    "load an extension": "load httpfs",
    "unlock": "set enable_external_access = true",
    "unlock the lock": "set lock_configuration = false",
    "export": "export database 'leak'",
    "write a table": "create table marts.mine as select 1",
    "delete rows": "delete from marts.publication",
}


@pytest.fixture(scope="module")
def answer(tmp_path_factory, reader_python) -> dict:
    """GIVEN a publication, WHEN DuckDB 1.4.0 opens it as documented and tries everything."""
    folder = tmp_path_factory.mktemp("documented")
    settings = settings_of(folder / "data")
    tables = """
        create table marts.numbers as select range as number from range(3);
        comment on column marts.numbers.number is 'A number.';
    """
    make_green_build(settings, FIRST, extra_sql=tables)
    publish(settings)
    block = re.search(r"```python\n(import duckdb\n.*?)\nframe = ", (ROOT / "docs/bi.md").read_text(), re.DOTALL)
    program = PROGRAM.format(connecting=block[1], statements=json.dumps(STATEMENTS))
    done = subprocess.run([reader_python, "-c", program], cwd=folder, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert sorted(path.name for path in folder.iterdir()) == ["data"]
    return json.loads(done.stdout)


def test_nothing_but_reading_is_allowed(answer):
    assert {name for name, what in answer["answers"].items() if what == "done"} == set()
    assert answer["answers"].keys() == STATEMENTS.keys()
    assert answer["answers"]["read a file"] == "PermissionException"


def test_pandas_polars_and_arrow_read_it_with_its_comments(answer):
    assert answer["version"] == "1.4.0"
    assert (answer["pandas"], answer["polars"], answer["arrow"]) == ([0, 1, 2], [0, 1, 2], 3)
    assert answer["comment"] == [["A number."]]

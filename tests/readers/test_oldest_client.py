"""The oldest promised client, DuckDB 1.4.0, reads every table of a file that a real build has made."""

import json
import subprocess

import duckdb
from edgar_pipeline.quality.contract import KEYS
from edgar_pipeline.warehouse import build

from tests.integration.quality_sample import land_old_day, settings_of
from tests.pipeline_homes import warm

PROGRAM = """
import duckdb, json, sys
connection = duckdb.connect(sys.argv[1], read_only=True)
tables = connection.execute("select table_name from duckdb_tables() where schema_name = 'marts'").fetchall()
hashes = {
    name: str(connection.execute(f"select sum(hash(t)) from marts.{name} as t").fetchone()[0]) for (name,) in sorted(tables)
}
(described,) = connection.execute(
    "select count(comment) = count(*) from duckdb_columns() where schema_name = 'marts'"
).fetchone()
print(json.dumps({"version": duckdb.__version__, "hashes": hashes, "described": described}))
"""


def test_every_table_reads_the_same_with_its_comments(tmp_path, reader_python, tmp_path_factory):
    # GIVEN a build of a day, WHEN DuckDB 1.4.0 and the project's own read it
    settings = warm(settings_of(tmp_path / "home"), tmp_path_factory)
    land_old_day(settings)
    database = build(settings).path
    done = subprocess.run([reader_python, "-c", PROGRAM, database], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    read = json.loads(done.stdout)
    # THEN every table and every comment is there, and every row is the same
    assert (read["version"], read["described"]) == ("1.4.0", True)
    assert read["hashes"].keys() >= KEYS.keys()
    with duckdb.connect(database, read_only=True) as connection:
        own = {
            name: str(connection.execute(f"select sum(hash(t)) from marts.{name} as t").fetchone()[0])
            for name in read["hashes"]
        }
    assert own == read["hashes"]

"""Check frames: what the marts hold, beside what they must hold.

Each is a small table that SQL computes and Great Expectations judges: one row per thing that is checked (a day, a table, a
column, a rule), so that nothing to look at is a missing row and never a silent success. Frames hold numbers, names from
this code and checked identifiers only: Data Docs show values unescaped, and every text of a filing is hostile.
"""

from importlib.resources import files

import duckdb
import pandas as pd

from edgar_pipeline.landing import SOURCES
from edgar_pipeline.quality.audit import numbers
from edgar_pipeline.quality.contract import FORMATS, KEYS, columns_of, contract_columns
from edgar_pipeline.quality.emptiness import Allowance, allowances
from edgar_pipeline.quality.recount import insert
from edgar_pipeline.quality.rules import RULES, Rule

#: `sample`: up to five keys as text, with every character that could be markup replaced.
_MACROS = r"""
create or replace temp macro harmless(key) as
    regexp_replace(left(cast(key as varchar), 80), '[^A-Za-z0-9 ._:=/-]', '?', 'g');
create or replace temp macro sample(key) as
    coalesce(array_to_string(list_transform(min(key, 5), lambda one: harmless(one)), ', '), '');
"""


#: What lands and is loaded one by one: the rows of the frame `landed`.
THINGS = ("filings", "filers", "document counts", "exhibits", "texts")

#: The rows of the frame `dates`: those that this code decides, and those that come from EDGAR.
INDEX_DATES = ("completeness_by_day.index_date", "index_entries.index_date")
FILING_DATES = (
    *("fct_filings.filed_date", "fct_filings.accepted_at", "fct_filings.first_public_date"),
    "fct_events.event_date",
)

#: What an index day is compared with must be enough of it to be called usual.
LEAST_WEEKDAYS, LEAST_DAYS, LEAST_FILINGS_OF_A_FORM = 4, 10, 5

#: A share of fewer rows than this is not judged.
LEAST_ROWS = 100
#: The most that a build may have of what makes it less fit for use; shares in percent of the new rows.
MOST_DAYS_BEHIND, MOST_WEAK_TITLES, MOST_UNCLASSIFIED_EVENTS = 1, 20, 10

#: How far a build may fall behind the last publication: in percent of the rows of a table, and in points of a share.
MOST_PERCENT_FEWER, MOST_POINTS_MORE = 2, 2


def prepare(connection: duckdb.DuckDBPyConnection) -> None:
    """Define the macros that the frames use, in the connection alone."""
    connection.execute(_MACROS)


def index_days(connection: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """One row per index day that the build has touched."""
    return _from_file(connection, "index_days")


def landed(connection: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """One row per kind of thing that is landed and loaded one by one."""
    return _from_file(connection, "landed", things=list(THINGS))


def parts(connection: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """One row per raw source."""
    return _from_file(connection, "parts", sources=list(SOURCES))


def content(connection: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """One row per kind of fact that a sample of earlier parts is compared by."""
    return _from_file(connection, "content")


def calendar(connection: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """One row per index day from the first that is known to the last."""
    return _from_file(connection, "calendar")


def shape(connection: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """One row per index day that the build has touched, beside what is usual."""
    least = {"least_weekdays": LEAST_WEEKDAYS, "least_days": LEAST_DAYS, "least_filings": LEAST_FILINGS_OF_A_FORM}
    return _from_file(connection, "shape", **least)


def dates(connection: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """One row per date that cannot lie ahead of us."""
    return _from_file(connection, "dates", dates=[*INDEX_DATES, *FILING_DATES])


def fitness(connection: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """One row per number that says whether the warehouse is fit for use."""
    most = {
        "most_days_behind": MOST_DAYS_BEHIND,
        "most_weak_titles": MOST_WEAK_TITLES,
        "most_unclassified_events": MOST_UNCLASSIFIED_EVENTS,
    }
    return _from_file(connection, "fitness", least_rows=LEAST_ROWS, **most)


def drift(connection: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """One row per number of the last publication, beside that of this build."""
    connection.execute("create or replace temp table now_numbers (number varchar, found double)")
    insert(connection, "now_numbers", numbers(connection).items())
    most = {"most_percent_fewer": MOST_PERCENT_FEWER, "most_points_more": MOST_POINTS_MORE}
    return _from_file(connection, "drift", least_rows=LEAST_ROWS, **most)


def columns(connection: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """One row per column of the contract: its promised and its found type, and the NULLs of one that must be filled."""
    found = {(column.table_name, column.column_name): column for column in columns_of(connection)}
    rows = []
    for column in contract_columns():
        present = found.get((column.table_name, column.column_name))
        # A NOT NULL constraint is DuckDB's own guarantee, so only a column without one is read.
        must_count = present is not None and present.is_nullable and not column.is_nullable
        nulls = _count_nulls(connection, column.table_name, column.column_name) if must_count else 0
        name = f"{column.table_name}.{column.column_name}"
        rows.append((name, column.data_type, present.data_type if present else "missing", nulls))
    return pd.DataFrame(rows, columns=["column_name", "promised_type", "found_type", "nulls"])


def tables(connection: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """One row per table of marts, known or not: rows, rows that it needs, repeated keys and malformed identifiers."""
    found: dict[str, set[str]] = {}
    for column in columns_of(connection):
        found.setdefault(column.table_name, set()).add(column.column_name)
    allowed = allowances(connection)
    rows = [_table_row(connection, name, found.get(name, set()), allowed.get(name)) for name in sorted({*found, *KEYS})]
    counts = ["row_count", "minimum_rows", "repeated_keys", *(f"malformed_{column}s" for column in FORMATS)]
    names = ["table_name", "is_unknown", *counts, "reason", "sample"]
    return pd.DataFrame(rows, columns=names)


def rules(connection: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """One row per rule between tables: rows that it looked at and rows that break it (-1: it could not be computed)."""
    rows = [(rule.name, *_judge(connection, rule)) for rule in RULES]
    return pd.DataFrame(rows, columns=["rule", "counted", "broken", "sample"])


def _from_file(connection: duckdb.DuckDBPyConnection, name: str, **parameters: object) -> pd.DataFrame:
    query = files("edgar_pipeline.quality").joinpath("sql", f"{name}.sql").read_text(encoding="utf-8")
    return connection.execute(query, parameters or None).df()


def _count_nulls(connection: duckdb.DuckDBPyConnection, table: str, column: str) -> int:
    return connection.execute(f'select count(*) - count("{column}") from marts."{table}"').fetchone()[0]


def _table_row(
    connection: duckdb.DuckDBPyConnection, name: str, found: set[str], allowance: Allowance | None
) -> tuple[object, ...]:
    """A row of `tables`. What cannot be looked at, because a column is missing, is left to the suite of columns."""
    minimum, reason = (allowance.minimum_rows, allowance.reason) if allowance else (1, "")
    if not found:
        return (name, 0, 0, minimum, 0, *(0 for _ in FORMATS), reason, "")
    table = f'marts."{name}"'
    (row_count,) = connection.execute(f"select count(*) from {table}").fetchone()
    key = KEYS.get(name, ())
    looks = [_repeated_keys(connection, table, key) if key and found.issuperset(key) else (0, "")]
    for column, pattern in FORMATS.items():
        query = f"select {column} from {table} where not regexp_full_match({column}, '{pattern}')"
        looks.append(_count(connection, query) if column in found else (0, ""))
    counts, samples = zip(*looks, strict=True)
    sample = ", ".join(filter(None, samples))
    return (name, int(name not in KEYS), row_count, minimum, *counts, reason, sample)


def _repeated_keys(connection: duckdb.DuckDBPyConnection, table: str, key: tuple[str, ...]) -> tuple[int, str]:
    """How many keys stand more than once, and some of them. Hashes first: they tell a good table in two thirds of the time."""
    names = ", ".join(key)
    (surplus,) = connection.execute(f"select count(*) - count(distinct hash({names})) from {table}").fetchone()
    if not surplus:
        return 0, ""
    return _count(connection, f"select concat_ws(' ', {names}) from {table} group by {names} having count(*) > 1")


def _judge(connection: duckdb.DuckDBPyConnection, rule: Rule) -> tuple[int, int, str]:
    try:
        (counted,) = connection.execute(f"select count(*) from marts.{rule.counted}").fetchone()
        return (counted, *_count(connection, rule.broken))
    except duckdb.Error as error:
        (reason,) = connection.execute("select harmless($error)", {"error": str(error)}).fetchone()
        return (0, -1, reason)


def _count(connection: duckdb.DuckDBPyConnection, query: str) -> tuple[int, str]:
    """How many keys a query gives, and the first of them."""
    return connection.execute(f"select count(*), sample(key) from ({query}) as broken (key)").fetchone()

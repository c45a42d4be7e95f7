"""The last look at a build's file before it becomes public: it opens read-only, and it is what it claims to be.

Not a judgement of the data (that is the suites' work), only of the file: right build, readable by the oldest promised
client, nothing in it that runs code, and nothing lost that readers have today.
"""

import logging
from pathlib import Path

import duckdb

from edgar_pipeline.errors import WarehouseError
from edgar_pipeline.takedowns import PARTITION as TAKEDOWNS

#: The newest storage version that DuckDB 1.4 opens.
NEWEST_STORAGE_VERSION = (1, 4, 0)

_SCHEMAS = {"marts", "ops"}

logger = logging.getLogger(__name__)


def require_sound_database(database: Path, build_id: str, current: Path | None) -> None:
    """Raise WarehouseError unless the file can be published after `current` (None: nothing is published yet)."""
    again = "run `python -m edgar_pipeline build` again"
    try:
        with duckdb.connect(database, read_only=True) as connection:
            _require_identity(connection, build_id)
            _require_readable_by_old_clients(connection)
            _require_tables_only(connection)
            parts = _loaded_parts(connection)
    except duckdb.Error as error:
        raise WarehouseError(f"build {build_id} cannot be published ({_first_line(error)}): {again}") from error
    lost = _parts_of_current(current) - parts if current else set()
    if lost:
        raise WarehouseError(
            f"build {build_id} lacks {len(lost)} raw parts of the current publication, such as {min(lost)}, "
            f"so it was made before it: {again}"
        )


def _require_identity(connection: duckdb.DuckDBPyConnection, build_id: str) -> None:
    ids = [row[0] for row in connection.execute("select publication_id from marts.publication").fetchall()]
    if ids != [build_id]:
        raise WarehouseError(f"marts.publication of build {build_id} names {ids}: run `build` again")


def _require_readable_by_old_clients(connection: duckdb.DuckDBPyConnection) -> None:
    """A BI driver of the promised age refuses a file of a newer storage version, and then readers have nothing."""
    query = "select tags['storage_version'] from duckdb_databases() where not internal"
    (text,) = connection.execute(query).fetchone()
    if tuple(int(number) for number in text.strip("v+").split(".")) > NEWEST_STORAGE_VERSION:
        newest = ".".join(map(str, NEWEST_STORAGE_VERSION))
        raise WarehouseError(f"the build has storage version {text}, which DuckDB {newest} cannot open: build it anew")


def _require_tables_only(connection: duckdb.DuckDBPyConnection) -> None:
    """A view reads files or calls functions that a reader does not have; a foreign schema was never meant for readers."""
    query = """
        select schema_name || '.' || view_name from duckdb_views() where not internal
        union all
        select schema_name || '.' || table_name from duckdb_tables() where not internal and schema_name not in $schemas
        order by 1
    """
    foreign = [row[0] for row in connection.execute(query, {"schemas": sorted(_SCHEMAS)}).fetchall()]
    if foreign:
        raise WarehouseError(f"the build holds {', '.join(foreign)}: only tables of marts and ops are published")


def _loaded_parts(connection: duckdb.DuckDBPyConnection) -> set[str]:
    return {row[0] for row in connection.execute("select path from ops.loaded_parts").fetchall()}


def takedowns_in(database: Path) -> set[str]:
    """The names of the takedowns' parts that a file knows of; none for a file that cannot be read."""
    try:
        with duckdb.connect(database, read_only=True) as connection:
            parts = _loaded_parts(connection)
    except duckdb.Error as error:
        logger.warning("%s cannot be read: %s", database, _first_line(error))
        return set()
    return {path.rpartition("/")[2] for path in parts if f"/{TAKEDOWNS}/" in path}


def _parts_of_current(current: Path) -> set[str]:
    """The raw parts in the current publication; empty, with a warning, where somebody holds it open for writing."""
    try:
        with duckdb.connect(current, read_only=True) as connection:
            return _loaded_parts(connection)
    except (duckdb.IOException, duckdb.ConnectionException) as error:
        # A BI tool that opened the published file for writing must not be able to stop the next publication.
        logger.warning("the current publication cannot be compared with: %s", _first_line(error))
        return set()


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0]

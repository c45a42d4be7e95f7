"""The warehouse's books: schema `ops` of the database, beside the public marts.

ops.loaded_parts     one row per raw part that is in the marts
ops.parts_to_load    one row per raw part that the build of this file read; dbt renders its raw views from it
ops.build            one row: which build this file is, from which code
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from edgar_pipeline.errors import WarehouseError
from edgar_pipeline.warehouse.parts import PartToLoad

#: Readers with DuckDB 1.4 must be able to open the file. A file keeps the version that it was created with.
STORAGE_VERSION = "v1.4.0"

_SCHEMA = """
    create schema if not exists edgar.ops;
    create table if not exists edgar.ops.loaded_parts (source varchar not null, path varchar not null, build_id varchar not null);
    create or replace table edgar.ops.parts_to_load (source varchar not null, path varchar not null, is_new boolean not null);
    create or replace table edgar.ops.build (
        build_id varchar not null, built_at timestamptz not null, code_version varchar not null,
        transformation varchar not null, storage_version varchar not null, maximum_object_size ubigint not null
    );
    comment on table edgar.ops.loaded_parts is 'One row per raw part that is in the marts.';
    comment on table edgar.ops.parts_to_load is 'One row per raw part that the build of this file read.';
    comment on table edgar.ops.build is 'One row: the build of this file.';
"""


class Held(WarehouseError):
    """Another process has the database open for writing, as a BI tool does that was not told to open it read-only."""


@dataclass(frozen=True)
class Books:
    """What a database says of itself: the parts that it has loaded, and the fingerprint of its transformation."""

    loaded_parts: frozenset[str] = frozenset()
    transformation: str | None = None


def read_books(database: Path) -> Books:
    """Read the books of a database; raise WarehouseError where it cannot be read or has none, Held where a writer has it open."""
    try:
        with duckdb.connect(database, read_only=True) as connection:
            paths = connection.execute("select path from ops.loaded_parts").fetchall()
            (transformation,) = connection.execute("select transformation from ops.build").fetchone()
    except (duckdb.Error, TypeError) as error:
        reason = str(error).strip().splitlines()[0]
        failure = Held if "Could not set lock" in reason else WarehouseError
        raise failure(f"the books of {database} cannot be read ({reason}): run `build --full-refresh`") from error
    return Books(frozenset(path for (path,) in paths), transformation)


def begin_books(
    database: Path,
    build_id: str,
    built_at: datetime,
    code_version: str,
    transformation: str,
    maximum_object_size: int,
    parts: Sequence[PartToLoad],
) -> None:
    """Open the books of a build in a copy of the publication, or in a new file with the promised storage version."""
    with duckdb.connect() as connection:
        connection.execute(f"attach $${database}$$ as edgar (storage_version '{STORAGE_VERSION}')")
        connection.execute(_SCHEMA)
        connection.execute(
            "insert into edgar.ops.build values (?, ?, ?, ?, ?, ?)",
            [build_id, built_at, code_version, transformation, STORAGE_VERSION, maximum_object_size],
        )
        connection.execute(
            "insert into edgar.ops.parts_to_load select unnest(?::varchar[]), unnest(?::varchar[]), unnest(?::boolean[])",
            [[part.source for part in parts], [part.path for part in parts], [part.is_new for part in parts]],
        )


def finish_books(database: Path, build_id: str) -> None:
    """Record the new parts as loaded and leave the file checkpointed, closed and without a write-ahead log."""
    with duckdb.connect(database) as connection:
        connection.execute(
            "insert into ops.loaded_parts select source, path, ? from ops.parts_to_load where is_new", [build_id]
        )
        connection.execute("checkpoint")
    wal = database.with_name(f"{database.name}.wal")
    if wal.exists():
        raise WarehouseError(f"{wal} stayed after the checkpoint: run `build` again")

"""Counting raw again, without dbt: what the marts must hold of the partitions that this build has touched.

Python reads the records of the same committed parts that the build has read (a part that landed meanwhile belongs to the
next build) and keeps keys, states and lengths in temporary tables beside the marts:

    raw_parts      (path, source, is_committed, is_due, is_loaded)      every part that raw or the build knows
    raw_days       (index_date, day_state, malformed, requests)         one row per touched index day
    raw_index      (index_date, accession_number, cik, form_type)       rows of the newest snapshot of each such day
    raw_states     (index_date, accession_number, state, is_asked)      what its requests say, unless it is loaded
    raw_filings    (accession_number, documents)                        of the new submission parts, like the next two,
    raw_companies  (accession_number, cik, role)                        and the newest copy of what came twice
    raw_documents  (accession_number, sequence, document_type, text_hash)   text_hash is null without text
    raw_sample     (path, accession_number, kind, fact)                 of a few earlier submission parts, drawn by lot

It costs what is new: an index day's parts are read if one of them is new, a submission part if it is new itself.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import date
from hashlib import md5
from itertools import islice

import duckdb
import pyarrow as pa

from edgar_pipeline.landing import OUTCOMES, SOURCES, Part, all_committed_parts, committed_at, read_part
from edgar_pipeline.settings import Settings
from edgar_pipeline.takedowns import PARTITION as TAKEDOWNS
from edgar_pipeline.takedowns import still_said

#: A part that was committed this many seconds before the build began must be in it: the time stamps are two clocks'.
GRACE_SECONDS = 60

#: How many submission parts of earlier builds are read again by each validation, and how many filings of each.
SAMPLED_PARTS, SAMPLED_FILINGS = 3, 20

_TABLES = {
    "raw_parts": "path varchar, source varchar, is_committed boolean, is_due boolean, is_loaded boolean",
    "raw_days": "index_date date, day_state varchar, malformed bigint, requests bigint",
    "raw_index": "index_date date, accession_number varchar, cik varchar, form_type varchar",
    "raw_states": "index_date date, accession_number varchar, state varchar, is_asked boolean",
    "raw_filings": "accession_number varchar, copy varchar, documents bigint",
    "raw_sample": "path varchar, accession_number varchar, kind varchar, fact varchar",
    "raw_companies": "accession_number varchar, copy varchar, cik varchar, role varchar",
    "raw_documents": (
        "accession_number varchar, copy varchar, sequence bigint, document_type varchar, text_hash varchar"
    ),
}

#: The state of a day by what the newest request for its index came to; anything else is a missing day.
_DAY_STATES = {"absent": "no_index_expected", "not_yet_published": "not_yet_published", "blocked": "blocked"}

#: What the newest request for a submission decides; after anything else it is pending. Evidence that it is gone is final.
_FINAL_STATES = {"quarantined", "out_of_scope"}


def recount(settings: Settings, connection: duckdb.DuckDBPyConnection) -> None:
    """Make the temporary `raw_*` tables for the build that `connection` has open; read-only is enough."""
    for name, columns in _TABLES.items():
        connection.execute(f"create temp table {name} ({columns})")
    loaded = _part_keys(connection, "select path from ops.loaded_parts")
    new = _part_keys(connection, "select path from ops.parts_to_load where is_new")
    parts: dict[str, list[Part]] = {source: [] for source in SOURCES}
    for part in all_committed_parts(settings):
        parts[part.source].append(part)
    insert(connection, "raw_parts", _part_rows(settings, connection, parts, loaded))
    takedowns = _records(parts[OUTCOMES], TAKEDOWNS, loaded)
    touched = {part.partition for all_parts in parts.values() for part in all_parts if part.key in new}
    for partition in sorted(touched):
        if match := re.fullmatch(r"index_date=(\d{4}-\d{2}-\d{2})", partition):
            index = _records(parts["daily_index"], partition, loaded)
            outcomes = _records(parts[OUTCOMES], partition, loaded)
            _recount_day(connection, date.fromisoformat(match[1]), index, outcomes, takedowns)
    for part in parts["submission"]:
        if part.key in new:
            _recount_submissions(connection, read_part(part.path))
    _recount_sample(connection, [part for part in parts["submission"] if part.key in loaded - new])
    for name in ("raw_companies", "raw_documents", "raw_filings"):
        _keep_newest_copies(connection, name)


def part_key(path: str) -> str:
    """The key of a part (`Part.key`) by its path in the warehouse's books, which is relative to EDGAR_HOME or absolute."""
    return "/".join(path.split("/")[-3:])


def _part_rows(
    settings: Settings, connection: duckdb.DuckDBPyConnection, parts: dict[str, list[Part]], loaded: set[str]
) -> list[tuple]:
    (began,) = connection.execute("select epoch(built_at) from ops.build").fetchone()
    committed = {part.key: part for all_parts in parts.values() for part in all_parts}
    times = committed_at(settings)
    rows = []
    for key in sorted(committed.keys() | loaded):
        part = committed.get(key)
        is_due = part is not None and times[key.partition("/")[2]] < began - GRACE_SECONDS
        rows.append((key, key.partition("/")[0], part is not None, is_due, key in loaded))
    return rows


def _recount_day(
    connection: duckdb.DuckDBPyConnection, day: date, index: list[dict], outcomes: list[dict], takedowns: list[dict]
) -> None:
    requests: dict[str, list[dict]] = {}
    for outcome in still_said([*outcomes, *takedowns]):
        requests.setdefault(outcome["accession_number"] or outcome["kind"], []).append(outcome)
    newest = max(((row["fetched_at"], row["part"]) for row in index), default=None)
    rows = [row for row in index if (row["fetched_at"], row["part"]) == newest]
    entries = {(day, row["accession_number"], row["cik"], row["form_type"]) for row in rows if not row["problem"]}
    state = "loaded" if rows else _day_state(requests.get("daily_index", []))
    if state is not None:
        asked = sum(outcome["kind"] != "plan" and outcome["attempt"] > 0 for outcome in outcomes)
        malformed = {row["line"] for row in rows if row["problem"]}
        insert(connection, "raw_days", [(day, state, len(malformed), asked)])
    insert(connection, "raw_index", entries)
    accessions = {accession for _, accession, _, _ in entries}
    states = {(day, number, _state(requests.get(number, [])), number in requests) for number in accessions}
    insert(connection, "raw_states", states)


def _day_state(requests: list[dict]) -> str | None:
    """The state of a day by the requests for its index, oldest first; None where it was never asked for."""
    if any(request["outcome"] == "landed" for request in requests):
        return "loaded"
    return _DAY_STATES.get(requests[-1]["outcome"], "missing") if requests else None


def _state(requests: list[dict]) -> str:
    """The state of an accession number that is not loaded, by its requests, oldest first."""
    if any(request["outcome"] == "gone" for request in requests):
        return "gone"
    newest = requests[-1]["outcome"] if requests else None
    return newest if newest in _FINAL_STATES else "pending"


def _recount_submissions(connection: duckdb.DuckDBPyConnection, records: Iterable[dict]) -> None:
    filings, companies, documents = [], [], []
    for record in records:
        key = (record["accession_number"], _copy_rank(record))
        filings.append((*key, len(record["documents"])))
        companies += [(*key, company["cik"], company["role"]) for company in record["companies"]]
        documents += [
            (*key, document["sequence"], document["document_type"], text_hash(document["text"]))
            for document in record["documents"]
        ]
    insert(connection, "raw_filings", filings)
    insert(connection, "raw_companies", companies)
    insert(connection, "raw_documents", documents)


def _recount_sample(connection: duckdb.DuckDBPyConnection, earlier: list[Part]) -> None:
    """The facts of some filings of some parts that were loaded before. The lot is the build's: judged again, it is the same."""
    (build_id,) = connection.execute("select build_id from ops.build").fetchone()
    drawn = sorted(earlier, key=lambda part: md5(f"{build_id} {part.key}".encode()).digest())
    rows = []
    for part in drawn[:SAMPLED_PARTS]:
        for record in islice(read_part(part.path), SAMPLED_FILINGS):
            # What has no date is not loaded; the ledger says so.
            if record["form_type"] and record["filed_date"]:
                number = record["accession_number"]
                rows += [(part.key, number, kind, f"{number} {fact}") for kind, fact in _facts(record)]
    insert(connection, "raw_sample", rows)


def _facts(record: dict) -> Iterator[tuple[str, str]]:
    """What a record says of a filing that the marts repeat word by word."""
    yield "filings", f"{record['filed_date']} {record['sha256']}"
    for document in record["documents"]:
        if document["document_type"].upper().startswith("EX-"):
            yield "exhibits", f"{document['sequence']} {document['document_type']}"
        if document["text"]:
            yield "texts", f"{document['sequence']} {text_hash(document['text'])}"


def text_hash(text: str | None) -> str | None:
    """The MD5 of a text, as DuckDB computes it; against accidents, so it need not stand an attack."""
    return md5(text.encode(), usedforsecurity=False).hexdigest() if text else None


def _copy_rank(record: dict) -> str:
    """Text that sorts the copies of a submission: a newer parser's first of all, then the one fetched last."""
    version = ".".join(number.zfill(9) for number in record["parser_version"].split("."))
    return f"{version} {record['fetched_at']}"


def _keep_newest_copies(connection: duckdb.DuckDBPyConnection, name: str) -> None:
    """A submission comes twice if two index days list it, if a task ran twice at once, and after a reparse."""
    connection.execute(
        f"""
        create or replace temp table {name} as
        select distinct {name}.* exclude (copy)
        from {name}
        semi join (select accession_number, max(copy) as copy from raw_filings group by all) as newest
            using (accession_number, copy)
        """
    )


def _records(parts: list[Part], partition: str, loaded: set[str]) -> list[dict]:
    """The records of a partition's loaded parts, each with the name of its `part`."""
    taken = [part for part in parts if part.partition == partition and part.key in loaded]
    return [{**record, "part": part.path.name} for part in taken for record in read_part(part.path)]


def _part_keys(connection: duckdb.DuckDBPyConnection, query: str) -> set[str]:
    return {part_key(row[0]) for row in connection.execute(query).fetchall()}


def insert(connection: duckdb.DuckDBPyConnection, name: str, rows: Iterable[tuple]) -> None:
    """Append rows to a temporary table, by way of Arrow: `executemany` does 4,000 rows a second."""
    columns = list(zip(*rows, strict=True))
    if columns:
        connection.register("batch", pa.table(columns, names=[f"c{number}" for number in range(len(columns))]))
        connection.execute(f"insert into {name} from batch")
        connection.unregister("batch")

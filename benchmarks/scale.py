"""A night among a million filings: what loading one day costs in a large warehouse and in an empty one, and how fast it answers.

The large warehouse is filled with rows that SQL makes up, in the order in which days would have appended them; it is then judged by
the same expectations and published like any other. Then two days are loaded from raw parts, as every night: the first is a usual
night, the second finds that the timeline must be sorted by company again (ADR 27), as one night of twenty does.
"""

import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import duckdb
from edgar_pipeline.edgar_days import index_days
from edgar_pipeline.settings import Settings
from edgar_pipeline.warehouse.folders import copy_database
from edgar_pipeline.warehouse.sorting import MOST_UNSORTED_ROWS

from benchmarks.measuring import Process, Target, console, run, show
from tests.dbt.raw_records import company, document, index_line, land_index, land_submissions, submission

#: Days inside, and filings of each; a filing has a primary document and five exhibits, each with text.
DAYS, FILINGS_A_DAY, EXHIBITS = 200, 5000, 5
COMPANIES = 20_000
FIRST_DAY, USUAL_DAY, SORTING_DAY = date(2024, 6, 13), date(2024, 6, 14), date(2024, 6, 17)
#: Hashes of 32 hexadecimal digits in a text: 2 kB that compress no better than half, where English would compress to a third.
WORDS = 60

#: Rows of everything that a loaded filing has, made from its number f on day d. `$day`, `$first`, `$count` come from Python.
_FILL = """
    create or replace temp table filing as
    select
        printf('%010d-23-%06d', 800000 + cast(f // 900000 as integer), f % 900000) as accession_number,
        printf('%010d', hash(f) % {companies} + 1) as cik, date '{day}' as day, timestamptz '{day} 21:00:00+00' as moment
    from range({first}, {first} + {count}) as numbers (f);
    create or replace temp table exhibit as
    select filing.*, sequence from filing, range(2, {exhibits} + 2) as sequences (sequence);

    insert into marts.fct_filings by name
    select
        accession_number, '8-K' as form_type, 'current' as form_group, false as is_amendment, false as is_ownership, day as filed_date,
        moment as accepted_at, day as first_public_date, cik, 'COMPANY ' || cik as company_name, {exhibits} + 1 as document_count,
        {exhibits} + 1 as document_count_landed, {exhibits} as exhibit_count, 'Company ' || cik || ' reports' as title,
        'headline' as title_source, 'good' as title_quality, 'An excerpt of ' || accession_number as excerpt, 300 as text_length,
        'https://www.sec.gov/' || accession_number as url, md5(accession_number) as sha256, 'raw/made-up' as raw_path,
        '1' as parser_version, moment as fetched_at, false as is_removed
    from filing;
    insert into marts.filing_companies by name
    select accession_number, cik, 'filer' as role, 'COMPANY ' || cik as company_name, 1 as position, day as filed_date from filing;
    insert into marts.fct_events by name
    select
        accession_number || ':' || code as event_id, accession_number, cik, code as event_code, event_group, day as event_date,
        'item' as method, 'made up' as rule_id, 'items' as evidence_field
    from filing, (select min(event_code) as code, min_by(event_group, event_code) as event_group from marts.dim_event_types);
    insert into marts.fct_exhibits by name
    select
        accession_number, sequence, cik, day as filed_date, '8-K' as form_type, 'EX-99.' || (sequence - 1) as document_type,
        '99.' || (sequence - 1) as exhibit_number, role as exhibit_role, 'Company ' || cik || ' announces ' || sequence as title,
        'headline' as title_source, 'good' as title_quality, 'An excerpt of ' || accession_number as excerpt, 300 as text_length,
        'text' as text_status, 'https://www.sec.gov/' || accession_number || '/' || sequence as url
    from exhibit, (select min(exhibit_role) as role from marts.dim_exhibit_roles);
    insert into marts.document_texts by name
    select accession_number, sequence, day as filed_date, 'EX-99.' || (sequence - 1) as document_type,
        (select string_agg(md5(accession_number || sequence || word), ' ') from range({words}) as words (word)) as text
    from exhibit;
    insert into marts.company_timeline by name
    select cik, day as entry_date, '8-K' as entry_type, 'Company ' || cik || ' reports' as title, 'An excerpt' as excerpt,
        accession_number, 1 as sequence, 'https://www.sec.gov/' || accession_number as url, false as is_ownership
    from filing
    union all by name
    select cik, day as entry_date, 'EX-99.' || (sequence - 1) as entry_type, 'Company ' || cik || ' announces ' || sequence as title,
        'An excerpt of ' || accession_number as excerpt, accession_number, sequence,
        'https://www.sec.gov/' || accession_number || '/' || sequence as url, false as is_ownership
    from exhibit
    order by cik, accession_number, sequence;
    insert into marts.index_entries by name
    select accession_number, cik, '8-K' as form_type, day as filed_date, day as index_date, 'loaded' as state from filing;
    insert into marts.completeness_by_day by name
    select date '{day}' as index_date, 'loaded' as day_state, {count} as index_rows, 0 as malformed_rows, {count} as filings,
        {count} as loaded, 0 as pending, 0 as quarantined, 0 as gone, 0 as out_of_scope, {count} * ({exhibits} + 1) as documents_landed,
        {count} * ({exhibits} + 1) as documents_loaded, true as is_complete;
    insert into ops.accession_ledger by name
    select accession_number, day as first_public_date,
        {{'asked_at': moment, 'attempt': 1, 'outcome': 'landed', 'reason': ''}} as newest,
        {{'asked_at': moment, 'document_count': {exhibits} + 1}} as landed
    from filing;
"""
_COMPANIES = """
    insert into marts.dim_companies by name
    select cik, any_value(company_name) as company_name, min(filed_date) as first_filed_date, max(filed_date) as last_filed_date
    from marts.filing_companies
    where cik not in (select cik from marts.dim_companies)
    group by cik
"""


def main(days: int = DAYS, filings: int = FILINGS_A_DAY) -> list[Target]:
    """Print what a day costs in both warehouses, and the questions."""
    with tempfile.TemporaryDirectory(dir=os.environ.get("BENCH_FOLDER")) as folder:
        empty, large = (Settings.from_environment({"EDGAR_HOME": f"{folder}/{name}"}) for name in ("empty", "large"))
        # Both begin with a small first day, so that both nights load into tables that are there, and documentation is written.
        for settings in (empty, large):
            land(settings, FIRST_DAY, 50)
            command(settings, "build")
        for step in ("validate", "publish"):
            command(empty, step)
        land(empty, USUAL_DAY, filings)
        alone = _night(empty)
        fill(newest_build(large), index_days_before(FIRST_DAY, days), filings)
        _let_the_second_night_sort(newest_build(large), filings * (EXHIBITS + 1))
        for step in ("validate", "publish"):
            command(large, step)
        copied = _copy_seconds(large)
        land(large, USUAL_DAY, filings)
        usual = _night(large)
        land(large, SORTING_DAY, filings)
        sorting = _night(large)
        return [*_judge_nights(alone, usual, sorting, copied, days * filings), *_judge_questions(large)]


def land(settings: Settings, day: date, filings: int) -> None:
    """A day of 8-Ks, each with a primary document and its exhibits."""
    # Of another filer agent each day, so that no day lists the filings of another again.
    numbers = [f"{day.toordinal():010d}-{day:%y}-{number:06d}" for number in range(filings)]
    ciks = [1 + number * 7919 % COMPANIES for number in range(filings)]
    lines = [
        index_line(line, number, cik, "8-K", f"COMPANY {cik}", day, filed_date=day.isoformat())
        for line, (number, cik) in enumerate(zip(numbers, ciks, strict=True), 9)
    ]
    land_index(settings, day, lines)
    facts = {
        "filed_date": day.isoformat(),
        "accepted_at": f"{day}T21:00:00.000000Z",
        "fetched_at": f"{day}T23:00:00.000000Z",
    }
    for start in range(0, filings, 300):
        chunk = list(zip(numbers, ciks, strict=True))[start : start + 300]
        documents = [
            document(1, "8-K", "The report. " * 25),
            *(_exhibit(sequence) for sequence in range(2, EXHIBITS + 2)),
        ]
        records = [
            submission(number, "8-K", [company(cik, f"COMPANY {cik}")], documents, **facts) for number, cik in chunk
        ]
        land_submissions(settings, day, records)


def _exhibit(sequence: int) -> dict:
    text = f"Company announces result {sequence}. " * 10
    return document(sequence, f"EX-99.{sequence - 1}", text, headline=f"Company announces result {sequence}")


def newest_build(settings: Settings) -> Path:
    """The database of the only build there is."""
    (database,) = settings.build_dir.glob("2*/edgar.duckdb")
    return database


def index_days_before(day: date, count: int) -> list[date]:
    """The last index days before a day."""
    return index_days(date(day.year - 1 - count // 250, 1, 1), day)[:-1][-count:]


def fill(database: Path, days: list[date], filings: int, first: int = 0) -> None:
    """Put days into a warehouse, as days would have appended them; `first` is the number of the first filing."""
    with duckdb.connect(
        database, config={"memory_limit": "3GB", "temp_directory": f"{database.parent}/temp"}
    ) as connection:
        connection.execute("set timezone = 'UTC'")
        for number, day in enumerate(days):
            values = {
                "day": day,
                "first": first + number * filings,
                "count": filings,
                "exhibits": EXHIBITS,
                "companies": COMPANIES,
                "words": WORDS,
            }
            connection.execute(_FILL.format(**values))
        connection.execute(_COMPANIES)
        connection.execute("checkpoint")
    console.print(f"filled: {database.stat().st_size / 1e9:.2f} GB", style="dim")


def _let_the_second_night_sort(database: Path, rows_a_day: int) -> None:
    """Say that so much of the timeline lies in order that one day more may lie behind it, and two may not."""
    with duckdb.connect(database) as connection:
        connection.execute(
            "update ops.sorted_rows set row_count = (select count(*) from marts.company_timeline) - ?",
            [MOST_UNSORTED_ROWS - rows_a_day * 3 // 2],
        )


def command(settings: Settings, *arguments: str) -> Process:
    done = run([sys.executable, "-m", "edgar_pipeline", *arguments], {"EDGAR_HOME": str(settings.home)})
    if done.exit_code:
        raise SystemExit(f"{arguments}: {done.output}")
    return done


def _night(settings: Settings) -> dict[str, Process]:
    return {step: command(settings, step) for step in ("build", "validate", "publish")}


def _copy_seconds(settings: Settings) -> float:
    target, start = settings.home / "copy.duckdb", time.monotonic()
    copy_database((settings.published_dir / "edgar.duckdb").resolve(), target)
    target.unlink()
    return time.monotonic() - start


def _judge_nights(
    alone: dict[str, Process], usual: dict[str, Process], sorting: dict[str, Process], copied: float, filings: int
) -> list[Target]:
    nights = (alone, usual, sorting)
    rows = [
        (step, *(night[step].wall for night in nights), *(night[step].cpu for night in nights), usual[step].resident)
        for step in alone
    ]
    totals = [sum(row[column] for row in rows) for column in range(1, 7)]
    largest = max(night[step].resident for night in nights[1:] for step in night)
    columns = [
        "a day",
        "s, empty",
        "s, among",
        "s, sorting",
        "CPU s, empty",
        "CPU s, among",
        "CPU s, sorting",
        "MB, among",
    ]
    title = f"A night in an empty warehouse and among {filings:,} filings, of it {copied:.1f} s for copying the file"
    title += f"; one that sorts the timeline takes {totals[5] / totals[3]:.2f} × the CPU"
    show(title, columns, [*rows, ("all", *totals, largest)])
    # Of CPU, because that is what other work on the machine disturbs least.
    return [
        Target("a night among many filings, its CPU in an empty warehouse", "<=", 1.3, totals[4] / totals[3]),
        Target("a night among many filings, seconds", "<=", 90, totals[1]),
        Target("a night that sorts the timeline as well, seconds", "<=", 90, totals[2]),
        Target("a night among many filings, resident MB", "<=", 4000, largest),
    ]


def _judge_questions(settings: Settings) -> list[Target]:
    """The 50th and 95th percentile of what a page asks, each time for another company or day."""
    chance = random.Random(1)
    with duckdb.connect((settings.published_dir / "edgar.duckdb").resolve(), read_only=True) as connection:
        known = [row[0] for row in connection.execute("select index_date from marts.completeness_by_day").fetchall()]
        timeline = _percentiles(
            connection,
            "from marts.company_timeline where cik = ? order by entry_date desc, accession_number, sequence limit 200",
            lambda: f"{chance.randrange(COMPANIES) + 1:010d}",
        )
        day = _percentiles(
            connection,
            "select accession_number, form_type, company_name, title from marts.fct_filings where filed_date = ?",
            lambda: chance.choice(known),
        )
    rows = [("a company's timeline, newest 200", *timeline), ("a day's filings", *day)]
    show("Questions, in milliseconds", ["question", "p50", "p95", "CPU p50", "CPU p95"], rows)
    return [
        Target("a company's timeline, CPU ms at p95", "<=", 50, timeline[3]),
        Target("a day's filings, CPU ms at p95", "<=", 20, day[3]),
    ]


def _percentiles(connection: duckdb.DuckDBPyConnection, sql: str, draw: Callable[[], object]) -> tuple[float, ...]:
    walls, cpus = [], []
    for _ in range(100):
        value, wall, cpu = draw(), time.monotonic(), time.process_time()
        connection.execute(sql, [value]).fetchall()
        walls.append(1000 * (time.monotonic() - wall))
        cpus.append(1000 * (time.process_time() - cpu))
    return tuple(statistics.quantiles(times, n=20)[place] for times in (walls, cpus) for place in (9, 18))

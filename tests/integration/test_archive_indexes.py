"""Real index files of every kind and era, compared with what regular expressions and fixed columns find in their lines."""

import re
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from edgar_pipeline.errors import Damaged
from edgar_pipeline.sources.daily_index import check_daily_index, parse_daily_index
from edgar_pipeline.sources.index_file import read_header, read_rows
from edgar_pipeline.sources.quarterly_index import check_quarterly_index, parse_quarterly_index

INDEXES = Path(__file__).parents[3] / "shared" / "edgar-archive" / "indexes"

pytestmark = pytest.mark.skipif(not INDEXES.is_dir(), reason=f"the archive of real indexes is not there: {INDEXES}")

_PATH = re.compile(r"edgar/data/\d+/(\d{10}-\d\d-\d{6})\.txt")


def lines_of(name: str) -> list[str]:
    """The lines below the ruler that name a submission."""
    text = (INDEXES / name).read_bytes().decode("latin-1")
    return [line for line in re.split(r"-{60,}\s*\n", text)[-1].split("\n") if line.strip()]


def rows_of(name: str) -> list[dict]:
    body = (INDEXES / name).read_bytes()
    return list(read_rows(body, read_header(body)))


@pytest.mark.parametrize(
    ("name", "kind", "count"),
    [
        ("master.20130104.idx", "master", 5574),
        ("master.20200103.idx", "master", 7989),
        ("form.20200318.idx", "form", 4084),
        ("company.20230703.idx", "company", 4539),
        ("full-1993QTR1-master.idx", "master", 4),
        ("full-1994QTR1-master.idx", "master", 20879),
        ("bad-form.idx", "form", 10),
        ("empty-form.idx", "form", 0),
    ],
)
def test_every_line_of_every_kind_is_read(name, kind, count):
    assert read_header((INDEXES / name).read_bytes()).kind == kind
    rows, lines = rows_of(name), lines_of(name)
    assert (len(rows), len(lines)) == (count, count)
    assert [row["problem"] for row in rows] == [None] * count
    assert [row["accession_number"] for row in rows] == [_PATH.search(line)[1] for line in lines]


@pytest.mark.parametrize(("name", "widths"), [("form.20200318.idx", (12, 62)), ("company.20230703.idx", (62, 12))])
def test_the_names_stand_where_the_columns_say(name, widths):
    for row, line in zip(rows_of(name), lines_of(name), strict=True):
        names = (line[: widths[0]].strip(), line[widths[0] : sum(widths)].strip())
        expected = names if name.startswith("form") else names[::-1]
        assert (row["form_type"], row["company_name"]) == expected


def test_daily_indexes_are_whole_and_list_other_dates_than_their_own():
    for day, dates, duplicates in ((date(2013, 1, 4), 63, 35), (date(2020, 1, 3), 64, 60)):
        body = (INDEXES / f"master.{day:%Y%m%d}.idx").read_bytes()
        check_daily_index(body, day)
        rows = parse_daily_index(body, day, "00", "now")
        assert len({row["filed_date"] for row in rows}) == dates
        facts = Counter(
            tuple(row[key] for key in ("cik", "company_name", "form_type", "filed_date", "file_name")) for row in rows
        )
        assert sum(count - 1 for count in facts.values()) == duplicates


def test_form_and_company_files_of_a_day_are_whole():
    check_daily_index((INDEXES / "form.20200318.idx").read_bytes(), date(2020, 3, 18))
    check_daily_index((INDEXES / "company.20230703.idx").read_bytes(), date(2023, 7, 3))


@pytest.mark.parametrize(("year", "count"), [(1993, 4), (1994, 20879)])
def test_quarters_are_whole_and_inside_their_quarter(year, count):
    body = (INDEXES / f"full-{year}QTR1-master.idx").read_bytes()
    check_quarterly_index(body, year, 1)
    rows = parse_quarterly_index(body, year, 1, "00", "now")
    assert len(rows) == count
    assert {row["filed_date"][:7] for row in rows} <= {f"{year}-0{month}" for month in (1, 2, 3)}


def test_the_broken_ones_are_damaged_for_what_they_are():
    with pytest.raises(Damaged, match="cut in the middle of its last line"):
        check_daily_index((INDEXES / "bad-form.idx").read_bytes(), date(2021, 3, 31))
    with pytest.raises(Damaged, match="no row on a day that has an index"):
        check_daily_index((INDEXES / "empty-form.idx").read_bytes(), date(2025, 3, 29))

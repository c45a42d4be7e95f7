"""Every rule of the seed event_rules that has a pattern or names an exhibit, on titles that it must match and near misses.

The examples are rows of event_rule_examples.csv. Each becomes a filing with one exhibit of that type and title, and all are
loaded by a real build, so that what is tested is the SQL that runs at night. A match must win its event code: an example
that another rule of the same code decides would prove nothing.
"""

import csv
import re
import time
from pathlib import Path

import duckdb
import pytest

from tests.dbt.conftest import DBT_PROJECT, Warehouse
from tests.dbt.raw_records import DAY, company, document, land_submissions, submission

EXAMPLES = Path(__file__).parent / "event_rule_examples.csv"
HARBOR = company(900001, "HARBOR MILLS INC")


def rows_of(path):
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


RULES = {
    rule["rule_id"]: rule
    for rule in rows_of(DBT_PROJECT / "seeds" / "event_rules.csv")
    if rule["method"] in ("headline", "exhibit")
}
ROWS = rows_of(EXAMPLES)


def accession_number(number):
    return f"0000900001-20-{number:06}"


def filing(number, example):
    """A filing of the first form that the rule names, under an item that says nothing."""
    rule = RULES[example["rule_id"]]
    form_type = rule["form_types"].split("|")[0]
    exhibit = document(2, example["document_type"], headline=example["title"], excerpt=None)
    return submission(
        accession_number(number),
        form_type,
        [HARBOR],
        [document(1, form_type, excerpt=None), exhibit],
        items=["Other Events"] if form_type == "8-K" else [],
    )


@pytest.fixture(scope="module")
def events(tmp_path_factory):
    """GIVEN a filing for each example, WHEN they are loaded: the events of each by its number."""
    made = Warehouse(tmp_path_factory.mktemp("rules"), tmp_path_factory)
    land_submissions(made.settings, DAY, [filing(number, example) for number, example in enumerate(ROWS)])
    made.build()
    rows = made.rows(
        "select accession_number, rule_id, event_code, method, evidence_sequence, evidence_field, evidence_start, "
        "evidence_text from marts.fct_events"
    )
    found = {accession_number(number): {} for number in range(len(ROWS))}
    for number, rule_id, *event in rows:
        found[number][rule_id] = event
    return list(found.values())


def test_every_rule_has_a_match_and_a_near_miss():
    kinds = {rule_id: {row["expected"] for row in ROWS if row["rule_id"] == rule_id} for rule_id in RULES}
    assert {rule_id for rule_id, found in kinds.items() if found != {"match", "near_miss"}} == set()
    assert len(RULES) >= 50


@pytest.mark.parametrize("number", range(len(ROWS)), ids=[f"{row['rule_id']}: {row['title'][:50]}" for row in ROWS])
def test_a_rule_matches_what_it_should_and_nothing_near(events, number):
    example = ROWS[number]
    rule = RULES[example["rule_id"]]
    if example["expected"] == "near_miss":
        assert example["rule_id"] not in events[number]
        return
    assert example["rule_id"] in events[number], f"instead: {list(events[number])}"
    code, method, sequence, field, start, text = events[number][example["rule_id"]]
    assert (code, method, sequence, field) == (rule["event_code"], rule["method"], 2, "title")
    # The evidence is what stands at its place, to the letter.
    assert len(text) >= 3
    assert example["title"][start - 1 : start - 1 + len(text)] == text


def test_patterns_can_be_searched_line_by_line():
    """int_events_read searches many texts at once, each on a line behind its number."""
    for rule_id, rule in RULES.items():
        for pattern in (rule["pattern"], rule["exclusion"]):
            bare = re.sub(r"\[[^]]*\]|\\.", "", pattern)
            assert not set("^$\t\n") & set(bare), f"{rule_id}: no anchors, a title's begin and end say nothing"
            assert pattern.isascii(), f"{rule_id}: texts are read with plain quotes and dashes"
        assert rule["form_types"] and (rule["pattern"] or rule["exhibit_types"]), rule_id


def test_patterns_are_linear_on_hostile_text():
    """Rules read 300 characters; even a megabyte that nearly matches everywhere takes each of them no time to speak of."""
    hostile = ["a " * 500_000, "announces results to acquire " * 35_000, "x" * 1_000_000, "not in compliance " * 55_000]
    with duckdb.connect(config={"threads": 1}) as connection:
        start = time.process_time()
        for rule in RULES.values():
            for text in hostile:
                pattern = rule["pattern"] or "none"
                connection.execute(
                    "select regexp_matches(?, ?, 'i')", [text, pattern + r"\bno such words\b"]
                ).fetchone()
        seconds = time.process_time() - start
    assert seconds / (len(RULES) * len(hostile)) < 0.5

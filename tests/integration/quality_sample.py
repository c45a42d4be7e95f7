"""A small raw zone, and the two builds that the tests of validation look at. Names, numbers and texts are invented.

The first build loads 2020-03-05 and is published. The second, which is judged, loads 2020-03-06 and a Saturday: so there are
rows that it has just loaded and rows that it has only copied.
"""

import os
import time
from datetime import date
from pathlib import Path

import pytest
from edgar_pipeline.publish import publish
from edgar_pipeline.quality import validate
from edgar_pipeline.settings import Settings
from edgar_pipeline.warehouse import build

from tests.dbt.raw_records import (
    company,
    document,
    index_line,
    land_index,
    land_submissions,
    malformed_line,
    outcome,
    submission,
)
from tests.pipeline_homes import warm

OLD_DAY, NEW_DAY, SATURDAY = date(2020, 3, 5), date(2020, 3, 6), date(2020, 3, 7)

OLD_8K = "0000900001-20-000001"
OLD_FORM_4 = "0000900002-20-000001"
OLD_QUARANTINED = "0000900003-20-000001"
OLD_GONE = "0000900004-20-000001"
NEW_10K = "0000900005-20-000001"
NEW_6K = "0000900006-20-000001"
NEW_13G = "0000900007-20-000001"
NEW_OUT_OF_SCOPE = "0000900008-20-000001"
NEW_PENDING = "0000900009-20-000001"

WIDGETS, HOLDING, OWNER = (
    company(900001, "EXAMPLE WIDGETS INC"),
    company(900011, "WIDGET HOLDING"),
    company(900012, "DOE"),
)


def settings_of(home: Path) -> Settings:
    return Settings.from_environment({"EDGAR_HOME": str(home)})


def make_home(home: Path, factory: pytest.TempPathFactory) -> Settings:
    """The raw zone, the publication of its first day, and the build of the others, not judged yet."""
    settings = warm(settings_of(home), factory)
    land_old_day(settings)
    age_parts(settings)
    first = build(settings)
    assert validate(settings, first.build_id).passed
    publish(settings, first.build_id)
    land_new_day(settings)
    land_saturday(settings)
    age_parts(settings)
    assert build(settings) is not None
    return settings


def land_old_day(settings: Settings) -> None:
    """An 8-K of two filers, a Form 4, one quarantined, one gone, one line twice and one malformed line."""
    lines = [
        index_line(8, OLD_8K, 900001, "8-K"),
        index_line(9, OLD_8K, 900011, "8-K"),
        index_line(10, OLD_8K, 900011, "8-K"),
        index_line(11, OLD_FORM_4, 900001, "4"),
        index_line(12, OLD_FORM_4, 900012, "4"),
        index_line(13, OLD_QUARANTINED, 900003, "10-Q"),
        index_line(14, OLD_GONE, 900004, "8-K"),
        malformed_line(15),
    ]
    land_index(settings, OLD_DAY, lines)
    items = ["Results of Operations and Financial Condition", "Financial Statements and Exhibits"]
    report = submission(OLD_8K, "8-K", [WIDGETS, HOLDING], documents_of_the_8k(), items=items)
    owner = {**OWNER, "role": "reporting_owner"}
    insider = submission(OLD_FORM_4, "4", [{**WIDGETS, "role": "issuer"}, owner])
    others = [
        outcome("submission", "quarantined", OLD_DAY, OLD_QUARANTINED, reason="cut"),
        outcome("submission", "gone", OLD_DAY, OLD_GONE, status=404, reason="404 on three days"),
    ]
    land_submissions(settings, OLD_DAY, [report, insider], others)


def documents_of_the_8k() -> list[dict]:
    return [
        document(1, "8-K"),
        document(2, "EX-99.1", "Example Widgets announces results.", headline="Example Widgets announces results"),
        document(3, "EX-99.2", None),
        document(4, "GRAPHIC", None, text_status="binary"),
    ]


def land_new_day(settings: Settings) -> None:
    """An annual report, a 6-K, a 13G, the old 8-K listed and fetched again, one out of scope and one pending."""
    lines = [
        index_line(8, NEW_10K, 900001, "10-K", day=NEW_DAY),
        index_line(9, NEW_6K, 900006, "6-K", day=NEW_DAY),
        index_line(10, NEW_13G, 900001, "SC 13G", day=NEW_DAY),
        index_line(11, NEW_13G, 900012, "SC 13G", day=NEW_DAY),
        index_line(12, OLD_8K, 900001, "8-K", day=NEW_DAY),
        index_line(13, NEW_OUT_OF_SCOPE, 900008, "D", day=NEW_DAY),
        index_line(14, NEW_PENDING, 900009, "8-K", day=NEW_DAY),
        malformed_line(15, day=NEW_DAY),
        malformed_line(16, day=NEW_DAY),
    ]
    land_index(settings, NEW_DAY, lines)
    annual = [
        document(1, "10-K"),
        document(2, "EX-31.1"),
        document(3, "ex-101.ins", None),
        document(4, "XML", "<r/> 1"),
    ]
    holder = [{**WIDGETS, "role": "subject"}, {**OWNER, "role": "filed_by"}]
    submissions = [
        submission(NEW_10K, "10-K", [WIDGETS], annual),
        submission(NEW_6K, "6-K", [company(900006, "FOREIGN PLC")], [document(1, "6-K"), document(2, "EX-99.1")]),
        submission(NEW_13G, "SC 13G", holder),
        # A later copy of the old filing, with one exhibit less.
        submission(
            OLD_8K, "8-K", [WIDGETS, HOLDING], documents_of_the_8k()[:3], fetched_at="2026-11-23T03:00:00.000000Z"
        ),
    ]
    others = [
        outcome("plan", "out_of_scope", NEW_DAY, NEW_OUT_OF_SCOPE, reason="EDGAR_FORM_TYPES leaves out D"),
        outcome("submission", "unavailable", NEW_DAY, NEW_PENDING, status=503, reason="503"),
    ]
    land_submissions(settings, NEW_DAY, submissions, others)


def land_saturday(settings: Settings) -> None:
    land_index(settings, SATURDAY, [], [outcome("daily_index", "absent", SATURDAY, status=403, reason="a Saturday")])


def age_parts(settings: Settings) -> None:
    """Let the parts be an hour old: the youngest are not yet due in a build."""
    for part in settings.raw_dir.rglob("part-*"):
        os.utime(part, (time.time() - 3600,) * 2)

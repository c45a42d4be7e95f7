"""Every item of every real 8-K is an event, exactly, and published titles say something."""

from pathlib import Path

import pytest

from evaluation import published
from evaluation.events import inexact_items, stated_items
from evaluation.warehouse import archive_warehouse

ARCHIVE = Path(__file__).parents[3] / "shared" / "edgar-archive"

pytestmark = pytest.mark.skipif(not ARCHIVE.is_dir(), reason=f"the archive of real submissions is not there: {ARCHIVE}")


@pytest.fixture(scope="module")
def warehouse():
    """GIVEN all real submissions, WHEN they are parsed, landed and built."""
    with archive_warehouse(ARCHIVE) as connection:
        yield connection


def test_every_item_of_an_8k_is_an_event_exactly(warehouse):
    items = stated_items(ARCHIVE)
    assert (len(items), sum(map(len, items.values()))) == (60, 92)
    assert inexact_items(warehouse, items) == []


def test_an_item_without_its_event_is_seen(warehouse):
    # GIVEN a filing of which one item more is claimed, one that lost its items, and one that is not there
    items = stated_items(ARCHIVE)
    items["0000320193-19-000117"] = items["0000320193-19-000117"] | {"5.02"}
    items["0001173431-19-000002"] = {"9.01"}
    items["0000000000-00-000000"] = {"8.01"}
    # THEN each is named
    assert inexact_items(warehouse, items) == [
        "no event: 0000320193-19-000117 DIRECTOR_OFFICER_CHANGE",
        "no item: 0001173431-19-000002 EARNINGS_RELEASE",
        "no event at all: 0000000000-00-000000",
    ]


def test_published_titles_of_exhibits_say_something(warehouse):
    text, holds = published.report(warehouse)
    assert holds, text


def test_evidence_stands_where_it_is_said_to_stand(warehouse):
    rows = warehouse.execute(
        """
        select events.evidence_text, events.evidence_start, exhibits.title, exhibits.excerpt, events.evidence_field
        from marts.fct_events as events
        inner join marts.fct_exhibits as exhibits
            on events.accession_number = exhibits.accession_number and events.evidence_sequence = exhibits.sequence
        """
    ).fetchall()
    assert len(rows) >= 25
    for evidence, start, title, excerpt, field in rows:
        place = " ".join((title if field == "title" else excerpt).split())
        assert place[start - 1 : start - 1 + len(evidence)] == evidence

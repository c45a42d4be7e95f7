"""What docs/operations.md says of restoring and of taking a filing down, done as it says."""

import shutil
from datetime import date

from edgar_pipeline.ingest.day import land_day
from edgar_pipeline.ingest.takedown import take_down
from edgar_pipeline.landing import day_partition, read_records

DAY = date(2024, 1, 5)


def submissions(settings) -> dict[str, str]:
    """Accession number to hash of what the raw zone holds."""
    return {row["accession_number"]: row["sha256"] for row in read_records(settings, "submission", day_partition(DAY))}


def test_a_raw_zone_that_is_lost_comes_back_from_the_originals(archive, settings, clock, fake_edgar):
    # GIVEN a loaded day
    archive.put_day(DAY, 3)
    before = land_day(settings, DAY, clock)
    hashes = submissions(settings)
    # WHEN raw/ is lost and the day is run again
    shutil.rmtree(settings.raw_dir)
    fake_edgar.clear_log()
    after = land_day(settings, DAY, clock)
    # THEN all of it is there again, and nothing was asked for
    assert (after, submissions(settings)) == (before, hashes)
    assert after.loaded == 3
    assert fake_edgar.log() == []


def test_a_filing_is_taken_down_and_the_rest_stays(archive, settings, clock, fake_edgar):
    # GIVEN a loaded day of three filings, one of which the SEC has redacted since
    redacted, *others = archive.put_day(DAY, 3)
    land_day(settings, DAY, clock)
    hashes = submissions(settings)
    archive.put_submission(redacted, redacted.public().replace(b"WIDGETS", b"XXXXXXX"))
    fake_edgar.clear_log()
    # WHEN it is taken down, and the day is run again
    number = redacted.accession_number
    clock.sleep(1)
    take_down(settings, [number], "redacted by the SEC", ask_again=True, clock=clock)
    clock.sleep(1)
    status = land_day(settings, DAY, clock)
    # THEN the day is complete with EDGAR's present version, only that was asked for, and the others are as they were
    assert status.is_complete and status.loaded == 3
    assert [entry["path"].rsplit("/", 1)[1] for entry in fake_edgar.log()] == [f"{number}.txt"]
    now = submissions(settings)
    assert now[number] != hashes[number]
    assert {s.accession_number: now[s.accession_number] for s in others} == {
        s.accession_number: hashes[s.accession_number] for s in others
    }


def test_what_was_taken_down_stays_down_when_raw_is_lost(archive, settings, clock, fake_edgar):
    # GIVEN a day of three filings, one of which was taken down, and a raw zone that is lost with the record of it
    secret, *_ = archive.put_day(DAY, 3)
    land_day(settings, DAY, clock)
    clock.sleep(1)
    (first,) = take_down(settings, [secret.accession_number], "an order", clock=clock)
    shutil.rmtree(settings.raw_dir)
    # WHEN it is taken down again, and the day is run again
    clock.sleep(1)
    (again,) = take_down(settings, [secret.accession_number], "an order", clock=clock)
    fake_edgar.clear_log()
    status = land_day(settings, DAY, clock)
    # THEN its hash is known from the original's sidecar, and nothing was asked for
    assert again.is_new and again.hashes == first.hashes != ()
    assert (status.loaded, status.out_of_scope) == (2, 1)
    assert fake_edgar.log() == []

"""Acceptance cases of section C: what may be wrong with a submission, and what must happen to it and to the others."""

import gzip
import re
from dataclasses import replace
from datetime import date

import pytest
from edgar_pipeline import ingest
from edgar_pipeline.errors import Incomplete
from edgar_pipeline.landing import day_partition, read_records
from edgar_pipeline.ledger import day_status, read_day

from tests.small_archive import filings, index_file, index_row
from tests.submissions import Company, Document, Submission

DAY = date(2025, 9, 3)
CANARY = "/Archives/edgar/daily-index/index.json"


def records(settings) -> dict[str, dict]:
    found = read_records(settings, "submission", day_partition(DAY))
    return {record["accession_number"]: record for record in found}


def land_one(settings, archive, clock, submission: Submission, body: bytes | None = None) -> dict:
    """Land a day of this one submission; return its record."""
    archive.put_submission(submission, body)
    archive.put_index(DAY, index_file(DAY, [index_row(submission)]))
    assert ingest.land_day(settings, DAY, clock).loaded == 1
    return records(settings)[submission.accession_number]


FAULTS = {
    "case 33: a gzip stream that was cut": ("gzip_cut", {}),
    "case 34: chunks that end early": ("chunk_early_end", {"identity": True}),
    "case 34: no length and an early end": ("no_length_close", {"identity": True, "at": 900}),
    "case 35: the end of the connection inside of the body": ("no_length_close", {"at": 200}),
    "case 38: empty": ("empty", {}),
}


@pytest.mark.parametrize("what", [*FAULTS])
def test_cases_33_to_38_a_body_that_arrives_cut_is_asked_for_again(settings, archive, fake_edgar, clock, what):
    # GIVEN one answer of this kind, then the right one
    made = archive.put_day(DAY, 2)
    action, arguments = FAULTS[what]
    fake_edgar.rule(made[0].accession_number, action, times=1, **arguments)
    status = ingest.land_day(settings, DAY, clock)
    # THEN the day is whole, and the record is that of the whole text
    assert status.is_complete
    assert len(fake_edgar.log(made[0].accession_number)) == 2
    assert records(settings)[made[0].accession_number]["bytes"] == len(made[0].public())


@pytest.mark.parametrize("what", [*FAULTS])
def test_cases_33_to_38_a_body_that_stays_cut_is_quarantined_and_never_lands(
    settings, archive, fake_edgar, clock, what
):
    # GIVEN a submission that never arrives whole
    made = archive.put_day(DAY, 3)
    action, arguments = FAULTS[what]
    fake_edgar.rule(made[0].accession_number, action, **arguments)
    status = ingest.land_day(settings, DAY, clock)
    # THEN it is quarantined with its reason, nothing of it is kept, and the others are loaded
    assert (status.loaded, status.quarantined, status.pending) == (2, 1, 0)
    assert read_day(settings, DAY).states[made[0].accession_number].reason.startswith("damaged: ")
    assert made[0].accession_number not in records(settings)
    assert list(settings.originals_dir.glob(f"submission/*/{made[0].accession_number}/*")) == []
    # AND it is asked for again in the next run
    fake_edgar.clear()
    assert ingest.land_day(settings, DAY, clock).is_complete


def test_case_34_two_gzip_members_are_the_whole_text(settings, archive, fake_edgar, clock):
    made = archive.put_day(DAY, 1)
    fake_edgar.rule(made[0].accession_number, "gzip_two_members", split=700)
    assert ingest.land_day(settings, DAY, clock).is_complete
    assert records(settings)[made[0].accession_number]["bytes"] == len(made[0].public())


def _cut(body: bytes) -> dict[str, bytes]:
    """Whole HTTP bodies that are no whole submission."""
    return {
        "no closing tag": body.replace(b"</SEC-DOCUMENT>", b""),
        "the last document open": body.replace(b"</DOCUMENT>", b""),
        "the last text open": body.replace(b"</TEXT>", b""),
        "no header": body[body.index(b"<DOCUMENT>") :],
        "a web page": b"<html><body>Welcome to somebody else</body></html>",
        "an S3 error": b"<?xml version='1.0'?><Error><Code>SlowDown</Code></Error>",
        "half": body[: len(body) // 2],
    }


@pytest.mark.parametrize("what", [*_cut(Submission().public())])
def test_case_35_a_submission_that_is_not_closed_is_quarantined(settings, archive, fake_edgar, clock, what):
    made = archive.put_day(DAY, 2)
    archive.put_submission(made[0], _cut(made[0].public())[what])
    status = ingest.land_day(settings, DAY, clock)
    assert (status.loaded, status.quarantined) == (1, 1)
    assert made[0].accession_number not in records(settings)
    with pytest.raises(Incomplete, match="1 of 2 filings loaded, 0 pending, 1 quarantined"):
        ingest.finish_day(settings, DAY)


@pytest.mark.parametrize(
    ("declared", "shipped", "state"), [(103, 102, "loaded"), (27, 60, "loaded"), (103, 60, "quarantined")]
)
def test_case_36_the_declared_count_is_no_completeness_check(settings, archive, clock, declared, shipped, state):
    (made,) = filings(DAY, 1)
    documents = tuple(
        replace(Document(), sequence=number, filename=f"d{number}.htm") for number in range(1, shipped + 1)
    )
    archive.put_submission(replace(made, declared=declared, documents=documents))
    archive.put_index(DAY, index_file(DAY, [index_row(made)]))
    ingest.land_day(settings, DAY, clock)
    assert read_day(settings, DAY).states[made.accession_number].state == state
    if state == "loaded":
        record = records(settings)[made.accession_number]
        assert (record["document_count_declared"], len(record["documents"])) == (declared, shipped)


def test_case_37_the_body_of_another_submission_is_quarantined(settings, archive, fake_edgar, clock):
    # GIVEN a cache that mixes up two submissions
    made = archive.put_day(DAY, 3)
    fake_edgar.rule(made[0].accession_number, "swap_body", accession_number=made[1].accession_number)
    status = ingest.land_day(settings, DAY, clock)
    assert (status.loaded, status.quarantined) == (2, 1)
    reason = read_day(settings, DAY).states[made[0].accession_number].reason
    assert f"the body is that of {made[1].accession_number} (accession mismatch)" in reason
    # AND the other one is itself
    assert records(settings)[made[1].accession_number]["companies"][0]["company_name"] == "WIDGETS 2 INC"


def test_case_41_a_listed_submission_is_gone_only_after_three_days_of_evidence(settings, archive, fake_edgar, clock):
    # GIVEN an index that lists a submission which EDGAR answers with 404
    made = archive.put_day(DAY, 2)
    gone = made[0].accession_number
    fake_edgar.rule(gone, "status", status=404)
    states = []
    for hours in (0, 0.5, 1, 20, 24):
        clock.elapsed += hours * 3600
        ingest.land_day(settings, DAY, clock)
        states.append(read_day(settings, DAY).states[gone].state)
    # THEN it stays pending over three tries of two days, and is gone on the third day, with the evidence
    assert states == ["pending", "pending", "pending", "pending", "gone"]
    reason = read_day(settings, DAY).states[gone].reason
    assert reason == f"not found on 2026-01-02, 2026-01-03, 2026-01-04, while {settings.www_url}{CANARY} was served"
    assert len(fake_edgar.log(CANARY)) == len(fake_edgar.log(gone)) == 5
    # AND the day is complete, the report shows it, and it is not asked for any more
    status = ingest.finish_day(settings, DAY)
    assert (status.loaded, status.gone, status.is_complete) == (1, 1, True)
    assert status.reasons == {f"gone: {reason}": 1}
    ingest.land_day(settings, DAY, clock)
    assert len(fake_edgar.log(gone)) == 5


@pytest.mark.parametrize("canary", [("status", {"status": 503}), ("block_page", {}), ("status", {"status": 404})])
def test_case_41_without_a_good_canary_a_day_is_no_evidence(settings, archive, fake_edgar, clock, canary):
    made = archive.put_day(DAY, 1)
    fake_edgar.rule(made[0].accession_number, "status", status=404)
    fake_edgar.rule(CANARY, canary[0], **canary[1])
    for _ in range(5):
        ingest.land_day(settings, DAY, clock)
        clock.elapsed += 86_400
    status = day_status(settings, DAY)
    assert (status.pending, status.gone) == (1, 0)
    # WHEN it is there again THEN it loads
    fake_edgar.clear()
    assert ingest.land_day(settings, DAY, clock).is_complete


def test_case_43_over_the_documented_cap_is_quarantined_with_its_size_and_asked_once(
    settings, archive, fake_edgar, clock
):
    made = archive.put_day(DAY, 2)
    archive.put_submission(made[0], made[0].public().replace(b"Hello", b"Hello " * 20_000))
    small = replace(settings, maximum_submission_bytes=100_000)
    assert ingest.land_day(small, DAY, clock).quarantined == 1
    reason = read_day(settings, DAY).states[made[0].accession_number].reason
    assert reason.startswith("too large: ")
    assert reason.endswith("larger than the limit of 0.1 MB")
    # WHEN it runs again with the same limit THEN it is not asked for; WHEN the limit is raised THEN it lands
    ingest.land_day(small, DAY, clock)
    assert len(fake_edgar.log(made[0].accession_number)) == 1
    assert ingest.land_day(settings, DAY, clock).is_complete


HOSTILE_NAMES = [
    "../../x",
    "/etc/x",
    "..\\x",
    "%2e%2e%2f",
    "x\x00y",
    "x" * 5000,
    "CON",
    ".",
    "d2.htm",  # twice the same name
    "d2.htm",
    "ехample.htm",  # Cyrillic look-alikes
    'a";touch pwned;".pdf',
]


def test_case_44_and_threat_5_hostile_names_are_data_and_never_paths(settings, archive, fake_edgar, clock, tmp_path):
    # GIVEN a submission whose documents are named so
    (made,) = filings(DAY, 1)
    documents = tuple(
        replace(Document(), type="EX-99", sequence=number, filename=f"NAME{number}")
        for number in range(1, len(HOSTILE_NAMES) + 1)
    )
    body = replace(made, documents=documents).public()
    for number, name in reversed(list(enumerate(HOSTILE_NAMES, 1))):
        body = body.replace(b"NAME%d\n" % number, name.encode() + b"\n")
    before = {path for path in tmp_path.rglob("*") if not path.is_relative_to(settings.home)}
    record = land_one(settings, archive, clock, made, body)
    # THEN every document is there with its number, and its name as it came
    assert [document["sequence"] for document in record["documents"]] == list(range(1, len(documents) + 1))
    assert [document["filename"] for document in record["documents"]] == HOSTILE_NAMES
    # AND outside of the home nothing appeared but this day's files of the archive; inside, no name of a document
    after = {path for path in tmp_path.rglob("*") if not path.is_relative_to(settings.home)}
    assert {path for path in after - before if not path.is_relative_to(archive.root)} <= {
        settings.state_dir,
        *settings.state_dir.rglob("*"),
    }
    files = [path.name for path in settings.home.rglob("*") if path.is_file()]
    assert len(files) == 2 * 2 + 2 * 2
    assert all(re.fullmatch(r"part-[0-9a-f]{16}\.jsonl\.zst|[0-9a-f]{64}\.(zst|json)", name) for name in files)


def test_case_44_and_threat_8_a_bomb_is_quarantined_and_the_others_load(settings, archive, fake_edgar, clock):
    made = archive.put_day(DAY, 2)
    archive.put_submission(made[0], gzip.compress(bytes(60_000_000)))
    fake_edgar.rule(made[0].accession_number, "headers", headers={"Content-Encoding": "gzip"})
    status = ingest.land_day(settings, DAY, clock)
    assert (status.loaded, status.quarantined) == (1, 1)
    reason = read_day(settings, DAY).states[made[0].accession_number].reason
    assert "refused as a decompression bomb" in reason
    assert len(fake_edgar.log(made[0].accession_number)) == 1


def test_case_45_co_registrants_are_one_document_set_with_their_own_names(settings, archive, fake_edgar, clock):
    (made,) = filings(DAY, 1)
    companies = tuple(Company(f"REGISTRANT {n}", f"000080000{n}") for n in range(3))
    made = replace(made, companies=companies)
    archive.put_submission(made)
    archive.put_index(DAY, index_file(DAY, [index_row(made, company) for company in companies]))
    status = ingest.land_day(settings, DAY, clock)
    assert (status.index_rows, status.filings, status.loaded) == (3, 1, 1)
    assert len(fake_edgar.log("edgar/data")) == 1
    (record,) = records(settings).values()
    assert [(c["cik"], c["company_name"]) for c in record["companies"]] == [(c.cik, c.name) for c in companies]
    assert len(record["documents"]) == 1


@pytest.mark.parametrize(
    ("accepted", "filed", "accepted_at"),
    [
        ("20250905174500", date(2025, 9, 8), "2025-09-05T21:45:00"),  # after hours on Friday, dated Monday
        ("20250903181000", date(2025, 9, 3), "2025-09-03T22:10:00"),  # late, with the same date
        ("20250903090000", date(2025, 9, 2), "2025-09-03T13:00:00"),  # dated before its acceptance
        ("", date(2025, 9, 3), None),
    ],
)
def test_case_46_dates_are_stored_as_given(settings, archive, clock, accepted, filed, accepted_at):
    (made,) = filings(DAY, 1)
    record = land_one(settings, archive, clock, replace(made, accepted=accepted, filed=filed))
    assert record["filed_date"] == filed.isoformat()
    assert (record["accepted_at"] or "")[:19] == (accepted_at or "")


def test_case_47_no_type_is_dropped(settings, archive, clock):
    types = ["8-K", "EX-10.1", "ex-10", "EX-99.(A)(1)", "GRAPHIC", "ZZ-1", "EX-FILING FEES"]
    (made,) = filings(DAY, 1)
    documents = tuple(replace(Document(), type=name, sequence=number) for number, name in enumerate(types, 1))
    record = land_one(settings, archive, clock, replace(made, form_type="ZZ-1", documents=documents))
    assert record["form_type"] == "ZZ-1"
    assert [document["document_type"] for document in record["documents"]] == types

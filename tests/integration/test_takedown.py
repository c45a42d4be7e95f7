"""Taking a filing down, by the command as a user runs it: its text is nowhere, its hash and the reason are, and it stays so."""

import hashlib
import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb
import pytest
import zstandard
from edgar_pipeline.ingest.company import land_company
from edgar_pipeline.ingest.day import land_day
from edgar_pipeline.ingest.feed import land_feed
from edgar_pipeline.ingest.reparse import reparse_day
from edgar_pipeline.landing import OUTCOMES, committed_parts, day_partition, land_batch, read_part, read_records
from edgar_pipeline.ledger import State, day_status, read_day
from edgar_pipeline.originals import find_originals
from edgar_pipeline.publish import publish
from edgar_pipeline.quality import validate
from edgar_pipeline.takedowns import PARTITION
from edgar_pipeline.warehouse import build

from tests.integration.commands import one_line, run
from tests.tarballs import feed_path, tarball

pytestmark = pytest.mark.usefixtures("warm_home")

DAY = date(2026, 1, 5)
NEXT = date(2026, 1, 6)
SECRET = "quince-lantern-7731 is the password of the vault"
REASON = "Rule 15, ticket 4711"


def put_secret_day(archive, day=DAY, count=3):
    """A day of filings, the first of which says what it should not."""
    first, *others = archive.put_day(day, count)
    page = f"\n<html><body><p>{SECRET}.</p></body></html>\n".encode()
    secret = replace(first, documents=(replace(first.documents[0], body=page),))
    archive.put_submission(secret)
    return secret, others


def files_with(home: Path, words: bytes) -> list[str]:
    """Every file below the home that holds these words: in its bytes, decompressed, or in a table of a database."""
    found = []
    for path in sorted(path for path in home.rglob("*") if path.is_file() and not path.is_symlink()):
        content = path.read_bytes()
        if path.suffix == ".zst" and content:
            content += zstandard.ZstdDecompressor().decompressobj().decompress(content)
        if path.suffix == ".duckdb":
            content += b"\n".join(every_value(path))
        if words in content:
            found.append(path.relative_to(home).as_posix())
    return found


def every_value(path: Path):
    with duckdb.connect(str(path), read_only=True) as connection:
        tables = connection.execute("select database_name, schema_name, table_name from duckdb_tables()").fetchall()
        for database, schema, table in tables:
            rows = connection.execute(f'select t::varchar from "{database}"."{schema}"."{table}" as t').fetchall()
            yield from (row.encode() for (row,) in rows)


def query(settings, sql, *parameters):
    with duckdb.connect(str(settings.published_dir / "edgar.duckdb"), read_only=True) as connection:
        return connection.execute(sql, parameters).fetchall()


def tree(settings) -> dict[str, str]:
    """Every file of the home with its hash."""
    return {
        path.relative_to(settings.home).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in settings.home.rglob("*")
        if path.is_file()
    }


def completeness(settings, day=DAY):
    columns = (
        "filings, loaded, pending, quarantined, gone, out_of_scope, documents_landed, documents_loaded, is_complete"
    )
    return query(settings, f"select {columns} from marts.completeness_by_day where index_date = ?", day)[0]


def publish_day(settings, day=DAY):
    """What `python -m edgar_pipeline run` does, in this process: four seconds less for each of those that come before the test."""
    land_day(settings, day)
    build(settings)
    assert validate(settings).passed
    publish(settings)


def take_down(settings, *arguments):
    done = run(settings, "takedown", *arguments, "--reason", REASON)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_threat_26_a_filing_that_is_taken_down_is_nowhere_and_its_hash_and_reason_are(settings, archive, fake_edgar):
    # GIVEN a day, published three times over, one filing of which says what it should not
    secret, others = put_secret_day(archive)
    number, sha256 = secret.accession_number, hashlib.sha256(secret.public()).hexdigest()
    publish_day(settings)
    (lonely,) = archive.put_day(NEXT, 1, prefix=900002)
    publish_day(settings, NEXT)
    assert len(files_with(settings.home, SECRET.encode())) >= 4  # original, part, two versions
    # WHEN it is taken down, with one that is alone in its part, and the next night runs
    assert sha256[:12] in take_down(settings, number, lonely.accession_number)
    assert files_with(settings.home / "raw", SECRET.encode()) == []
    assert files_with(settings.home / "originals", SECRET.encode()) == []
    fake_edgar.clear_log()
    assert run(settings, "run", str(DAY)).returncode == 0
    # THEN its text is in no file, compressed or not, and nothing was asked for
    assert files_with(settings.home, SECRET.encode()) == []
    assert fake_edgar.log() == []
    assert query(settings, "select accession_number from marts.fct_filings where accession_number = ?", number) == []
    # AND its hash and the reason are there, in raw and for readers, with the day still summing up
    ((found, why),) = query(
        settings,
        "select sha256, reason from marts.fetch_outcomes where kind = 'takedown' and accession_number = ?",
        number,
    )
    assert (found, why[:14], why[24:]) == (sha256, "taken down on ", f": {REASON}")
    entries = query(settings, "select state, reason from marts.index_entries where accession_number = ?", number)
    assert entries == [("out_of_scope", why)]
    documents = sum(len(other.documents) for other in others)
    assert completeness(settings) == (3, 2, 0, 0, 0, 1, documents, documents, True)
    assert completeness(settings, NEXT) == (1, 0, 0, 0, 0, 1, 0, 0, True)
    assert read_day(settings, DAY).states[number] == State("out_of_scope", why, is_taken_down=True)
    assert day_status(settings, DAY).out_of_scope == 1
    sidecar = json.loads((settings.originals_dir / "submission" / number[:10] / number / f"{sha256}.json").read_bytes())
    assert (sidecar["outcomes"][-1]["sha256"], sidecar["taken_down"]) == (sha256, why)
    # AND only the publication that was made since is left
    assert len(list((settings.published_dir / "versions").iterdir())) == 1
    # WHEN it is taken down a second time
    before = tree(settings)
    assert "taken down before; nothing is left" in take_down(settings, number)
    # THEN nothing changes, and there is nothing to build
    assert tree(settings) == before
    assert "Nothing new has landed" in run(settings, "build").stdout


def test_with_ask_again_edgars_redacted_version_comes_with_the_next_run(settings, archive, fake_edgar):
    secret, others = put_secret_day(archive)
    number = secret.accession_number
    publish_day(settings)
    # GIVEN a filing that was taken down while EDGAR still serves the same bytes
    take_down(settings, number, "--ask-again")
    assert day_status(settings, DAY).pending == 1
    day = land_day(settings, DAY)
    # THEN they are not taken a second time
    assert (day.loaded, day.quarantined) == (2, 1)
    assert "very bytes that were taken down" in next(iter(day.reasons))
    assert files_with(settings.home / "originals", SECRET.encode()) == []
    # WHEN EDGAR has redacted it, and the day runs
    redacted = replace(secret, documents=(replace(secret.documents[0], body=b"\n<html><p>Redacted.</p></html>\n"),))
    archive.put_submission(redacted)
    assert run(settings, "run", str(DAY)).returncode == 0
    # THEN the redacted version is here, the text is not, and both hashes are on record
    assert files_with(settings.home, SECRET.encode()) == []
    hashes = [hashlib.sha256(one.public()).hexdigest() for one in (secret, redacted)]
    assert query(settings, "select sha256 from marts.fct_filings where accession_number = ?", number) == [(hashes[1],)]
    assert query(settings, "select sha256 from marts.fetch_outcomes where kind = 'takedown'") == [(hashes[0],)]
    assert query(settings, "select state, reason from marts.index_entries where accession_number = ?", number) == [
        ("loaded", None)
    ]
    documents = 1 + sum(len(other.documents) for other in others)
    assert completeness(settings) == (3, 3, 0, 0, 0, 0, documents, documents, True)
    # AND one that is taken down for good afterwards takes the redacted version with it
    take_down(settings, number)
    publish_day(settings)
    assert completeness(settings)[:6] == (3, 2, 0, 0, 0, 1)
    assert {row for (row,) in query(settings, "select sha256 from marts.fetch_outcomes where kind = 'takedown'")} == {
        *hashes
    }


def test_what_edgar_withdrew_too_ends_as_gone_by_its_evidence(settings, archive, fake_edgar):
    secret, _ = put_secret_day(archive)
    land_day(settings, DAY)
    take_down(settings, secret.accession_number, "--ask-again")
    # WHEN EDGAR serves it no more
    fake_edgar.rule(secret.accession_number, "status", status=404)
    state = land_day(settings, DAY)
    # THEN it is denied for the first of three days, as any other
    assert (state.pending, state.loaded) == (1, 2)
    assert read_day(settings, DAY).not_found_on[secret.accession_number]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["0000900001-26-1"], "not an accession number"),
        (["../../etc/passwd"], "not an accession number"),
        (["0000900001-26-000001", "0000000009-26-000001"], "nothing is known of 0000000009-26-000001"),
    ],
)
def test_what_is_malformed_or_unknown_is_refused_and_nothing_is_touched(settings, archive, arguments, message):
    put_secret_day(archive)
    land_day(settings, DAY)
    before = tree(settings)
    done = run(settings, "takedown", *arguments, "--reason", REASON)
    assert done.returncode == 2
    assert message in one_line(done)
    assert tree(settings) == before


@pytest.mark.parametrize("reason", ["", " \n "])
def test_an_empty_reason_is_refused(settings, archive, reason):
    secret, _ = put_secret_day(archive)
    land_day(settings, DAY)
    before = tree(settings)
    done = run(settings, "takedown", secret.accession_number, "--reason", reason)
    assert done.returncode == 2
    assert "no reason is given" in one_line(done)
    assert tree(settings) == before


def test_a_tarball_goes_with_the_filing_and_the_days_others_stay(settings, archive, fake_edgar):
    # GIVEN a day that came from its Feed
    secret, others = put_secret_day(archive)
    members = [(f"{one.accession_number}.nc", one.feed()) for one in (secret, *others)]
    archive.put(feed_path(DAY), tarball(members))
    assert land_feed(settings, DAY).status.loaded == 3
    assert find_originals(settings, "feed", str(DAY)) != []
    # WHEN one filing of it is taken down
    said = take_down(settings, secret.accession_number, "--ask-again")
    assert f"the Feed's tarball of {DAY}" in said
    # THEN its text is nowhere, and the others are in raw as they were
    assert files_with(settings.home, SECRET.encode()) == []
    assert (day_status(settings, DAY).loaded, day_status(settings, DAY).pending) == (2, 1)
    # AND the Feed of the day is not kept again, however it is asked for
    fake_edgar.clear_log()
    feed = land_feed(settings, DAY)
    assert feed.problem == (
        f"the Feed has {secret.accession_number}, which was taken down: what is missing of the day is fetched one by one"
    )
    assert fake_edgar.log() == []
    # AND parsing the day again says which originals are missing, and why, and loses nothing
    report = reparse_day(settings, DAY)
    assert (report.compared, report.changed) == (2, 0)
    assert all("its tarball of the Feed went with" in problem and REASON in problem for problem in report.problems)
    assert len(report.problems) == 2
    assert day_status(settings, DAY).loaded == 2


def test_a_correction_on_another_day_does_not_bring_it_back(settings, archive):
    # GIVEN a filing that was taken down
    secret, _ = put_secret_day(archive)
    land_day(settings, DAY)
    take_down(settings, secret.accession_number)
    # WHEN the Feed of the next day has a correction with all of its documents
    (other,) = archive.put_day(NEXT, 1, prefix=900002)
    members = [(f"{other.accession_number}.nc", other.feed()), (f"{secret.accession_number}.corr01", secret.feed())]
    archive.put(feed_path(NEXT), tarball(members))
    assert land_feed(settings, NEXT).status.loaded == 1
    # THEN it is not applied, nor does it wait for a submission that will not come
    rows = read_records(settings, OUTCOMES, day_partition(NEXT))
    assert [row["url"] for row in rows if secret.accession_number in row["url"]] == []
    records = [record["accession_number"] for record in read_records(settings, "submission", day_partition(NEXT))]
    assert records == [other.accession_number]
    assert read_day(settings, DAY).states[secret.accession_number].is_taken_down


def test_a_filing_that_landed_in_several_partitions_and_in_a_killed_runs_leftover_is_removed_from_all(
    settings, archive
):
    # GIVEN a filing that came with its day, with its company, and in a part that a killed run never committed
    secret, _ = put_secret_day(archive)
    number, cik = secret.accession_number, secret.companies[0].cik
    land_day(settings, DAY)
    (record,) = [r for r in read_records(settings, "submission", day_partition(DAY)) if r["accession_number"] == number]
    row = next(r for r in read_records(settings, OUTCOMES, day_partition(DAY)) if r["accession_number"] == number)
    land_batch(settings, f"company={cik}", [{**row, "index_date": None}], "submission", [record])
    land_batch(settings, "quarter=2026Q1", [{**row, "index_date": None}], "submission", [record])
    (leftover,) = committed_parts(settings, OUTCOMES, "quarter=2026Q1")
    leftover.path.unlink()
    torn = settings.raw_dir / "submission" / "quarter=2026Q1" / ".part-0.jsonl.zst.0.tmp"
    torn.write_bytes(SECRET.encode())
    assert len(files_with(settings.raw_dir, SECRET.encode())) == 4
    # WHEN it is taken down
    take_down(settings, number)
    # THEN all four are rid of it
    assert files_with(settings.home, SECRET.encode()) == []
    # AND the company's run does not bring it back
    archive.put_company(cik, [(number, secret.form_type, str(DAY))])
    assert land_company(settings, cik).out_of_scope == 1
    assert files_with(settings.home, SECRET.encode()) == []


def test_a_scope_that_is_widened_does_not_bring_it_back(settings, archive, fake_edgar):
    secret, _ = put_secret_day(archive)
    land_day(replace(settings, form_types=frozenset({"10-K"})), DAY)
    assert day_status(settings, DAY).out_of_scope == 3
    take_down(settings, secret.accession_number)
    status = land_day(settings, DAY)
    assert (status.loaded, status.out_of_scope) == (2, 1)
    assert files_with(settings.home, SECRET.encode()) == []


def test_another_filing_that_is_lost_beside_it_stops_the_publication(settings, archive):
    # GIVEN a publication, and a filing that was taken down
    secret, others = put_secret_day(archive)
    publish_day(settings)
    take_down(settings, secret.accession_number)
    # WHEN another one vanishes from raw, and a new one hides it in the count
    (part,) = committed_parts(settings, "submission")
    rows = [r for r in read_part(part.path) if r["accession_number"] != others[0].accession_number]
    new = {**rows[0], "accession_number": "0000900009-26-000001"}
    outcome = next(r for r in read_records(settings, OUTCOMES, day_partition(DAY)) if r["kind"] == "submission")
    part.path.unlink()
    (commit,) = [p for p in committed_parts(settings, OUTCOMES, day_partition(DAY)) if p.path.name == part.path.name]
    commit.path.unlink()
    kept = [{**outcome, "accession_number": r["accession_number"]} for r in (*rows, new)]
    land_batch(settings, day_partition(DAY), kept, "submission", [*rows, new])
    build(settings)
    done = run(settings, "validate")
    # THEN the publication is stopped
    assert done.returncode == 1
    assert "drift.nothing_lost" in done.stderr
    assert len(list(committed_parts(settings, OUTCOMES, PARTITION))) == 1


def test_a_build_of_before_the_takedown_is_not_published(settings, archive):
    secret, _ = put_secret_day(archive)
    land_day(settings, DAY)
    build(settings)
    assert validate(settings).passed
    take_down(settings, secret.accession_number)
    done = run(settings, "publish")
    assert done.returncode == 1
    assert "filings were taken down after build" in one_line(done)
    # AND the next build replaces it
    publish_day(settings)
    assert files_with(settings.home, SECRET.encode()) == []

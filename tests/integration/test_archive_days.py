"""The archive of real submissions through the real landing: every index day, the members of the Feed, and the damaged files."""

import re
import shutil
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest
from edgar_pipeline.ingest.day import land_day
from edgar_pipeline.ingest.feed import land_feed
from edgar_pipeline.landing import day_partition, read_records
from edgar_pipeline.settings import Settings
from edgar_pipeline.urls import daily_index_name

from tests.fake_edgar import FakeEdgar
from tests.small_archive import index_file
from tests.tarballs import feed_path, tarball

ARCHIVE = Path(__file__).parents[3] / "shared" / "edgar-archive"

pytestmark = pytest.mark.skipif(not ARCHIVE.is_dir(), reason=f"the archive of real submissions is not there: {ARCHIVE}")

_CIK = re.compile(rb"CENTRAL INDEX KEY:\s+(\d{10})")


@pytest.fixture(scope="module")
def renamed(tmp_path_factory) -> Path:
    """The archive with its indexes named as EDGAR names them: in the archive all are named by eight digits."""
    root = tmp_path_factory.mktemp("archive")
    shutil.copytree(ARCHIVE / "www.sec.gov", root / "www.sec.gov")
    for path in root.glob("www.sec.gov/Archives/edgar/daily-index/*/*/master.*.idx"):
        path.chmod(0o644)
        path.rename(path.with_name(daily_index_name(day_of(path))))
    return root


def day_of(path: Path) -> date:
    name = path.name.split(".")[1]
    return date(int(name[:4]), int(name[4:6]), int(name[6:]))


def indexes() -> dict[date, Path]:
    paths = ARCHIVE.glob("www.sec.gov/Archives/edgar/daily-index/*/*/master.*.idx")
    return {day_of(path): path for path in sorted(paths, key=lambda path: path.name)}


def submissions() -> dict[str, bytes]:
    return {path.stem: path.read_bytes() for path in ARCHIVE.glob("www.sec.gov/Archives/edgar/data/*/*/*.txt")}


@pytest.fixture(scope="module")
def landed(renamed, tmp_path_factory):
    """GIVEN the archive behind the stand-in server, WHEN each of its days is landed, four of them at a time."""
    folder = tmp_path_factory.mktemp("days")
    with FakeEdgar(renamed) as edgar, ThreadPoolExecutor(4) as pool:
        environment = {
            "EDGAR_USER_AGENT": "Test Suite tests@example.com",
            "EDGAR_WWW_URL": edgar.url,
            "EDGAR_DATA_URL": edgar.url,
            "EDGAR_HOME": str(folder / "home"),
            "EDGAR_STATE_DIR": str(folder / "state"),
        }
        settings = replace(Settings.from_environment(environment), requests_per_second=1000.0)
        yield settings, list(pool.map(lambda day: land_day(settings, day), indexes()))


def records_of(settings: Settings, day: date) -> list[dict]:
    return list(read_records(settings, "submission", day_partition(day)))


def test_every_day_is_complete_and_nothing_is_quarantined(landed):
    _, statuses = landed
    assert len(statuses) == 213
    assert [str(status.index_date) for status in statuses if not status.is_complete] == []
    assert sum(status.loaded for status in statuses) == 317
    assert sum(status.quarantined + status.pending + status.gone for status in statuses) == 0


def test_every_submission_has_landed_once_with_its_day_and_agrees_with_a_count_over_its_bytes(landed):
    settings, _ = landed
    bodies, seen = submissions(), []
    for day, path in indexes().items():
        lines = [line.split("|") for line in path.read_text().splitlines() if line.endswith(".txt")]
        filers = {(cik.zfill(10), name[-24:-4]) for cik, _, _, _, name in lines}
        records = records_of(settings, day)
        # THEN the day holds what its index lists, each once,
        assert Counter(record["accession_number"] for record in records) == Counter({a for _, a in filers})
        for record in records:
            accession, body = record["accession_number"], bodies[record["accession_number"]]
            # with all of its documents and filers.
            assert len(record["documents"]) == len(re.findall(rb"^<DOCUMENT>\r?$", body, re.MULTILINE))
            header = body.partition(b"\n<DOCUMENT>")[0]
            assert [company["cik"].encode() for company in record["companies"]] == _CIK.findall(header)
            assert {cik for cik, listed in filers if listed == accession} <= {c["cik"] for c in record["companies"]}
            seen.append(accession)
    assert sorted(seen) == sorted(bodies) and len(seen) == 317


def row(accession_number: str, day: date, form_type: str, cik: int) -> str:
    return f"{cik}|ANY NAME|{form_type}|{day:%Y%m%d}|edgar/data/{cik}/{accession_number}.txt"


@pytest.mark.parametrize("path", sorted((ARCHIVE / "feed").glob("*/*.nc")), ids=lambda path: path.stem)
def test_a_member_of_the_feed_lands_from_a_tarball_of_its_day(path, archive, settings, clock):
    day, body = datetime.strptime(path.parent.name, "%Y%m%d").date(), path.read_bytes()
    header = body.partition(b"<DOCUMENT>")[0]
    form_type = re.search(rb"[\r\n]<TYPE>([^\r\n]+)", header)[1].decode()
    filers = sorted({int(cik) for cik in re.findall(rb"[\r\n]<CIK>(\d{10})", header)})
    archive.put_index(day, index_file(day, [row(path.stem, day, form_type, cik) for cik in filers]))
    archive.put(feed_path(day), tarball([(path.name, body)]))
    # WHEN the day is landed from its Feed, THEN the member is the day's filing, whole
    landing = land_feed(settings, day, clock, processes=1)
    assert (landing.problem, landing.status.is_complete, landing.status.loaded) == (None, True, 1)
    (record,) = records_of(settings, day)
    assert (record["accession_number"], record["form_type"]) == (path.stem, form_type)
    assert len(record["documents"]) == len(re.findall(rb"[\r\n]<DOCUMENT>[\r\n]", body))
    assert {int(company["cik"]) for company in record["companies"]} == set(filers)


#: What the ledger says of each damaged file. The first four are damaged on their way and asked for again, the others are closed.
DAMAGE = {
    "0000899681-95-000096": "damaged: 0000899681-95-000096: does not begin as a submission",
    "0001104659-23-069855": "damaged: 0001104659-23-069855: does not begin as a submission",
    "0001193125-24-066744": "damaged: 0001193125-24-066744: does not begin as a submission",
    "0000004962-22-000008": "damaged: 0000004962-22-000008: cut, it does not end with </SEC-DOCUMENT>",
    "0001172661-23-003414": "0001172661-23-003414: declares 2 documents and is a header only",
    "0001564590-20-004475": "0001564590-20-004475: declares 160 documents and ships 2",
}
#: Two files are not named after their submission: its number is in the header.
NAMED_OTHERWISE = {
    "MultipleFilersHeader.txt": "0001104659-23-069855",
    "header_with_double_newlines.txt": "0001193125-24-066744",
}


def test_damaged_files_are_quarantined_for_what_their_names_say_and_none_lands(archive, settings, clock):
    day, paths = date(2024, 1, 5), sorted((ARCHIVE / "bad").iterdir())
    numbers = [NAMED_OTHERWISE.get(path.name) or re.search(r"\d{10}-\d{2}-\d{6}", path.name)[0] for path in paths]
    archive.put_index(day, index_file(day, [row(a, day, "8-K", cik) for cik, a in enumerate(numbers, 1)]))
    for cik, (accession, path) in enumerate(zip(numbers, paths, strict=True), 1):
        archive.put(f"Archives/edgar/data/{cik}/{accession}.txt", path.read_bytes())
    status = land_day(settings, day, clock)
    assert (status.filings, status.loaded, status.pending, status.quarantined) == (6, 0, 0, 6)
    assert records_of(settings, day) == []
    reasons = {r["accession_number"]: r["reason"] for r in read_records(settings, "fetch_outcome", day_partition(day))}
    assert {a: reasons[a].partition(": b'")[0] for a in numbers} == DAMAGE

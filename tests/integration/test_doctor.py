"""`doctor`: everything as it must be, and each thing that can be wrong, with what to do."""

from collections.abc import Callable

import pytest
from edgar_pipeline import doctor
from edgar_pipeline.cli import main
from edgar_pipeline.doctor import Finding, examine
from edgar_pipeline.settings import Settings
from edgar_pipeline.throttle import Throttle

from tests.fake_edgar import FakeEdgar

SUBJECTS = ["settings", "folders", "space", "publication", "limiter", "EDGAR"]


def ill(read_settings: Callable[[], Settings]) -> dict[str, Finding]:
    return {finding.subject: finding for finding in examine(read_settings) if not finding.is_well}


def test_a_machine_that_is_ready(settings: Settings, fake_edgar: FakeEdgar):
    # GIVEN settings, room and an EDGAR that answers, WHEN the doctor looks
    findings = examine(lambda: settings)
    # THEN everything is well, and it cost one request
    assert [finding.subject for finding in findings if not finding.is_well] == []
    assert [finding.subject for finding in findings][-6:] == SUBJECTS
    assert [entry["path"] for entry in fake_edgar.log()] == ["/Archives/edgar/daily-index/index.json"]


def test_without_a_contact_nothing_is_asked(settings: Settings, fake_edgar: FakeEdgar):
    found = ill(lambda: Settings.from_environment({"EDGAR_WWW_URL": fake_edgar.url}))
    assert found["settings"].seen.startswith("EDGAR_USER_AGENT is not set")
    assert fake_edgar.log() == []


def test_an_edgar_that_does_not_answer(settings: Settings, fake_edgar: FakeEdgar):
    fake_edgar.rule(r"index\.json", "status", status=503)
    found = ill(lambda: settings)
    assert list(found) == ["EDGAR"]
    assert "503" in found["EDGAR"].seen and "EDGAR_USER_AGENT" in found["EDGAR"].remedy
    # A person waits: there is no second try.
    assert len(fake_edgar.log()) == 1


def test_during_a_block_edgar_is_left_alone(settings: Settings, fake_edgar: FakeEdgar):
    throttle = Throttle(settings.state_dir, settings.www_url, settings.requests_per_second)
    throttle.block(throttle.acquire())
    found = ill(lambda: settings)
    assert list(found) == ["limiter"]
    assert "the SEC blocks us for " in found["limiter"].seen
    assert fake_edgar.log() == []


def test_a_full_disk(settings: Settings, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(doctor, "ROOM_BYTES", 10**18)
    assert list(ill(lambda: settings)) == ["space"]


def test_room_for_a_second_copy_of_the_publication(settings: Settings):
    # GIVEN a publication that is larger than what is free, of holes only
    version = settings.published_dir / "versions/20260101T000000Z-000000/edgar.duckdb"
    version.parent.mkdir(parents=True)
    with version.open("wb") as file:
        file.truncate(10**13)
    (settings.published_dir / "edgar.duckdb").symlink_to(version.relative_to(settings.published_dir))
    # THEN a night has no room, though a first one would
    found = ill(lambda: settings)
    assert list(found) == ["space"] and "about 10005 GB" in found["space"].remedy


def test_a_version_that_was_not_decided_for(settings: Settings, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(doctor.VERSIONS, "duckdb", ("2.0.", "docs/adr/0002"))
    monkeypatch.setitem(doctor.VERSIONS, "no-such-package", ("1.", "requirements.in"))
    found = ill(lambda: settings)
    assert sorted(found) == ["duckdb", "no-such-package"]
    assert (found["duckdb"].seen[:4], found["no-such-package"].seen) == ("1.5.", "not installed")


def test_a_link_that_points_at_nothing(settings: Settings):
    settings.published_dir.mkdir(parents=True)
    (settings.published_dir / "edgar.duckdb").symlink_to("versions/lost/edgar.duckdb")
    assert list(ill(lambda: settings)) == ["publication"]


def test_the_command_says_what_to_do_and_ends_red(capsys, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("EDGAR_REQUESTS_PER_SECOND", "50")
    assert main(["doctor"]) == 1
    printed = capsys.readouterr()
    assert "EDGAR_REQUESTS_PER_SECOND is '50', but must be a number over 0 and at most 10" in printed.out
    assert "→ See .env.example." in printed.out
    assert printed.err == "error: not as it must be: settings\n"

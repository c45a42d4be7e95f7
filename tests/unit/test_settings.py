"""Settings: read once, checked at once, refused in one line that names the key and what it takes."""

import re
from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest
from edgar_pipeline.errors import InputError
from edgar_pipeline.settings import Settings

PROJECT = Path(__file__).resolve().parents[2]


def read(**environment: str) -> Settings:
    return Settings.from_environment(environment)


def refusal(**environment: str) -> str:
    with pytest.raises(InputError) as caught:
        read(**environment).contact()
    message = str(caught.value)
    assert "\n" not in message
    return message


def test_the_defaults_are_those_of_the_documentation():
    # GIVEN an empty environment WHEN it is read THEN everything but the contact has its documented value
    settings = read()
    assert settings.user_agent is None
    assert (settings.www_url, settings.data_url) == ("https://www.sec.gov", "https://data.sec.gov")
    assert (settings.requests_per_second, settings.block_pause_seconds) == (6.0, 600.0)
    assert (settings.form_types, settings.ciks) == (None, None)
    assert settings.maximum_submission_bytes == 1_024_000_000
    assert settings.home == Path("data").absolute()
    assert settings.raw_dir == settings.home / "raw"
    assert settings.originals_dir == settings.home / "originals"


def test_everything_lies_in_one_folder_unless_another_is_named_for_the_warehouse():
    settings = read(EDGAR_HOME="/srv/edgar")
    folders = [
        settings.raw_dir,
        settings.originals_dir,
        settings.build_dir,
        settings.published_dir,
        settings.reports_dir,
    ]
    names = ["raw", "originals", "build", "published", "reports"]
    assert folders == [Path("/srv/edgar") / name for name in names]
    settings = read(EDGAR_HOME="/srv/edgar", EDGAR_WAREHOUSE_HOME="/srv/warehouse")
    assert (settings.raw_dir, settings.originals_dir) == (Path("/srv/edgar/raw"), Path("/srv/edgar/originals"))
    assert {folder.parent for folder in (settings.build_dir, settings.published_dir, settings.reports_dir)} == {
        Path("/srv/warehouse")
    }
    assert read(EDGAR_HOME="/srv/edgar", EDGAR_WAREHOUSE_HOME="/srv/edgar") == read(EDGAR_HOME="/srv/edgar")


@pytest.mark.parametrize(
    ("url", "raw"),
    [
        ("s3://filings", "s3://filings/raw"),
        ("s3://filings/", "s3://filings/raw"),
        ("s3://my.filings-1/edgar/v=1/", "s3://my.filings-1/edgar/v=1/raw"),
    ],
)
def test_raw_zone_and_originals_may_lie_on_an_object_store(url, raw):
    settings = read(EDGAR_HOME=url)
    assert (str(settings.raw_dir), settings.warehouse_home) == (raw, Path("data").absolute())
    # No listing is remembered, because other processes land parts; and no secret is part of a place.
    assert settings.raw_dir.storage_options == {
        "use_listings_cache": False,
        "config_kwargs": {"max_pool_connections": 32},
    }
    assert isinstance(settings.published_dir, Path) and isinstance(settings.spool_dir, Path)
    assert read(EDGAR_HOME=url, EDGAR_WAREHOUSE_HOME="/srv/warehouse").build_dir == Path("/srv/warehouse/build")


@pytest.mark.parametrize(
    "url", ["gs://filings/x", "file:///srv/edgar", "S3://filings", "http://127.0.0.1/x", "abfs://a@b/c"]
)
def test_another_scheme_is_refused_with_what_is_allowed(url):
    assert "set it to a folder, or to s3://bucket/prefix" in refusal(EDGAR_HOME=url)


@pytest.mark.parametrize(
    "url",
    [
        *("s3://AKIAKEY:a-secret@filings/x", "s3://filings/x?secret=a-secret", "s3://filings/x#a-secret", "s3://"),
        *("s3://filings//x", "s3://filings/../other", "s3://filings/a b", "s3://filings/*", "s3://F/x", "s3:///x"),
    ],
)
def test_a_place_that_is_more_than_a_bucket_and_a_prefix_is_refused_without_repeating_it(url):
    message = refusal(EDGAR_HOME=url)
    assert (
        "EDGAR_HOME is no plain s3://bucket/prefix" in message and "a-secret" not in message and "AKIA" not in message
    )


def test_the_warehouse_needs_a_file_system():
    assert "Set it to a folder" in refusal(EDGAR_HOME="s3://filings/x", EDGAR_WAREHOUSE_HOME="s3://filings/y")


def test_settings_are_frozen():
    with pytest.raises(FrozenInstanceError):
        read().home = Path("/elsewhere")


def test_scope_is_spelled_as_the_records_spell_it():
    settings = read(EDGAR_FORM_TYPES="8-k, 6-K ,", EDGAR_CIKS="716133,0000320193")
    assert settings.form_types == {"8-K", "6-K"}
    assert settings.ciks == {"0000716133", "0000320193"}


@pytest.mark.parametrize("contact", ["Example Tests someone@example.com", "A B <a.b+c@sub.example.co.uk>"])
def test_a_plausible_contact_passes(contact):
    assert read(EDGAR_USER_AGENT=f" {contact} ").contact() == contact


def test_without_a_contact_nothing_is_asked():
    for environment in ({}, {"EDGAR_USER_AGENT": ""}, {"EDGAR_USER_AGENT": "  "}):
        assert "EDGAR_USER_AGENT is not set" in refusal(**environment)


@pytest.mark.parametrize(
    "contact",
    ["x@localhost", "Me x@localhost", "someone@example.com", "python-httpx/0.28.1", "Me (at) example.com", "Me a@b.c"],
)
def test_an_implausible_contact_is_refused(contact):
    message = refusal(EDGAR_USER_AGENT=contact)
    assert message.startswith(f"EDGAR_USER_AGENT {contact!r} names no plausible contact. Set it to ")


@pytest.mark.parametrize("rate", ["0", "-1", "50", "10.01", "nan", "inf", "six", "1e99"])
def test_a_rate_that_is_none_or_over_ten_is_refused(rate):
    message = refusal(EDGAR_REQUESTS_PER_SECOND=rate)
    assert message == (
        f"EDGAR_REQUESTS_PER_SECOND is '{rate}', but must be a number over 0 and at most 10. "
        "Set it to one, or leave it out for 6."
    )


def test_ten_a_second_is_the_most():
    assert read(EDGAR_REQUESTS_PER_SECOND="10").requests_per_second == 10.0


@pytest.mark.parametrize("key", ["EDGAR_BLOCK_PAUSE_SECONDS", "EDGAR_MAX_SUBMISSION_MB"])
@pytest.mark.parametrize("value", ["0", "-5", "nan", "inf", "much"])
def test_other_numbers_are_checked_too(key, value):
    assert refusal(**{key: value}).startswith(f"{key} is '{value}', but must be a number over 0")


@pytest.mark.parametrize("key", ["EDGAR_WWW_URL", "EDGAR_DATA_URL"])
@pytest.mark.parametrize(
    "url", ["ftp://sec.gov", "www.sec.gov", "file:///etc/passwd", "https://", "https://user:word@sec.gov"]
)
def test_an_address_must_be_a_plain_one(key, url):
    message = refusal(**{key: url})
    assert message.startswith(key)
    # A password in a message would end up in a log.
    assert "word@" not in message


def test_a_mirror_may_lie_in_a_folder():
    assert read(EDGAR_WWW_URL="http://127.0.0.1:8080/mirror/").www_url == "http://127.0.0.1:8080/mirror"


def test_a_malformed_cik_is_refused():
    assert refusal(EDGAR_CIKS="716133,x").startswith("EDGAR_CIKS: not a CIK")


def test_only_settings_reads_the_environment():
    # GIVEN the package WHEN its sources are searched THEN the environment is read in one module
    package = PROJECT / "plugins/edgar_pipeline"
    readers = [
        path.relative_to(package).as_posix()
        for path in package.rglob("*.py")
        if re.search(r"os\.environ|os\.getenv|getenv\(", path.read_text())
    ]
    assert readers == ["settings.py"]

"""The client against a server that answers and fails as EDGAR, its proxies and the network do."""

import gzip
import hashlib
import mmap
import threading
from dataclasses import replace
from datetime import timedelta
from email.utils import format_datetime

import pytest
from edgar_pipeline import files
from edgar_pipeline.client import Attempt, EdgarClient, Patience
from edgar_pipeline.errors import Blocked, Damaged, EdgarError, InputError, NotFound, Redirected, Stopped, Unavailable

from tests.clocks import START, VirtualClock

TEXT = b"".join(b"line %d of a filing\n" % number for number in range(2000)) + b"THE END\n"
PATH = "/Archives/edgar/data/900001/000090000124000001/file.txt"
#: The pauses of the default policy, without its waiting for a silent server.
QUICK = Patience(silence=0.4, connect=0.4, deadline=0.8)


@pytest.fixture
def url(archive, fake_edgar) -> str:
    archive.put(PATH, TEXT)
    return fake_edgar.url + PATH


def check(body: bytes) -> None:
    """What `check_submission` does for submissions: look for the end."""
    if not body[-8:] == b"THE END\n":
        raise Damaged("cut: it has no end")


def fetch(settings, url: str, clock: VirtualClock, patience: Patience = QUICK) -> tuple[object, list[Attempt]]:
    """The body, or the error, and the attempts."""
    attempts: list[Attempt] = []
    with EdgarClient(settings, clock, patience) as client:
        try:
            return client.fetch(url, check, 100_000_000, attempts).body, attempts
        except EdgarError as error:
            return error, attempts


def outcomes(attempts: list[Attempt]) -> list[tuple[int | None, str]]:
    return [(attempt.status, attempt.outcome) for attempt in attempts]


def test_a_good_answer(settings, fake_edgar, url, clock):
    body, attempts = fetch(settings, url, clock)
    assert body == TEXT
    assert attempts == [
        Attempt(url, 1, "2026-01-02T23:00:00.000000Z", 200, len(TEXT), hashlib.sha256(TEXT).hexdigest(), "landed", None)
    ]
    (request,) = fake_edgar.log()
    assert request["headers"]["user-agent"] == "Example Tests someone@example.com"
    assert request["headers"]["accept-encoding"] == "gzip"


def test_a_connection_is_used_again(settings, url, clock):
    with EdgarClient(settings, clock) as client:
        for _ in range(3):
            client.fetch(url, check, 100_000_000, [])
        connections = client._http._transport._pool.connections
    assert len(connections) == 1


@pytest.mark.parametrize(
    ("action", "arguments", "outcome"),
    [
        ("gzip_cut", {}, "damaged"),  # httpx accepts it: 200 and half of the text
        ("gzip_cut", {"keep": 5}, "damaged"),
        ("chunk_early_end", {"identity": True}, "damaged"),  # well-formed HTTP: only the content can tell
        ("chunk_early_end", {}, "damaged"),
        ("no_length_close", {"at": 500, "identity": True}, "damaged"),
        ("empty", {}, "damaged"),
        ("body", {"body": "<html>a page of somebody else</html>"}, "damaged"),
        ("headers", {"headers": {"Content-Encoding": "br"}}, "damaged"),
        ("cut_at", {}, "unavailable"),
        ("reset", {}, "unavailable"),
        ("reset", {"at": 0}, "unavailable"),
        ("status", {"status": 500}, "unavailable"),
        ("status", {"status": 304}, "unavailable"),  # an answer to a question that was not asked
        ("status", {"status": 206, "body": "half"}, "unavailable"),
        ("status", {"status": 204}, "unavailable"),
        ("status", {"status": 418}, "unavailable"),
        ("stall", {"at": 100}, "unavailable"),
        ("stall", {"at": 0}, "unavailable"),
    ],
)
def test_a_fault_is_retried_and_then_fine(settings, fake_edgar, url, clock, action, arguments, outcome):
    # GIVEN one bad answer, then the right one
    fake_edgar.rule("file.txt", action, times=1, **arguments)
    body, attempts = fetch(settings, url, clock)
    assert body == TEXT
    assert [attempt.outcome for attempt in attempts] == [outcome, "landed"]
    assert attempts[0].reason.startswith(url) or attempts[0].reason == "cut: it has no end"
    assert len(fake_edgar.log()) == 2
    assert 1.0 <= sum(clock.sleeps) <= 1.6


@pytest.mark.parametrize("action", ["no_length_close", "gzip_two_members"])
def test_an_unusual_but_whole_answer_is_fine(settings, fake_edgar, url, clock, action):
    fake_edgar.rule("file.txt", action)
    body, attempts = fetch(settings, url, clock)
    assert (body, len(attempts)) == (TEXT, 1)


@pytest.mark.parametrize(
    ("action", "arguments", "error", "tries"),
    [
        ("gzip_cut", {}, Damaged, 3),
        ("empty", {}, Damaged, 3),
        ("status", {"status": 503}, Unavailable, 4),
        ("cut_at", {}, Unavailable, 4),
        ("redirect", {"location": "http://169.254.169.254/latest"}, Redirected, 1),
        ("redirect", {"location": "/", "status": 301}, Redirected, 1),
        ("status", {"status": 404}, NotFound, 1),
    ],
)
def test_a_fault_that_stays_is_an_error_after_the_tries_of_the_policy(
    settings, fake_edgar, url, clock, action, arguments, error, tries
):
    fake_edgar.rule("file.txt", action, **arguments)
    result, attempts = fetch(settings, url, clock)
    assert type(result) is error or isinstance(result, error)
    assert len(attempts) == len(fake_edgar.log()) == tries
    assert "\n" not in str(result)
    assert [attempt.attempt for attempt in attempts] == list(range(1, tries + 1))


def test_503_three_times_is_met_with_growing_pauses(settings, fake_edgar, url, clock):
    fake_edgar.rule("file.txt", "status", times=3, status=503)
    body, attempts = fetch(settings, url, clock)
    assert body == TEXT
    assert outcomes(attempts) == [(503, "unavailable")] * 3 + [(200, "landed")]
    # 1 + 4 + 15 seconds, each up to half longer, so that clients that failed together do not come back together
    assert 20.0 <= sum(clock.sleeps) <= 30.5


@pytest.mark.parametrize(
    ("retry_after", "least", "most"),
    [
        ("7", 7.0, 11.0),
        ("86400", 300.0, 451.0),  # the ceiling of the policy
        (format_datetime(START + timedelta(seconds=60), usegmt=True), 60.0, 91.0),
        (format_datetime(START - timedelta(seconds=60), usegmt=True), 1.0, 1.6),
        ("soon", 1.0, 1.6),
        ("-5", 1.0, 1.6),
        ("", 1.0, 1.6),
    ],
)
def test_case_23_a_503_may_say_when_to_come_back(settings, fake_edgar, url, clock, retry_after, least, most):
    fake_edgar.rule("file.txt", "status", times=1, status=503, headers={"Retry-After": retry_after})
    body, _ = fetch(settings, url, clock)
    assert body == TEXT
    assert least <= sum(clock.sleeps) <= most


@pytest.mark.parametrize(
    ("retry_after", "pause"),
    [
        (None, 600),
        ("5", 600),
        ("1800", 1800),
        (format_datetime(START + timedelta(seconds=900), usegmt=True), 900),
        ("garbage", 600),
        ("Mon, 99 Foo 2026", 600),
    ],
)
def test_case_23_a_429_silences_for_ten_minutes_or_longer_if_it_says_so(
    settings, fake_edgar, url, clock, retry_after, pause
):
    headers = {"Retry-After": retry_after} if retry_after else {}
    fake_edgar.rule("file.txt", "status", times=1, status=429, headers=headers)
    body, attempts = fetch(settings, url, clock)
    assert body == TEXT
    assert outcomes(attempts) == [(429, "blocked"), (200, "landed")]
    assert sum(clock.sleeps) == pytest.approx(pause, abs=2.0)


@pytest.mark.parametrize("retry_after", ["86400", "9" * 400])
def test_case_23_a_silence_of_hours_ends_the_work_and_has_a_ceiling(settings, fake_edgar, url, clock, retry_after):
    # GIVEN a 429 that asks for a day of silence
    fake_edgar.rule("file.txt", "status", times=1, status=429, headers={"Retry-After": retry_after})
    error, attempts = fetch(settings, url, clock)
    # THEN nobody waits for it, but until four hours are over nobody asks either
    assert str(error) == "the SEC blocks us: nothing is requested before 2026-01-03 03:00Z. Run again then."
    assert (len(attempts), clock.elapsed) == (1, 0.0)
    assert (type(fetch(settings, url, clock)[0]), len(fake_edgar.log())) == (Blocked, 1)
    clock.elapsed = 4 * 3600.0
    assert fetch(settings, url, clock)[0] == TEXT


@pytest.mark.parametrize(
    ("action", "arguments"),
    [
        ("status", {"status": 429}),
        ("block_page", {"page": "threshold"}),
        ("block_page", {"page": "undeclared"}),
        ("block_page", {"page": "threshold", "status": 200}),
        ("block_page", {"page": "undeclared", "status": 200}),
        ("block_page", {"page": "threshold", "status": 503}),
        ("status", {"status": 403, "body": "<html>Forbidden</html>"}),
        ("status", {"status": 403}),
    ],
)
def test_a_block_in_every_dress_is_a_block(settings, fake_edgar, url, clock, action, arguments):
    fake_edgar.rule("file.txt", action, **arguments)
    error, attempts = fetch(settings, url, clock)
    assert type(error) is Blocked
    assert [attempt.outcome for attempt in attempts] == ["blocked"] * 3
    assert len(fake_edgar.log()) == 3
    # Ten minutes before the first probe, twenty before the second; the next would be due in forty.
    assert sum(clock.sleeps) == pytest.approx(600 + 1200, abs=3.0)
    assert "nothing is requested before" in str(error)
    assert all("Check EDGAR_USER_AGENT" in attempt.reason for attempt in attempts)


@pytest.mark.parametrize("path", [PATH + ".missing", "/Archives/edgar/daily-index/2024/QTR1/master.20240106.idx"])
def test_both_spellings_of_no_such_object_are_not_found(settings, fake_edgar, url, clock, path):
    error, attempts = fetch(settings, fake_edgar.url + path, clock)
    assert type(error) is NotFound
    assert [attempt.outcome for attempt in attempts] == ["absent"]
    assert clock.sleeps == []


def test_a_redirect_is_not_followed(settings, fake_edgar, url, clock):
    fake_edgar.rule("file.txt", "redirect", location=fake_edgar.url + "/elsewhere")
    error, _ = fetch(settings, url, clock)
    assert type(error) is Redirected
    assert [entry["path"] for entry in fake_edgar.log()] == [PATH]


@pytest.mark.parametrize(
    "elsewhere", ["http://169.254.169.254/", "//evil/x", "{url}@evil/x", "{url}.evil/x", "file:///etc/passwd", ""]
)
def test_threat_4_another_host_is_refused_before_a_connection(settings, fake_edgar, clock, elsewhere):
    error, attempts = fetch(settings, elsewhere.format(url=fake_edgar.url), clock)
    assert type(error) is Redirected
    assert (attempts, fake_edgar.log()) == ([], [])


def test_threat_9_a_body_over_the_limit_is_refused_at_once_and_only_once(settings, fake_edgar, url, clock):
    # GIVEN a limit under the body's size WHEN it is declared THEN not a byte is read; WHEN not THEN the read ends there
    for action, arguments in (("headers", {"headers": {"X": "1"}}), ("no_length_close", {"identity": True})):
        fake_edgar.clear()
        fake_edgar.clear_log()
        fake_edgar.rule("file.txt", action, **arguments)
        attempts: list[Attempt] = []
        with EdgarClient(settings, clock, QUICK) as client, pytest.raises(Damaged, match=r"than the limit of 0\.01 MB"):
            client.fetch(url, check, 10_000, attempts)
        assert len(fake_edgar.log()) == len(attempts) == 1


def test_threat_8_a_bomb_is_refused_and_not_asked_for_again(settings, fake_edgar, url, clock):
    bomb = gzip.compress(bytes(100_000_000))
    fake_edgar._server.archive.root.joinpath("www.sec.gov", PATH.lstrip("/")).write_bytes(bomb)
    fake_edgar.rule("file.txt", "headers", headers={"Content-Encoding": "gzip"})
    error, attempts = fetch(settings, url, clock)
    assert isinstance(error, Damaged)
    assert "decompression bomb" in str(error)
    assert len(attempts) == len(fake_edgar.log()) == 1


def test_a_large_body_is_spooled_and_leaves_nothing(settings, url, clock, monkeypatch):
    monkeypatch.setattr(files, "IN_MEMORY_BYTES", 10_000)
    body, attempts = fetch(settings, url, clock)
    assert isinstance(body, mmap.mmap)
    assert body[:] == TEXT
    assert attempts[0].sha256 == hashlib.sha256(TEXT).hexdigest()
    assert list(settings.spool_dir.iterdir()) == [] and not settings.originals_dir.exists()


def test_work_that_is_called_off_asks_no_more(settings, fake_edgar, url, clock):
    # GIVEN a server that fails, and a caller who calls the work off during the first pause
    fake_edgar.rule("file.txt", "status", status=503)
    stop = threading.Event()
    sleep = clock.sleep
    clock.sleep = lambda seconds: (stop.set(), sleep(seconds))
    attempts: list[Attempt] = []
    with EdgarClient(settings, clock, Patience(unavailable=(60.0,))) as client, pytest.raises(Stopped):
        client.fetch(url, check, 10**6, attempts, stop)
    assert len(attempts) == len(fake_edgar.log()) == 1
    assert clock.elapsed <= 1.0


def test_without_a_contact_there_is_no_client(settings, fake_edgar):
    for agent in (None, "x@localhost"):
        with pytest.raises(InputError, match="EDGAR_USER_AGENT"):
            EdgarClient(replace(settings, user_agent=agent))
    assert fake_edgar.log() == []

"""The stand-in server answers and fails as EDGAR was recorded to do; asked by clients that are not ours."""

from __future__ import annotations

import gzip
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import zlib
from email.utils import formatdate
from pathlib import Path

import httpx
import pytest

from tests.fake_edgar import FakeEdgar
from tests.fake_edgar.access import RateLimit

PROJECT = Path(__file__).resolve().parents[2]
CONTACT = {"User-Agent": "Stand-in Test someone@example.com"}
ACCESSION = "0009900009-24-000001"
OTHER = "0009900009-24-000002"
FOLDER = ACCESSION.replace("-", "")
INDEX = "/Archives/edgar/daily-index/2024/QTR1/master.20240105.idx"
FILING = f"/Archives/edgar/data/9900001/{ACCESSION}.txt"
MODIFIED = 1_704_488_400

SUBMISSION = f"""<SEC-DOCUMENT>{ACCESSION}.txt : 20240105
<SEC-HEADER>{ACCESSION}.hdr.sgml : 20240105
SUBJECT COMPANY:\t
\t\tCENTRAL INDEX KEY:\t\t\t0009900001
FILED BY:\t\t
\t\tCENTRAL INDEX KEY:\t\t\t0009900002
</SEC-HEADER>
<DOCUMENT>
<TEXT>
{"A line of the filing, long enough to be cut in two." * 40}
CENTRAL INDEX KEY: 0009900009
</TEXT>
</DOCUMENT>
</SEC-DOCUMENT>
""".encode()
OTHER_SUBMISSION = f"<SEC-DOCUMENT>{OTHER}.txt\nCENTRAL INDEX KEY: 0009900004\n</SEC-DOCUMENT>\n".encode()
INDEX_TEXT = (
    "CIK|Company Name|Form Type|Date Filed|File Name\n"
    f"9900001|SUBJECT CO|SC 13G|20240105|edgar/data/9900001/{ACCESSION}.txt\n"
    f"9900003|ONLY IN THE INDEX|SC 13G|20240105|edgar/data/9900003/{ACCESSION}.txt\n"
).encode()


def put(root: Path, path: str, content: bytes) -> None:
    file = root / path.lstrip("/")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
    os.utime(file, (MODIFIED, MODIFIED))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Two submissions, one index, one company's JSON, and a file above the root that nobody may read."""
    top = tmp_path / "archive"
    put(top, f"www.sec.gov/Archives/edgar/data/9900001/{FOLDER}/{ACCESSION}.txt", SUBMISSION)
    put(top, f"www.sec.gov/Archives/edgar/data/9900004/{OTHER.replace('-', '')}/{OTHER}.txt", OTHER_SUBMISSION)
    put(top, f"www.sec.gov{INDEX}", INDEX_TEXT)
    put(top, "www.sec.gov/Archives/edgar/full-index/2024/QTR1/master.idx", INDEX_TEXT)
    put(top, "data.sec.gov/submissions/CIK0009900001.json", b'{"cik": "9900001"}')
    (top / "secret.txt").write_text("not below a host")
    return top


@pytest.fixture
def edgar(root: Path):
    with FakeEdgar(root) as server:
        yield server


def ask(edgar: FakeEdgar, path: str, method: str = "GET", **headers: str) -> tuple[http.client.HTTPResponse, bytes]:
    """One request with the standard library's client, which decodes nothing."""
    connection = http.client.HTTPConnection("127.0.0.1", int(edgar.url.rsplit(":", 1)[1]), timeout=5)
    try:
        connection.request(method, path, headers=CONTACT | {name.replace("_", "-"): v for name, v in headers.items()})
        response = connection.getresponse()
        return response, response.read()
    finally:
        connection.close()


def connect(edgar: FakeEdgar, path: str, seconds: float = 5.0) -> socket.socket:
    """A connection on which this path has been asked for, uncompressed."""
    connection = socket.create_connection(("127.0.0.1", int(edgar.url.rsplit(":", 1)[1])), timeout=seconds)
    connection.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\nUser-Agent: T a@b.org\r\n\r\n".encode())
    return connection


def receive(connection: socket.socket) -> bytes:
    """Everything that the server sends until it closes the connection or stays silent."""
    received = b""
    try:
        while block := connection.recv(65536):
            received += block
    except TimeoutError:
        received += b"<silence>"
    return received


# What a well-behaved client sees.


@pytest.mark.parametrize("cik", ["9900001", "9900002", "9900003", "0009900001"])
@pytest.mark.parametrize("folder", ["", FOLDER + "/"])
def test_a_submission_answers_under_each_of_its_filers(edgar, cik, folder):
    # GIVEN a submission stored once, whose header names two companies and whose index names a third
    # WHEN it is asked under the folder of any of them, with and without the dash-less folder
    response, body = ask(edgar, f"/Archives/edgar/data/{cik}/{folder}{ACCESSION}.txt")
    # THEN it is the same submission
    assert (response.status, body) == (200, SUBMISSION)
    assert response.getheader("Content-Type") == "text/plain"
    assert response.getheader("Content-Length") == str(len(SUBMISSION))


@pytest.mark.parametrize(
    "path",
    [
        f"/Archives/edgar/data/9900009/{ACCESSION}.txt",  # the agent's number, which also stands in the document's text
        f"/Archives/edgar/data/9900004/{ACCESSION}.txt",  # a company of another submission
        f"/Archives/edgar/data/9900001/{OTHER.replace('-', '')}/{ACCESSION}.txt",  # another submission's folder
        "/Archives/edgar/data/9900001/0009900009-24-999999.txt",
        "/submissions/CIK0000000001.json",
    ],
)
def test_what_no_filer_has_is_404_with_an_s3_error(edgar, path):
    response, body = ask(edgar, path)
    assert (response.status, response.getheader("Content-Type")) == (404, "application/xml")
    assert b"<Code>NoSuchKey</Code>" in body
    assert f"<Key>{path[1:]}</Key>".encode() in body


@pytest.mark.parametrize(
    "path",
    [
        "/Archives/edgar/daily-index/2024/QTR1/master.20240106.idx",
        "/Archives/edgar/daily-index/2024/QTR2/index.json",
        "/Archives/edgar/full-index/2099/QTR1/form.gz",
        "/../secret.txt",
        "/%2e%2e/secret.txt",
        "/..%2fsecret.txt",
    ],
)
def test_a_missing_index_and_anything_outside_the_root_is_403_access_denied(edgar, path):
    response, body = ask(edgar, path)
    assert (response.status, response.getheader("Content-Type")) == (403, "application/xml")
    assert b"<Code>AccessDenied</Code>" in body


def test_gzip_is_used_when_the_client_accepts_it(edgar):
    response, body = ask(edgar, FILING, Accept_Encoding="gzip, deflate")
    assert response.getheader("Content-Encoding") == "gzip"
    assert response.getheader("ETag").endswith('-gzip"')
    assert gzip.decompress(body) == SUBMISSION
    assert len(body) < len(SUBMISSION)
    # AND not when it refuses it
    response, body = ask(edgar, FILING, Accept_Encoding="gzip;q=0")
    assert (response.getheader("Content-Encoding"), body) == (None, SUBMISSION)


def test_archives_have_validators_and_answer_304(edgar):
    response, _ = ask(edgar, INDEX)
    assert response.getheader("Last-Modified") == formatdate(MODIFIED, usegmt=True)
    etag = response.getheader("ETag")
    for condition in (
        {"If_Modified_Since": formatdate(MODIFIED, usegmt=True)},
        {"If_None_Match": etag},
    ):
        response, body = ask(edgar, INDEX, **condition)
        assert (response.status, body, response.getheader("ETag")) == (304, b"", etag)
    response, body = ask(edgar, INDEX, If_Modified_Since=formatdate(MODIFIED - 1, usegmt=True))
    assert (response.status, body) == (200, INDEX_TEXT)


def test_the_data_host_has_no_validators_and_forbids_caching(edgar):
    response, body = ask(edgar, "/submissions/CIK0009900001.json", If_Modified_Since=formatdate(usegmt=True))
    assert (response.status, body) == (200, b'{"cik": "9900001"}')
    assert (response.getheader("ETag"), response.getheader("Last-Modified")) == (None, None)
    assert response.getheader("Cache-Control") == "max-age=0, no-cache, no-store"


def test_listings_have_edgars_shape(edgar):
    _, body = ask(edgar, "/Archives/edgar/daily-index/2024/QTR1/index.json")
    assert json.loads(body) == {
        "directory": {
            "item": [
                {
                    "last-modified": "01/05/2024 09:00:00 PM",
                    "name": "master.20240105.idx",
                    "type": "file",
                    "href": "master.20240105.idx",
                    "size": "1 KB",
                }
            ],
            "name": "daily-index/2024/QTR1/",
            "parent-dir": "../",
        }
    }
    _, body = ask(edgar, "/Archives/edgar/full-index/2024/index.json")
    items = json.loads(body)["directory"]["item"]
    assert [(item["name"], item["type"], item["href"]) for item in items] == [("QTR1", "dir", "QTR1/")]


def test_head_has_the_headers_of_get_and_no_body(edgar):
    response, body = ask(edgar, FILING, method="HEAD")
    assert (response.status, response.getheader("Content-Length"), body) == (200, str(len(SUBMISSION)), b"")


def test_one_connection_serves_many_requests(edgar):
    connection = http.client.HTTPConnection("127.0.0.1", int(edgar.url.rsplit(":", 1)[1]), timeout=5)
    connection.connect()
    ports = set()
    for method, path in (("GET", FILING), ("HEAD", FILING), ("GET", INDEX[:-5] + "x"), ("GET", INDEX)):
        connection.request(method, path, headers=CONTACT)
        ports.add(connection.sock.getsockname()[1])
        body = connection.getresponse().read()
    connection.close()
    assert (len(ports), body) == (1, INDEX_TEXT)


def test_a_file_that_appears_later_is_served(edgar, root):
    late = "0009900001-24-000009"
    assert ask(edgar, f"/Archives/edgar/data/9900001/{late}.txt")[0].status == 404
    put(root, f"www.sec.gov/Archives/edgar/data/9900001/{late.replace('-', '')}/{late}.txt", b"<CIK>0009900001\n")
    assert ask(edgar, f"/Archives/edgar/data/9900001/{late}.txt")[1] == b"<CIK>0009900001\n"


def test_garbage_is_answered_with_400(edgar):
    with socket.create_connection(("127.0.0.1", int(edgar.url.rsplit(":", 1)[1])), timeout=5) as connection:
        connection.sendall(b"what is this\r\n\r\n")
        assert connection.recv(65536).startswith(b"HTTP/1.1 400 ")


# Who is refused.


@pytest.mark.parametrize("agent", ["", "python-httpx/0.28.1", "Mozilla/5.0", "Me me@localhost", "Me (at) example.com"])
def test_undeclared_clients_get_the_undeclared_tool_page(edgar, agent):
    response, body = ask(edgar, FILING, User_Agent=agent)
    assert (response.status, response.getheader("Content-Type")) == (403, "text/html")
    assert b"Undeclared Automated Tool" in body
    assert b"Request Rate Threshold Exceeded" not in body


def test_more_than_the_limit_in_one_second_is_refused(root):
    with FakeEdgar(root, rate_limit=4) as edgar:
        answers = [ask(edgar, INDEX) for _ in range(6)]
    assert [response.status for response, _ in answers] == [200] * 4 + [403] * 2
    assert b"Request Rate Threshold Exceeded" in answers[-1][1]
    assert answers[-1][0].getheader("Retry-After") is None


def test_the_limit_counts_the_last_second_and_asking_extends_a_block():
    # GIVEN two requests a second, and ten seconds of silence after an excess
    limit = RateLimit(per_second=2, block_seconds=10.0)
    # WHEN requests arrive at these times THEN these are refused
    arrivals = [0.0, 0.9, 1.0, 1.5, 11.4, 21.3, 31.3, 32.0, 32.4]
    refused = [now for now in arrivals if limit.refuses(now)]
    assert refused == [1.5, 11.4, 21.3]


# The log and the rules.


def test_the_log_has_every_request_with_the_time_it_arrived(edgar):
    before = time.monotonic()
    ask(edgar, INDEX + "?x=1", Accept_Encoding="gzip")
    ask(edgar, "/submissions/CIK0000000001.json", method="HEAD")
    ask(edgar, FILING, User_Agent="nobody")
    after = time.monotonic()
    _, body = ask(edgar, "/__log")
    log = json.loads(body)
    assert log == edgar.log()
    assert [(e["method"], e["path"], e["status"]) for e in log] == [
        ("GET", INDEX + "?x=1", 200),
        ("HEAD", "/submissions/CIK0000000001.json", 404),
        ("GET", FILING, 403),
    ]
    assert log[0]["headers"]["user-agent"] == CONTACT["User-Agent"]
    assert log[0]["bytes"] == len(gzip.compress(INDEX_TEXT, 1, mtime=0))
    assert log[1]["bytes"] == 0
    times = [entry["at"] for entry in log]
    assert before <= times[0] < times[1] < times[2] <= after
    edgar.clear_log()
    assert edgar.log() == []


def test_rules_on_one_path_play_one_after_the_other(edgar):
    # GIVEN one request spared, then two 503 with Retry-After, then one empty answer
    edgar.rule(r"master\.\d+\.idx$", "status", after_n=1, times=2, status=503, headers={"Retry-After": "7"})
    edgar.rule(r"master\.\d+\.idx$", "empty", after_n=1, times=1)
    # WHEN the path is asked six times, and another one
    answers = [ask(edgar, INDEX) for _ in range(6)]
    # THEN the first rule spared one (which the second rule saw and spared as well), and so on
    seen = [(response.status, len(body)) for response, body in answers]
    whole = (200, len(INDEX_TEXT))
    assert seen == [whole, (503, 0), (503, 0), (200, 0), whole, whole]
    assert answers[1][0].getheader("Retry-After") == "7"
    assert ask(edgar, FILING)[1] == SUBMISSION
    assert [entry["action"] for entry in edgar.log("master")] == [None, "status", "status", "empty", None, None]


def test_rules_can_be_set_and_cleared_over_http(edgar):
    rule = {"match": "master", "action": "status", "times": None, "after_n": 0, "args": {"status": 429, "body": "slow"}}
    assert httpx.post(f"{edgar.url}/__control", json=[rule]).json() == {"rules": 1}
    response, body = ask(edgar, INDEX)
    assert (response.status, body) == (429, b"slow")
    assert httpx.delete(f"{edgar.url}/__control").json() == {"released": 0}
    assert ask(edgar, INDEX)[1] == INDEX_TEXT
    assert httpx.delete(f"{edgar.url}/__log").json() == {"cleared": True}
    assert edgar.log() == []


@pytest.mark.parametrize(
    "rule",
    [
        {"match": "x", "action": "explode"},
        {"match": "x", "action": "status"},
        {"match": "x", "action": "cut_at", "args": {"where": 3}},
        {"match": "x", "action": "empty", "when": 3},
        {"match": "x", "action": "swap_body", "args": {"accession_number": "0009900009-24-999999"}},
    ],
)
def test_a_rule_that_could_never_work_is_refused(edgar, rule):
    response = httpx.post(f"{edgar.url}/__control", json=rule)
    assert response.status_code == 400
    assert response.json()["error"]


# How an answer fails: what it says.


def test_body_headers_redirect_and_block_page(edgar):
    edgar.rule("master", "body", times=1, body="other words", content_type="text/html")
    edgar.rule("master", "body", times=1, body=b"\xff\x00")
    edgar.rule("master", "headers", times=1, headers={"ETag": None, "X-Seen": "1"})
    edgar.rule("master", "redirect", times=1, location="http://169.254.169.254/")
    edgar.rule("master", "block_page", times=1, status=200)
    edgar.rule("master", "block_page", times=1, page="undeclared")
    answers = [ask(edgar, INDEX) for _ in range(6)]
    assert [(r.status, r.getheader("Content-Type")) for r, _ in answers] == [
        (200, "text/html"),
        (200, "text/plain"),
        (200, "text/plain"),
        (302, "text/html"),
        (200, "text/html"),
        (403, "text/html"),
    ]
    bodies = [body for _, body in answers]
    assert bodies[:4] == [b"other words", b"\xff\x00", INDEX_TEXT, b""]
    assert (answers[2][0].getheader("ETag"), answers[2][0].getheader("X-Seen")) == (None, "1")
    assert answers[3][0].getheader("Location") == "http://169.254.169.254/"
    assert b"Request Rate Threshold Exceeded" in bodies[4]
    assert b"Undeclared Automated Tool" in bodies[5]


def test_swap_body_gives_another_submission(edgar):
    edgar.rule(ACCESSION, "swap_body", accession_number=OTHER)
    response, body = ask(edgar, FILING)
    assert (response.status, body) == (200, OTHER_SUBMISSION)


# How an answer fails: packing and sending.


def test_gzip_cut_has_a_length_that_fits_the_cut(edgar):
    edgar.rule(ACCESSION, "gzip_cut", keep=60)
    response, body = ask(edgar, FILING)
    assert (response.getheader("Content-Length"), len(body)) == ("60", 60)
    decoder = zlib.decompressobj(31)
    part = decoder.decompress(body)
    assert not decoder.eof
    assert SUBMISSION.startswith(part)


def test_gzip_two_members_hold_the_whole_text(edgar):
    edgar.rule(ACCESSION, "gzip_two_members", split=100)
    _, body = ask(edgar, FILING)
    first = zlib.decompressobj(31)
    assert first.decompress(body) == SUBMISSION[:100]
    assert gzip.decompress(body) == SUBMISSION


def test_cut_at_declares_more_than_it_sends(edgar):
    edgar.rule(ACCESSION, "cut_at", at=300)
    with pytest.raises(http.client.IncompleteRead) as error:
        ask(edgar, FILING)
    assert error.value.partial == SUBMISSION[:300]
    assert error.value.expected == len(SUBMISSION) - 300
    assert edgar.log()[-1]["bytes"] == 300


def test_chunk_early_end_is_valid_http_with_half_a_text(edgar):
    edgar.rule(ACCESSION, "chunk_early_end", at=700, identity=True)
    response, body = ask(edgar, FILING, Accept_Encoding="gzip")
    assert (response.getheader("Transfer-Encoding"), response.getheader("Content-Length")) == ("chunked", None)
    assert body == SUBMISSION[:700]


def test_no_length_close_ends_with_the_connection(edgar):
    edgar.rule(ACCESSION, "no_length_close", times=1)
    edgar.rule(ACCESSION, "no_length_close", times=1, at=500)
    for expected in (SUBMISSION, SUBMISSION[:500]):
        with connect(edgar, FILING) as connection:
            head, _, body = receive(connection).partition(b"\r\n\r\n")
        assert b"content-length" not in head.lower()
        assert b"\r\nConnection: close" in head
        assert body == expected


def test_drip_is_slow_but_complete(edgar):
    edgar.rule("master", "drip", bytes_per_second=len(INDEX_TEXT) * 2)
    start = time.monotonic()
    _, body = ask(edgar, INDEX)
    assert body == INDEX_TEXT
    assert 0.4 < time.monotonic() - start < 3.0


def test_stall_sends_the_headers_and_then_nothing(edgar):
    edgar.rule("master", "stall", times=1, at=10)
    edgar.rule("master", "stall", times=1, seconds=0.3)
    with connect(edgar, INDEX, seconds=0.5) as connection:
        received = receive(connection)
    assert received.startswith(b"HTTP/1.1 200 OK")
    assert received.endswith(b"\r\n\r\n" + INDEX_TEXT[:10] + b"<silence>")
    start = time.monotonic()
    assert ask(edgar, INDEX)[1] == INDEX_TEXT
    assert time.monotonic() - start >= 0.3


def test_reset_breaks_the_connection_in_the_middle(edgar):
    edgar.rule(ACCESSION, "reset", at=400)
    with connect(edgar, FILING) as connection, pytest.raises(ConnectionResetError):
        receive(connection)
    assert edgar.log()[-1]["bytes"] == 400


def test_hold_waits_for_the_release(edgar):
    edgar.rule("master", "hold", times=1)
    bodies: list[bytes] = []
    waiting = threading.Thread(target=lambda: bodies.append(ask(edgar, INDEX)[1]))
    waiting.start()
    deadline = time.monotonic() + 5
    while not edgar.log() and time.monotonic() < deadline:
        time.sleep(0.01)
    time.sleep(0.1)
    assert (bodies, edgar.log()[0]["status"]) == ([], None)
    assert ask(edgar, FILING)[1] == SUBMISSION  # others go on
    assert httpx.post(f"{edgar.url}/__control", json={"release": True}).json() == {"released": 1}
    waiting.join(5)
    assert bodies == [INDEX_TEXT]


def test_a_stalled_or_held_client_does_not_keep_the_server_from_stopping(root):
    with FakeEdgar(root) as edgar:
        edgar.rule("master", "stall")
        edgar.rule(ACCESSION, "hold")
        clients = [connect(edgar, path) for path in (INDEX, FILING)]
        while len(edgar.log()) < 2:
            time.sleep(0.01)
        start = time.monotonic()
    assert time.monotonic() - start < 2
    for client in clients:
        client.close()
    with pytest.raises(ConnectionRefusedError):
        connect(edgar, INDEX)


# The process.


def test_as_a_process_it_writes_its_url_and_stops_on_sigterm(root, tmp_path):
    ready = tmp_path / "url"
    command = [sys.executable, "-m", "tests.fake_edgar", str(root), "--port", "0", "--ready-file", str(ready)]
    with subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True) as process:
        try:
            url = process.stdout.readline().strip()
            deadline = time.monotonic() + 10
            while not ready.exists() and time.monotonic() < deadline:
                time.sleep(0.02)
            assert ready.read_text().strip() == url
            assert httpx.get(url + INDEX, headers=CONTACT).content == INDEX_TEXT
            process.send_signal(signal.SIGTERM)
            assert process.wait(10) == 0
        finally:
            process.kill()


def test_a_missing_root_is_refused(tmp_path):
    with pytest.raises(NotADirectoryError, match=r"www\.sec\.gov"):
        FakeEdgar(tmp_path / "nothing")

"""The client and the wire itself: connections that fail, answers that drip, heads that are none. By a server of raw bytes."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from edgar_pipeline.client import EdgarClient, Patience
from edgar_pipeline.clock import SYSTEM_CLOCK, Clock
from edgar_pipeline.errors import Blocked, Damaged, Unavailable

TEXT = b"".join(b"line %d of a filing\n" % number for number in range(2000)) + b"THE END\n"


def check(body: bytes) -> None:
    """What `check_submission` does for submissions: look for the end."""
    if not body[-8:] == b"THE END\n":
        raise Damaged("cut: it has no end")


@contextmanager
def raw_server(answer) -> Iterator[str]:
    """A server that reads a request's head and then does whatever it likes with the connection."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                try:
                    connection.settimeout(5)
                    connection.recv(65536)
                    answer(connection)
                except OSError:
                    continue

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(10)


def drip(connection: socket.socket, head: bytes, piece: bytes, pause: float = 0.05) -> None:
    connection.sendall(head)
    for _ in range(2000):
        time.sleep(pause)
        connection.sendall(piece)


ONCE = Patience(unavailable=(), damaged=(), blocked=0.0, silence=5.0, deadline=0.5)


def get(settings, url: str, patience: Patience, clock: Clock = SYSTEM_CLOCK) -> bytes:
    """The body of one path of a server."""
    with EdgarClient(replace(settings, www_url=url), clock, patience) as client:
        return client.fetch(url + "/x", check, 10**9, []).body


def test_a_chunked_answer_is_fine(settings):
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (TEXT[:7], TEXT[7:])) + b"0\r\n\r\n"
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    with raw_server(lambda connection: connection.sendall(head + chunks)) as url:
        assert get(settings, url, ONCE) == TEXT


def test_case_28_a_refused_connection_is_tried_four_times(settings, clock):
    # GIVEN a port that is bound but not listening: nobody else gets it, and connecting is refused
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        with pytest.raises(Unavailable, match="ConnectError") as caught:
            get(settings, f"http://127.0.0.1:{taken.getsockname()[1]}", Patience(), clock)
    assert str(caught.value).isprintable()
    assert 20.0 <= sum(clock.sleeps) <= 30.5


def test_case_28_a_server_that_speaks_no_tls_is_unavailable(settings):
    with (
        raw_server(lambda connection: connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")) as url,
        pytest.raises(Unavailable) as caught,
    ):
        get(settings, url.replace("http:", "https:"), ONCE)
    assert str(caught.value).isprintable()


@pytest.mark.parametrize(
    ("head", "piece"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9999999\r\n\r\n", b"x"),
        (b"HTTP/1.1 200 OK\r\n", b"X-A: b\r\n"),  # headers that never end
        (b"HTTP/1.1 403 Forbidden\r\nContent-Length: 9999999\r\n\r\n", b"x"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
        (b"", b"H"),
    ],
)
def test_case_29_a_slow_answer_ends_at_the_total_deadline(settings, head, piece):
    # GIVEN a server that sends a byte now and then, so that no single read is ever late
    with raw_server(lambda connection: drip(connection, head, piece)) as url:
        start = time.monotonic()
        with pytest.raises((Unavailable, Blocked)):
            get(settings, url, ONCE)
        # THEN the exchange ends at its deadline
        assert 0.4 <= time.monotonic() - start <= 2.0


def test_a_large_body_gets_the_time_that_it_needs(settings):
    # GIVEN a deadline of half a second, and a body that takes one but comes faster than the slowest accepted rate
    def answer(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000008\r\n\r\n")
        for _ in range(20):
            connection.sendall(b"x" * 50_000)
            time.sleep(0.05)
        connection.sendall(b"THE END\n")

    with raw_server(answer) as url:
        assert len(get(settings, url, ONCE)) == 1_000_008


@pytest.mark.parametrize(
    "head",
    [
        b"HTTP/1.1 200 OK\r\nX: " + b"a" * 1_000_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X: a\r\n" * 100_000 + b"\r\n",
        b"rubbish\r\n\r\n",
        b"HTTP/1.1 200 \x1b[2JOK\r\nX\x1b[2J: 1\r\nContent-Length: 1, 2\r\n\r\n",
        b"",
    ],
)
def test_threat_9_heads_that_are_none_are_unavailable_in_one_clean_line(settings, head):
    with (
        raw_server(lambda connection: connection.sendall(head)) as url,
        pytest.raises(Unavailable) as caught,
    ):
        get(settings, url, ONCE)
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 600

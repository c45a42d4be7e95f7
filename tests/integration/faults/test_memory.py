"""How much memory a large submission takes: a fixed amount, whatever its size, because nothing of it is held whole."""

import binascii
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import date

import pytest

from tests.integration.commands import environment
from tests.small_archive import filings, index_file, index_path, index_row
from tests.submissions import Submission

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux has /proc")

DAY = date(2025, 9, 3)
#: Lands the day of its argument, and says how much memory that took at most, with the pages of mapped files. (Not by
#: getrusage: its maximum begins with that of the process which started this one.)
LAND = """
import re, sys
from datetime import date
from pathlib import Path
from edgar_pipeline import ingest
from edgar_pipeline.settings import Settings
status = ingest.land_day(Settings.from_environment(), date.fromisoformat(sys.argv[1]))
most = re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1]
print(status.loaded, status.quarantined, int(most) * 1024)
"""


class LargeSubmission:
    """A submission of about `megabytes`, made while it is sent: pages of HTML, and graphics of 20 MB each."""

    def __init__(self, submission: Submission, megabytes: int):
        text = submission.public()
        self._head, self._tail = text[: text.index(b"<DOCUMENT>")], b"</SEC-DOCUMENT>\n"
        page = b"<html><body>" + b"<p>A paragraph that says something.</p>\n" * 50_000 + b"</body></html>\n"
        line = binascii.b2a_uu(os.urandom(45))
        self._bodies = [
            (b"EX-99", page),
            *[(b"GRAPHIC", b"begin 644 x.jpg\n" + line * (20_000_000 // len(line)) + b"`\nend\n")] * (megabytes // 20),
        ]
        self._head = self._head.replace(b"COUNT:\t\t1", b"COUNT:\t\t%d" % len(self._bodies))

    def __iter__(self) -> Iterator[bytes]:
        yield self._head
        for number, (kind, body) in enumerate(self._bodies, 1):
            yield b"<DOCUMENT>\n<TYPE>%s\n<SEQUENCE>%d\n<FILENAME>d%d\n<TEXT>\n" % (kind, number, number)
            yield body
            yield b"</TEXT>\n</DOCUMENT>\n"
        yield self._tail

    def __len__(self) -> int:
        return sum(len(piece) for piece in self)


@contextmanager
def serving(answers: dict[str, object]) -> Iterator[str]:
    """A server of these paths; an answer is bytes, or something that gives bytes and has a length."""
    listener = socket.create_server(("127.0.0.1", 0))

    def answer(connection: socket.socket) -> None:
        with connection:
            path = connection.recv(65536).split(b" ")[1].decode()
            body = answers[path]
            head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
            with suppress(ConnectionError):  # who does not want the body closes the connection
                connection.sendall(head.encode())
                for piece in [body] if isinstance(body, bytes) else body:
                    connection.sendall(piece)

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=answer, args=(connection,), daemon=True).start()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(10)


def land(settings, megabytes: int) -> tuple[int, int, int]:
    """Loaded, quarantined, and the most memory in bytes, of a day with one submission of this size."""
    (made,) = filings(DAY, 1)
    answers = {
        index_path(DAY): index_file(DAY, [index_row(made)]),
        f"/Archives/edgar/data/{int(made.companies[0].cik)}/{made.accession_number}.txt": LargeSubmission(
            made, megabytes
        ),
    }
    with serving(answers) as url:
        variables = environment(replace(settings, www_url=url))
        done = subprocess.run(
            [sys.executable, "-c", LAND, str(DAY)],
            env=variables,
            capture_output=True,
            text=True,
            timeout=300,
            check=True,
        )
    loaded, quarantined, memory = map(int, done.stdout.split())
    return loaded, quarantined, memory


def test_case_43_a_large_submission_takes_no_more_memory_than_a_small_one(settings):
    # GIVEN a submission of 20 MB and one of 120 MB, over the size that is kept in memory
    small = land(replace(settings, home=settings.home / "small"), 20)
    large = land(replace(settings, home=settings.home / "large"), 120)
    # THEN both land, and the second takes hardly more memory
    assert (small[:2], large[:2]) == ((1, 0), (1, 0))
    assert large[2] < 400_000_000
    assert large[2] - small[2] < 50_000_000


def test_case_43_a_submission_that_declares_to_be_over_the_cap_is_not_even_read(settings):
    loaded, quarantined, memory = land(settings, 1200)
    assert (loaded, quarantined) == (0, 1)
    assert memory < 300_000_000

"""The only HTTP of the pipeline: one polite, suspicious client.

What EDGAR answers, and what that means (edgar.md, http-behaviour.md):

* 403 as `application/xml` with `AccessDenied` is *no such object*; 403 as `text/html` is *we are blocked*. So is a 429, and so
  is a block page that comes with status 200. Only the body tells.
* httpx accepts a gzip body that was cut, and reads only the first of two gzip members. Bodies are therefore read raw and
  decoded here (`gunzip`), and the caller's `check` looks for the end of what it asked for.
* EDGAR's archive never redirects, and a 304 or 206 answers a question that was not asked.
"""

import hashlib
import mmap
import random
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import httpx

from edgar_pipeline.clock import SYSTEM_CLOCK, Clock, to_iso
from edgar_pipeline.errors import Blocked, Damaged, EdgarError, NotFound, Redirected, TransportError, Unavailable
from edgar_pipeline.gunzip import decoded
from edgar_pipeline.settings import Settings
from edgar_pipeline.throttle import Throttle

BLOCK_MARKERS = (b"Undeclared Automated Tool", b"Request Rate Threshold Exceeded", b"EXCEEDED THE SEC")
#: Bodies up to this size stay in memory, larger ones go to a temporary file.
IN_MEMORY_BYTES = 32_000_000

#: What an answer's failure is called in the ledger.
OUTCOMES = {
    Blocked: "blocked",
    Damaged: "damaged",
    Redirected: "refused",
    Unavailable: "unavailable",
    NotFound: "not_found",
}


@dataclass(frozen=True)
class Patience:
    """The retry policy as data: for each kind of failure the pauses (seconds) before the next tries.

    A block is different: the throttle keeps the silence, the client only asks again `blocks` times. The whole body must
    arrive within `deadline` seconds plus the time that it takes at `slowest` bytes a second.
    """

    unavailable: tuple[float, ...] = (1.0, 4.0, 15.0)
    damaged: tuple[float, ...] = (1.0, 10.0)
    blocks: int = 2
    connect: float = 20.0
    silence: float = 30.0
    deadline: float = 120.0
    slowest: float = 100_000.0

    def pauses(self, error: TransportError) -> tuple[float, ...]:
        """The pauses for this failure; the number of retries is their length."""
        if isinstance(error, Blocked):
            return (0.0,) * self.blocks
        if isinstance(error, Damaged):
            return self.damaged
        return self.unavailable if isinstance(error, Unavailable) else ()


@dataclass
class Attempt:
    """One request as it went over the wire. `bytes` and `sha256` are of the decoded body."""

    url: str
    attempt: int
    requested_at: str
    status: int | None = None
    bytes: int | None = None
    sha256: str | None = None
    outcome: str = "unavailable"
    reason: str | None = None


@dataclass
class Fetched:
    """A body that passed every check. `body` is bytes or, when large, a read-only memory map of a temporary file."""

    url: str
    body: bytes | mmap.mmap
    sha256: str
    requested_at: str
    attempts: list[Attempt] = field(default_factory=list)


class EdgarClient:
    """A connection pool to EDGAR, safe to share between threads. Use as a context manager."""

    def __init__(self, settings: Settings, clock: Clock = SYSTEM_CLOCK, patience: Patience | None = None):
        self._patience = patience or Patience()
        self._clock = clock
        self._origins = (settings.www_url + "/", settings.data_url + "/")
        # One limiter for both hosts: the SEC counts requests per user, not per host.
        self._throttle = Throttle(
            settings.state_dir, settings.www_url, settings.requests_per_second, settings.block_pause_seconds, clock
        )
        self._http = httpx.Client(
            headers={"User-Agent": settings.contact(), "Accept-Encoding": "gzip"},
            timeout=httpx.Timeout(self._patience.silence, connect=self._patience.connect),
            follow_redirects=False,
            trust_env=False,
        )

    def __enter__(self) -> "EdgarClient":
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def fetch(
        self, url: str, check: Callable[[bytes | mmap.mmap], None], maximum_bytes: int, attempts: list[Attempt]
    ) -> Fetched:
        """GET a URL, with retries, and return a body that `check` accepted.

        `check` raises Damaged for a body that is cut or is not what was asked for. Every request is appended to `attempts`,
        whatever becomes of it. Raises NotFound, or the TransportError of the last try.
        """
        failures: dict[type, int] = {}
        while True:
            attempt = Attempt(url, len(attempts) + 1, to_iso(self._clock.now()))
            attempts.append(attempt)
            try:
                body = self._try(attempt, maximum_bytes, check)
                return Fetched(url, body, attempt.sha256, attempt.requested_at, attempts)
            except (TransportError, NotFound) as error:
                attempt.outcome, attempt.reason = OUTCOMES[type(error)], str(error)
                if isinstance(error, NotFound):
                    raise
                tries = failures[type(error)] = failures.get(type(error), 0) + 1
                pauses = self._patience.pauses(error)
                if tries > len(pauses):
                    raise
                # Jitter keeps processes that failed together from coming back together.
                self._clock.sleep(pauses[tries - 1] * random.uniform(0.75, 1.25))

    def _try(self, attempt: Attempt, maximum_bytes: int, check: Callable) -> bytes | mmap.mmap:
        if not attempt.url.startswith(self._origins):
            raise Redirected(f"{attempt.url}: not below EDGAR_WWW_URL or EDGAR_DATA_URL, so it is not requested")
        slot = self._throttle.acquire()
        with self._answer(attempt, slot) as response:
            attempt.status = response.status_code
            if response.status_code != 200:
                error = self._refusal(response, attempt)
                if isinstance(error, Blocked):
                    self._throttle.block(slot, _retry_after(response))
                else:
                    self._throttle.served(slot)
                raise error
            body = self._read(response, attempt, maximum_bytes)
        if _is_block_page(body[:4096]):
            self._throttle.block(slot)
            raise Blocked(f"{attempt.url}: the SEC's block page came with status 200. {_BLOCK_ADVICE}")
        self._throttle.served(slot)
        if not body:
            raise Damaged(f"{attempt.url}: an empty body with status 200")
        check(body)
        attempt.outcome = "ok"
        return body

    @contextmanager
    def _answer(self, attempt: Attempt, slot: str) -> Iterator[httpx.Response]:
        """Send the request; the body is still to be read. Network failures become Unavailable."""
        attempt.requested_at = to_iso(self._clock.now())
        try:
            request = self._http.build_request("GET", attempt.url)
            response = self._http.send(request, stream=True)
        except httpx.HTTPError as error:
            raise Unavailable(f"{attempt.url}: {_name(error)}") from error
        finally:
            self._throttle.answered(slot)
        try:
            yield response
        except httpx.HTTPError as error:
            raise Unavailable(f"{attempt.url}: {_name(error)} while the body was read") from error
        finally:
            response.close()

    def _read(self, response: httpx.Response, attempt: Attempt, maximum_bytes: int) -> bytes | mmap.mmap:
        """Decode the body as it streams in; keep it in memory or, past IN_MEMORY_BYTES, in a file."""
        digest, size = hashlib.sha256(), 0
        encoding = response.headers.get("content-encoding", "identity")
        with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY_BYTES) as file:
            for chunk in decoded(self._on_time(response, attempt), encoding, maximum_bytes, attempt.url):
                digest.update(chunk)
                size += len(chunk)
                file.write(chunk)
            attempt.bytes, attempt.sha256 = size, digest.hexdigest()
            file.seek(0)
            if size <= IN_MEMORY_BYTES:
                return file.read()
            file.flush()
            return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)

    def _on_time(self, response: httpx.Response, attempt: Attempt) -> Iterator[bytes]:
        """The raw chunks; raises Unavailable when a body drips in too slowly to be worth a connection."""
        start, received = self._clock.monotonic(), 0
        for chunk in response.iter_raw():
            received += len(chunk)
            if self._clock.monotonic() - start > self._patience.deadline + received / self._patience.slowest:
                raise Unavailable(
                    f"{attempt.url}: only {received} bytes after {self._patience.deadline:.0f} s; given up"
                )
            yield chunk

    def _refusal(self, response: httpx.Response, attempt: Attempt) -> EdgarError:
        """What a status other than 200 means."""
        status, url = response.status_code, attempt.url
        if 300 <= status < 400:
            return Redirected(f"{url}: status {status} points elsewhere; EDGAR's archive never redirects")
        if status == 429:
            return Blocked(f"{url}: status 429, too many requests. {_BLOCK_ADVICE}")
        head = self._head(response)
        if _is_block_page(head):
            return Blocked(f"{url}: status {status} with the SEC's block page. {_BLOCK_ADVICE}")
        if status == 404 or (status == 403 and (b"<Code>AccessDenied<" in head or b"<Code>NoSuchKey<" in head)):
            return NotFound(f"{url}: status {status}, EDGAR has no such object")
        if status == 403:
            return Blocked(f"{url}: status 403 without EDGAR's XML for a missing object. {_BLOCK_ADVICE}")
        return Unavailable(f"{url}: status {status}")

    def _head(self, response: httpx.Response, limit: int = 16_384) -> bytes:
        """The first bytes of an error's body."""
        encoding, head = response.headers.get("content-encoding", "identity"), b""
        try:
            for chunk in decoded(response.iter_raw(), encoding, 1_000_000, str(response.url)):
                head += chunk
                if len(head) >= limit:
                    break
        except (Damaged, httpx.HTTPError):
            pass  # the status alone decides then; the bytes so far are still looked at
        return head


_BLOCK_ADVICE = "Check EDGAR_USER_AGENT and that nothing else on this network asks EDGAR; requests pause by themselves."


def _is_block_page(head: bytes) -> bool:
    lowered = bytes(head).lstrip()[:15].lower()
    return lowered.startswith((b"<!doctype html", b"<html")) and any(marker in head for marker in BLOCK_MARKERS)


def _retry_after(response: httpx.Response) -> float | None:
    """Seconds of a Retry-After header; a date or garbage counts as none, because the block's own pause is the longer."""
    text = response.headers.get("retry-after", "")
    return float(text) if text.isascii() and text.isdigit() and len(text) < 7 else None


def _name(error: httpx.HTTPError) -> str:
    return f"{type(error).__name__} {error}".strip()

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
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from threading import Event

import httpx

from edgar_pipeline.clock import SYSTEM_CLOCK, Clock, to_iso
from edgar_pipeline.errors import (
    Blocked,
    Damaged,
    EdgarError,
    NotFound,
    Oversized,
    Redirected,
    Stopped,
    TransportError,
    Unavailable,
)
from edgar_pipeline.files import spool
from edgar_pipeline.gunzip import decoded, too_large
from edgar_pipeline.settings import Settings
from edgar_pipeline.throttle import Throttle
from edgar_pipeline.wire import Deadline, DeadlineTransport

BLOCK_MARKERS = (b"Undeclared Automated Tool", b"Request Rate Threshold Exceeded", b"EXCEEDED THE SEC")
#: So much of an answer is looked at to tell a block page and EDGAR's error documents.
HEAD_BYTES = 16_384
CONNECTIONS = 16

#: What an answer's failure is called in the ledger.
OUTCOMES = {
    Blocked: "blocked",
    Damaged: "damaged",
    Redirected: "refused",
    Unavailable: "unavailable",
    NotFound: "absent",
}


class _Busy(Unavailable):
    """A 5xx that says when to come back."""

    def __init__(self, message: str, retry_after: float):
        super().__init__(message)
        self.retry_after = retry_after


@dataclass(frozen=True)
class Patience:
    """The retry policy as data: for each kind of failure the pauses (seconds) before the next tries.

    A block is different, because its pauses grow and silence all processes: the throttle keeps them, and who meets one of
    more than `blocked` seconds gives up. A whole answer must arrive within `deadline` seconds plus the time that it takes
    at `slowest` bytes a second. A 5xx may ask for a longer pause (Retry-After), up to `longest`.
    """

    unavailable: tuple[float, ...] = (1.0, 4.0, 15.0)
    damaged: tuple[float, ...] = (1.0, 10.0)
    blocked: float = 1800.0
    connect: float = 20.0
    silence: float = 30.0
    deadline: float = 120.0
    slowest: float = 100_000.0
    longest: float = 300.0

    def pauses(self, error: EdgarError) -> tuple[float, ...]:
        """The pauses for this failure; the number of retries is their length."""
        if isinstance(error, Damaged):
            return () if isinstance(error, Oversized) else self.damaged
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
        self._spool_dir = settings.spool_dir
        self._origins = (settings.www_url + "/", settings.data_url + "/")
        # One limiter for both hosts: the SEC counts requests per user, not per host.
        self._throttle = Throttle(
            settings.state_dir, settings.www_url, settings.requests_per_second, settings.block_pause_seconds, clock
        )
        self._deadline = Deadline(self._patience.deadline, self._patience.slowest, clock)
        self._http = httpx.Client(
            headers={"User-Agent": settings.contact(), "Accept-Encoding": "gzip"},
            timeout=httpx.Timeout(self._patience.silence, connect=self._patience.connect),
            transport=DeadlineTransport(self._deadline, CONNECTIONS),
            follow_redirects=False,
            trust_env=False,
        )

    def __enter__(self) -> "EdgarClient":
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def fetch(
        self,
        url: str,
        check: Callable[[bytes | mmap.mmap], object],
        maximum_bytes: int,
        attempts: list[Attempt],
        stop: Event | None = None,
    ) -> Fetched:
        """GET a URL, with retries, and return a body that `check` accepted.

        `check` raises Damaged for a body that is cut or is not what was asked for. Every request is appended to `attempts`,
        whatever becomes of it. Raises NotFound, the TransportError of the last try, Blocked (also before any request)
        where a block lasts, or Stopped once `stop` is set.
        """
        if not url.startswith(self._origins):
            raise Redirected(f"{url!r} is not below EDGAR_WWW_URL or EDGAR_DATA_URL, so it is not requested")
        failures: dict[str, int] = {}
        while True:
            slot = self._throttle.acquire(stop, self._patience.blocked)
            if slot is None:
                raise Stopped(f"{url}: not asked any more, because the work was called off")
            attempt = Attempt(url, len(attempts) + 1, to_iso(self._clock.now()))
            attempts.append(attempt)
            try:
                body = self._try(attempt, slot, maximum_bytes, check)
                attempt.outcome = "landed"
                return Fetched(url, body, attempt.sha256, attempt.requested_at, attempts)
            except (TransportError, NotFound) as error:
                kind = attempt.outcome = _outcome(error)
                attempt.reason = str(error)
                if isinstance(error, Blocked):
                    continue
                pauses = self._patience.pauses(error)
                failures[kind] = failures.get(kind, 0) + 1
                if failures[kind] > len(pauses):
                    raise
                self._rest(pauses[failures[kind] - 1], error, stop)

    def _rest(self, pause: float, error: EdgarError, stop: Event | None) -> None:
        """Pause before the next try, in naps that end early when the work is called off."""
        if isinstance(error, _Busy):
            pause = max(pause, min(error.retry_after, self._patience.longest))
        # Jitter keeps processes that failed together from coming back together; it never shortens what was asked for.
        end = self._clock.monotonic() + pause * random.uniform(1.0, 1.5)
        while (left := end - self._clock.monotonic()) > 0 and not (stop and stop.is_set()):
            self._clock.sleep(min(left, 1.0))

    def _try(self, attempt: Attempt, slot: str, maximum_bytes: int, check: Callable) -> bytes | mmap.mmap:
        with self._answer(attempt, slot) as response:
            attempt.status = response.status_code
            if response.status_code != 200:
                error = self._refusal(response, attempt)
                self._tell_throttle(error, slot, response)
                raise error
            body = self._read(response, attempt, maximum_bytes)
        if _is_block_page(body[:HEAD_BYTES]):
            self._throttle.block(slot)
            raise Blocked(f"{attempt.url}: the SEC's block page came with status 200. {_BLOCK_ADVICE}")
        self._throttle.served(slot)
        if not body:
            raise Damaged(f"{attempt.url}: an empty body with status 200")
        check(body)
        return body

    def _tell_throttle(self, error: EdgarError, slot: str, response: httpx.Response) -> None:
        """A block silences every process; any other refusal but a 5xx says that we are served, so a block is over."""
        if isinstance(error, Blocked):
            self._throttle.block(slot, self._retry_after(response))
        elif response.status_code < 500:
            self._throttle.served(slot)

    @contextmanager
    def _answer(self, attempt: Attempt, slot: str) -> Iterator[httpx.Response]:
        """Send the request; the body is still to be read. Network failures become Unavailable."""
        self._deadline.begin()
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
        """Decode the body as it streams in; keep it in memory or, where it is large, in a file."""
        declared = response.headers.get("content-length", "0")
        if declared.isascii() and declared.isdigit() and int(declared) > maximum_bytes:
            raise too_large(attempt.url, maximum_bytes)
        digest = hashlib.sha256()

        def hashed(chunks: Iterator[bytes]) -> Iterator[bytes]:
            for chunk in chunks:
                digest.update(chunk)
                yield chunk

        encoding = response.headers.get("content-encoding", "identity")
        body = spool(hashed(decoded(response.iter_raw(), encoding, maximum_bytes, attempt.url)), self._spool_dir)
        attempt.bytes, attempt.sha256 = len(body), digest.hexdigest()
        return body

    def _refusal(self, response: httpx.Response, attempt: Attempt) -> EdgarError:
        """What a status other than 200 means."""
        status, url = response.status_code, attempt.url
        if status in (301, 302, 303, 307, 308):
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
        return _Busy(f"{url}: status {status}", self._retry_after(response) or 0.0)

    def _head(self, response: httpx.Response) -> bytes:
        """The first bytes of an error's body."""
        encoding, head = response.headers.get("content-encoding", "identity"), b""
        try:
            for chunk in decoded(response.iter_raw(), encoding, 1_000_000, str(response.url)):
                head += chunk
                if len(head) >= HEAD_BYTES:
                    break
        except (Damaged, httpx.HTTPError):
            pass  # the status alone decides then; the bytes so far are still looked at
        return head

    def _retry_after(self, response: httpx.Response) -> float | None:
        """Seconds of a Retry-After header, a number or a date; garbage counts as none."""
        text = response.headers.get("retry-after", "").strip()
        if text.isascii() and text.isdigit():
            return float(text[:9])
        try:
            return max(0.0, (parsedate_to_datetime(text) - self._clock.now()).total_seconds())
        except (ValueError, TypeError, OverflowError):
            return None


_BLOCK_ADVICE = "Check EDGAR_USER_AGENT and that nothing else on this network asks EDGAR; requests pause by themselves."


def _outcome(error: EdgarError) -> str:
    return next(outcome for kind, outcome in OUTCOMES.items() if isinstance(error, kind))


def _is_block_page(head: bytes) -> bool:
    lowered = bytes(head).lstrip()[:15].lower()
    return lowered.startswith((b"<!doctype html", b"<html")) and any(marker in head for marker in BLOCK_MARKERS)


def _name(error: httpx.HTTPError) -> str:
    return f"{type(error).__name__} {error}".strip()

"""HTTP/1.1 as bytes: what a client sent, and what we send back.

Written by hand, because a library that frames messages correctly cannot frame them wrongly on demand.
"""

from __future__ import annotations

import asyncio
import gzip
import time
from dataclasses import dataclass, field, replace
from email.utils import formatdate
from http import HTTPStatus
from urllib.parse import unquote, urlsplit

MAX_HEAD_BYTES = 64 * 1024
MAX_BODY_BYTES = 64 * 1024 * 1024


class BadRequest(Exception):
    """What arrived is not an HTTP/1.1 request."""


@dataclass(frozen=True)
class Request:
    """One request; header names are lower case, ``target`` is the request line's path with its query string."""

    method: str
    target: str
    version: str
    headers: dict[str, str]
    body: bytes = b""

    @property
    def path(self) -> str:
        """The decoded path without the query string."""
        return unquote(urlsplit(self.target).path)

    @property
    def accepts_gzip(self) -> bool:
        """Whether Accept-Encoding names gzip (``gzip;q=0`` counts as a refusal)."""
        for coding in self.headers.get("accept-encoding", "").lower().split(","):
            name, _, parameters = coding.strip().partition(";")
            if name.strip() in ("gzip", "*") and parameters.replace(" ", "") not in ("q=0", "q=0.0"):
                return True
        return False

    @property
    def wants_close(self) -> bool:
        connection = self.headers.get("connection", "").lower()
        return "close" in connection or (self.version == "HTTP/1.0" and "keep-alive" not in connection)


@dataclass(frozen=True)
class Response:
    """One answer before framing: ``headers`` has no Content-Length, which the delivery adds (or lies about)."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    def with_headers(self, changes: dict[str, str | None]) -> Response:
        """The same answer with these headers set; None removes one. Names are compared without case."""
        lowered = {name.lower() for name in changes}
        kept = {name: value for name, value in self.headers.items() if name.lower() not in lowered}
        return replace(self, headers=kept | {name: value for name, value in changes.items() if value is not None})

    @property
    def may_have_body(self) -> bool:
        return self.status >= 200 and self.status not in (204, 304)


async def read_request(reader: asyncio.StreamReader) -> tuple[Request, float] | None:
    """The next request of a connection with ``time.monotonic()`` when its head was complete; None at the end."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError as error:
        if error.partial.strip():
            raise BadRequest("the request head was cut off") from None
        return None
    except asyncio.LimitOverrunError:
        raise BadRequest(f"the request head is longer than {MAX_HEAD_BYTES} bytes") from None
    arrived = time.monotonic()
    request = parse_head(head)
    declared = request.headers.get("content-length", "0")
    if not declared.isdigit() or int(declared) > MAX_BODY_BYTES:
        raise BadRequest(f"not a length of a request body up to {MAX_BODY_BYTES} bytes: {declared[:40]!r}")
    length = int(declared)
    if length:
        request = replace(request, body=await reader.readexactly(length))
    return request, arrived


def parse_head(head: bytes) -> Request:
    """A request from its head (request line, headers, empty line)."""
    lines = head.decode("latin-1").split("\r\n")
    parts = lines[0].split(" ")
    if len(parts) != 3 or not parts[2].startswith("HTTP/1."):
        raise BadRequest(f"not a request line: {lines[0][:200]!r}")
    headers: dict[str, str] = {}
    for line in lines[1:]:
        name, colon, value = line.partition(":")
        if colon:
            headers[name.strip().lower()] = value.strip()
    return Request(parts[0], parts[1], parts[2], headers)


def compressed(response: Response) -> Response:
    """The answer as S3 behind its CDN compresses it: gzip, and an ETag that says so."""
    headers: dict[str, str | None] = {"Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
    etag = response.headers.get("ETag")
    if etag and not etag.endswith('-gzip"'):
        headers["ETag"] = f'{etag[:-1]}-gzip"'
    # Level 1 without a time stamp: cheap, and the same bytes every time.
    return replace(response.with_headers(headers), body=gzip.compress(response.body, compresslevel=1, mtime=0))


def render_head(response: Response, framing: dict[str, str]) -> bytes:
    """Status line and headers; ``framing`` holds what says where the body ends (Content-Length and the like)."""
    try:
        reason = HTTPStatus(response.status).phrase
    except ValueError:
        reason = "Unknown"
    headers = {"Date": formatdate(usegmt=True)} | response.headers
    given = {name.lower() for name in headers}
    headers |= {name: value for name, value in framing.items() if name.lower() not in given}
    lines = [f"HTTP/1.1 {response.status} {reason}", *(f"{name}: {value}" for name, value in headers.items())]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")

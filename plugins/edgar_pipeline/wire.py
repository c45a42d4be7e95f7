"""A transport that keeps one deadline over a whole exchange: headers and body, however they arrive.

httpx's timeouts are per read, so a server that sends a byte every twenty seconds is never timed out, and its headers may
take for ever (threat: slowloris). Here every read of a connection looks at what the exchange has taken so far.
"""

import ssl
import threading
from collections.abc import Iterable
from typing import Any

import httpcore
import httpx

from edgar_pipeline.clock import Clock


class Deadline:
    """How long an exchange may take: `seconds`, plus its bytes at `slowest` bytes a second. One exchange per thread."""

    def __init__(self, seconds: float, slowest: float, clock: Clock):
        self._seconds, self._slowest, self._clock = seconds, slowest, clock
        self._exchange = threading.local()

    def begin(self) -> None:
        """An exchange of this thread begins."""
        self._exchange.start, self._exchange.received = self._clock.monotonic(), 0

    def left(self) -> float:
        """Seconds that this thread's exchange still has; raise ReadTimeout where it has none."""
        elapsed = self._clock.monotonic() - self._exchange.start
        left = self._seconds + self._exchange.received / self._slowest - elapsed
        if left <= 0:
            raise httpcore.ReadTimeout(f"only {self._exchange.received} bytes after {elapsed:.0f} s; given up")
        return left

    def received(self, size: int) -> None:
        """This many bytes have come in."""
        self._exchange.received += size


class DeadlineTransport(httpx.HTTPTransport):
    """httpx's own transport over connections that keep the deadline."""

    def __init__(self, deadline: Deadline, connections: int):
        context = httpx.create_ssl_context(trust_env=False)
        super().__init__(verify=context)
        # httpx has no parameter for the network backend, httpcore's pool does (httpx 0.28; a test drips headers).
        self._pool = httpcore.ConnectionPool(
            ssl_context=context,
            max_connections=connections,
            keepalive_expiry=5.0,
            network_backend=_Backend(deadline),
        )


class _Backend(httpcore.NetworkBackend):
    def __init__(self, deadline: Deadline):
        self._deadline, self._backend = deadline, httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        stream = self._backend.connect_tcp(host, port, timeout, local_address, socket_options)
        return _Stream(stream, self._deadline)


class _Stream(httpcore.NetworkStream):
    def __init__(self, stream: httpcore.NetworkStream, deadline: Deadline):
        self._stream, self._deadline = stream, deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        left = self._deadline.left()
        content = self._stream.read(max_bytes, left if timeout is None else min(timeout, left))
        self._deadline.received(len(content))
        return content

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, timeout)

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, timeout), self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)

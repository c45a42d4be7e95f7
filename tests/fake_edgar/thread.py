"""The stand-in server inside a test: its own thread, its own event loop."""

from __future__ import annotations

import asyncio
import re
import threading
from pathlib import Path
from typing import Any

from tests.fake_edgar.rules import Rule
from tests.fake_edgar.server import Server

START_SECONDS = 10


class FakeEdgar:
    """A context manager: the server runs inside the block, and nothing of it is left after it.

    ``rate_limit`` is the number of requests allowed in any one second (None: no limit); after an excess the client is
    refused for ``block_seconds``, and each request in that time starts them anew.
    """

    def __init__(
        self, root: Path | str, rate_limit: int | None = None, block_seconds: float = 0.0, port: int = 0
    ) -> None:
        self.url = ""
        self._port = port
        self._server = Server(root, rate_limit, block_seconds)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="fake-edgar", daemon=True)

    def __enter__(self) -> FakeEdgar:
        self._thread.start()
        try:
            self.url = self._in_loop(self._server.start(self._port))
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._in_loop(self._server.stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(START_SECONDS)
        self._loop.run_until_complete(self._loop.shutdown_default_executor())
        self._loop.close()

    def rule(self, match: str, action: str, *, after_n: int = 0, times: int | None = None, **args: Any) -> Rule:
        """Let requests whose path matches the regular expression fail; the arguments are those of ``faults.py``."""
        rule = Rule(match, action, after_n, times, args)
        self._server.add(rule)
        return rule

    def clear(self) -> None:
        """Remove all rules and release what is held; the log stays."""
        self._server.rules.clear()
        self.release()

    def release(self) -> int:
        """Let every held request go; the number of those."""

        async def in_the_loop() -> int:
            return self._server.release()

        return self._in_loop(in_the_loop())

    def log(self, match: str = "") -> list[dict[str, Any]]:
        """The requests so far whose path matches, oldest first (fields: ``server.py``)."""
        return [dict(entry) for entry in list(self._server.log) if re.search(match, entry["path"])]

    def clear_log(self) -> None:
        """Forget the requests so far."""
        self._server.log.clear()

    def _in_loop(self, coroutine: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(START_SECONDS)

"""The sockets, the log and the control API.

Control paths, never logged, never refused, never failing:

- ``POST /__control`` with one rule or a list of rules as JSON ``{match, action, after_n, times, args}``; or
  ``{"release": true}``, which lets every held request go;
- ``DELETE /__control`` removes all rules and releases what is held;
- ``GET /__log`` gives every request since the start (or since ``DELETE /__log``), oldest first, as JSON
  ``{at, method, path, headers, status, bytes, action}``: ``at`` is ``time.monotonic()`` of this machine when the
  request head had arrived (comparable between processes), ``path`` includes the query string, ``bytes`` counts the
  body as sent on the wire, ``action`` names the rule's action if one applied; ``status`` is null while nothing has
  been answered.
"""

from __future__ import annotations

import asyncio
import json
import logging
from pathlib import Path
from typing import Any

from tests.fake_edgar import faults
from tests.fake_edgar.access import RateLimit, block_page, is_declared
from tests.fake_edgar.archive import Archive
from tests.fake_edgar.rules import Rule, RuleBook
from tests.fake_edgar.wire import MAX_HEAD_BYTES, BadRequest, Request, Response, read_request

logger = logging.getLogger(__name__)


class Server:
    """One stand-in server; must be started and stopped in the same event loop."""

    def __init__(self, root: Path | str, rate_limit: int | None = None, block_seconds: float = 0.0) -> None:
        self.archive = Archive(root)
        self.rules = RuleBook()
        self.log: list[dict[str, Any]] = []
        self._limit = RateLimit(rate_limit, block_seconds) if rate_limit is not None else None
        self._held: list[asyncio.Event] = []
        self._connections: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    async def start(self, port: int = 0) -> str:
        """Listen on 127.0.0.1 (port 0: any free one) and give the base URL."""
        self._server = await asyncio.start_server(self._connection, "127.0.0.1", port, limit=MAX_HEAD_BYTES)
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def stop(self) -> None:
        """Stop listening and cut all connections, also those that stall or are held."""
        if self._server is None:
            return
        self._server.close()
        tasks = list(self._connections)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._server.wait_closed()

    def add(self, rule: Rule) -> None:
        """Put a rule in force; one that names a submission that is not there is refused at once."""
        other = rule.args.get("accession_number")
        if other is not None and self.archive.submission_path(other) is None:
            raise ValueError(f"the archive has no submission {other}")
        self.rules.add(rule)

    def release(self) -> int:
        """Let every held request go; the number of those."""
        held, self._held = self._held, []
        for gate in held:
            gate.set()
        return len(held)

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer the requests of one connection, one after the other, until either side closes it."""
        task = asyncio.current_task()
        self._connections.add(task)
        try:
            while await self._exchange(reader, writer):
                pass
        except BadRequest as error:
            plain = Response(400, {"Content-Type": "text/plain"}, f"{error}\n".encode())
            await faults.deliver(faults.Delivery(writer, plain, keep_alive=False), Request("GET", "/", "", {}), None)
        except (ConnectionError, asyncio.IncompleteReadError):
            logger.debug("a client went away in the middle of an exchange")
        except asyncio.CancelledError:
            # A client that does not read would keep an orderly close waiting for ever.
            writer.transport.abort()
        finally:
            self._connections.discard(task)
            writer.close()

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """One request and its answer; whether the connection goes on."""
        received = await read_request(reader)
        if received is None:
            return False
        request, arrived = received
        if request.path.startswith("/__"):
            delivery = faults.Delivery(writer, self._control(request), keep_alive=not request.wants_close)
            await faults.deliver(delivery, request, None)
            return delivery.keep_alive
        entry = {"at": arrived, "method": request.method, "path": request.target, "headers": request.headers}
        entry |= {"status": None, "bytes": 0, "action": None}
        self.log.append(entry)
        response, rule = await self._answer(request, arrived, entry)
        entry["status"] = response.status
        delivery = faults.Delivery(writer, response, keep_alive=not request.wants_close)
        try:
            await faults.deliver(delivery, request, rule)
        finally:
            entry["bytes"] = delivery.sent
        return delivery.keep_alive

    async def _answer(self, request: Request, arrived: float, entry: dict[str, Any]) -> tuple[Response, Rule | None]:
        """What to say to a request, and the rule that applies to it."""
        too_fast = self._limit is not None and self._limit.refuses(arrived)
        if not is_declared(request.headers.get("user-agent")):
            return block_page("undeclared"), None
        if too_fast:
            return block_page("threshold"), None
        rule = self.rules.take(request.target)
        if rule is not None:
            entry["action"] = rule.action
            if rule.action == "hold":
                gate = asyncio.Event()
                self._held.append(gate)
                await gate.wait()
        # In a thread, so that reading and compressing one answer does not delay the arrival times of other requests.
        return await asyncio.to_thread(self._prepare, request, rule), rule

    def _prepare(self, request: Request, rule: Rule | None) -> Response:
        response = faults.alter(self.archive.answer(request), rule, self.archive)
        return faults.pack(response, request, rule)

    def _control(self, request: Request) -> Response:
        """Serve the control API; a rule that cannot be is answered with 400 and the reason."""
        try:
            answer = self._command(request.method, request.path, request.body)
        except (ValueError, TypeError) as error:
            return as_json({"error": str(error)}, 400)
        return answer or as_json({"error": f"no such control: {request.method} {request.path}"}, 404)

    def _command(self, method: str, path: str, body: bytes) -> Response | None:
        if (method, path) == ("GET", "/__log"):
            return as_json(self.log)
        if (method, path) == ("DELETE", "/__log"):
            self.log.clear()
            return as_json({"cleared": True})
        if (method, path) == ("DELETE", "/__control"):
            self.rules.clear()
            return as_json({"released": self.release()})
        if (method, path) == ("POST", "/__control"):
            command = json.loads(body)
            if isinstance(command, dict) and command.get("release"):
                return as_json({"released": self.release()})
            rules = [Rule(**fields) for fields in (command if isinstance(command, list) else [command])]
            for rule in rules:
                self.add(rule)
            return as_json({"rules": len(rules)})
        return None


def as_json(content: Any, status: int = 200) -> Response:
    return Response(status, {"Content-Type": "application/json"}, json.dumps(content).encode())

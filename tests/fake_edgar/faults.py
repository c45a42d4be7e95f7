"""How an answer fails: in what it says (``alter``), in how it is packed (``pack``), in how it is sent (``deliver``).

Actions and their arguments (all optional unless marked *):

======================= ==========================================================================================
``status``              ``status``*, ``body``, ``content_type``, ``headers`` (Retry-After and the like) instead
``body``                200 with ``body`` (text or bytes) or ``body_base64``, ``content_type``, ``headers``
``headers``             the right answer with ``headers``* set; a value of None removes one
``block_page``          ``page`` "threshold" or "undeclared", with ``status`` 403 (or 200, as broken proxies do)
``redirect``            ``location``*, ``status`` 302
``swap_body``           the body of ``accession_number``* under the URL that was asked
``empty``               200 without a byte
``gzip_cut``            gzip cut after ``keep`` bytes (half) under a Content-Length that fits the cut
``gzip_two_members``    gzip in two members, parted at ``split`` bytes of the content (half)
``cut_at``              the whole Content-Length, ``at`` bytes of body (half), then the end of the connection
``chunk_early_end``     chunked, and properly ended after ``at`` bytes (half)
``no_length_close``     no Content-Length; the end of the connection is the end (after ``at`` bytes, if given)
``drip``                the body at ``bytes_per_second`` (10)
``stall``               silence after the headers and ``at`` bytes (0), for ``seconds`` (for ever), then the rest
``reset``               a TCP reset after ``at`` bytes (half)
``hold``                nothing until the control API releases it, then the right answer
======================= ==========================================================================================

``at`` counts bytes on the wire. ``identity: true`` sends uncompressed, whatever the client accepts: a cut text is then
well-formed HTTP, and only the content can show that it is cut.
"""

from __future__ import annotations

import asyncio
import base64
import gzip
import socket
import struct
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any

from tests.fake_edgar.access import block_page
from tests.fake_edgar.archive import Archive
from tests.fake_edgar.rules import Rule
from tests.fake_edgar.wire import Request, Response, compressed, render_head

BLOCK_BYTES = 64 * 1024
DRIPS_PER_SECOND = 20


def alter(response: Response, rule: Rule | None, archive: Archive) -> Response:
    """The answer that a rule wants said instead of ``response`` (before compression)."""
    if rule is None:
        return response
    args = rule.args
    headers = {"Content-Type": args.get("content_type", "text/html")} | args.get("headers", {})
    if rule.action == "status":
        return Response(int(args["status"]), headers, as_bytes(args.get("body", "")))
    if rule.action == "body":
        return Response(200, {"Content-Type": "text/plain"} | headers_of_body(args), body_of(args))
    if rule.action == "headers":
        return response.with_headers(args["headers"])
    if rule.action == "block_page":
        return block_page(args.get("page", "threshold"), int(args.get("status", 403)))
    if rule.action == "redirect":
        return Response(int(args.get("status", 302)), {"Location": args["location"], "Content-Type": "text/html"})
    if rule.action == "swap_body":
        return replace(response, body=archive.submission_path(args["accession_number"]).read_bytes())
    if rule.action == "empty":
        return Response(200, {"Content-Type": "text/plain"})
    return response


def headers_of_body(args: dict[str, Any]) -> dict[str, str]:
    given = {"Content-Type": args["content_type"]} if "content_type" in args else {}
    return given | args.get("headers", {})


def body_of(args: dict[str, Any]) -> bytes:
    return base64.b64decode(args["body_base64"]) if "body_base64" in args else as_bytes(args.get("body", ""))


def as_bytes(text: str | bytes) -> bytes:
    return text if isinstance(text, bytes) else text.encode()


def pack(response: Response, request: Request, rule: Rule | None) -> Response:
    """The answer compressed, if the client accepts that, or compressed wrongly, if a rule says so."""
    action = rule.action if rule else None
    content = response.body
    if action == "gzip_cut":
        whole = compressed(response)
        return replace(whole, body=whole.body[: rule.args.get("keep", len(whole.body) // 2)])
    if action == "gzip_two_members":
        split = rule.args.get("split", len(content) // 2)
        members = [gzip.compress(part, compresslevel=1, mtime=0) for part in (content[:split], content[split:])]
        return replace(compressed(response), body=b"".join(members))
    encoded = any(name.lower() == "content-encoding" for name in response.headers)
    plain = encoded or not content or response.status != 200 or bool(rule and rule.args.get("identity"))
    return response if plain or not request.accepts_gzip else compressed(response)


@dataclass
class Delivery:
    """One answer on its way to one client; counts the bytes of body that were sent."""

    writer: asyncio.StreamWriter
    response: Response
    keep_alive: bool
    sent: int = 0

    async def head(self, **framing: str) -> None:
        fields = {name.replace("_", "-"): value for name, value in framing.items()}
        fields |= {"Connection": "keep-alive" if self.keep_alive else "close"}
        self.writer.write(render_head(self.response, fields))
        await self.writer.drain()

    async def body(self, content: bytes) -> None:
        for start in range(0, len(content), BLOCK_BYTES):
            block = content[start : start + BLOCK_BYTES]
            self.writer.write(block)
            await self.writer.drain()
            self.sent += len(block)


async def deliver(delivery: Delivery, request: Request, rule: Rule | None) -> None:
    """Send the answer, or as much of it and in such a way as the rule says."""
    response = delivery.response
    faulty = DELIVERIES.get(rule.action) if rule else None
    if not response.may_have_body:
        await delivery.head()
    elif request.method == "HEAD":
        await delivery.head(Content_Length=str(len(response.body)))
    elif faulty is None:
        await delivery.head(Content_Length=str(len(response.body)))
        await delivery.body(response.body)
    else:
        # After a fault the two sides no longer agree where a message ends, so the connection is of no further use.
        delivery.keep_alive = False
        await faulty(delivery, response.body, rule.args)


def position(args: dict[str, Any], body: bytes) -> int:
    """Where the body is cut: ``at``, else the half; always short of the whole."""
    return max(0, min(int(args.get("at", len(body) // 2)), len(body) - 1))


async def send_cut(delivery: Delivery, body: bytes, args: dict[str, Any]) -> None:
    await delivery.head(Content_Length=str(len(body)))
    await delivery.body(body[: position(args, body)])


async def send_chunks_ending_early(delivery: Delivery, body: bytes, args: dict[str, Any]) -> None:
    await delivery.head(Transfer_Encoding="chunked")
    part = body[: position(args, body)]
    if part:
        delivery.writer.write(f"{len(part):x}\r\n".encode())
        await delivery.body(part)
        delivery.writer.write(b"\r\n")
    delivery.writer.write(b"0\r\n\r\n")
    await delivery.writer.drain()


async def send_without_length(delivery: Delivery, body: bytes, args: dict[str, Any]) -> None:
    await delivery.head()
    await delivery.body(body[: args.get("at", len(body))])


async def send_dripping(delivery: Delivery, body: bytes, args: dict[str, Any]) -> None:
    rate = float(args.get("bytes_per_second", 10))
    step = max(1, int(rate / DRIPS_PER_SECOND))
    await delivery.head(Content_Length=str(len(body)))
    for start in range(0, len(body), step):
        await delivery.body(body[start : start + step])
        await asyncio.sleep(step / rate)


async def send_stalling(delivery: Delivery, body: bytes, args: dict[str, Any]) -> None:
    at = int(args.get("at", 0))
    seconds = args.get("seconds")
    await delivery.head(Content_Length=str(len(body)))
    await delivery.body(body[:at])
    await (asyncio.Event().wait() if seconds is None else asyncio.sleep(float(seconds)))
    await delivery.body(body[at:])


async def send_and_reset(delivery: Delivery, body: bytes, args: dict[str, Any]) -> None:
    await delivery.head(Content_Length=str(len(body)))
    await delivery.body(body[: position(args, body)])
    # Lingering for zero seconds turns the close into a reset instead of an orderly end.
    raw = delivery.writer.get_extra_info("socket")
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    delivery.writer.transport.abort()


DELIVERIES: dict[str, Callable[[Delivery, bytes, dict[str, Any]], Awaitable[None]]] = {
    "cut_at": send_cut,
    "chunk_early_end": send_chunks_ending_early,
    "no_length_close": send_without_length,
    "drip": send_dripping,
    "stall": send_stalling,
    "reset": send_and_reset,
}

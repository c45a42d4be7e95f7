"""A chat on loopback whose incoming webhook takes messages."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

#: The part of the webhook's address that nobody may learn.
SECRET = "T000-B000-secret"


class Chat(ThreadingHTTPServer):
    """A chat with an incoming webhook on loopback; `answers` are its next statuses, then 200."""

    def __init__(self):
        self.taken: list[tuple[str, dict]] = []
        self.answers: list[int] = []
        super().__init__(("127.0.0.1", 0), Webhook)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/services/{SECRET}"


class Webhook(BaseHTTPRequestHandler):
    """Takes JSON; a redirect leads back to the same server."""

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.taken.append((self.path, body))
        self.send_response(self.server.answers.pop(0) if self.server.answers else 200)
        self.send_header("Location", "/elsewhere")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


@contextmanager
def open_chat() -> Iterator[Chat]:
    """The chat, listening until the block ends."""
    with Chat() as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()

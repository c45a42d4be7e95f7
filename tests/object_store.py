"""An object store on 127.0.0.1 for the tests: moto's S3 server in a thread, with a log of its requests and faults.

moto (Apache-2.0) is an implementation of its own, so what the pipeline believes of S3 is not judged by the pipeline's authors.
"""

import re
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import parse_qs

import boto3
from moto.server import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import WSGIRequestHandler, make_server

#: No account of anybody. They are looked for in everything that the pipeline writes.
CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "AKIAKEYOFTHETESTS0001",
    "AWS_SECRET_ACCESS_KEY": "secret-of-the-tests-9f8e7d6c5b4a",
    "AWS_SESSION_TOKEN": "session-of-the-tests-1a2b3c4d5e6f",
}

_REFUSAL = b'<?xml version="1.0"?><Error><Code>%s</Code><Message>as the test wants it</Message></Error>'


@dataclass(frozen=True)
class Request:
    """A request as the server saw it: its method, the object's key (or prefix, for a listing), and what it was."""

    method: str
    key: str
    kind: str


class _Quiet(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log(self, *_: object) -> None:
        """Nothing: the log of requests is kept beside."""


class ObjectStore:
    """The server, its log, and what it is to refuse."""

    def __init__(self) -> None:
        self._app = DomainDispatcherApplication(create_backend_app)
        self._server = make_server("127.0.0.1", 0, self._serve, threaded=True, request_handler=_Quiet)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self.log: list[Request] = []
        self._refusals: list[tuple[re.Pattern, int, bytes]] = []
        self._struck: Callable[[Request], None] | None = None

    @contextmanager
    def running(self) -> Iterator["ObjectStore"]:
        thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self._server.shutdown()
            thread.join()

    def environment(self) -> dict[str, str]:
        """What a process needs to reach it: AWS's own variables."""
        return {
            **CREDENTIALS,
            "AWS_ENDPOINT_URL": self.url,
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def make_bucket(self, name: str) -> None:
        self.client().create_bucket(Bucket=name)

    def client(self):
        """Another client than the pipeline's, to look at what is there."""
        keys = {"aws_access_key_id": "other", "aws_secret_access_key": "other"}
        return boto3.client("s3", endpoint_url=self.url, region_name="us-east-1", **keys)

    def objects(self, bucket: str, prefix: str = "") -> dict[str, bytes]:
        """Every object, by its key."""
        client, found = self.client(), {}
        for page in client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
            for entry in page.get("Contents", []):
                found[entry["Key"]] = client.get_object(Bucket=bucket, Key=entry["Key"])["Body"].read()
        return found

    def written(self, bucket: str) -> dict[str, tuple]:
        """When each object was written and what it is, so that a second write of the same shows."""
        pages = self.client().get_paginator("list_objects_v2").paginate(Bucket=bucket)
        return {e["Key"]: (e["LastModified"], e["ETag"]) for page in pages for e in page.get("Contents", [])}

    def refuse(self, pattern: str, code: str = "AccessDenied", status: int = 403) -> None:
        """Answer requests whose `METHOD kind key` matches with an error of S3."""
        self._refusals.append((re.compile(pattern), status, code.encode()))

    def on_request(self, do: Callable[[Request], None]) -> None:
        """Call this before each request is served."""
        self._struck = do

    def forgive(self) -> None:
        """Refuse nothing any more, and forget the log."""
        self._refusals.clear()
        self._struck = None
        self.log.clear()

    def counts(self) -> Counter:
        """How many requests of each kind were served."""
        return Counter(request.kind for request in self.log)

    def _serve(self, environ: dict, start_response: Callable) -> list[bytes]:
        request = _read(environ)
        self.log.append(request)
        if self._struck:
            self._struck(request)
        text = f"{request.method} {request.kind} {request.key}"
        for pattern, status, code in self._refusals:
            if pattern.search(text):
                environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
                body = _REFUSAL % code
                start_response(
                    f"{status} refused", [("Content-Type", "application/xml"), ("Content-Length", str(len(body)))]
                )
                return [body]
        return self._app(environ, start_response)


def _read(environ: dict) -> Request:
    method, query = environ["REQUEST_METHOD"], parse_qs(environ.get("QUERY_STRING", ""), keep_blank_values=True)
    _, _, key = environ["PATH_INFO"].lstrip("/").partition("/")
    if "list-type" in query:
        return Request(method, query.get("prefix", [""])[0], "list")
    if "uploads" in query or "uploadId" in query:
        return Request(method, key, "multipart")
    return Request(method, key, {"GET": "get", "PUT": "put", "HEAD": "head", "DELETE": "delete"}.get(method, method))

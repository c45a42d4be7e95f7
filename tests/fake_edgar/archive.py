"""A folder laid out as EDGAR's URLs, and EDGAR's answers from it.

Facts of the real servers that clients depend on, all from recorded exchanges:

- ``/Archives`` is an S3 bucket behind a CDN: ``text/plain`` without charset, ETag and Last-Modified, 304 on
  If-Modified-Since; a missing index is **403** with an XML body (``AccessDenied``), a missing filing is 404
  (``NoSuchKey``).
- A submission answers under the folder of any of its filers, with and without the folder named after the accession
  number without dashes, but not under the filing agent's number.
- ``data.sec.gov`` sends no validators and forbids caching; an unknown company is 404 with an XML body.
- The index folders have listings (``index.json``) meant for crawlers.

The folder is read anew for every request, so a test may add or change a file while the server runs.
"""

from __future__ import annotations

import hashlib
import json
import re
from datetime import UTC, datetime
from email.utils import formatdate, parsedate_to_datetime
from pathlib import Path

from tests.fake_edgar.wire import Request, Response

SUBMISSION_PATH = re.compile(r"^/Archives/edgar/data/(\d{1,10})/(?:(\d{18})/)?(\d{10}-\d{2}-\d{6})\.txt$")
LISTING_PATH = re.compile(r"^/Archives/edgar/((?:daily-index|full-index)/(?:[\w.-]+/)*)index\.json$")
HEADER_CIK = re.compile(rb"(?:CENTRAL INDEX KEY:\s*|<CIK>)0*(\d+)")
HEADER_END = re.compile(rb"</SEC-HEADER>|</IMS-HEADER>|<DOCUMENT>")
CONTENT_TYPES = {
    ".txt": "text/plain",
    ".idx": "text/plain",
    ".json": "application/json",
    ".xml": "application/xml",
    ".htm": "text/html",
    ".html": "text/html",
    ".zip": "application/zip",
}
NO_CACHE = {"Cache-Control": "max-age=0, no-cache, no-store", "Pragma": "no-cache", "Access-Control-Allow-Origin": "*"}


class Archive:
    """Answers to requests from the files below ``root``."""

    def __init__(self, root: Path | str) -> None:
        self.root = Path(root).resolve()
        if not self.root.is_dir():
            raise NotADirectoryError(f"{self.root}: no such folder; give the one that holds www.sec.gov/")
        self._submissions: dict[str, Path] = {}

    def answer(self, request: Request) -> Response:
        """What EDGAR would answer to this request, uncompressed and unframed."""
        if request.method not in ("GET", "HEAD"):
            return s3_error(405, "MethodNotAllowed", "The specified method is not allowed against this resource.")
        path = request.path
        submission = SUBMISSION_PATH.match(path)
        if submission:
            cik, folder, accession_number = submission.groups()
            found = self.submission_path(accession_number, cik)
            if found is None or folder not in (None, accession_number.replace("-", "")):
                return missing(path)
            return from_file(found, request)
        listing = LISTING_PATH.match(path)
        found = self.file_path(path)
        if found is None and listing:
            return self.listing(listing.group(1), path)
        return missing(path) if found is None else from_file(found, request)

    def file_path(self, path: str) -> Path | None:
        """The file that answers this URL path under either host; never one outside the root."""
        for host in ("www.sec.gov", "data.sec.gov"):
            candidate = (self.root / host / path.lstrip("/")).resolve()
            if candidate.is_relative_to(self.root / host) and candidate.is_file():
                return candidate
        return None

    def submission_path(self, accession_number: str, cik: str | None = None) -> Path | None:
        """The file of a submission, wherever it is stored; with ``cik``, only if that company is one of its filers."""
        found = self._submissions.get(accession_number)
        if found is None or not found.is_file():
            self._submissions = {file.stem: file for file in self.root.glob("www.sec.gov/Archives/edgar/data/**/*.txt")}
            found = self._submissions.get(accession_number)
        if found is None or cik is None or self.is_filer(found, accession_number, cik):
            return found
        return None

    def is_filer(self, submission: Path, accession_number: str, cik: str) -> bool:
        """Whether the submission's header, or else an index line, names this company."""
        content = submission.read_bytes()
        end = HEADER_END.search(content)
        header = content[: end.start()] if end else content
        if cik.lstrip("0").encode() in HEADER_CIK.findall(header):
            return True
        line_end = f"edgar/data/{int(cik)}/{accession_number}.txt".encode()
        indexes = self.root.glob("www.sec.gov/Archives/edgar/*-index/**/*.idx")
        return any(line_end in index.read_bytes() for index in indexes)

    def listing(self, folder: str, path: str) -> Response:
        """The listing of an index folder; 403 where the folder does not exist, as for any missing index."""
        directory = self.root / "www.sec.gov/Archives/edgar" / folder
        if not directory.is_dir():
            return missing(path)
        items = [listing_item(entry) for entry in sorted(directory.iterdir()) if not entry.name.startswith(".")]
        content = {"directory": {"item": items, "name": folder, "parent-dir": "../"}}
        return Response(200, {"Content-Type": "application/json"}, json.dumps(content).encode())


def listing_item(entry: Path) -> dict[str, str]:
    """One line of a listing, in EDGAR's shape: sizes as text, a folder's link with a slash."""
    changed = datetime.fromtimestamp(entry.stat().st_mtime, UTC).strftime("%m/%d/%Y %I:%M:%S %p")
    if entry.is_dir():
        return {"last-modified": changed, "name": entry.name, "type": "dir", "href": f"{entry.name}/", "size": "4 KB"}
    size = f"{-(-entry.stat().st_size // 1024)} KB"
    return {"last-modified": changed, "name": entry.name, "type": "file", "href": entry.name, "size": size}


def from_file(file: Path, request: Request) -> Response:
    """A stored file with the headers of the host that serves it, or 304 if the client has it already."""
    headers = {"Content-Type": CONTENT_TYPES.get(file.suffix, "binary/octet-stream")}
    if request.path.startswith(("/submissions/", "/api/")):
        return Response(200, headers | NO_CACHE, file.read_bytes())
    content = file.read_bytes()
    modified = int(file.stat().st_mtime)
    etag = hashlib.md5(content, usedforsecurity=False).hexdigest()
    validators = {"ETag": f'"{etag}"', "Last-Modified": formatdate(modified, usegmt=True)}
    if not_modified(request, etag, modified):
        return Response(304, validators)
    return Response(200, headers | {"Accept-Ranges": "bytes"} | validators, content)


def not_modified(request: Request, etag: str, modified: int) -> bool:
    """Whether a conditional request is answered with 304; If-None-Match comes before If-Modified-Since."""
    if "if-none-match" in request.headers:
        return etag in request.headers["if-none-match"]
    since = request.headers.get("if-modified-since")
    if since is None:
        return False
    try:
        return modified <= parsedate_to_datetime(since).timestamp()
    except ValueError:
        return False  # A date that cannot be read is ignored, as HTTP demands.


def missing(path: str) -> Response:
    """The refusal of an object that is not there: 404 for filings and companies, 403 for indexes and all else."""
    if path.startswith(("/Archives/edgar/data/", "/submissions/", "/api/")):
        extra = {} if path.startswith("/Archives/") else NO_CACHE
        return s3_error(404, "NoSuchKey", "The specified key does not exist.", key=path.lstrip("/")).with_headers(extra)
    return s3_error(403, "AccessDenied", "Access Denied")


def s3_error(status: int, code: str, message: str, key: str | None = None) -> Response:
    """An S3 error document, which is what EDGAR answers for objects that do not exist."""
    escaped = (key or "").replace("&", "&amp;").replace("<", "&lt;")
    key_element = f"<Key>{escaped}</Key>" if key is not None else ""
    body = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f"<Error><Code>{code}</Code><Message>{message}</Message>{key_element}"
        "<RequestId>STANDIN000000001</RequestId><HostId>stand-in</HostId></Error>"
    )
    return Response(status, {"Content-Type": "application/xml"}, body.encode())

"""An object store in the place of a disk: what the raw zone and the originals need of one, and no more.

`EDGAR_HOME=s3://bucket/prefix`. Places are `upath.UPath`, which is used for names only; every request goes through the one
s3fs file system of this process, made anew after a fork (fsspec keeps one per process). It remembers no listing, because other
processes land parts. Where the store is and who asks, AWS's own variables and files tell it; neither passes through here.

What S3 promises and this relies on: an object is there when its upload has been completed, and not before; a listing shows it
from then on. Reads and uploads hold a few megabytes at a time, whatever the size of the object.
"""

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias, Union

from edgar_pipeline.errors import InputError

if TYPE_CHECKING:
    from upath import UPath

#: A place on a disk or in an object store.
Place: TypeAlias = Union[Path, "UPath"]

#: Asked for at once; most parts and originals are smaller, and then one request reads them.
READ_BYTES = 8 << 20
#: Larger objects are uploaded in parts of this size, at most 10,000 of them.
UPLOAD_BYTES = 16 << 20
#: Objects that are copied to the disk side by side.
DOWNLOADS = 32

_OPTIONS = {"use_listings_cache": False, "config_kwargs": {"max_pool_connections": DOWNLOADS}}
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_LOCATION = re.compile(r"s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/(?!\.\.?(/|$))[A-Za-z0-9._=-]+)*")

#: What a failure is called and what to do about it, by the name of the exception or the store's own code. Messages of the
#: store and of its library are not repeated: they may name accounts, keys and addresses.
_CREDENTIALS = (
    "there are no usable credentials",
    "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE, or run where a role is attached",
)
_DENIED = (
    "the object store denies access",
    "Check the credentials; they need s3:ListBucket, s3:GetObject, s3:PutObject and s3:DeleteObject",
)
_NO_BUCKET = ("there is no such bucket", "Create it, or correct EDGAR_HOME")
_UNREACHABLE = (
    "the object store does not answer",
    "Check AWS_ENDPOINT_URL, AWS_DEFAULT_REGION and the network, then run the same command again",
)
_BUSY = ("the object store is busy or broken", "Run the same command again later")
_MISSING = ("it is not in the object store", "Restore it, then run the same command again")
_OTHER = ("the object store refused", "Look the code up in its manual, then run the same command again")
_FAILURES = {
    **dict.fromkeys(
        ("NoCredentialsError", "PartialCredentialsError", "CredentialRetrievalError", "ProfileNotFound")
        + (
            "TokenRetrievalError",
            "SSOTokenLoadError",
            "UnauthorizedSSOTokenError",
            "ExpiredToken",
            "TokenRefreshRequired",
        ),
        _CREDENTIALS,
    ),
    **dict.fromkeys(
        ("AccessDenied", "InvalidAccessKeyId", "SignatureDoesNotMatch", "403", "PermissionError"),
        _DENIED,
    ),
    **dict.fromkeys(("NoSuchBucket", "InvalidBucketName"), _NO_BUCKET),
    **dict.fromkeys(
        (
            "EndpointConnectionError",
            "ConnectTimeoutError",
            "ReadTimeoutError",
            "ConnectionClosedError",
            "HTTPClientError",
        )
        + ("ProxyConnectionError", "SSLError", "InvalidEndpointURLError", "FSTimeoutError", "TimeoutError"),
        _UNREACHABLE,
    ),
    **dict.fromkeys(("SlowDown", "InternalError", "ServiceUnavailable", "RequestTimeout", "500", "503"), _BUSY),
    **dict.fromkeys(("NoSuchKey", "404", "FileNotFoundError"), _MISSING),
}


def has_scheme(value: str) -> bool:
    """Whether this is a URL and not a folder."""
    return _SCHEME.match(value) is not None


def object_folder(key: str, value: str) -> "UPath":
    """The place `s3://bucket/prefix`, the value of a setting; InputError for any other URL, which may hold a secret."""
    scheme = value.partition("://")[0]
    value = value.rstrip("/")
    if scheme != "s3":
        raise InputError(f"{key} has the scheme {scheme[:20]!r}: set it to a folder, or to s3://bucket/prefix.")
    if not _LOCATION.fullmatch(value):
        raise InputError(
            f"{key} is no plain s3://bucket/prefix: it takes letters, digits and . _ = -, no query and no credentials "
            "(those come from AWS_ACCESS_KEY_ID, AWS_PROFILE or a role)."
        )
    from upath import UPath  # a tenth of a second that nobody with a folder need wait for

    return UPath(value, **_OPTIONS)


def failures() -> tuple[type[Exception], ...]:
    """What s3fs raises where the store cannot be asked or refuses."""
    from botocore.exceptions import BotoCoreError, ClientError

    return (OSError, BotoCoreError, ClientError)


def explain(error: Exception) -> tuple[str, str]:
    """What a failure of the store was, and what to do about it."""
    cause = getattr(error, "response", None) or getattr(error.__cause__, "response", None) or {}
    code = cause.get("Error", {}).get("Code") or type(error).__name__
    names = [code, *(kind.__name__ for kind in type(error).__mro__)]
    what, remedy = next((_FAILURES[name] for name in names if name in _FAILURES), _OTHER)
    return f"{what} ({str(code)[:60]})", remedy


def upload(path: "UPath", pieces: Iterable[bytes]) -> None:
    """Write an object: whole, or not at all. What a killed process had uploaded of it is no object."""
    file = _file_system().open(path.path, "wb", block_size=UPLOAD_BYTES)
    try:
        for piece in pieces:
            file.write(piece)
        file.close()
    except BaseException:
        # To close it would complete the upload of what there is, and so would its end as an object of Python.
        file.closed = True
        with suppress(Exception):
            file.discard()
        raise


def download(path: "UPath", size: int) -> Iterator[bytes]:
    """The content of an object in pieces of at most `size` bytes. Objects never change, so its ranges belong together."""
    start = 0
    while block := _block(path, start):
        for begin in range(0, len(block), size):
            yield block[begin : begin + size]
        if len(block) < READ_BYTES:
            return
        start += len(block)


def _block(path: "UPath", start: int) -> bytes:
    try:
        return _file_system().cat_file(path.path, start=start, end=start + READ_BYTES)
    except OSError as error:
        code = getattr(error.__cause__, "response", {}).get("Error", {}).get("Code")
        if code in ("InvalidRange", "416"):  # the object ends here
            return b""
        raise


def download_all(pairs: list[tuple["UPath", Path]]) -> None:
    """Copy objects to files, many at once."""
    if pairs:
        sources, targets = zip(*pairs, strict=True)
        _file_system().get([path.path for path in sources], [str(path) for path in targets], batch_size=DOWNLOADS)


def list_names(folder: "UPath") -> list[str]:
    """The names directly below, of objects and of folders; one request for a thousand."""
    return list(_find(folder, maxdepth=1, withdirs=True))


def list_tree(folder: "UPath") -> dict[str, float]:
    """The names of all objects below, like `a/b.zst`, with the time (seconds since 1970) when each was written."""
    return {name: info["LastModified"].timestamp() for name, info in _find(folder).items()}


def move(path: "UPath", target: "UPath") -> None:
    """Copy and delete, because a store cannot rename. After a kill in between both are there; to move it again is right."""
    files = _file_system()
    files.cp_file(path.path, target.path)
    files.rm_file(path.path)


def delete(path: "UPath") -> None:
    """Delete an object."""
    _file_system().rm_file(path.path)


def _find(folder: "UPath", **options: Any) -> dict[str, dict]:
    """What is below a folder, by its name relative to it."""
    # Asked of its parent with a prefix: of an empty folder s3fs would ask two more questions, whether it is an object.
    found = _file_system().find(folder.parent.path, prefix=f"{folder.name}/", detail=True, **options)
    start = len(folder.path.rstrip("/")) + 1
    return {name[start:]: info for name, info in sorted(found.items()) if name[start:]}


def _file_system() -> Any:
    import fsspec

    return fsspec.filesystem("s3", **_OPTIONS)

"""The settings: one frozen object, read once. The only module that reads the environment."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from edgar_pipeline.errors import InputError, ParsingError
from edgar_pipeline.identifiers import parse_cik
from edgar_pipeline.object_store import Place, has_scheme, object_folder

MAXIMUM_REQUESTS_PER_SECOND = 10.0

# A contact that the SEC accepts names somebody and an address at a real-looking domain; `x@localhost` is answered with 403.
_CONTACT = re.compile(r"\S.*\s<?[A-Za-z0-9._%+-]+@(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,}>?\s*")


@dataclass(frozen=True)
class Settings:
    """What `.env.example` describes, checked. Sizes are in bytes, pauses in seconds."""

    user_agent: str | None
    www_url: str
    data_url: str
    #: Where raw zone and originals lie: a folder, or a place in an object store.
    home: Place
    state_dir: Path
    requests_per_second: float
    block_pause_seconds: float
    form_types: frozenset[str] | None
    ciks: frozenset[str] | None
    maximum_submission_bytes: int
    #: Where builds, publications and reports lie if not in `home`; never None where that is in an object store.
    separate_warehouse: Path | None = None
    #: Its path is a secret.
    webhook_url: str | None = field(default=None, repr=False)

    @property
    def warehouse_home(self) -> Path:
        """The folder of builds, publications and reports: DuckDB and its readers need a file system."""
        return self.separate_warehouse or self.home

    @property
    def raw_dir(self) -> Place:
        """The raw zone: immutable parts of JSON records."""
        return self.home / "raw"

    @property
    def originals_dir(self) -> Place:
        """The bytes as received."""
        return self.home / "originals"

    @property
    def spool_dir(self) -> Path:
        """Where bodies that are too large for memory lie while they are used; nothing stays there."""
        return self.warehouse_home / "spool"

    @property
    def build_dir(self) -> Path:
        """Private builds of the warehouse, one folder each."""
        return self.warehouse_home / "build"

    @property
    def published_dir(self) -> Path:
        """Holds `edgar.duckdb`, the symlink that readers open, and the versions behind it."""
        return self.warehouse_home / "published"

    @property
    def reports_dir(self) -> Path:
        """What a person reads: validation results, company pages."""
        return self.warehouse_home / "reports"

    def contact(self) -> str:
        """The declared User-Agent; raise InputError where it is missing or implausible, before anything is requested."""
        if not self.user_agent:
            raise InputError(
                "EDGAR_USER_AGENT is not set: the SEC asks every tool to declare a contact. "
                'Set it to "Your Company you@your-company.com".'
            )
        if not _CONTACT.fullmatch(self.user_agent):
            raise InputError(
                f"EDGAR_USER_AGENT {self.user_agent!r} names no plausible contact. "
                'Set it to a name and an address, like "Your Company you@your-company.com".'
            )
        return self.user_agent

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> "Settings":
        """Read and check every setting; raise InputError that names the key and what it takes."""
        home, warehouse = _homes(environ)
        default_state = Path(environ.get("XDG_STATE_HOME") or "~/.local/state") / "edgar-pipeline"
        return cls(
            user_agent=environ.get("EDGAR_USER_AGENT", "").strip() or None,
            www_url=_url(environ, "EDGAR_WWW_URL", "https://www.sec.gov"),
            data_url=_url(environ, "EDGAR_DATA_URL", "https://data.sec.gov"),
            home=home,
            separate_warehouse=warehouse,
            state_dir=Path(environ.get("EDGAR_STATE_DIR") or default_state).expanduser().absolute(),
            requests_per_second=_number(
                environ, "EDGAR_REQUESTS_PER_SECOND", 6, above=0, most=MAXIMUM_REQUESTS_PER_SECOND
            ),
            block_pause_seconds=_number(environ, "EDGAR_BLOCK_PAUSE_SECONDS", 600, above=0),
            form_types=_names(environ, "EDGAR_FORM_TYPES"),
            ciks=_ciks(environ, "EDGAR_CIKS"),
            maximum_submission_bytes=int(_number(environ, "EDGAR_MAX_SUBMISSION_MB", 1024, above=0) * 1_000_000),
            webhook_url=_webhook(environ, "EDGAR_WEBHOOK_URL"),
        )


def child_environment(**additions: str) -> dict[str, str]:
    """The environment for a child process (dbt): this one's, with additions."""
    return {**os.environ, **additions}


def _homes(environ: Mapping[str, str]) -> tuple[Place, Path | None]:
    """EDGAR_HOME, and where builds, publications and reports lie if elsewhere."""
    value, warehouse = environ.get("EDGAR_HOME") or "./data", environ.get("EDGAR_WAREHOUSE_HOME")
    if has_scheme(warehouse or ""):
        raise InputError("EDGAR_WAREHOUSE_HOME is no folder, and DuckDB needs a file system. Set it to a folder.")
    if has_scheme(value):
        return object_folder("EDGAR_HOME", value), _folder(warehouse or "./data")
    home = _folder(value)
    separate = _folder(warehouse) if warehouse else home
    return home, separate if separate != home else None


def _folder(value: str) -> Path:
    return Path(value).expanduser().absolute()


def _url(environ: Mapping[str, str], key: str, default: str) -> str:
    """An http(s) URL without credentials, query or trailing slash: it is written into records and logs."""
    value = (environ.get(key) or default).rstrip("/")
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise InputError(f"{key} {value!r} is not an http or https address. Set it to one, like {default}.")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise InputError(f"{key} must not carry credentials, a query or a fragment. Set it to one like {default}.")
    return value


def _webhook(environ: Mapping[str, str], key: str) -> str | None:
    """An address of a chat, or None. It is a secret, so the error does not repeat it."""
    value = environ.get(key, "").strip()
    parts = urlsplit(value)
    if value and (parts.scheme not in ("http", "https") or not parts.hostname):
        raise InputError(
            f"{key} is not an http or https address. Set it to that of an incoming webhook, or leave it out."
        )
    return value or None


def _number(environ: Mapping[str, str], key: str, default: float, *, above: float, most: float | None = None) -> float:
    text = environ.get(key) or str(default)
    allowed = f"a number over {above:g}" + (f" and at most {most:g}" if most is not None else "")
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    # Written so that NaN and infinity fail too.
    if not (above < value <= (most if most is not None else 1e12)):
        raise InputError(f"{key} is {text!r}, but must be {allowed}. Set it to one, or leave it out for {default:g}.")
    return value


def _names(environ: Mapping[str, str], key: str) -> frozenset[str] | None:
    names = frozenset(name.strip().upper() for name in environ.get(key, "").split(",") if name.strip())
    return names or None


def _ciks(environ: Mapping[str, str], key: str) -> frozenset[str] | None:
    try:
        return frozenset(parse_cik(name) for name in environ.get(key, "").split(",") if name.strip()) or None
    except ParsingError as error:
        raise InputError(f"{key}: {error}. Set it to CIKs separated by commas, or leave it out for all.") from None

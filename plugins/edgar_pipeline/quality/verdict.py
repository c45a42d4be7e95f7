"""The verdict on a build: what `validate` writes as `build/<build_id>/validation.json` and `publish` insists on.

No import of Great Expectations here (its first import takes 11 s), so that `publish` and the command line stay quick.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from edgar_pipeline.errors import InputError, WarehouseError
from edgar_pipeline.files import write_atomically
from edgar_pipeline.settings import Settings

DATABASE_NAME = "edgar.duckdb"
VERDICT_NAME = "validation.json"

# A build id becomes a folder name, and it may come from the command line.
_BUILD_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}", re.ASCII)


@dataclass(frozen=True)
class Fingerprint:
    """What tells an untouched database file from a changed one: its size in bytes and its time of change in ns.

    Not a hash: DuckDB checks every block that it reads, so what has to be noticed is a *writer* between verdict and
    publication, and every writer changes the time. A hash would add 4 s to each publication of a 6.5 GB file.
    """

    bytes: int
    mtime_ns: int

    @classmethod
    def of(cls, path: Path) -> "Fingerprint":
        """Fingerprint of a file; OSError where there is none."""
        status = path.stat()
        return cls(status.st_size, status.st_mtime_ns)


@dataclass(frozen=True)
class Failure:
    """One expectation that is not met. `sample` holds up to five of the wrong rows as text; `count` is how many there are."""

    name: str
    severity: str
    observed: str
    expected: str
    sample: tuple[str, ...] = ()
    count: int = 0

    def __str__(self) -> str:
        rows = f" ({'; '.join(self.sample)})" if self.sample else ""
        return f"{self.name}: {self.observed}, expected {self.expected}{rows}"


@dataclass(frozen=True)
class Validation:
    """The verdict on one build.

    `defined` counts the expectations in code, `evaluated` those that really gave a result: a green verdict has as many
    of one as of the other, and more than none. `failures` stop the publication, `warnings` are published and visible
    (`new_warnings` names those that the last publication did not carry, or with fewer rows),
    `reasons` say in words why a table or a check may be empty in this build, `numbers` are what the next one is compared with.
    """

    build_id: str
    passed: bool
    defined: int
    evaluated: int
    failures: tuple[Failure, ...]
    warnings: tuple[Failure, ...]
    new_warnings: tuple[str, ...]
    reasons: tuple[str, ...]
    numbers: Mapping[str, float]
    report_path: Path
    database: Fingerprint


def summary(validation: Validation) -> str:
    """A verdict in a few lines, for people: numbers, what is not as expected, and where to read on."""
    colour = "red, nothing is published" if not validation.passed else "amber" if validation.warnings else "green"
    lines = [
        f"build {validation.build_id} is {colour}: {validation.evaluated} of {validation.defined} expectations evaluated, "
        f"{len(validation.failures)} failed, {len(validation.warnings)} warn",
        *(
            f"{failure.severity}: {failure.name}: {failure.observed}. {failure.expected}"
            for failure in validation.failures
        ),
        *(
            f"{warning.severity}: {warning.name}: {warning.observed}. {warning.expected}"
            for warning in validation.warnings
        ),
        f"report: {validation.report_path}",
    ]
    return "\n".join(lines)


def build_directory(settings: Settings, build_id: str) -> Path:
    """The private folder of a build; raise InputError for an id that is no plain folder name."""
    if not _BUILD_ID.fullmatch(build_id):
        raise InputError(f"not a build id: {build_id!r}. Take the name of a folder in {settings.build_dir}.")
    return settings.build_dir / build_id


def newest_build_id(settings: Settings) -> str:
    """The id of the newest build; ids begin with the time at which the build began, so the last name is the newest."""
    names = [path.name for path in settings.build_dir.glob("*") if path.is_dir() and _BUILD_ID.fullmatch(path.name)]
    if not names:
        raise WarehouseError(f"there is no build in {settings.build_dir}: run `python -m edgar_pipeline build` first")
    return max(names)


def write_verdict(settings: Settings, validation: Validation) -> Path:
    """Write `validation.json` into the build's folder, whole or not at all."""
    path = build_directory(settings, validation.build_id) / VERDICT_NAME
    write_atomically(path, json.dumps(asdict(validation), indent=2, default=str).encode())
    return path


def discard_verdict(settings: Settings, build_id: str) -> None:
    """Remove an earlier verdict, so that a validation that is killed leaves none behind."""
    (build_directory(settings, build_id) / VERDICT_NAME).unlink(missing_ok=True)


def read_verdict(settings: Settings, build_id: str) -> Validation:
    """Read a build's verdict; raise WarehouseError where there is none or it cannot be read."""
    path = build_directory(settings, build_id) / VERDICT_NAME
    again = f"run `python -m edgar_pipeline validate` for build {build_id}"
    try:
        content = json.loads(path.read_bytes())
        return _validation(content)
    except FileNotFoundError:
        raise WarehouseError(f"build {build_id} has no {VERDICT_NAME}: {again}") from None
    except (ValueError, KeyError, TypeError) as error:
        raise WarehouseError(f"{path} cannot be read ({error!r}): {again}") from None


def published_verdict(database: Path) -> Validation | None:
    """The verdict that lies beside a published database; None where there is none that can be read."""
    try:
        return _validation(json.loads(database.with_name(VERDICT_NAME).read_bytes()))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _validation(content: Mapping[str, Any]) -> Validation:
    return Validation(
        build_id=content["build_id"],
        # Only a JSON true is green: a text or a number here was not written by `validate`.
        passed=content["passed"] is True,
        defined=int(content["defined"]),
        evaluated=int(content["evaluated"]),
        failures=tuple(_failure(row) for row in content["failures"]),
        warnings=tuple(_failure(row) for row in content["warnings"]),
        new_warnings=tuple(content["new_warnings"]),
        reasons=tuple(content["reasons"]),
        numbers={str(name): float(number) for name, number in content["numbers"].items()},
        report_path=Path(content["report_path"]),
        database=Fingerprint(**content["database"]),
    )


def _failure(row: Mapping[str, Any]) -> Failure:
    return Failure(
        row["name"], row["severity"], row["observed"], row["expected"], tuple(row["sample"]), int(row["count"])
    )

"""dbt's own documentation of the models, their columns and how they follow from each other, as one file.

    reports/dbt/index.html                  the newest
    reports/dbt/<publication_id>/index.html that of a publication

Writing it costs six CPU seconds, so it is written anew only when something that it shows has changed: its last line holds a
hash of that. Publications between two changes share one file, by hard links where the file system has them.
"""

import hashlib
import logging
import os
import shutil
import subprocess
import tempfile
from importlib.metadata import version
from pathlib import Path

from edgar_pipeline.errors import EdgarError, WarehouseError
from edgar_pipeline.files import KEPT_REPORTS, PRIVATE_UMASK, keep_newest, make_directory, storage, write_atomically
from edgar_pipeline.settings import Settings
from edgar_pipeline.warehouse.transformation import DBT, DBT_PROJECT, dbt_environment

# No database is opened: types and descriptions are those of the contracts, which every build is held to.
_STEPS = (("parse",), ("docs", "generate", "--static", "--empty-catalog", "--no-compile"))
#: A step takes seconds; one that hangs must not hold up the night.
_STEP_SECONDS = 300
#: What the documentation shows is in these files.
_SHOWN = (".sql", ".yml", ".md", ".csv")

logger = logging.getLogger(__name__)


def write_documentation(settings: Settings) -> Path:
    """Write `reports/dbt/index.html` if it is not that of the models as they are; return its path, which opens without a network.

    Raises WarehouseError if dbt fails.
    """
    target = _folder(settings) / "index.html"
    mark = f"<!-- {documentation_fingerprint()} -->\n".encode()
    with storage(target):
        if not (target.is_file() and target.read_bytes().endswith(mark)):
            write_atomically(target, [_generated(settings), b"\n", mark])
    return target


def document_publication(settings: Settings, publication_id: str) -> Path | None:
    """Give a publication its documentation, and drop that of old ones; None, with a warning, where that does not work.

    Readers have the publication already, and nothing of this may take it from them or make its run red.
    """
    target = _folder(settings) / publication_id / "index.html"
    try:
        newest = write_documentation(settings)
        with storage(target):
            if not target.exists():
                make_directory(target.parent)
                _share(newest, target)
            keep_newest(_folder(settings), KEPT_REPORTS)
    except (EdgarError, OSError, subprocess.SubprocessError) as error:
        logger.warning(
            "publication %s has no dbt documentation: %s. It is published all the same; "
            "`python -m edgar_pipeline publish` tries again",
            publication_id,
            " ".join(str(error).split()),
        )
        return None
    return target


def documentation_fingerprint() -> str:
    """A hash of everything that the documentation shows, and of the dbt that writes it."""
    digest = hashlib.sha256(version("dbt-core").encode())
    files = [DBT_PROJECT / "dbt_project.yml"]
    for folder in ("models", "macros", "seeds", "tests"):
        files += [path for path in (DBT_PROJECT / folder).rglob("*") if path.suffix in _SHOWN]
    for path in sorted(files):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(DBT_PROJECT).as_posix()} {len(content)}\n".encode() + content)
    return digest.hexdigest()


def _folder(settings: Settings) -> Path:
    return settings.reports_dir / "dbt"


def _share(newest: Path, target: Path) -> None:
    """The newest documentation under a second name. It is never written to: a newer one is another file."""
    try:
        os.link(newest, target)
    except OSError:
        with newest.open("rb") as file:
            write_atomically(target, iter(lambda: file.read(shutil.COPY_BUFSIZE), b""))


def _generated(settings: Settings) -> bytes:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        places = ("--project-dir", DBT_PROJECT, "--profiles-dir", DBT_PROJECT, "--target-path", folder / "target")
        for step in _STEPS:
            done = subprocess.run(
                [*DBT, *step, *places, "--log-path", folder / "logs", "--no-use-colors"],
                cwd=folder,
                env=dbt_environment(settings, folder),
                umask=PRIVATE_UMASK,
                timeout=_STEP_SECONDS,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                check=False,
            )
            if done.returncode != 0:
                raise WarehouseError(f"dbt {step[0]} failed: {' '.join(done.stdout.split())[-500:]}")
        return (folder / "target" / "static_index.html").read_bytes()

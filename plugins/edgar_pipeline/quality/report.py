"""The report of a validation: a summary that opens anywhere, with Great Expectations' Data Docs behind it.

reports/validation/index.html                  the newest summary
reports/validation/<build_id>/index.html       the summary of a build
reports/validation/<build_id>/data_docs/       every expectation with its result
reports/dbt/<build_id>/index.html              dbt's documentation, written once the build is published
"""

import os
import shutil
from collections.abc import Sequence
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from edgar_pipeline.files import KEPT_REPORTS, keep_newest, make_directory, write_atomically
from edgar_pipeline.quality.data_docs import make_self_contained
from edgar_pipeline.quality.picture import LOOKS, Day, calendar_picture
from edgar_pipeline.quality.suites import EXPECTATIONS, SUITES
from edgar_pipeline.quality.verdict import Validation
from edgar_pipeline.settings import Settings


def write_report(settings: Settings, validation: Validation, data_docs: Path, days: Sequence[Day]) -> Path:
    """Move the Data Docs to where they stay, write the summary beside them and point the newest summary at it."""
    folder = validation.report_path.parent
    make_directory(folder.parent)
    shutil.rmtree(folder, ignore_errors=True)
    make_directory(folder)
    make_self_contained(data_docs)
    os.rename(data_docs, folder / "data_docs")
    write_atomically(folder / "index.html", _render(validation, days, root="").encode())
    write_atomically(folder.parent / "index.html", _render(validation, days, root=f"{validation.build_id}/").encode())
    keep_newest(folder.parent, KEPT_REPORTS)
    return validation.report_path


def _render(validation: Validation, days: Sequence[Day], root: str) -> str:
    """The summary as HTML; `root` leads from where it stands to the build's folder. Everything in it is escaped."""
    environment = Environment(
        loader=PackageLoader("edgar_pipeline"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    borders: dict[str, list[tuple[str, str]]] = {}
    for suite in SUITES:
        names = [name for name in EXPECTATIONS if name.startswith(f"{suite.name}.")]
        borders.setdefault(suite.border, []).extend((name, EXPECTATIONS[name][1]) for name in names)
    found = {failure.name: failure for failure in (*validation.failures, *validation.warnings)}
    template = environment.get_template("validation.html.j2")
    pictures = {"calendar": calendar_picture(days), "looks": LOOKS, "day_count": len(days)}
    documentation = f"{'../' if root else '../../'}dbt/{validation.build_id}/index.html"
    return template.render(
        validation=validation, borders=borders, found=found, root=root, documentation=documentation, **pictures
    )

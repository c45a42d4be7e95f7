"""The reports as Airflow's UI offers them: which there are, and which file a name means. Nothing else of the disk has a name."""

import re
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from edgar_pipeline.settings import Settings

_BUILD = r"[0-9]{8}T[0-9]{6}Z-[0-9a-f]{6}"
#: The pages of a validation (of its Data Docs in as many folders as Great Expectations makes) and of dbt's documentation.
_NAMES = re.compile(
    rf"validation/(?:{_BUILD}/)?index\.html"
    rf"|validation/{_BUILD}/data_docs/(?:[A-Za-z0-9_-][A-Za-z0-9_.-]*/){{0,8}}[A-Za-z0-9_-][A-Za-z0-9_.-]*\.html"
    rf"|dbt/(?:{_BUILD}/)?index\.html"
)


@dataclass(frozen=True)
class BuildReports:
    """The names of a build's pages; `documentation` is None where dbt's was not written for it."""

    build_id: str
    validation: str
    data_docs: str
    documentation: str | None


def validation_name(build_id: str) -> str:
    """The name of a build's validation; no page has it if that is no build's id."""
    return f"validation/{build_id}/index.html"


def is_program(name: str) -> bool:
    """Say whether a page needs its script: dbt's documentation does."""
    return name.startswith("dbt/")


def find_report(settings: Settings, name: str) -> Path | None:
    """Return the file that a name means; None if it is none of ours, is not there, or is a link to elsewhere."""
    if not _NAMES.fullmatch(name):
        return None
    file = settings.reports_dir / name
    within = file.resolve().is_relative_to(settings.reports_dir.resolve())
    return file if within and file.is_file() else None


def list_reports(settings: Settings) -> list[BuildReports]:
    """The builds with a validation, the newest first: their ids begin with the time."""
    builds = sorted((path.name for path in (settings.reports_dir / "validation").glob("*/")), reverse=True)
    return [
        BuildReports(
            build_id,
            validation_name(build_id),
            f"validation/{build_id}/data_docs/index.html",
            next((name for name in [f"dbt/{build_id}/index.html"] if find_report(settings, name)), None),
        )
        for build_id in builds
        if find_report(settings, validation_name(build_id))
    ]


def reports_page(settings: Settings) -> str:
    """The list as HTML. Everything in it is escaped; it runs no script."""
    environment = Environment(
        loader=PackageLoader("edgar_pipeline"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    newest = next((name for name in ["dbt/index.html"] if find_report(settings, name)), None)
    return environment.get_template("reports.html.j2").render(reports=list_reports(settings), documentation=newest)

"""The page *Reports* of Airflow's UI, the reports behind it, and the link to its own from a run of `edgar_warehouse`.

Whoever may read `edgar_warehouse` may read them; nothing is written. What is served runs no script. The one exception is dbt's
documentation, which is a program in one page: the browser gives it an origin of its own, so that it has no session to use.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import attrs
from airflow.sdk import BaseOperatorLink
from edgar_pages import HEADERS, guarded_application

DAG_ID, BUILDING = "edgar_warehouse", "build"
PREFIX = "/edgar-reports"
#: The list runs nothing and loads nothing, and our UI may show it in a frame.
LIST_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)
#: A sandbox with our origin, because the browser would keep the session from the next page of one without; and without a script.
REPORT_POLICY = f"{LIST_POLICY}; sandbox allow-same-origin"
#: A sandbox with scripts, without our origin: the session's cookie, the UI and its API are another site's to them.
PROGRAM_POLICY = (
    "default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval'; style-src 'unsafe-inline'; img-src data:; font-src data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'self'; sandbox allow-scripts"
)


async def reports_app(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """The application, as Airflow mounts it."""
    await _application()(scope, receive, send)


@cache
def _application() -> Any:
    from edgar_pipeline import report_files
    from edgar_pipeline.settings import Settings
    from fastapi import HTTPException
    from fastapi.responses import FileResponse, HTMLResponse

    app = guarded_application(DAG_ID)

    @app.get("/")
    def show() -> HTMLResponse:
        page = report_files.reports_page(Settings.from_environment())
        return HTMLResponse(page, headers={**HEADERS, "Content-Security-Policy": LIST_POLICY})

    @app.get("/{name:path}")
    def serve(name: str) -> FileResponse:
        file = report_files.find_report(Settings.from_environment(), name)
        if file is None:
            raise HTTPException(404, "No such report. The list of those that are kept: Browse, Reports.")
        policy = PROGRAM_POLICY if report_files.is_program(name) else REPORT_POLICY
        return FileResponse(file, media_type="text/html", headers={**HEADERS, "Content-Security-Policy": policy})

    return app


@attrs.define()
class ReportLink(BaseOperatorLink):
    """The button *Report* at a task of `edgar_warehouse`: the validation of the build that its run has made."""

    name = "Report"

    def get_link(self, operator: Any, *, ti_key: Any) -> str:
        """Return where the report is; nothing, and so no button, where the run has built nothing or it is not kept any more."""
        if ti_key.dag_id != DAG_ID:
            return ""
        from airflow.models.xcom import XComModel
        from airflow.utils.session import create_session
        from edgar_pipeline import report_files
        from edgar_pipeline.settings import Settings

        with create_session() as session:
            found = session.scalars(
                XComModel.get_many(
                    key="return_value", run_id=ti_key.run_id, dag_ids=DAG_ID, task_ids=BUILDING
                ).with_only_columns(XComModel.value)
            ).first()
        name = report_files.validation_name(str(found or "").strip('"'))
        return f"{PREFIX}/{name}" if report_files.find_report(Settings.from_environment(), name) else ""

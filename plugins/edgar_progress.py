"""The page *Backfill progress* of Airflow's UI: how far each backfill of `edgar_daily` is, and when it will be done.

For whoever may read `edgar_daily`.
"""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Any

from edgar_pages import HEADERS, guarded_application

DAG_ID = "edgar_daily"
PREFIX = "/edgar-progress"
#: The newest backfills are shown.
SHOWN = 5
#: The page runs no script and loads nothing.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'"


async def progress_app(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """The application, as Airflow mounts it."""
    await _application()(scope, receive, send)


@cache
def _application() -> Any:
    from fastapi.responses import HTMLResponse

    app = guarded_application(DAG_ID)

    @app.get("/")
    def show() -> HTMLResponse:
        return HTMLResponse(_page(), headers={**HEADERS, "Content-Security-Policy": POLICY})

    return app


def _page() -> str:
    from edgar_pipeline.progress_page import BackfillProgress, progress_page
    from edgar_pipeline.settings import Settings

    settings = Settings.from_environment()
    return progress_page([BackfillProgress.read(settings, *backfill) for backfill in _backfills()])


def _backfills() -> list[tuple[str, bool, list[date]]]:
    """Name, whether it has ended, and the days of the newest backfills."""
    from airflow.models.backfill import Backfill, BackfillDagRun
    from airflow.utils.session import create_session
    from sqlalchemy import select

    with create_session() as session:
        newest = select(Backfill).where(Backfill.dag_id == DAG_ID).order_by(Backfill.id.desc()).limit(SHOWN)
        found = []
        for backfill in session.scalars(newest):
            keys = session.scalars(
                select(BackfillDagRun.partition_key)
                .where(BackfillDagRun.backfill_id == backfill.id, BackfillDagRun.partition_key.is_not(None))
                .order_by(BackfillDagRun.sort_ordinal)
            )
            name = f"Backfill {backfill.id}, started {backfill.created_at:%Y-%m-%d %H:%M}Z"
            found.append((name, backfill.completed_at is not None, [date.fromisoformat(key) for key in keys]))
    return found

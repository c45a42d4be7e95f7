"""The one Airflow plugin of this project. It only registers what other modules define."""

from typing import ClassVar

from airflow.plugins_manager import AirflowPlugin
from edgar_origin import SameOriginOnly
from edgar_priority import NightlyFirst
from edgar_progress import PREFIX as PROGRESS
from edgar_progress import progress_app
from edgar_reports import PREFIX as REPORTS
from edgar_reports import ReportLink, reports_app
from edgar_timetable import IndexDayTimetable


def _view(name: str, prefix: str) -> dict[str, str]:
    """A page of the menu *Browse*."""
    where = {"destination": "nav", "category": "browse", "url_route": prefix.strip("/")}
    return {"name": name, "href": f"{prefix}/", **where}


class EdgarPlugin(AirflowPlugin):
    """Makes the timetable of EDGAR index days, the order of tasks and the pages of the UI known to Airflow."""

    name = "edgar"
    timetables: ClassVar = [IndexDayTimetable]
    priority_weight_strategies: ClassVar = [NightlyFirst]
    fastapi_apps: ClassVar = [
        {"app": progress_app, "url_prefix": PROGRESS, "name": "EDGAR backfill progress"},
        {"app": reports_app, "url_prefix": REPORTS, "name": "EDGAR reports"},
    ]
    fastapi_root_middlewares: ClassVar = [{"middleware": SameOriginOnly, "name": "Same origin only"}]
    external_views: ClassVar = [_view("Backfill progress", PROGRESS), _view("Reports", REPORTS)]
    global_operator_extra_links: ClassVar = [ReportLink()]

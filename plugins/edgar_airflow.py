"""The one Airflow plugin of this project. It only registers what other modules define."""

from typing import ClassVar

from airflow.plugins_manager import AirflowPlugin
from edgar_priority import NightlyFirst
from edgar_progress import PREFIX, progress_app
from edgar_timetable import IndexDayTimetable


class EdgarPlugin(AirflowPlugin):
    """Makes the timetable of EDGAR index days, the order of tasks and a page of the UI known to Airflow."""

    name = "edgar"
    timetables: ClassVar = [IndexDayTimetable]
    priority_weight_strategies: ClassVar = [NightlyFirst]
    fastapi_apps: ClassVar = [{"app": progress_app, "url_prefix": PREFIX, "name": "EDGAR backfill progress"}]
    external_views: ClassVar = [
        {
            "name": "Backfill progress",
            "href": f"{PREFIX}/",
            "destination": "nav",
            "category": "browse",
            "url_route": "edgar-progress",
        }
    ]

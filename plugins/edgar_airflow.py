"""The one Airflow plugin of this project. It only registers what other modules define."""

from typing import ClassVar

from airflow.plugins_manager import AirflowPlugin
from edgar_priority import NightlyFirst
from edgar_timetable import IndexDayTimetable


class EdgarPlugin(AirflowPlugin):
    """Makes the timetable of EDGAR index days and the order of tasks known to every Airflow component."""

    name = "edgar"
    timetables: ClassVar = [IndexDayTimetable]
    priority_weight_strategies: ClassVar = [NightlyFirst]

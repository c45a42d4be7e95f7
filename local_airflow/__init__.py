"""Airflow on this machine, under a small supervisor: for the demo, for tests, for a UI to look at.

`airflow standalone` is not used: it listens on all addresses, stores the password readable for everybody, and a SIGTERM
orphans its four components. Here

    configuration   one folder (AIRFLOW_HOME), 127.0.0.1 only, generated secrets in files of mode 0600
    database        the metadata in a PostgreSQL of this folder's own
    components      starts API server, scheduler and DAG processor; stops them, and all they started, within 15 seconds
    rest            the REST API, with patience for what SQLite does under parallel writes
    runs            triggers index days, waits for their runs and for the warehouse runs that they cause
    supervisor      all of it as a context manager
    serving         all of it in the foreground of a terminal: `make up`

    with LocalAirflow(Path("data/airflow"), environment={"EDGAR_HOME": ...}) as airflow:
        airflow.wait_until_done(airflow.trigger_days([date(2020, 3, 5)]))

This package is a tool of the working copy, so it lies beside plugins/, which is what a deployment gets.
"""

from local_airflow.components import AirflowStopped
from local_airflow.runs import Batch, Progress, Run, RunsUnfinished
from local_airflow.supervisor import LocalAirflow

__all__ = ["AirflowStopped", "Batch", "LocalAirflow", "Progress", "Run", "RunsUnfinished"]

"""`python -m local_airflow [FOLDER]`: run Airflow until Ctrl-C; `make up`."""

import argparse
import os
import sys
from pathlib import Path

from edgar_pipeline.errors import InputError
from edgar_pipeline.settings import Settings

from local_airflow.components import EVERYTHING, AirflowStopped
from local_airflow.database import DatabaseFailed
from local_airflow.serving import PORT, serve_until_stopped
from local_airflow.supervisor import LocalAirflow


def main() -> None:
    """Start, say where it is, and stay."""
    parser = argparse.ArgumentParser(prog="python -m local_airflow", description="Run Airflow here until Ctrl-C.")
    parser.add_argument(
        "folder",
        type=Path,
        nargs="?",
        help="AIRFLOW_HOME: metadata, logs and secrets, kept between starts (default: airflow/ beside build/ and published/)",
    )
    parser.add_argument("--port", type=int, default=PORT, help=f"on 127.0.0.1 (default: {PORT}, or a free one)")
    options = parser.parse_args()
    # The components work in their own folder, where a relative path would mean another one.
    try:
        settings = Settings.from_environment()
    except InputError as error:
        sys.exit(f"error: {error}")
    home = settings.warehouse_home
    environment = {"EDGAR_HOME": str(settings.home), "EDGAR_WAREHOUSE_HOME": str(home)}
    if not os.environ.get("EDGAR_USER_AGENT"):
        print("EDGAR_USER_AGENT is not set: runs will be refused before any request (see .env.example).", flush=True)
    serve_until_stopped(
        lambda port: LocalAirflow(options.folder or home / "airflow", environment, port, beside=EVERYTHING),
        options.port,
    )


if __name__ == "__main__":
    try:
        main()
    except (AirflowStopped, DatabaseFailed) as error:
        sys.exit(f"error: {error}")
    except KeyboardInterrupt:
        print("Stopped.")

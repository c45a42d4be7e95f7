"""`python -m local_airflow FOLDER [PORT]`: run Airflow in this folder until Ctrl-C."""

import argparse
import time
from pathlib import Path

from local_airflow.configuration import USER
from local_airflow.supervisor import LocalAirflow


def main() -> None:
    """Start, say where it is, wait."""
    parser = argparse.ArgumentParser(prog="python -m local_airflow", description="Run Airflow here until Ctrl-C.")
    parser.add_argument("folder", type=Path, help="AIRFLOW_HOME: metadata, logs and secrets, kept between starts")
    parser.add_argument("port", type=int, nargs="?", help="port on 127.0.0.1; a free one by default")
    arguments = parser.parse_args()
    with LocalAirflow(arguments.folder, port=arguments.port) as airflow:
        file = airflow.configuration.password_file
        print(
            f"Airflow is at {airflow.configuration.url}; user {USER}, password in {file}. Ctrl-C stops it.", flush=True
        )
        while True:
            airflow.check()
            time.sleep(1)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        print("Stopped.")

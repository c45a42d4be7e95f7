"""A local Airflow in the foreground of a terminal: what it says, and how it stays up."""

import sys
import time
from collections.abc import Callable

from local_airflow.configuration import USER, Configuration, free_port
from local_airflow.supervisor import LocalAirflow

PORT = 8080
LOOK_SECONDS = 1.0


def serve_until_stopped(
    make: Callable[[int], LocalAirflow],
    wanted_port: int = PORT,
    when_ready: Callable[[LocalAirflow], None] = lambda airflow: None,
) -> None:
    """Run an Airflow until KeyboardInterrupt or SIGTERM; a component that dies is started again, and named."""
    port = free_port(wanted_port)
    if port != wanted_port:
        print(f"Port {wanted_port} is taken; another one is used.", flush=True)
    print("Starting API server, scheduler, DAG processor and triggerer …", flush=True)
    began = time.monotonic()
    with make(port) as airflow:
        print(f"Ready after {time.monotonic() - began:.0f} seconds.", flush=True)
        _say_where(airflow.configuration)
        when_ready(airflow)
        while True:
            for name in airflow.mend():
                print(f"The {name} had ended and was started again; its log is {name}.log.", flush=True)
            time.sleep(LOOK_SECONDS)


def _say_where(configuration: Configuration) -> None:
    """Address and user; the password once, and only to a person: output that is kept would keep it."""
    file = configuration.password_file
    print(f"Airflow is at {configuration.url}; user {USER}, password in {file}. Ctrl-C stops it.", flush=True)
    shown = configuration.home / "password-shown"
    if sys.stdout.isatty() and not shown.exists():
        print(f"The password, shown this once: {configuration.secrets.password}", flush=True)
        shown.touch()

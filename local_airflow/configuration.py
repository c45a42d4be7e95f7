"""The configuration of a local Airflow: one folder, one address, and secrets that only their owner can read."""

import json
import os
import secrets
import socket
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
USER = "admin"
ADDRESS = "127.0.0.1"

#: Tasks at once. Each is a process of some 250 MB, and two cores do not go faster with more of them.
PARALLELISM = 3


@dataclass(frozen=True)
class Secrets:
    """What Airflow signs and encrypts with, and the password of its one user. Kept between starts."""

    password: str
    jwt_secret: str
    session_secret: str
    fernet_key: str


@dataclass(frozen=True)
class Configuration:
    """Where a local Airflow lives and listens, and the environment of its processes."""

    home: Path
    port: int
    secrets: Secrets
    environment: Mapping[str, str]

    @property
    def url(self) -> str:
        """Where UI and REST API are."""
        return f"http://{ADDRESS}:{self.port}"

    @property
    def password_file(self) -> Path:
        """JSON, user to password: the file that Airflow's SimpleAuthManager reads."""
        return self.home / "passwords.json"


def prepare(home: Path, environment: Mapping[str, str], port: int | None, database_url: str) -> Configuration:
    """Make the folder with its secrets and compose the environment of every component.

    `environment` is what the tasks get beside the caller's own variables (EDGAR_HOME and the like). Variables that
    configure another Airflow are left out. Without a port, a free one is taken.
    """
    home = home.resolve()
    home.mkdir(parents=True, exist_ok=True)
    home.chmod(0o700)
    kept = _secrets(home / "secrets.json")
    port = port or free_port()
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("AIRFLOW")}
    options = {**_options(home, port, kept), "database.sql_alchemy_conn": database_url}
    airflow = {f"AIRFLOW__{key.upper().replace('.', '__')}": str(value) for key, value in options.items()}
    everything = {**inherited, "AIRFLOW_HOME": str(home), **airflow, **environment}
    configuration = Configuration(home, port, kept, everything)
    _write_private(configuration.password_file, json.dumps({USER: kept.password}))
    return configuration


def _options(home: Path, port: int, kept: Secrets) -> dict[str, object]:
    url = f"http://{ADDRESS}:{port}"
    return {
        "core.dags_folder": PROJECT / "dags",
        "core.plugins_folder": PROJECT / "plugins",
        "core.load_examples": False,
        "core.dags_are_paused_at_creation": False,
        "core.executor": "edgar_executor.LocalExecutor",
        "core.parallelism": PARALLELISM,
        "core.fernet_key": kept.fernet_key,
        "core.simple_auth_manager_users": f"{USER}:admin",
        "core.simple_auth_manager_passwords_file": home / "passwords.json",
        # On any port but 8080 both are needed, or every task fails at once with "connection refused".
        "core.execution_api_server_url": f"{url}/execution/",
        "api.base_url": url,
        "api.host": ADDRESS,
        "api.port": port,
        "api.secret_key": kept.session_secret,
        "api_auth.jwt_secret": kept.jwt_secret,
        "dag_processor.parsing_processes": 1,
        "dag_processor.refresh_interval": 30,
        # A killed worker is noticed after one minute instead of five.
        "scheduler.task_instance_heartbeat_timeout": 60,
        "scheduler.orphaned_tasks_check_interval": 60,
        # A task that a worker has taken with it when it died is put back: what is queued here has a free worker.
        "scheduler.task_queued_timeout": 60,
        "scheduler.task_queued_timeout_check_interval": 15,
        # Latency: after a task's end its slot often waits out a heartbeat interval (five seconds) for the process to be
        # reaped, and an idle scheduler sleeps for a second between looks.
        "workers.min_heartbeat_interval": 1,
        "scheduler.scheduler_idle_sleep_time": 0.2,
        # The first request to the execution API takes longer than the five seconds that a task waits by default.
        "workers.execution_api_timeout": 30,
        # About a minute of patience, instead of five seconds, when SQLite or a busy machine keeps the API from answering.
        "workers.execution_api_retries": 8,
        "usage_data_collection.enabled": False,
    }


def _secrets(path: Path) -> Secrets:
    if not path.exists():
        made = Secrets(
            password=secrets.token_urlsafe(12),
            jwt_secret=secrets.token_urlsafe(64),
            session_secret=secrets.token_urlsafe(32),
            fernet_key=urlsafe_b64encode(secrets.token_bytes(32)).decode(),
        )
        _write_private(path, json.dumps(vars(made)))
    return Secrets(**json.loads(path.read_text(encoding="utf-8")))


def _write_private(path: Path, text: str) -> None:
    """Replace a file by one that was never readable for others."""
    temporary = path.with_suffix(".new")
    temporary.unlink(missing_ok=True)
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    temporary.replace(path)


def free_port(wanted: int = 0) -> int:
    """Return this port of the loopback interface if nobody listens on it, else one that is free."""
    with socket.socket() as probe:
        # As the server will bind it: a port whose last connections are still being closed is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((ADDRESS, wanted))
        except OSError:
            return free_port()
        return probe.getsockname()[1]

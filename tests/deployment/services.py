"""The services of docker-compose.yaml as processes of this machine, with the environment and the commands of the file.

PostgreSQL and Redis are Debian's (packages `postgresql` and `redis-server`). What a container would have below /run/secrets,
/opt and /data lies in one folder; the names of hosts become 127.0.0.1 with free ports. Nothing else of the file is changed.
"""

import glob
import os
import pwd
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil

from local_airflow.configuration import free_port
from tests.deployment.compose import ROOT, read_compose

POSTGRES = next(iter(sorted(glob.glob("/usr/lib/postgresql/*/bin"), reverse=True)), None)
REDIS = shutil.which("redis-server")
READY_SECONDS = 180


class Services:
    """Started in the order of the file; `stop` ends every process and what it has started."""

    def __init__(self, folder: Path, variables: dict[str, str]) -> None:
        self.folder, self.port = folder, free_port()
        self.postgres_port, self.redis_port = free_port(), free_port()
        self._processes: dict[str, subprocess.Popen] = {}
        self._run_once(
            [sys.executable, ROOT / "scripts/make_secrets.py", "--folder", folder]
            + ["--postgres", f"127.0.0.1:{self.postgres_port}", "--redis", f"127.0.0.1:{self.redis_port}"],
            {},
        )
        written = dict(re.findall(r"^(\w+)=(.*)$", (folder / ".env").read_text(), re.MULTILINE))
        self.services = read_compose(written | variables)["services"]
        for name in ("airflow/logs", "data"):
            (folder / name).mkdir(parents=True, exist_ok=True)

    def secret(self, name: str) -> str:
        return (self.folder / "secrets" / name).read_text()

    def start(self) -> None:
        """Database and broker, the migration, then all of Airflow with two workers."""
        self._start_postgres()
        self._start_redis()
        self._run_once(self._command("migrate"), self._environment("migrate"))
        for name in ("api-server", "scheduler", "dag-processor", "triggerer"):
            self._start(name, self._command(name), self._environment(name))
        for number in range(self.services["worker"]["deploy"]["replicas"]):
            name = f"worker-{number + 1}"
            command = [*self._command("worker"), "--celery-hostname", f"{name}@%h"]
            self._start(name, command, self._environment("worker"))

    def check(self) -> None:
        for name, process in self._processes.items():
            assert process.poll() is None, f"{name} ended:\n{self.log(name)[-3000:]}"

    def log(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text(errors="replace")

    def stop(self) -> None:
        """Airflow first, then what it stands on."""
        for name, process in reversed(self._processes.items()):
            if process.poll() is None:
                family = psutil.Process(process.pid).children(recursive=True)
                process.send_signal(signal.SIGINT if name == "postgres" else signal.SIGTERM)
                for left in psutil.wait_procs([*family, psutil.Process(process.pid)], timeout=20)[1]:
                    left.kill()
            process.wait(10)

    def _start_postgres(self) -> None:
        # PostgreSQL does not run as root, and must reach its folder and the password.
        data, password = self.folder / "postgres", self.folder / "postgres.password"
        data.mkdir()
        password.write_text(self.secret("postgres_password"))
        as_owner: dict = {}
        if os.geteuid() == 0:
            owner = pwd.getpwnam("postgres")
            for path in (data, password):
                os.chown(path, owner.pw_uid, owner.pw_gid)
            as_owner = {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}
        password.chmod(0o400)
        options = self.services["postgres"]["environment"]
        command = [f"{POSTGRES}/initdb", "-D", data, "-U", options["POSTGRES_USER"], f"--pwfile={password}"]
        command += ["--auth-local=reject", options["POSTGRES_INITDB_ARGS"]]
        subprocess.run(command, check=True, capture_output=True, cwd="/", **as_owner)
        command = [f"{POSTGRES}/postgres", "-D", data, "-h", "127.0.0.1", "-p", str(self.postgres_port), "-k", ""]
        self._start("postgres", command, {}, **as_owner)
        self._wait_for([f"{POSTGRES}/pg_isready", "-q", "-h", "127.0.0.1", "-p", str(self.postgres_port)], {})
        environment = {"PGPASSWORD": self.secret("postgres_password")}
        at = ["-h", "127.0.0.1", "-p", str(self.postgres_port), "-U", options["POSTGRES_USER"]]
        self._run_once([f"{POSTGRES}/createdb", *at, options["POSTGRES_DB"]], environment)

    def _start_redis(self) -> None:
        command = self.services["redis"]["command"]
        inner = command.removeprefix("sh -c '").removesuffix("'")
        assert inner != command
        inner = self._local(inner).replace("--dir /data", f"--dir {self.folder}")
        # Redis takes the last word: the options after its file win.
        inner += f" --bind 127.0.0.1 --port {self.redis_port}"
        self._start("redis", ["sh", "-c", inner], {})
        self._wait_for(
            ["redis-cli", "-p", str(self.redis_port), "ping"], {"REDISCLI_AUTH": self.secret("redis_password")}
        )

    def _command(self, name: str) -> list[str]:
        service = self.services[name]
        command = [self._local(word) for word in service["command"]]
        return [*service.get("entrypoint", [sys.executable, "-m", "airflow"]), *command]

    def _environment(self, name: str) -> dict[str, str]:
        environment = {key: self._local(value) for key, value in self.services[name]["environment"].items()}
        additions = {"AIRFLOW_HOME": str(self.folder / "airflow"), "PYTHONPATH": str(ROOT / "plugins")}
        health = {"AIRFLOW__SCHEDULER__SCHEDULER_HEALTH_CHECK_SERVER_PORT": str(free_port())}
        return {**environment, **additions, **health}

    def _local(self, text: str) -> str:
        """A value of the file as it must be without containers."""
        for before, after in (
            ("/run/secrets", f"{self.folder}/secrets"),
            ("/tmp/passwords.json", f"{self.folder}/passwords.json"),
            ("/opt/edgar", str(ROOT)),
            ("api-server:8080", f"127.0.0.1:{self.port}"),
            ("127.0.0.1:8080", f"127.0.0.1:{self.port}"),
            ("--host 0.0.0.0 --port 8080", f"--host 127.0.0.1 --port {self.port}"),
        ):
            text = text.replace(before, after)
        return re.sub(r"^/data", f"{self.folder}/data", text)

    def _start(self, name: str, command: list, environment: dict[str, str], **options: object) -> None:
        with (self.folder / f"{name}.log").open("ab") as log:
            self._processes[name] = subprocess.Popen(
                command,
                env=_clean(environment),
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                **options,
            )

    def _run_once(self, command: list, environment: dict[str, str]) -> None:
        done = subprocess.run(command, env=_clean(environment), capture_output=True, text=True)
        assert done.returncode == 0, f"{command[0]}: {done.stdout[-2000:]}{done.stderr[-3000:]}"

    def _wait_for(self, command: list, environment: dict[str, str]) -> None:
        def answers() -> bool:
            return subprocess.run(command, env=_clean(environment), capture_output=True).returncode == 0

        wait_until(answers, self.check)


def _clean(environment: dict[str, str]) -> dict[str, str]:
    """What a container would have: nothing of the caller's but where programs are."""
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    return {"PATH": path, "HOME": os.environ.get("HOME", "/"), "LANG": "C.UTF-8", **environment}


def wait_until(condition: Callable[[], bool], check: Callable[[], None]) -> None:
    """Wait for a condition; `check` raises if that is in vain."""
    deadline = time.monotonic() + READY_SECONDS
    while not condition():
        check()
        assert time.monotonic() < deadline, "it took too long"
        time.sleep(0.3)

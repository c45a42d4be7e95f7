"""The deployment, read as a stranger would: is it valid, what may each service do, what is published, what is secret?"""

import json
import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.deployment.compose import FILE, ROOT, Refused, read_compose

VARIABLES = {"EDGAR_UID": "50000", "EDGAR_GID": "50000", "EDGAR_USER_AGENT": "Example Tests someone@example.com"}
COMPOSE = read_compose(VARIABLES)
SERVICES = COMPOSE["services"]
AIRFLOW = ["migrate", "api-server", "scheduler", "dag-processor", "triggerer", "worker"]


def test_it_is_valid_by_the_compose_specification():
    # The schema comes with the package check-jsonschema (Apache-2.0), as the specification publishes it.
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec"]
    done = subprocess.run([*command, str(FILE)], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_schema_refuses_a_key_that_is_none(tmp_path: Path):
    wrong = tmp_path / "docker-compose.yaml"
    wrong.write_text(FILE.read_text().replace("    mem_limit: 512m", "    memory: 512m", 1))
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec"]
    done = subprocess.run([*command, str(wrong)], capture_output=True, text=True)
    assert done.returncode == 1 and "memory" in done.stdout


def test_the_services_are_airflows_with_database_broker_and_a_reader():
    assert sorted(SERVICES) == sorted([*AIRFLOW, "postgres", "redis", "bi"])
    assert SERVICES["worker"]["deploy"]["replicas"] == 2


@pytest.mark.parametrize("name", SERVICES)
def test_no_service_is_root_or_can_write_its_image_or_gain_rights(name: str):
    service = SERVICES[name]
    user, group = service["user"].split(":")
    assert int(user) > 0 and int(group) > 0
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"] and "cap_add" not in service
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert "privileged" not in service and service["pids_limit"] == 512
    assert service["mem_limit"].endswith(("m", "g"))
    assert not [volume for volume in service.get("volumes", []) if "docker.sock" in volume]


def test_only_the_ui_is_published_and_only_to_this_machine():
    published = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    assert published == {"api-server": ["127.0.0.1:8080:8080"]}
    assert not [name for name, service in SERVICES.items() if service.get("network_mode") == "host"]


@pytest.mark.parametrize("name", [name for name in SERVICES if name not in ("migrate", "bi")])
def test_every_lasting_service_has_a_health_check_and_is_started_again(name: str):
    check = SERVICES[name]["healthcheck"]
    assert check["test"][0] in ("CMD", "CMD-SHELL") and check["retries"] >= 3
    assert SERVICES[name]["restart"] == "unless-stopped"


def test_a_reader_gets_the_published_directory_read_only_and_nothing_else():
    reader = SERVICES["bi"]
    assert reader["volumes"] == ["./data/published:/published:ro"]
    assert reader["network_mode"] == "none" and "secrets" not in reader and "environment" not in reader


def test_what_writes_the_data_is_the_worker_only():
    writers = [name for name, service in SERVICES.items() if "./data:/data" in service.get("volumes", [])]
    assert writers == ["worker"]


@pytest.mark.parametrize("missing", VARIABLES)
def test_without_what_make_secrets_writes_it_refuses_to_start(missing: str):
    with pytest.raises(Refused, match=f"^{missing}: "):
        read_compose({key: value for key, value in VARIABLES.items() if key != missing})


def test_every_secret_is_a_file_and_none_stands_in_the_environment():
    assert set(COMPOSE["secrets"]) == {
        *("postgres_password", "redis_password", "database_url", "broker_url", "result_backend"),
        *("fernet_key", "session_secret", "jwt_secret", "passwords"),
    }
    for name, secret in COMPOSE["secrets"].items():
        assert secret == {"file": f"./secrets/{name}"}
    sensitive = re.compile(r"PASSWORD|SECRET|KEY|URL|CONN|BACKEND")
    allowed = re.compile(
        r"cat /run/secrets/[a-z_]+|/run/secrets/[a-z_]+|/tmp/passwords\.json|https?://[a-z0-9.:-]+(/execution/)?"
    )
    for service in SERVICES.values():
        for key, value in service.get("environment", {}).items():
            assert not sensitive.search(key) or not value or allowed.fullmatch(value), key
    assert not re.search(r"://[^/\s]*:[^/\s$]*@", FILE.read_text())


def test_each_service_gets_only_the_secrets_that_it_uses():
    airflow = {"database_url", "broker_url", "result_backend", "fernet_key", "session_secret", "jwt_secret"}
    secrets = {name: set(service.get("secrets", [])) for name, service in SERVICES.items()}
    assert secrets == {
        **dict.fromkeys(AIRFLOW, airflow),
        "api-server": airflow | {"passwords"},
        "postgres": {"postgres_password"},
        "redis": {"redis_password"},
        "bi": set(),
    }


def test_the_image_is_not_root_and_holds_only_what_it_is_built_from():
    lines = (ROOT / "Dockerfile").read_text().splitlines()
    last = lines[max(number for number, line in enumerate(lines) if line.startswith("FROM")) :]
    assert "USER 50000:50000" in last
    assert [line for line in lines if "pip install" in line and "--require-hashes" not in line] == []
    allowed = [line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")]
    copied = [word for line in lines if line.startswith("COPY") and "--from" not in line for word in line.split()[1:-1]]
    assert sorted(allowed) == sorted(copied)
    assert all((ROOT / name).exists() for name in allowed)


def make_secrets(folder: Path) -> str:
    command = [sys.executable, str(ROOT / "scripts" / "make_secrets.py"), "--folder", str(folder)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_secrets_are_made_once_each_install_its_own_and_kept_from_others(tmp_path: Path):
    # GIVEN two folders, WHEN secrets are made in both
    first, second = tmp_path / "first", tmp_path / "second"
    for folder in (first, second):
        folder.mkdir()
        printed = make_secrets(folder)
        assert "EDGAR_USER_AGENT" in printed
    contents = {path.name: path.read_text() for path in (first / "secrets").iterdir()}
    # THEN there is one for each that the compose file names, none is in both, and none was printed
    assert set(contents) == set(COMPOSE["secrets"])
    assert [name for name in contents if (second / "secrets" / name).read_text() == contents[name]] == []
    assert not [name for name, content in contents.items() if content in printed]
    assert stat.S_IMODE((first / "secrets").stat().st_mode) == 0o700
    assert len(contents["jwt_secret"]) >= 64 and list(json.loads(contents["passwords"])) == ["admin"]
    assert (
        contents["database_url"]
        == f"postgresql+psycopg2://airflow:{contents['postgres_password']}@postgres:5432/airflow"
    )
    assert contents["broker_url"] == f"redis://:{contents['redis_password']}@redis:6379/0"
    # WHEN they are made again, THEN nothing changes
    make_secrets(first)
    assert {path.name: path.read_text() for path in (first / "secrets").iterdir()} == contents


def test_the_environment_that_is_written_lets_compose_start_once_the_contact_is_set(tmp_path: Path):
    make_secrets(tmp_path)
    lines = [line for line in (tmp_path / ".env").read_text().splitlines() if not line.startswith("#")]
    variables = dict(line.split("=", 1) for line in lines)
    with pytest.raises(Refused, match=r"^EDGAR_USER_AGENT: "):
        read_compose(variables)
    compose = read_compose(variables | {"EDGAR_USER_AGENT": VARIABLES["EDGAR_USER_AGENT"]})
    assert not compose["services"]["worker"]["user"].startswith("0:")


def test_raw_zone_and_originals_may_lie_on_an_object_store_whose_credentials_are_a_file():
    assert SERVICES["worker"]["environment"]["EDGAR_HOME"] == "/data"
    worker = read_compose({**VARIABLES, "EDGAR_OBJECT_STORE": "s3://filings/edgar"})["services"]["worker"][
        "environment"
    ]
    assert (worker["EDGAR_HOME"], worker["EDGAR_WAREHOUSE_HOME"]) == ("s3://filings/edgar", "/data")
    assert worker["AWS_SHARED_CREDENTIALS_FILE"] == "/run/secrets/aws_credentials"
    assert not [key for key in worker if key.startswith("AWS_") and ("ACCESS_KEY" in key or "TOKEN" in key)]

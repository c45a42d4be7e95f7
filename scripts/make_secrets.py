"""Write the secrets of a deployment, once: `make secrets`. Needs Python only.

`secrets/` is a folder of mode 0700 with one file per secret, which docker-compose.yaml mounts below /run/secrets. The
files themselves are readable (0444), because services run under different users; the folder is what keeps others out.
`.env` gets the user under which the services write, the contact to fill in, and no secret. What is there is kept.
"""

import argparse
import json
import os
import secrets
from base64 import urlsafe_b64encode
from pathlib import Path

ROOT = Path(__file__).parent.parent
#: Who the services are if we are root here: the user that the image makes.
IMAGE_USER = 50_000


def main() -> None:
    """Write what is missing and say what to do next."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=ROOT, help="where secrets/ and .env are written")
    parser.add_argument("--postgres", default="postgres:5432", help="HOST:PORT of PostgreSQL")
    parser.add_argument("--redis", default="redis:6379", help="HOST:PORT of Redis")
    options = parser.parse_args()
    made = write_secrets(options.folder / "secrets", options.postgres, options.redis)
    is_new = write_environment(options.folder)
    print(f"{len(made)} secrets written to {options.folder / 'secrets'}; those that were there are kept.")
    if is_new:
        print(f"Now set EDGAR_USER_AGENT in {options.folder / '.env'}; then: docker compose up --build --detach")
    print("User admin; the password is in secrets/passwords.")


def write_secrets(folder: Path, postgres: str, redis: str) -> list[str]:
    """Write the files that are missing; return their names. Each install gets its own."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    passwords = {name: _kept(folder / f"{name}_password", secrets.token_urlsafe(32)) for name in ("postgres", "redis")}
    database = f"airflow:{passwords['postgres'][0]}@{postgres}/airflow"
    contents = {
        "database_url": f"postgresql+psycopg2://{database}",
        # With the driver named: SQLAlchemy 2.1 would look for psycopg 3.
        "result_backend": f"db+postgresql+psycopg2://{database}",
        "broker_url": f"redis://:{passwords['redis'][0]}@{redis}/0",
        "fernet_key": urlsafe_b64encode(secrets.token_bytes(32)).decode(),
        "session_secret": secrets.token_urlsafe(32),
        # Fewer than 64 bytes are too few for the hash that signs the tokens.
        "jwt_secret": secrets.token_urlsafe(64),
        "passwords": json.dumps({"admin": secrets.token_urlsafe(12)}),
    }
    made = [f"{name}_password" for name, (_, is_new) in passwords.items() if is_new]
    return made + [name for name, content in contents.items() if _kept(folder / name, content)[1]]


def _kept(path: Path, content: str) -> tuple[str, bool]:
    """Return the file's content and whether it was written just now."""
    if path.exists():
        return path.read_text(encoding="utf-8"), False
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o444)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(content)
    return content, True


def write_environment(folder: Path) -> bool:
    """Write .env and the folder for the data, unless .env is there; say whether it was written."""
    path = folder / ".env"
    if path.exists():
        return False
    user, group = (os.getuid(), os.getgid()) if os.getuid() else (IMAGE_USER, IMAGE_USER)
    for name in ("data", "data/logs", "data/published", "data/state"):
        made = folder / name
        made.mkdir(exist_ok=True)
        if not os.getuid():
            os.chown(made, user, group)
    lines = ["# Read by docker compose. Settings: .env.example; secrets: the folder secrets/.", f"EDGAR_UID={user}"]
    lines += [f"EDGAR_GID={group}", "EDGAR_USER_AGENT=", ""]
    path.write_text("\n".join(lines), encoding="utf-8")
    return True


if __name__ == "__main__":
    main()

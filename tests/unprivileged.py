"""Somebody who is not root, with a folder and a Python: PostgreSQL does not run as root, which tests in a container do."""

import os
import pwd
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[1]


class Unprivileged:
    """We ourselves, or `nobody` if we are root; `python` is None where `nobody` can run no Python of our version."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.options: dict = {}
        self.python: str | None = sys.executable
        if os.geteuid() == 0:
            nobody = pwd.getpwnam("nobody")
            os.chown(folder, nobody.pw_uid, nobody.pw_gid)
            self.options = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
            self.python = next(
                (python for python in (sys.executable, "/usr/bin/python3") if self._is_usable(python)), None
            )

    @property
    def environment(self) -> dict[str, str]:
        """What a login would give, and our packages."""
        packages = [sysconfig.get_path("purelib"), str(ROOT / "plugins")]
        return {
            "PYTHONPATH": os.pathsep.join(packages),
            "PATH": os.defpath,
            "HOME": str(self.folder),
            "LANG": "C.UTF-8",
        }

    def run(self, code: str) -> subprocess.CompletedProcess:
        """Run this code with the folder as its argument."""
        command = [self.python, "-c", code, str(self.folder)]
        options = {"env": self.environment, "capture_output": True, "text": True, "timeout": 120, **self.options}
        return subprocess.run(command, cwd=ROOT, **options)

    def _is_usable(self, python: str) -> bool:
        """Whether this Python may be run, is of our version, and finds our packages."""
        self.python = python
        try:
            done = self.run("import sys, psycopg2, psutil; print(sys.version_info[:2])")
        except OSError:
            return False
        return done.stdout.strip() == str(sys.version_info[:2])


@contextmanager
def unprivileged_user() -> Iterator[Unprivileged]:
    """Somebody with a folder of their own, outside of pytest's, which only we may enter."""
    folder = Path(tempfile.mkdtemp(prefix="unprivileged-"))
    try:
        yield Unprivileged(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)

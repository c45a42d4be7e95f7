"""An environment of its own for the clients that read publications: the oldest that are promised, not the project's."""

import subprocess
import sys
from pathlib import Path

import pytest

UV = Path(sys.executable).with_name("uv")
REQUIREMENTS = Path(__file__).with_name("requirements.txt")


def make_reader_python(folder: Path) -> Path:
    """Install the readers' clients into a new environment (a second or two with uv's cache, 0.5 GB); return its Python.

    Skips the test where there is no package index and nothing in the cache. In CI both the index and uv are there, because
    the project itself was installed from it just before.
    """
    subprocess.run([UV, "venv", "--quiet", "--python", sys.executable, folder], check=True)
    python = folder / "bin" / "python"
    command = [UV, "pip", "install", "--quiet", "--python", python, "--require-hashes", "-r", REQUIREMENTS]
    installed = subprocess.run(command, capture_output=True, text=True, timeout=300)
    if installed.returncode:
        pytest.skip(f"the readers' clients cannot be installed: {installed.stderr.strip().splitlines()[-1]}")
    return python

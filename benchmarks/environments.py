"""Environments of their own, pinned with hashes, for what is measured and never installed with the pipeline."""

import subprocess
import sys
from pathlib import Path

_CACHE = Path(__file__).parents[1] / ".cache"


def python_of(name: str) -> Path:
    """The Python of the environment `.cache/<name>`, made from `benchmarks/<name>.txt` where it is not up to date.

    Raises CalledProcessError where it cannot be made.
    """
    environment, requirements = _CACHE / name, Path(__file__).with_name(f"{name}.txt")
    python, mark = environment / "bin" / "python", environment / "made-from.txt"
    if not mark.exists() or mark.read_bytes() != requirements.read_bytes():
        print(f"Setting up {environment} …", flush=True)
        uv = Path(sys.executable).with_name("uv")
        subprocess.run([uv, "venv", "--quiet", "--clear", "--python", sys.executable, environment], check=True)
        install = [uv, "pip", "install", "--quiet", "--python", python, "--require-hashes", "-r", requirements]
        subprocess.run(install, check=True)
        mark.write_bytes(requirements.read_bytes())
    return python

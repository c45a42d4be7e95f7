"""Resolve the direct dependencies into the pinned, hashed requirements files: `make lock`.

uv resolves once for Python 3.11 to 3.13. pip, in hash mode, treats `name` and `name[extra]` as two requirements that must both
be pinned, so each pin with an extra is written a second time without it.
"""

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).parent.parent
UV = ROOT / ".venv" / "bin" / "uv"
OPTIONS = ["--universal", "--python-version", "3.11", "--generate-hashes", "--no-emit-index-url", "--no-strip-extras"]


def lock(name: str) -> None:
    """Write NAME.txt from NAME.in."""
    target = ROOT / f"{name}.txt"
    command = [
        UV,
        "pip",
        "compile",
        "--quiet",
        *OPTIONS,
        "--no-annotate",
        "--no-header",
        f"{name}.in",
        "--output-file",
        target,
    ]
    subprocess.run(command, cwd=ROOT, check=True)
    target.write_text(
        f"# Made by `make lock` from {name}.in. Do not edit.\n" + repeat_without_extras(target.read_text())
    )


def repeat_without_extras(text: str) -> str:
    """Write `uvicorn[standard]==1 …` also as `uvicorn==1 …`."""
    blocks = re.split(r"\n(?=[a-z0-9])", text.rstrip("\n"))
    lines = []
    for block in blocks:
        plain = re.sub(r"\A([a-z0-9-]+)\[[^\]]+\]", r"\1", block)
        lines += [plain, block] if plain != block else [block]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    for requirements in (
        "requirements-setup",
        "requirements",
        "requirements-dev",
        "requirements-browser",
        "requirements-deploy",
        "requirements-audit",
        "benchmarks/rivals",
        "benchmarks/serving",
        "tests/readers/requirements",
    ):
        lock(requirements)

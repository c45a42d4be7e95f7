"""Every package that is installed is the one that was chosen: pinned, with hashes, and another one is refused."""

import hashlib
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FILES = sorted(ROOT.glob("requirements*.txt"))
BLOCK = re.compile(r"\n(?=\S)")


def test_there_is_a_pinned_file_for_each_list():
    assert {path.stem for path in FILES} == {path.stem for path in ROOT.glob("requirements*.in")}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_requirement_has_one_version_and_hashes(path: Path):
    blocks = [block for block in BLOCK.split(path.read_text()) if not block.startswith("#")]
    assert blocks
    for block in blocks:
        assert re.match(r"[A-Za-z0-9._-]+(\[[a-z0-9,-]+\])?==[^\s;]+( ;.*)? \\\n", block), block[:80]
        assert re.findall(r"--hash=(\w+):([0-9a-f]+)", block) == re.findall(r"--hash=(sha256):([0-9a-f]{64})\b", block)
        assert "--hash=sha256:" in block
    # Neither another index nor a direct address, which a hash would pin but nobody could review.
    assert not re.search(r"--(extra-)?index-url|--find-links|git\+|https?://", path.read_text())


def test_what_installs_them_insists_on_the_hashes():
    for name in ("Makefile", "Dockerfile"):
        text = (ROOT / name).read_text().replace("\\\n", " ")
        text = text.replace("$(UV)", re.search(r"^UV := (.*)$", text, re.MULTILINE)[1] if name == "Makefile" else "")
        installs = re.findall(r"pip install[^&\n]*", text)
        assert installs and [line for line in installs if "--require-hashes" not in line] == []


@pytest.mark.parametrize("installer", [["pip", "install"], ["uv", "pip", "install"]])
def test_a_package_with_another_hash_is_refused(tmp_path: Path, installer: list[str]):
    # GIVEN a package, and a file that pins it with its hash
    wheel = tmp_path / "packages" / "harmless-1.0-py3-none-any.whl"
    wheel.parent.mkdir()
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("harmless.py", "")
        archive.writestr("harmless-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: harmless\nVersion: 1.0\n")
        archive.writestr(
            "harmless-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        archive.writestr("harmless-1.0.dist-info/RECORD", "")
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    requirements = tmp_path / "requirements.txt"
    requirements.write_text(f"harmless==1.0 \\\n    --hash=sha256:{digest}\n")
    # WHEN it is installed, THEN it is
    assert install(installer, requirements).returncode == 0
    assert (tmp_path / "target" / "harmless.py").exists()
    # WHEN one digit of the hash is another, THEN it is refused
    flipped = digest[:-1] + ("0" if digest[-1] != "0" else "1")
    requirements.write_text(f"harmless==1.0 \\\n    --hash=sha256:{flipped}\n")
    shutil.rmtree(tmp_path / "target")
    refused = install(installer, requirements)
    assert refused.returncode != 0
    assert digest in refused.stderr and flipped in refused.stderr


def install(installer: list[str], requirements: Path) -> subprocess.CompletedProcess:
    folder = requirements.parent
    options = ["--require-hashes", "--no-index", "--find-links", folder / "packages", "--target", folder / "target"]
    options += ["--no-cache-dir", "--quiet", "-r", requirements]
    return subprocess.run([sys.executable, "-m", *installer, *options], capture_output=True, text=True)

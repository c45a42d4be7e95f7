"""Look for known vulnerabilities in every pinned version: `make audit`. Nothing is installed, nothing is resolved.

    make audit                                         asks PyPI
    make audit SERVICE="-s osv"                        asks osv.dev
    make audit SERVICE="-s osv --osv-url https://…"    asks a mirror of it

Exit code 0: every pin of this Python was looked up, and nothing is known but what audit_exceptions.toml accepts. 1: something is
known, or an exception is no longer needed. 2: the service could not be asked. pip-audit itself ends with 0 and "No known
vulnerabilities found" where the service knew none of the packages, so this counts what was looked up.
"""

import json
import subprocess
import sys
import tomllib
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).parent.parent
PIP_AUDIT = ROOT / ".venv" / "audit" / "bin" / "pip-audit"
EXCEPTIONS = Path(__file__).with_name("audit_exceptions.toml")
FILES = [
    *sorted(ROOT.glob("requirements*.txt")),
    ROOT / "benchmarks/rivals.txt",
    ROOT / "tests/readers/requirements.txt",
]


def main(service: list[str]) -> int:
    """Audit all files; print what was found; return the exit code."""
    found: list[dict] = []
    for path in FILES:
        dependencies = ask(path, service)
        if dependencies is None:
            return 2
        print(f"{path.relative_to(ROOT)}: {len(dependencies)} pins")
        found += dependencies
    problems = judge(found, read_exceptions(EXCEPTIONS.read_text()))
    for problem in problems:
        print(problem)
    print(f"{len(problems)} problems" if problems else "no known vulnerability but what audit_exceptions.toml accepts")
    return 1 if problems else 0


def ask(path: Path, service: list[str]) -> list[dict] | None:
    """What pip-audit says of each pin of a file; None, with a line on the error stream, where it could not ask."""
    options = ["--require-hashes", "--disable-pip", "--progress-spinner", "off", "--format", "json"]
    done = subprocess.run(
        [PIP_AUDIT, "--requirement", path, *options, *service], capture_output=True, text=True, check=False
    )
    dependencies, problem = read_answer(done.stdout, done.stderr)
    if problem:
        name = path.relative_to(ROOT)
        print(
            f"error: {name} was not audited: {problem}. Run it where a service answers, or name one: "
            'make audit SERVICE="-s osv"',
            file=sys.stderr,
        )
        return None
    return dependencies


def read_answer(output: str, errors: str) -> tuple[list[dict], str | None]:
    """The dependencies that were looked up, or why they were not: no answer, or an answer that knows nothing of any of them."""
    try:
        dependencies = json.loads(output)["dependencies"]
    except (ValueError, LookupError, TypeError):
        lines = errors.strip().splitlines() or ["pip-audit said nothing"]
        return [], " ".join(lines[-1].split())[:300]
    if not dependencies:
        return [], "it holds no pin for this Python"
    if all("skip_reason" in one for one in dependencies):
        return [], f"the vulnerability service knows none of its packages ({dependencies[0]['skip_reason']})"
    return dependencies, None


def read_exceptions(text: str) -> dict[tuple[str, str], str]:
    """(package, id of the vulnerability) → why it is accepted."""
    rows = tomllib.loads(text).get("exception", [])
    if lacking := [row for row in rows if not (row.get("package") and row.get("id") and row.get("reason", "").strip())]:
        sys.exit(f"error: audit_exceptions.toml: {lacking[0]} needs package, id and reason")
    return {(row["package"], row["id"]): row["reason"] for row in rows}


def judge(dependencies: Iterable[dict], accepted: dict[tuple[str, str], str]) -> list[str]:
    """One line for each vulnerability that is not accepted, each pin that was not looked up, each exception without a cause."""
    problems, used = {}, set()
    for one in dependencies:
        if "skip_reason" in one:
            problems[one["name"]] = f"{one['name']}: not looked up ({one['skip_reason']})"
        for vulnerability in one.get("vulns", []):
            names = {(one["name"], name) for name in (vulnerability["id"], *vulnerability.get("aliases", []))}
            used |= names & accepted.keys()
            if not names & accepted.keys():
                fixed = ", ".join(vulnerability["fix_versions"]) or "no version yet"
                known = f"{one['name']} {one['version']}: {vulnerability['id']}"
                problems[known] = f"{known}, fixed in {fixed}"
    idle = [
        f"audit_exceptions.toml: {package} {name} is not needed any more"
        for package, name in sorted(accepted.keys() - used)
    ]
    return [problems[key] for key in sorted(problems)] + idle


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

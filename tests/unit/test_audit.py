"""`make audit` is red for whatever was not looked up, not only for what is known. The answers are as pip-audit 2.10 gives them."""

import json

import pytest

from scripts.audit import EXCEPTIONS, FILES, judge, read_answer, read_exceptions

CLEAN = {"name": "uv", "version": "0.13.9", "vulns": []}
UNKNOWN = {"name": "duckdb", "skip_reason": "Dependency not found on PyPI and could not be audited: duckdb (1.5.5)"}
KNOWN = {
    "name": "requests",
    "version": "2.31.0",
    "vulns": [{"id": "PYSEC-2024-1", "aliases": ["CVE-2024-1"], "fix_versions": ["2.32.0"], "description": "…"}],
}


def answer(*dependencies: dict) -> str:
    return json.dumps({"dependencies": list(dependencies), "fixes": []})


def test_every_pinned_file_is_audited():
    names = {path.name for path in FILES}
    assert {"requirements.txt", "requirements-dev.txt", "requirements-deploy.txt", "rivals.txt"} <= names
    assert [path for path in FILES if not path.is_file()] == []


def test_a_service_that_knows_nothing_is_no_clean_bill():
    # GIVEN what pip-audit says, with exit code 0, where PyPI's vulnerability service is not there
    dependencies, problem = read_answer(answer(UNKNOWN), "No known vulnerabilities found\n")
    assert dependencies == []
    assert "the vulnerability service knows none of its packages" in problem
    assert read_answer(answer(), "No known vulnerabilities found\n")[1] == "it holds no pin for this Python"
    # AND what it says where there is no network: a traceback
    assert read_answer("", "Traceback …\nConnectionError:  no   route\n") == ([], "ConnectionError: no route")


def test_a_pin_that_was_not_looked_up_is_a_problem_of_its_own():
    dependencies, problem = read_answer(answer(CLEAN, UNKNOWN), "")
    assert problem is None
    assert judge(dependencies, {}) == [f"duckdb: not looked up ({UNKNOWN['skip_reason']})"]


def test_what_is_known_is_red_unless_it_is_accepted_by_any_of_its_names():
    assert judge([CLEAN], {}) == []
    assert judge([CLEAN, KNOWN, KNOWN], {}) == ["requests 2.31.0: PYSEC-2024-1, fixed in 2.32.0"]
    for name in ("PYSEC-2024-1", "CVE-2024-1"):
        assert judge([KNOWN], {("requests", name): "why"}) == []
    # AND an exception is for one package and one vulnerability, and goes when it is not needed any more
    assert judge([KNOWN], {("requests", "CVE-2024-2"): "why"}) == [
        "requests 2.31.0: PYSEC-2024-1, fixed in 2.32.0",
        "audit_exceptions.toml: requests CVE-2024-2 is not needed any more",
    ]


def test_an_exception_has_a_reason():
    text = '[[exception]]\npackage = "requests"\nid = "CVE-2024-1"\nreason = "only its server"\n'
    assert read_exceptions(text) == {("requests", "CVE-2024-1"): "only its server"}
    with pytest.raises(SystemExit, match="needs package, id and reason"):
        read_exceptions(text.replace("only its server", " "))
    assert isinstance(read_exceptions(EXCEPTIONS.read_text()), dict)

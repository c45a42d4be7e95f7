"""The command line as an operator meets it: its exit code, its one line, what it asks for."""

import re
from datetime import date

import pytest
from edgar_pipeline.cli import main

from tests.integration.commands import one_line, run, variables
from tests.small_archive import index_file, index_path, index_row

DAY, SATURDAY, COLUMBUS_DAY = date(2025, 9, 3), date(2025, 9, 6), date(2025, 10, 13)


@pytest.mark.parametrize(
    ("arguments", "environment", "says"),
    [
        (["day", str(DAY)], {"EDGAR_USER_AGENT": None}, 'Set it to "Your Company you@your-company.com"'),
        (["run", str(DAY)], {"EDGAR_USER_AGENT": None}, "EDGAR_USER_AGENT is not set"),
        (["day", str(DAY)], {"EDGAR_USER_AGENT": "Me x@localhost"}, "names no plausible contact"),
        (["day", str(DAY)], {"EDGAR_REQUESTS_PER_SECOND": "50"}, "a number over 0 and at most 10"),
        (["day", str(DAY)], {"EDGAR_REQUESTS_PER_SECOND": "0"}, "a number over 0 and at most 10"),
        (["day", str(DAY)], {"EDGAR_REQUESTS_PER_SECOND": "-1"}, "a number over 0 and at most 10"),
        (["day", "2999-01-01"], {}, "2999-01-01 is in the future"),
        (["run", "2999-01-01"], {}, "2999-01-01 is in the future"),
        (["day", str(DAY), "2999-01-01"], {}, "2999-01-01 is in the future"),
        (["day", "1850-01-01"], {}, "1850-01-01 is before EDGAR's first filings"),
        (["day", "2024-02-30"], {}, "does not exist in the calendar"),
        (["day", "20240102"], {}, "write it as YYYY-MM-DD"),
        (["day", "yesterday"], {}, "write it as YYYY-MM-DD"),
        (["day", "2024-01-01'; DROP TABLE x"], {}, "write it as YYYY-MM-DD"),
        (["day", "\x1b[2J2024-01-01\nERROR fake"], {}, "write it as YYYY-MM-DD"),
        (["day", str(DAY)], {"EDGAR_WWW_URL": "ftp://x"}, "EDGAR_WWW_URL"),
        (["day", str(DAY)], {"EDGAR_CIKS": "x"}, "EDGAR_CIKS"),
        (["status", "tomorrow"], {}, "write it as YYYY-MM-DD"),
    ],
)
def test_cases_63_and_65_what_is_wrong_is_refused_before_any_request(
    settings, archive, fake_edgar, monkeypatch, capsys, arguments, environment, says
):
    # GIVEN a day that could be landed WHEN the command or a setting is wrong
    archive.put_day(DAY, 1)
    for key, value in variables(settings, **environment).items():
        monkeypatch.setenv(key, value)
    if environment.get("EDGAR_USER_AGENT", "") is None:
        monkeypatch.delenv("EDGAR_USER_AGENT", raising=False)
    # THEN it is refused in one line with exit code 2; the server has seen nothing and nothing was written
    assert main(arguments) == 2
    said = capsys.readouterr()
    (line,) = [line for line in said.err.splitlines() if line.strip()]
    assert line.startswith("error: ")
    assert says in line
    assert line.isprintable()
    assert (said.out, fake_edgar.log()) == ("", [])
    assert not settings.home.exists()


def test_a_refusal_is_the_exit_code_of_the_process(settings, fake_edgar):
    process = run(settings, "day", str(DAY), EDGAR_USER_AGENT=None)
    assert process.returncode == 2
    assert "EDGAR_USER_AGENT is not set" in one_line(process)
    assert (process.stdout, fake_edgar.log()) == ("", [])


@pytest.mark.parametrize("arguments", [[], ["day"], ["unknown"], ["day", "--force", str(DAY)]])
def test_a_command_that_is_none_is_refused_with_its_usage(fake_edgar, capsys, arguments):
    with pytest.raises(SystemExit) as end:
        main(arguments)
    assert (end.value.code, fake_edgar.log()) == (2, [])
    assert capsys.readouterr().err.startswith("usage: python -m edgar_pipeline")


@pytest.mark.parametrize("command", ["day", "run", "status", "build", "validate", "publish"])
def test_every_command_has_help(capsys, command):
    with pytest.raises(SystemExit) as end:
        main([command, "--help"])
    assert end.value.code == 0
    assert capsys.readouterr().out.startswith(f"usage: python -m edgar_pipeline {command}")


def test_a_day_and_then_the_same_day_again(settings, archive, fake_edgar):
    archive.put_day(DAY, 3)
    first = run(settings, "day", str(DAY))
    assert (first.returncode, first.stderr.strip()) == (0, "")
    assert "2025-09-03 loaded 3 3 3 0 0 0 0" in " ".join(first.stdout.split())
    files = {path: path.stat().st_mtime_ns for path in settings.home.rglob("*") if path.is_file()}
    fake_edgar.clear_log()
    second = run(settings, "day", str(DAY))
    assert (second.returncode, second.stdout, fake_edgar.log()) == (0, first.stdout, [])
    assert {path: path.stat().st_mtime_ns for path in settings.home.rglob("*") if path.is_file()} == files
    assert run(settings, "status").stdout == first.stdout + (
        "1 of 1 days complete, 3 of 3 filings settled, 4 requests, 0.0 MB.\n"
    )


def test_cases_1_and_2_days_without_an_index_are_green(settings, fake_edgar):
    # GIVEN a server that has no index of a Saturday and of Columbus Day
    process = run(settings, "day", str(SATURDAY), str(COLUMBUS_DAY))
    # THEN both are green, after one request each, and are not asked for again
    assert process.returncode == 0, process.stderr
    shown = " ".join(process.stdout.split())
    for day in (SATURDAY, COLUMBUS_DAY):
        assert re.search(rf"{day} no index (expected )?0 0 0 0 0 0 0", shown)
    assert [(e["path"], e["status"]) for e in fake_edgar.log()] == [
        (index_path(SATURDAY), 403),
        (index_path(COLUMBUS_DAY), 403),
    ]
    assert run(settings, "day", str(SATURDAY)).returncode == 0
    assert len(fake_edgar.log()) == 2


def test_case_3_a_business_day_that_is_refused_is_red_and_named(settings, archive, fake_edgar):
    # GIVEN a server that has the days around, but refuses one business day
    archive.put_day(date(2025, 9, 2), 1)
    process = run(settings, "day", str(DAY), "2025-09-02")
    # THEN that day is red and named, and the other day landed all the same
    assert process.returncode == 1
    line = one_line(process)
    assert "2025-09-03: missing: 2025-09-03 is an expected business day, but EDGAR answers that it has no index" in line
    assert "2025-09-02 loaded" in " ".join(process.stdout.split())
    assert run(settings, "status", "2025-09-03").returncode == 1


def test_an_incomplete_day_is_red_with_its_numbers_and_reasons(settings, archive, fake_edgar):
    made = archive.put_day(DAY, 3)
    fake_edgar.rule(made[1].accession_number, "redirect", location="http://169.254.169.254/")
    process = run(settings, "day", str(DAY))
    assert process.returncode == 1
    line = one_line(process)
    assert "2025-09-03: 2 of 3 filings loaded, 0 pending, 1 quarantined" in line
    assert "status 302 points elsewhere" in line


def test_threat_18_what_edgar_writes_does_not_steer_the_terminal(settings, archive, fake_edgar):
    # GIVEN an index whose names, form types and malformed lines carry control characters
    (made,) = archive.put_day(DAY, 1)
    evil = "\x1b[2J\x1b]0;owned\x07"
    rows = [
        index_row(made),
        index_row(made).replace("WIDGETS 1 INC", f"X{evil}\x0b2026-01-01 ERROR fake"),
        f"9|NAME{evil}|8-K{evil}|20250903|edgar/data/9/{evil}.txt",
        f"9{evil}|NAME|8-K|20250903|edgar/data/9/0000900009-25-000001.txt",
        f"one field{evil}",
    ]
    archive.put_index(DAY, index_file(DAY, rows))
    for environment in ({}, {"EDGAR_FORM_TYPES": "10-K", "EDGAR_HOME": str(settings.home / "2")}):
        process = run(settings, "day", str(DAY), **environment)
        assert process.returncode == 1
        for character in "\x1b\x07\x0b\x00":
            assert character not in process.stdout + process.stderr
        assert "fake" not in one_line(process)


def test_threat_17_credentials_in_an_address_are_not_repeated(settings):
    process = run(settings, "day", str(DAY), EDGAR_WWW_URL="https://user:canary-secret@www.sec.gov")
    assert process.returncode == 2
    assert "canary-secret" not in process.stdout + process.stderr


def test_a_full_disk_is_one_clean_line(settings, archive, tmp_path):
    # GIVEN a home that cannot be written to
    archive.put_day(DAY, 1)
    (tmp_path / "file").write_text("")
    process = run(settings, "day", str(DAY), EDGAR_HOME=str(tmp_path / "file"))
    assert process.returncode == 1
    assert "Make room or mend the disk" in one_line(process)

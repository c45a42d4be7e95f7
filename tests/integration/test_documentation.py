"""dbt's documentation: by the command as a user runs it, and of each publication."""

import logging
import re
import shutil

import pytest
from edgar_pipeline.files import KEPT_REPORTS
from edgar_pipeline.warehouse import document_publication, documentation

from tests.integration.commands import run

FIRST, SECOND = "20260106T060000Z-aaaaaa", "20260107T060000Z-bbbbbb"


def test_the_documentation_is_one_file_that_describes_every_table_and_needs_no_network(settings):
    # WHEN the command runs, without a warehouse
    done = run(settings, "docs")
    # THEN it names the file, which describes tables and columns and loads nothing from elsewhere
    assert done.returncode == 0, done.stderr
    target = settings.reports_dir / "dbt" / "index.html"
    assert done.stdout.strip() == str(target)
    page = target.read_text(encoding="utf-8")
    assert "One row per accession number" in page and "int_events_chosen" in page
    assert re.findall(r"""<(?:script|link|img|iframe)\b[^>]*\b(?:src|href)=["']?https?:""", page) == []
    assert target.stat().st_mode & 0o777 == 0o640


@pytest.fixture
def generations(monkeypatch):
    """How often dbt has written the documentation; in the place of its six CPU seconds a page that counts."""
    made = []

    def generated(settings):
        made.append(f"<html>{len(made)}</html>".encode())
        return made[-1]

    monkeypatch.setattr(documentation, "_generated", generated)
    return made


@pytest.mark.parametrize("has_links", [True, False])
def test_each_publication_has_its_documentation_and_only_a_changed_one_is_written(
    settings, generations, monkeypatch, tmp_path, has_links
):
    def no_links(*_):
        raise PermissionError(1, "this file system has no links")

    if not has_links:
        monkeypatch.setattr(documentation.os, "link", no_links)
    # GIVEN the documentation of a publication
    first = document_publication(settings, FIRST)
    assert first == settings.reports_dir / "dbt" / FIRST / "index.html"
    # WHEN the next one is published with the same models, and is published again
    assert document_publication(settings, SECOND) == document_publication(settings, SECOND)
    # THEN both have it, the newest is theirs, and dbt has run once
    newest = settings.reports_dir / "dbt" / "index.html"
    second = newest.parent / SECOND / "index.html"
    assert first.read_bytes() == second.read_bytes() == newest.read_bytes()
    assert len(generations) == 1
    assert first.stat().st_mode & 0o777 == second.stat().st_mode & 0o777 == 0o640
    # AND WHEN a description changes
    project = tmp_path / "dbt_project"
    shutil.copytree(documentation.DBT_PROJECT, project)
    words = project / "models" / "shared_columns.md"
    words.write_text(f"{words.read_text()}\n")
    monkeypatch.setattr(documentation, "DBT_PROJECT", project)
    third = document_publication(settings, "20260108T060000Z-cccccc")
    # THEN it is written anew, and that of earlier publications stays what it was
    assert len(generations) == 2
    assert third.read_bytes() == newest.read_bytes() != first.read_bytes()
    assert second.read_bytes() == first.read_bytes()


def test_the_documentation_of_old_publications_is_pruned(settings, generations):
    ids = [f"202601{day:02}T060000Z-aaaaaa" for day in range(1, 31)] + ["20260201T060000Z-aaaaaa"]
    assert len(ids) == KEPT_REPORTS + 1
    for publication_id in ids:
        document_publication(settings, publication_id)
    folders = sorted(path.name for path in (settings.reports_dir / "dbt").iterdir() if path.is_dir())
    assert folders == ids[1:]


@pytest.mark.parametrize("trouble", ["dbt", "disk"])
def test_a_documentation_that_fails_is_a_warning_and_nothing_else(settings, generations, monkeypatch, caplog, trouble):
    if trouble == "dbt":
        monkeypatch.undo()
        monkeypatch.setattr(documentation, "DBT", (*documentation.DBT[:2], "import sys; sys.exit('no\\ndbt')"))
    else:
        settings.reports_dir.mkdir(parents=True)
        (settings.reports_dir / "dbt").write_bytes(b"a file in the way")
    with caplog.at_level(logging.WARNING):
        assert document_publication(settings, FIRST) is None
    (message,) = [record.getMessage() for record in caplog.records]
    assert message.startswith(f"publication {FIRST} has no dbt documentation: ") and "\n" not in message

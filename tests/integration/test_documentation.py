"""dbt's documentation, written by the command as a user runs it."""

import re

from tests.integration.commands import run


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

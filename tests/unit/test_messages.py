"""The catalogue of the page's words: whole in every language, and used."""

import re
import string
from datetime import date
from pathlib import Path

import pytest
from edgar_pipeline.errors import InputError
from edgar_pipeline.messages import Messages, catalogue, languages

TEMPLATE = Path(__file__).parents[2] / "plugins/edgar_pipeline/templates/company.html.j2"


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_every_message_is_there_in_every_language_with_the_same_values():
    assert languages() == ("en", "ms", "es")
    for key, texts in catalogue().items():
        assert all(texts.values()), key
        assert len({frozenset(fields(text)) for text in texts.values()}) == 1, key


def test_every_message_is_used_and_every_use_has_a_message():
    used = set(re.findall(r"\bt\('(\w+)'", TEMPLATE.read_text(encoding="utf-8")))
    assert used == set(catalogue()) - {"months", "date"}


def test_no_label_is_left_in_the_template():
    # GIVEN the template without its expressions, comments and style THEN what is left between tags is no sentence
    text = re.sub(r"\{#.*?#\}|\{\{.*?\}\}|\{%.*?%\}", "", TEMPLATE.read_text(encoding="utf-8"), flags=re.DOTALL)
    words = re.findall(r">([^<>]*[A-Za-z]{2}[^<>]*)<", text)
    assert [word.strip() for word in words] == ["ET", "CIK", "ISIN", "marts.company_timeline", "www.sec.gov"]


@pytest.mark.parametrize(("language", "shown"), [("en", "Aug 5, 2025"), ("ms", "5 Ogo 2025"), ("es", "5 ago 2025")])
def test_a_date_is_written_as_the_language_does(language: str, shown: str):
    assert Messages(language).day(date(2025, 8, 5)) == shown


@pytest.mark.parametrize("language", ["", "EN", "de", "../../etc/passwd", "x" * 500])
def test_another_language_is_refused(language: str):
    with pytest.raises(InputError, match="is no language of the page: choose one of en, ms, es"):
        Messages(language)

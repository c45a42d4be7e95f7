"""The words of the company's page, from one catalogue: `templates/messages.csv`, a row per message, a column per language.

A new language is a new column. What filings, forms and events are called comes from the warehouse and is English.
"""

import csv
from datetime import date
from functools import cache
from importlib.resources import files

from edgar_pipeline.errors import InputError


class Messages:
    """The messages of one language."""

    def __init__(self, language: str):
        """Take the language's code (`en`); InputError, with those that there are, for another."""
        if language not in languages():
            raise InputError(f"{language[:20]!r} is no language of the page: choose one of {', '.join(languages())}")
        self.language = language
        self._texts = {key: texts[language] for key, texts in catalogue().items()}

    def text(self, key: str, **values: object) -> str:
        """The message, with its values; KeyError for one that the catalogue does not have."""
        return self._texts[key].format(**values)

    def day(self, value: date) -> str:
        """A date in words: `Mar 24, 2025`, `24 Mac 2025`."""
        month = self._texts["months"].split()[value.month - 1]
        return self.text("date", month=month, day=value.day, year=value.year)


@cache
def catalogue() -> dict[str, dict[str, str]]:
    """Every message by its key, in every language."""
    text = files("edgar_pipeline").joinpath("templates/messages.csv").read_text(encoding="utf-8")
    return {row.pop("key"): row for row in csv.DictReader(text.splitlines())}


def languages() -> tuple[str, ...]:
    """The languages of the catalogue, English first."""
    return tuple(next(iter(catalogue().values())))

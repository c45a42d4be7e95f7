"""Values of EDGAR's JSON files, checked one by one: a file of another shape is refused by name, never half understood."""

import re
from datetime import date
from types import UnionType

import orjson

from edgar_pipeline.errors import ParsingError

#: The longest name, description or symbol that is taken for one.
LONGEST_TEXT = 500

_DAY = re.compile(r"(\d{4}-\d{2}-\d{2})(?:T.*)?", re.ASCII | re.DOTALL)


def decode_object(body: bytes, what: str) -> dict:
    """The JSON object that a body is; ParsingError that says what was expected.

    orjson refuses invalid UTF-8, NaN, and nesting deeper than 1,024 levels.
    """
    try:
        value = orjson.loads(bytes(body))
    except ValueError as error:
        raise ParsingError(f"{what}: not JSON ({error})") from error
    if not isinstance(value, dict):
        raise ParsingError(f"{what}: not a JSON object but a {type(value).__name__}")
    return value


def text(value: object, what: str) -> str | None:
    """Text of one line without blanks around it; None for null and for empty text, which EDGAR writes for unknown."""
    if value is None:
        return None
    if not isinstance(value, str):
        raise ParsingError(f"{what}: not text but {value!r:.60}")
    if len(value) > LONGEST_TEXT:
        raise ParsingError(f"{what}: text of {len(value)} characters")
    return " ".join("".join(c if c.isprintable() else " " for c in value).split()) or None


def day(value: object, what: str) -> str | None:
    """The day of `2002-01-10` or `2002-01-10T00:00:00.000Z`, as ISO; None for null and empty."""
    stated = text(value, what)
    if stated is None:
        return None
    match = _DAY.fullmatch(stated)
    try:
        return date.fromisoformat(match[1]).isoformat()
    except (TypeError, ValueError):
        raise ParsingError(f"{what}: not a date: {stated!r:.60}") from None


def items(value: object, kind: type | UnionType, what: str) -> list:
    """A list of which every item is of a kind; null is the empty list."""
    if value is None:
        return []
    if not isinstance(value, list):
        raise ParsingError(f"{what}: not a list")
    for item in value:
        if not isinstance(item, kind):
            raise ParsingError(f"{what}: an item is {item!r:.60}")
    return value

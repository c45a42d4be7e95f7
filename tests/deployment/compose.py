"""docker-compose.yaml as Docker would read it: variables filled in, a missing required one refused."""

import re
from collections.abc import Mapping
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]
FILE = ROOT / "docker-compose.yaml"

_VARIABLE = re.compile(r"\$(?:(?P<escaped>\$)|\{(?P<name>[A-Z_]+)(?:(?P<kind>:[-?])(?P<word>[^}]*))?\})")


class Refused(Exception):
    """A variable without which the file must not be used; says what to do."""


def read_compose(variables: Mapping[str, str]) -> dict:
    """The file with `${NAME}`, `${NAME:-default}` and `${NAME:?message}` replaced, by the Compose specification's rules."""
    return _fill(yaml.safe_load(FILE.read_text(encoding="utf-8")), variables)


def _fill(value: object, variables: Mapping[str, str]) -> object:
    if isinstance(value, dict):
        return {key: _fill(inner, variables) for key, inner in value.items()}
    if isinstance(value, list):
        return [_fill(inner, variables) for inner in value]
    return _VARIABLE.sub(lambda match: _value(match, variables), value) if isinstance(value, str) else value


def _value(match: re.Match, variables: Mapping[str, str]) -> str:
    if match["escaped"]:
        return "$"
    if value := variables.get(match["name"]):
        return value
    if match["kind"] == ":?":
        raise Refused(f"{match['name']}: {match['word']}")
    return match["word"] or ""

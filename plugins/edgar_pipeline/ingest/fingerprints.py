"""What a landed record says, field by field, small enough to keep of every filing of a day."""

import hashlib
from dataclasses import dataclass

import orjson

#: The facts of a record's request: parsing again does not change them.
FACTS = ("url", "sha256", "bytes", "fetched_at", "as_of")
#: Fields that are lists of records, compared by the fields of these.
_LISTS = ("documents", "companies")


@dataclass(frozen=True)
class Landed:
    """A landed record without its contents: the facts of its request, its parser, and a hash of every field."""

    facts: dict
    parser_version: str
    fields: dict[str, bytes]


def remember(record: dict) -> Landed:
    """What is kept of a record. A record of before `as_of` shows the filing as it stood when it was fetched."""
    facts = {key: record.get(key) for key in FACTS} | {"as_of": record.get("as_of") or record["fetched_at"]}
    return Landed(facts, record["parser_version"], fields_of(record))


def fields_of(record: dict) -> dict[str, bytes]:
    """A hash of every field; `documents.text` stands for the texts of all documents in their order."""
    fields = {}
    for name, value in record.items():
        if name in _LISTS:
            names = dict.fromkeys(key for item in value for key in item)
            fields[name] = _hash(len(value))
            fields |= {f"{name}.{key}": _hash([item.get(key) for item in value]) for key in names}
        elif name != "parser_version":
            fields[name] = _hash(value)
    return fields


def differences(before: dict[str, bytes], after: dict[str, bytes]) -> list[str]:
    """The names of the fields that differ, or that only one of the two has."""
    return sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))


def _hash(value: object) -> bytes:
    return hashlib.blake2b(orjson.dumps(value), digest_size=12).digest()

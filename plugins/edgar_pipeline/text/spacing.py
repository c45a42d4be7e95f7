"""White space: each run of it is worth one separator, and which one is looked up."""

import re
from collections.abc import Callable

# Zero-width spaces separate words too, although Python does not count them as white space; so do the markers of `markup`.
# A single blank is no run: it stands between most words and is left as it is.
_RUN = re.compile(
    "[\x01-\x05\t\n\r\x0b\x0c\xa0\u1680\u2000-\u200b\u2028\u2029\u202f\u205f\u3000][\x01-\x05\\s\u200b]*+"
    "| [\x01-\x05\\s\u200b]++"
)


class Cache(dict):
    """What a string stands for, worked out once. Long strings and those beyond a bound are not kept."""

    def __init__(self, work_out: Callable[[str], str]) -> None:
        super().__init__()
        self._work_out = work_out

    def __missing__(self, key: str) -> str:
        value = self._work_out(key)
        if len(key) < 64 and len(self) < 20_000:
            self[key] = value
        return value


def space_out(text: str, worths: Cache) -> str:
    """Replace every run of white space with what it is worth."""
    return _RUN.sub(lambda match: worths[match[0]], text).strip()

"""White space: each run of it is worth one separator, and which one is looked up."""

import re
from collections.abc import Callable, Iterator

# Zero-width spaces separate words too, although Python does not count them as white space; so do the markers of `markup`.
# A single blank is no run: it stands between most words and is left as it is.
_RUN = re.compile(
    "[\x01-\x05\t\n\r\x0b\x0c\xa0\u1680\u2000-\u200b\u2028\u2029\u202f\u205f\u3000][\x01-\x05\\s\u200b]*+"
    "| [\x01-\x05\\s\u200b]++"
)
_NO_SPACE = re.compile("[^\\s\x01-\x05\u200b]")
#: Characters worked on at once.
WINDOW = 4_000_000


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
    return "".join(_RUN.sub(lambda match: worths[match[0]], piece) for piece in _pieces(text)).strip()


def _pieces(text: str) -> Iterator[str]:
    """The text in pieces that cut no run in two: replacing makes a small string of everything between two runs."""
    start = 0
    while start < len(text):
        cut = _NO_SPACE.search(text, start + WINDOW)
        end = cut.start() if cut else len(text)
        yield text[start:end]
        start = end

"""Exhibit numbers as filers write them, made comparable.

A number is a tuple of its parts: `99.1`, `99(1)`, `EX-99.01` and `Exhibit 99-1` are all ("99", "1"), `10-M-4` is
("10", "m", "4").
"""

import re
from collections.abc import Iterable

Number = tuple[str, ...]

#: What filers put around a number to refer to a footnote.
MARKERS = r"[*†‡+#^§¶~¥@\s]"
_PART = r"(?:[.\-–]\s?(?:\d{1,4}|[A-Za-z]{1,4}\d{0,3}(?![A-Za-z]))|\s?\((?:\d{1,3}|[A-Za-z]{1,4})\)|[A-Za-z]{1,2}(?![A-Za-z]))"
NUMBER = rf"(?:\d{{1,3}}{_PART}{{0,6}}|(?:\((?:\d{{1,2}}|[a-zA-Z]{{1,3}})\)){{2,5}})"
_LABELLED = re.compile(rf"\(?\b(?:exhibit|ex)\b[\s.:#-]*(?:no\.?\s*)?(?P<number>{NUMBER})", re.IGNORECASE)
_TOKEN = re.compile(r"\d+|[a-z]+")
#: The parts of a row: an optional "Exhibit", the number, markers, a separator, the rest.
LEADING = re.compile(
    rf"{MARKERS}*[(\[]?(?P<label>(?:exhibit|ex)\b[\s.:#-]*(?:no\.?\s*)?)?(?P<number>{NUMBER})(?![\w%,])[.)\]]?"
    rf"(?:{MARKERS}|\((?:\d{{1,2}}|[*†‡+#^]{{1,3}})\))*[:.–—-]*\s*",
    re.IGNORECASE,
)


def parse_number(text: str) -> Number:
    """The parts of an exhibit number, without leading zeros.

    >>> parse_number("EX-99.(A)(5)")
    ('99', 'a', '5')
    """
    text = text.lower().removeprefix("ex-")
    return tuple(token.lstrip("0") or "0" for token in _TOKEN.findall(text))


def labelled_number(text: str) -> Number:
    """The number of the first "Exhibit 99.1" in a text, or ()."""
    found = _LABELLED.search(text)
    return parse_number(found["number"]) if found else ()


def candidate_numbers(document_type: str, description: str | None, head: str) -> list[Number]:
    """The numbers under which an index may list a document, the surest first.

    `EX-99` says less than the "Exhibit 99.2" on top of its text; tender offers list `EX-99.(A)(5)` as (a)(5), and foreign
    issuers `EX-99.1` of a 6-K as 1.
    """
    of_type = parse_number(document_type)
    labels = [label for label in (labelled_number(head[:300]), labelled_number(description or "")) if label]
    finer = [label for label in labels if label[: len(of_type)] == of_type]
    return _distinct([*finer, of_type, *labels, *([of_type[1:]] if of_type[:1] == ("99",) else [])])


def _distinct(numbers: Iterable[Number]) -> list[Number]:
    return [number for number in dict.fromkeys(numbers) if number]

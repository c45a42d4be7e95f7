"""Headlines in capitals, in readable case; names keep the form that the documents themselves give them.

The dictionary of a headline's words is the running text around it: a word that stands there as `Cloopen`, `NYSE` or `iTeos`
is written so; any other word is written as a title, unless it is known to be written in capitals everywhere.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from functools import lru_cache

from edgar_pipeline.titles.words import CAPITALS, KINDS, PLAIN_WORDS, SMALL_WORDS, SPECIAL_FORMS

#: Characters of each running text that are read for the forms of words.
TEXT_READ = 4_000
#: A headline with a greater share of capitals than this is one in capitals.
CAPITALS_SHARE = 0.8
#: A longer word in capitals is emphasis, even where the text never writes it otherwise.
LONGEST_CAPITALS = 6

_TOKEN = re.compile(r"[^\W_](?:[^\W_]|['’&.](?=[^\W_]))*")
# A token, or what ends a sentence before the next one.
_TOKEN_OR_STOP = re.compile(rf"{_TOKEN.pattern}|[.:;!?\n“”\"•]")
_ORDINAL = re.compile(r"(?<=\d)(?:ST|ND|RD|TH)$")
_NUMBERED = re.compile(r"([A-Z]{2,}\.)(\d+)")
_VOWELS = frozenset("AEIOUYÀÁÂÃÄÅÈÉÊËÌÍÎÏÒÓÔÕÖÙÚÛÜ")
_STARTS = (":", "—", "–", "--", "“", '"')


def is_capitals(text: str) -> bool:
    """Whether a line is written in capitals; digits and signs do not count."""
    upper = sum(map(str.isupper, text))
    return upper >= 4 and upper > CAPITALS_SHARE * (upper + sum(map(str.islower, text)))


def readable(parts: tuple[str, ...], *running_texts: str) -> tuple[str, ...]:
    """The lines of a headline with those in capitals as a title; the other lines as they are.

    >>> readable(("ACME CORP TO DELIST FROM THE NYSE",), "Acme Corp said that the NYSE had been told.")
    ('Acme Corp to Delist from the NYSE',)
    """
    capitals = [is_capitals(part) for part in parts]
    if not any(capitals):
        return parts
    texts = tuple(text[:TEXT_READ] for text in running_texts)
    return tuple(
        _TOKEN.sub(_writer(part, texts, number == 0), part) if capital or part.isupper() else part
        for number, (part, capital) in enumerate(zip(parts, capitals, strict=True))
    )


def _writer(text: str, running_texts: tuple[str, ...], is_first: bool) -> Callable[[re.Match], str]:
    def write(match: re.Match) -> str:
        word = match[0]
        if any(map(str.islower, word)):
            return word.capitalize() if word.islower() and word not in SMALL_WORDS and len(word) > 3 else word
        before = text[: match.start()].rstrip()
        starts = (not before and is_first) or before.endswith(_STARTS) or text[: match.start()].endswith(" - ")
        is_dotted = text[match.end() : match.end() + 1] == "."
        return _write(word, running_texts, starts, is_dotted)

    return write


def _write(word: str, running_texts: tuple[str, ...], starts: bool, is_dotted: bool) -> str:
    lower = word.lower()
    if lower in SMALL_WORDS:
        return word.capitalize() if starts else lower
    if lower in SPECIAL_FORMS or word in CAPITALS:
        return SPECIAL_FORMS.get(lower, word)
    if lower in KINDS or lower in PLAIN_WORDS:
        return _title(word)
    form = _form(lower, running_texts)
    if form and (not form.isupper() or len(form) <= LONGEST_CAPITALS):
        return form if any(map(str.isupper, form)) else _title(word)
    return _by_rule(word, is_dotted)


def _by_rule(word: str, is_dotted: bool) -> str:
    """A word that no text shows: numbers, initials and letters without a vowel stay, the rest is a title."""
    if found := _NUMBERED.fullmatch(word):
        return found[1].capitalize() + found[2]
    if any(map(str.isdigit, word)):
        return _ORDINAL.sub(lambda match: match[0].lower(), word)
    if word.endswith((".COM", ".NET", ".ORG")):
        return word.capitalize()
    if "." in word or len(word) == 1:
        return word
    return word if _VOWELS.isdisjoint(word) and not is_dotted else _title(word)


def _title(word: str) -> str:
    """O'NEILL is O'Neill and COMPANY'S is Company's."""
    parts = re.split(r"(['’&])", word)
    for number in range(0, len(parts), 2):
        is_possessive = number and parts[number - 1] != "&" and len(parts[number]) <= 2
        parts[number] = parts[number].lower() if is_possessive else parts[number].capitalize()
    return "".join(parts)


def _form(lower: str, running_texts: tuple[str, ...]) -> str | None:
    """The commonest form of a word. One in mixed case is a name wherever it stands; capitals may be emphasis."""
    forms: dict[str, int] = {}
    for text in running_texts:
        for form, count in _forms(text).get(lower, {}).items():
            forms[form] = forms.get(form, 0) + count
    if not forms:
        return None
    return max(sorted(forms), key=lambda form: (form[1:] != form[1:].lower() and not form.isupper(), forms[form]))


@lru_cache(maxsize=16)
def _forms(text: str) -> dict[str, dict[str, int]]:
    """How often each word of a text occurs in which form, by its small letters."""
    found: dict[str, dict[str, int]] = {}
    for form, count in Counter(_telling_forms(_TOKEN_OR_STOP.findall(text))).items():
        found.setdefault(form.lower(), {})[form] = count
    return found


def _telling_forms(tokens: list[str]) -> Iterator[str]:
    """The words whose case tells something.

    Capitals do only between words that are not in capitals: a defined term or a heading says nothing about case. A capital
    letter at the beginning of a sentence says nothing either.
    """
    for number, token in enumerate(tokens):
        if token.islower():
            yield token
        elif not token[0].isalpha() or len(token) == 1:
            continue
        elif token.isupper():
            if not _in_capitals(tokens, number):
                yield token
        elif not token.istitle() or (number and tokens[number - 1][0].isalnum()):
            yield token


def _in_capitals(tokens: list[str], number: int) -> bool:
    """Whether a neighbouring word is in capitals too; a word without neighbours is a heading."""
    neighbours = [tokens[at] for at in (number - 1, number + 1) if 0 <= at < len(tokens) and tokens[at][0].isalpha()]
    return not neighbours or any(len(word) > 1 and word.isupper() for word in neighbours)

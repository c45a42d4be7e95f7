"""Text as its author meant it: broken encodings repaired, markup and white space gone.

EDGAR holds text that was damaged before it was filed: UTF-8 read as cp1252 ("Companyâ€™s"), cp1252 controls read as Latin-1,
replacement characters, and quotes and dashes that a converter turned into "?" ("the ?Company?", "People?s Republic").
Titles and excerpts repair what has one reading; the stored full text stays as it was filed.
"""

import re
from html import unescape

from edgar_pipeline.text import encoding

_C1 = re.compile(r"[\x80-\x9f]")
_LOST_APOSTROPHE = re.compile(r"(?<=[A-Za-z])[?\ufffd](?=(?:s|t|re|ve|ll|d|m)\b)")
_LOST_POSSESSIVE = re.compile(r"(?<=s)[?\ufffd](?= [a-z])")
_LOST_QUOTES = re.compile(
    r"(?:(?<=[\s(\[])|^)[?\ufffd](?=\w)([^?\ufffd\n]{1,80})(?<=[\w.,)])[?\ufffd](?=[\s),.;:\]]|$)"
)
_LOST_SECTION = re.compile(r"(?<=\s)[?\ufffd]{1,2} ?(?=\d{3}\.\d)")
_LOST_DASH = re.compile(r"(?<=[\w),.”/]) [?\ufffd]{1,2} (?=[\w(“])")
_LOST_RANGE = re.compile(r"(?<=\d)[?\ufffd](?=\d)")
_REPLACEMENTS = re.compile(r"[\ufffd\x00-\x08\x0e-\x1f\x7f]|(?:(?<=\s)|^)\?(?=\s|$)")
_MARKS = (
    (re.compile(r"\(['‘’]?TM['‘’]?\)|(?<=\w)-TM-", re.IGNORECASE), "™"),
    (re.compile(r"(?<=\w)-(?:Registered Trademark|R)-", re.IGNORECASE), "®"),
)
_TAGS = re.compile(r"</?(?:[A-Za-z][\w:.-]{0,30})(?:\s[^<>]{0,300})?/?>")
# Plain text leaves entities to its reader.
_ENTITY = re.compile(r"&(?:#\d{2,5}|[a-z]{2,6});", re.IGNORECASE)
# Plain text of about 2000 marks raised letters so: the 26/th/ day.
_RAISED = re.compile(r"(?<=\d)/(st|nd|rd|th)/")
_SPACED = re.compile(r"\s*[A-Z&](?: [A-Z&])+(?:\s{2,}[A-Z&](?: [A-Z&])*)*[:.]?\s*")
_INVISIBLE = re.compile(r"[\u00ad\u200b-\u200f\u2028-\u202e\u2060\ufeff\ue000-\uf8ff]")


def _decode_twice(text: str) -> str:
    if text.isascii():
        return text
    return _INVISIBLE.sub("", _C1.sub(_from_cp1252, encoding.repair(text)))


def _restore_lost(text: str) -> str:
    if "?" in text or "\ufffd" in text:
        text = _LOST_APOSTROPHE.sub("’", text)
        text = _LOST_QUOTES.sub(r"“\1”", text)
        text = _LOST_POSSESSIVE.sub("’", text) if "\ufffd" in text else text
        text = _LOST_SECTION.sub("§ ", text)
        text = _LOST_RANGE.sub("–", _LOST_DASH.sub(" – ", text))
        return fold(_REPLACEMENTS.sub("", text))
    return text if text.isprintable() else _REPLACEMENTS.sub("", text)


def clean(text: str) -> str:
    """One line of readable text: repaired, without tags or entities, white space folded."""
    if "<" in text:
        text = _TAGS.sub(" ", text)
    if "&" in text:
        text = _ENTITY.sub(lambda match: unescape(match[0]), text)
    # Folded in between, because a broken no-break space is a letter and a space.
    text = _restore_lost(fold(_decode_twice(text)))
    if "TM" in text or "Trademark" in text or "-R-" in text:
        for pattern, mark in _MARKS:
            text = pattern.sub(mark, text)
    return _RAISED.sub(r"\1", text) if "/" in text else text


def fold(text: str) -> str:
    """White space folded to single spaces."""
    return " ".join(text.split())


def join_spaced_letters(text: str) -> str:
    """`E M P L O Y M E N T   A G R E E M E N T` as words; needs the wider gaps between words, so before folding."""
    if not _SPACED.fullmatch(text):
        return text
    return " ".join(word.replace(" ", "") for word in re.split(r"\s{2,}", text.strip()))


def _from_cp1252(match: re.Match) -> str:
    return match[0].encode("latin-1").decode("cp1252", "ignore")

"""Bytes of unknown encoding to characters, without a replacement character and without mojibake.

All 2,991 submissions that were counted are ASCII (edgar.md, formats 9); indexes and other filings need not be.
"""

import re

# Windows-1252, with the five bytes that it leaves undefined kept as control characters: one of them must not push a whole
# document back to Latin-1, in which every curly quote is a control character.
_CP1252 = {
    byte: ord(character)
    for byte in range(0x80, 0xA0)
    if (character := bytes([byte]).decode("cp1252", errors="replace")) != "\ufffd"
}
_BYTE = {character: byte for byte, character in _CP1252.items()}
# What UTF-8 looks like after somebody read it as Windows-1252: `â€™` for ’, `Â®` for ®, `Ã©` for é. No language writes these.
_TRAILING = re.escape("".join(chr(_CP1252.get(byte, byte)) for byte in range(0x80, 0xC0)))
_MOJIBAKE = re.compile(f"[ÂÃ][{_TRAILING}]|â[{_TRAILING}]{{2}}")
# NUL cannot be stored in a DuckDB text; other controls disturb whoever reads the text in a terminal; the rest has no width.
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]+")


def decode(body: bytes) -> str:
    """Decode as UTF-8, else as Windows-1252."""
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        return body.decode("latin-1").translate(_CP1252)


def repair(text: str) -> str:
    """Undo what was encoded twice, as many filers' software does (`&#226;&#128;&#153;` for an apostrophe)."""
    if "â" in text or "Ã" in text or "Â" in text:
        return _MOJIBAKE.sub(_once, text)
    return text


def _once(match: re.Match) -> str:
    encoded = bytes(_BYTE.get(ord(character), ord(character)) for character in match[0])
    try:
        return encoded.decode("utf-8")
    except UnicodeDecodeError:
        return match[0]


def without_unseen(text: str) -> str:
    """Drop the characters that no reader can see: controls, soft hyphens, direction marks."""
    return _UNSEEN.sub("", text)

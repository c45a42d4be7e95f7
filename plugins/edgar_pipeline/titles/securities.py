"""The CUSIP of the security that a Schedule 13D or 13G is about, as its cover states it.

The number stands above "(CUSIP Number)", behind "CUSIP No." on the page of each reporting person, and in the XML of schedules
since 2024-12; with blanks or hyphens (`741929 10 3`, `42237K 102`) or without. It is taken only if its check digit is right, and
only if the cover states no other: a schedule about two classes does not say which of them is meant.
"""

import re

from edgar_pipeline.identifiers import is_cusip
from edgar_pipeline.text import decode
from edgar_pipeline.titles.schedules import TEXT_READ, XML_READ

_CUSIP = re.compile(r"(?<![0-9A-Z])([0-9A-Z]{6})[ -]?([0-9A-Z]{2})[ -]?([0-9])(?![0-9A-Z])")
_XML_CUSIP = re.compile(rb"<(?:\w{1,20}:)?issuerCusip(?:Number)?>([^<]{1,40})</", re.IGNORECASE)
#: Lines before and after one that says "CUSIP" in which the number may stand.
_NEAR = 3


def cover_cusip(body: bytes, text: str | None) -> str | None:
    """The CUSIP on the cover of a Schedule 13D or 13G; None where it states none or several."""
    head = bytes(body[:XML_READ])
    if b"<edgarSubmission" in head[:2_000]:
        stated = {cusip for raw in _XML_CUSIP.findall(head) for cusip in _cusips(decode(raw))}
    else:
        stated = _near_captions((text or "")[:TEXT_READ])
    return stated.pop() if len(stated) == 1 else None


def _near_captions(text: str) -> set[str]:
    lines = [line for line in text.split("\n") if line.strip()]
    found: set[str] = set()
    for number, line in enumerate(lines):
        if "CUSIP" in line.upper():
            found.update(_cusips(line) or _cusips("\n".join(lines[max(0, number - _NEAR) : number + _NEAR + 1])))
    return found


def _cusips(text: str) -> list[str]:
    """The numbers of the right shape with the right check digit, and more digits than any word or name has."""
    joined = ("".join(groups) for groups in _CUSIP.findall(text.upper().replace("\xa0", " ")))
    return [number for number in joined if is_cusip(number) and sum(map(str.isdigit, number)) > 3]

"""Identifiers, checked and in one spelling: EDGAR's CIK and accession number, and the CUSIP of a security.

Both come from hostile text (index cells, headers, the command line) and end up in paths and URLs, so nothing else than
these functions may turn text into an identifier.
"""

import re

from edgar_pipeline.errors import ParsingError

_CIK = re.compile(r"\d{1,10}", re.ASCII)
_ACCESSION_NUMBER = re.compile(r"\d{10}-\d{2}-\d{6}", re.ASCII)
_CUSIP = re.compile(r"[0-9A-Z]{8}[0-9]", re.ASCII)
_FILE_NAME = re.compile(r"edgar/data/(\d{1,10})/(?:\d{18}/)?(\d{10}-\d{2}-\d{6})\.txt", re.ASCII)


def parse_cik(text: str) -> str:
    """Return the CIK (Central Index Key) as ten digits; raise ParsingError for anything but 1 to 10 digits."""
    stripped = text.strip()
    if not _CIK.fullmatch(stripped):
        raise ParsingError(f"not a CIK (1 to 10 digits): {text!r}")
    return stripped.zfill(10)


def parse_accession_number(text: str) -> str:
    """Return the dashed accession number, `0001193125-20-063075`; raise ParsingError for any other shape."""
    stripped = text.strip()
    if not _ACCESSION_NUMBER.fullmatch(stripped):
        raise ParsingError(f"not an accession number (like 0001193125-20-063075): {text!r}")
    return stripped


def parse_file_name(file_name: str) -> tuple[str, str]:
    """Return (cik, accession number) of an index's `File Name`, such as `edgar/data/716133/0000807249-20-000047.txt`.

    Only this shape passes: a cell that names another host or climbs out of the archive never becomes a URL.
    """
    match = _FILE_NAME.fullmatch(file_name)
    if not match:
        raise ParsingError(f"not the path of a submission: {file_name!r}")
    return match[1].zfill(10), match[2]


def is_cusip(text: str) -> bool:
    """Whether nine characters, digits and capital letters, end with the check digit of the eight before it.

    Each character counts by its place in 0-9A-Z, every second one doubled, and the digits are summed: the "modulus 10 double add
    double" of the CUSIP numbering system. One mistyped character and most swaps of neighbours are noticed.
    """
    if not _CUSIP.fullmatch(text):
        return False
    values = [int(character, 36) * (1 + place % 2) for place, character in enumerate(text[:8])]
    return (10 - sum(value // 10 + value % 10 for value in values) % 10) % 10 == int(text[8])

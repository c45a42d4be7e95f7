"""Titles that do not come from a document's text: a DESCRIPTION that says more than the type, and types that mean one thing."""

import re

from edgar_pipeline.titles.cleaning import clean
from edgar_pipeline.titles.exhibit_numbers import NUMBER
from edgar_pipeline.titles.words import words

#: Types of data files: what they hold is always the same, and no line of theirs is a headline.
TYPE_TITLES = {
    "EX-27": "Financial Data Schedule",
    "EX-100": "XBRL Documents",
    "EX-101": "XBRL Documents",
    "EX-101.INS": "XBRL Instance Document",
    "EX-101.SCH": "XBRL Taxonomy Extension Schema",
    "EX-101.CAL": "XBRL Taxonomy Extension Calculation Linkbase",
    "EX-101.DEF": "XBRL Taxonomy Extension Definition Linkbase",
    "EX-101.LAB": "XBRL Taxonomy Extension Label Linkbase",
    "EX-101.PRE": "XBRL Taxonomy Extension Presentation Linkbase",
    "EX-104": "Cover Page Interactive Data File",
    "EX-FILING FEES": "Calculation of Filing Fee Tables",
}
LONGEST_DESCRIPTION = 500

#: Words of a DESCRIPTION that say no more than the type does.
_EMPTY_WORDS = words(
    "ex exhibit exhibits document documents text txt htm html form public file attachment other misc miscellaneous additional "
    "submission filing complete body main primary cover none na a untitled draft final copy page doc letter corresp "
    "amendment no number"
)
# 10, 8K, S1, 424B5, 13D, and a lone letter.
_FORM_OR_NUMBER = re.compile(r"\d{0,3}[a-z]{0,2}\d{0,3}|def14a|10k405|10ksb|10qsb")
_FILE_NAME = re.compile(r"[^\s.]+\.\w{3,4}", re.ASCII)
# "EXHIBIT 10.1 - ", "EX-99.1: "
_LABEL = re.compile(
    rf"\(?\b(?:exhibits?|ex|exh)\b[\s.:#-]*(?:no\.?\s*)?(?:{NUMBER}|[a-z](?![a-z]))?\)?[\s.:,;()–—-]*", re.IGNORECASE
)
# A note of the agent's software: "POWER OF ATTORNEY (PUBLIC): 2020 POA".
_NOTE = re.compile(r"\s*\(public\)(?::.*)?$", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]{3,}")
_ABBREVIATIONS = {"poa": "Power of Attorney", "fds": "Financial Data Schedule"}


def description_title(description: str | None, document_type: str) -> str | None:
    """The DESCRIPTION of a document as a title, or None if it says no more than the type.

    >>> description_title("EXHIBIT 10.1 - ASSET PURCHASE AGREEMENT", "EX-10.1")
    'ASSET PURCHASE AGREEMENT'
    """
    text = _NOTE.sub("", clean((description or "")[:LONGEST_DESCRIPTION]))
    while found := _LABEL.match(text):
        text = text[found.end() :]
    text = text.strip(" .:,;–—-")
    if title := _ABBREVIATIONS.get(text.lower().removesuffix(" document")):
        return title
    return None if not _WORD.search(text) or _says_nothing(text) or text.lower() == document_type.lower() else text


def type_title(document_type: str) -> str | None:
    """What a type means that always means the same, or None.

    >>> type_title("EX-101.SCH"), type_title("EX-10.1")
    ('XBRL Taxonomy Extension Schema', None)
    """
    document_type = document_type.upper()
    return TYPE_TITLES.get(document_type) or TYPE_TITLES.get(document_type.partition(".")[0])


def _says_nothing(text: str) -> bool:
    """Whether every word is one of forms, types, file names or numbers."""
    if _FILE_NAME.fullmatch(text):
        return True
    return all(word in _EMPTY_WORDS or _FORM_OR_NUMBER.fullmatch(word) for word in re.findall(r"[^\W_]+", text.lower()))

"""Titles that name the kind of a document and nothing else: true, but a title that says more is better."""

import re

from edgar_pipeline.titles.furniture import DATE
from edgar_pipeline.titles.words import words

# A release is no less generic for its date and its author; "Consent of KPMG LLP" says who consents.
_RELEASE = re.compile(
    r"(?:text of |copy of |form of )?(?:the |a )?(?:(?:registrant|company|issuer)[’']s )?"
    r"(?:(?:press|news|earnings|media|financial|corporate|joint|stock exchange|regulatory|investor|slide)[ -])*"
    r"(?:releases?|announcements?|presentations?|slides)\b",
    re.IGNORECASE,
)
_DATE = re.compile(DATE, re.IGNORECASE)
_FILLERS = words(
    "dated issued released made published furnished by on of the from for as and a an registrant company issuer plc de"
)
#: After one of these a release's entry goes on to say what it announces.
_SUBJECT = words(
    "announcing regarding relating concerning titled entitled re reporting about announces reports with in to"
)
_ORDINAL = r"first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|amended and restated"
_BARE_KIND = re.compile(
    rf"(?:(?:{_ORDINAL}|additional|other|legal|tax|supplemental|letter|sample|form of) )*"
    r"(?:agreements?|amendments?(?: no\.? ?\d+)?|letters?|certifications?|certificates?|consents?|notices?|opinions?|reports?|"
    r"exhibits?|documents?|plans?|polic(?:y|ies)|notes?|warrants?|leases?|contracts?|schedules?|supplements?|statements?|information|transcripts?|"
    r"articles|resolutions?|miscellaneous|correspondence|attachments?)(?: (?:dated|as of) .{4,30})?",
    re.IGNORECASE,
)


def is_generic(title: str) -> bool:
    """Whether a title names only the kind of a document; of a press release, also with its date and its author.

    >>> is_generic("Press release issued by Apple Inc. on October 30, 2019"), is_generic("Asset Purchase Agreement")
    (True, False)
    """
    if len(title) > 200:
        return False
    if found := _RELEASE.match(title):
        rest = re.findall(r"[^\W\d_]+", _DATE.sub(" ", title[found.end() :]))
        if not _SUBJECT.isdisjoint(word.lower() for word in rest):
            return False
        return all(word[0].isupper() or word in _FILLERS for word in rest)
    return bool(_BARE_KIND.fullmatch(title))

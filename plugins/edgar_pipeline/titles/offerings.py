"""What a registration statement or prospectus offers, as its cover has it on a line of its own.

2,666,666 Shares of Common Stock                  Covers say first what is offered, in capital letters and without a verb;
Trigger Autocallable Notes due 2026               tables of fees and contents, which name securities too, have tabs.
"""

import re

from edgar_pipeline.titles.cleaning import clean

_FORMS = re.compile(r"(?:DRS|[SF]-(?:1|3|10|11)(?:MEF|ASR)?|424B\d|FWP|SUPPL|1-A|253G\d)(?:/A)?", re.IGNORECASE)
#: Characters of a cover, behind the page with the fee table.
TEXT_READ = 15_000
LONGEST = 120

_SECURITY = (
    r"(?:Shares?|SHARES?|Units?|UNITS?|Notes|NOTES|Warrants?|WARRANTS?|Debentures|DEBENTURES|Bonds|BONDS|ADSs?|"
    r"Common Stock|COMMON STOCK|Preferred Stock|PREFERRED STOCK|American Depositary Shares|AMERICAN DEPOSITARY SHARES|"
    r"Certificates|CERTIFICATES)"
)
# "$300,000,000 Senior Notes due 2030", "0.500% Notes due 2031", "Up to 75,594 Shares of Common Stock"
_AMOUNT = re.compile(rf"(?:Up to |UP TO )?(?:US|HK|C)?[$€£]?\d[\d,.]*%? (?:[^\s.]+ ){{0,7}}{_SECURITY}\b[^.]{{0,80}}")
_NAMED = re.compile(
    rf"(?:[A-Z][\w®%&/’'-]*,? ){{1,6}}{_SECURITY}[®℠*]?(?: (?:due|Due|DUE|Linked|LINKED|of|Underlying)\b[^.]{{0,60}})?|"
    r"Common Stock|COMMON STOCK|American Depositary Shares|AMERICAN DEPOSITARY SHARES"
)
_NO_OFFER = re.compile(
    r"(?:the|our|your|terms|description|per|these|this|any|risk|form|investing|number|title|class of|total|sale|issue|listing|"
    r"dilution|plan|certain|validity|legal|where|use|selected|offering|outstanding|holders?)\b",
    re.IGNORECASE,
)


def offered_security(form_type: str, text: str | None) -> str | None:
    """What a prospectus offers: its amount and kind, else its kind; None for other forms, and where no line of the cover says.

    >>> offered_security("S-1", "Acme Corp\\n2,666,666 Shares of Common Stock\\nWe are offering shares.")
    '2,666,666 Shares of Common Stock'
    """
    if not _FORMS.fullmatch(form_type.strip()):
        return None
    lines = [clean(line) for line in (text or "")[:TEXT_READ].split("\n") if "\t" not in line and len(line) <= LONGEST]
    lines = [line for line in lines if line and not _NO_OFFER.match(line)]
    for pattern in (_AMOUNT, _NAMED):
        if found := next((line for line in lines if pattern.fullmatch(line)), None):
            return found
    return None

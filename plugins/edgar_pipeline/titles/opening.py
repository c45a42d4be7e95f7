"""What a document without a heading is, from how it begins.

Certifications, consents, powers of attorney, letters and many agreements open with words that the law or custom fixes; they
say what the document is as surely as a heading would, and often by whom. Nothing is composed from less.
"""

import re

from edgar_pipeline.titles.blocks import Block
from edgar_pipeline.titles.casing import readable
from edgar_pipeline.titles.furniture import is_date, is_furniture, is_letterhead, is_salutation
from edgar_pipeline.titles.prose import is_prose

#: Characters of the head in which an opening is looked for.
OPENING_LENGTH = 3_000
#: Characters at the end of a text in which it is signed.
SIGNATURES_LENGTH = 6_000
LONGEST_SIGNER = 60
BLOCKS_ABOVE_SALUTATION = 40

_NAME = (
    r"(?P<who>[A-Z][\w.’'-]*(?: (?:[A-Z][\w.’'-]*|de|van|von|der|la|le|du|da|di|bin|al)){1,5}"
    r"(?:,? (?:Jr|Sr|II|III|IV|Esq|Ph\.?D|M\.?D)\b\.?)?)"
)
_CERTIFIES_302 = re.compile(
    rf"\bI,\s+{_NAME},?[^.;:]{{0,120}}?\bcertify\b[^.]{{0,60}}\s*(?:\d\s*[.)]\s*)?I have reviewed th", re.DOTALL
)
_CERTIFIES = re.compile(rf"\b(?:I,|The undersigned,|each of|undersigned,?)\s+{_NAME}", re.DOTALL)
_CERTIFY = re.compile(r"\bcertif(?:y|ies)\b", re.IGNORECASE)
_SECTION_906 = re.compile(r"section\s+(?:906|1350)", re.IGNORECASE)
_POWER = re.compile(r"know\s+all\b|constitutes?(?:\s+and|,)?\s+appoints?\b", re.IGNORECASE)
_ATTORNEY = re.compile(r"attorneys?[- ]in[- ]fact|constitutes?(?:\s+and|,)?\s+appoints?", re.IGNORECASE)
_CONSENT = re.compile(
    r"\b(?:we|i)(?:, [^,]{3,80},)?\s+(?:hereby\s+|do hereby\s+|also\s+)?consents?\b|\bhereby consents?\b", re.IGNORECASE
)
_OPINION = re.compile(
    r"\bwe have acted as (?:special |legal |united states |u\.?s\.? |local |\w+ )?(?:\w+ )?counsel\b|"
    r"\bour opinion\b.{0,80}\blegal|you have requested our opinion",
    re.IGNORECASE,
)
_FORMER_AUDITOR = re.compile(
    r"\bwe have read\b.{0,200}\b(?:item|statements?)\b|\bwe were (?:previously|engaged)", re.IGNORECASE
)
_JOINT_FILING = re.compile(
    r"\brule 13d-1\s?\(k\)|\bjoint(?:ly)? fil(?:ing|e)\b|filed (?:jointly )?on behalf of each", re.IGNORECASE
)
_SUBSIDIARIES = re.compile(
    r"\bsubsidiar(?:y|ies)\b|\bjurisdiction\b|\bstate (?:or country )?of (?:incorporation|organization)\b",
    re.IGNORECASE,
)
_TRUSTEE_FORM = re.compile(r"\bform t-1\b", re.IGNORECASE)
_LEGAL_KINDS = (
    "Agreement|Amendment|Note|Warrant|Lease|Indenture|Guarant(?:y|ee)|Plan|Deed|Assignment|Debenture|Mortgage|Supplement|Waiver|"
    "Release|Undertaking|Addendum|Contract|Certificate|Confirmation|Bond|Sublease|Option|Policy|Code|Charter"
)
_TITLE_WORD = r"(?:[A-Z0-9][\w’'&/.-]*|of|and|to|for|the|No\.?|under|with)"
_THIS_DOCUMENT = re.compile(
    rf"(?:THIS|This|The|THE)?\s?(?P<what>(?:{_TITLE_WORD}\s){{0,12}}?(?i:{_LEGAL_KINDS})(?:\s(?i:No\.?\s?)?[\dIVX]{{1,3}}\b)?)"
    r"(?=\s?(?:\(|,?\s?(?:dated|made|is|effective|entered|between|by|as of|of even|has been|shall|certifies)))"
)
_REGARDING = re.compile(r"(?:re|subject|regarding)\s?[:.]\s*(?P<what>\S.{5,160})", re.IGNORECASE)
_FILE_NUMBER = re.compile(r"\b(?:file|commission) no", re.IGNORECASE)
_OFFER = re.compile(r"\boffer (?:you|of employment|letter)\b|\bpleased to (?:offer|extend)\b", re.IGNORECASE)
_GREETED = re.compile(r"(?:To|Dear|Fellow)\s+(?P<whom>(?:our|my|all|fellow|valued)?\s*[\w .,&’'-]{2,60})")
_GROUP = re.compile(
    r"\b(?:share|stock|unit|bond|note|policy)?holders?\b|"
    r"\b(?:customers?|partners?|employees?|colleagues|investors?|friends|members|owners|team)\b",
    re.IGNORECASE,
)
_NOBODY = re.compile(r"\b(?:sirs?|madam|ladies|gentlemen|whom)\b|_", re.IGNORECASE)
_SIGNATURE = re.compile(r"/s/[ \t]*(?P<who>[A-Z][\w&.,’' -]{3,90})", re.IGNORECASE)


def find_opening(blocks: list[Block], major: str, text: str) -> str | None:
    """What the document is, from its opening; `major` is the number before the first dot of its exhibit number.

    >>> find_opening([Block(("I, Ann Lee, certify that:",)), Block(("1. I have reviewed this report",))], "31", "")
    'Certification of Ann Lee pursuant to Section 302 of the Sarbanes-Oxley Act of 2002'
    """
    opening = " ".join(block.text for block in blocks)[:OPENING_LENGTH]
    return (
        _certification(opening)
        or _power_of_attorney(opening)
        or _joint_filing(opening)
        or _signed("Consent", _CONSENT, ("23", "15", "99", "7", "20", "16"), opening, major, text)
        or _signed("Legal Opinion", _OPINION, ("5", "99"), opening, major, text)
        or _signed("Tax Opinion", _OPINION, ("8",), opening, major, text)
        or _auditor_letter(opening, major)
        or ("Statement of Eligibility of Trustee on Form T-1" if _TRUSTEE_FORM.search(opening) else None)
        or _named_in_first_sentence(blocks)
        or _letter(blocks)
        or ("Subsidiaries of the Registrant" if major in ("21", "8") and _SUBSIDIARIES.search(opening) else None)
    )


def _certification(opening: str) -> str | None:
    if who := _CERTIFIES_302.search(opening):
        return f"Certification of {_person(who['who'])} pursuant to Section 302 of the Sarbanes-Oxley Act of 2002"
    if not _CERTIFY.search(opening) or not _SECTION_906.search(opening):
        return None
    who = _CERTIFIES.search(opening)
    by = f" of {_person(who['who'])}" if who else ""
    return f"Certification{by} pursuant to Section 906 of the Sarbanes-Oxley Act of 2002"


def _power_of_attorney(opening: str) -> str | None:
    return "Power of Attorney" if _POWER.search(opening[:600]) and _ATTORNEY.search(opening) else None


def _joint_filing(opening: str) -> str | None:
    return "Joint Filing Agreement" if _JOINT_FILING.search(opening) else None


def _signed(kind: str, formula: re.Pattern, majors: tuple[str, ...], opening: str, major: str, text: str) -> str | None:
    """A consent or an opinion, by whom it is signed."""
    if major not in majors or not formula.search(opening):
        return None
    signer = _signer(text)
    return f"{kind} of {signer}" if signer else kind


def _signer(text: str) -> str | None:
    """The firm or person who signed first at the end of the text."""
    for found in _SIGNATURE.finditer(text[-SIGNATURES_LENGTH:]):
        who = found["who"].strip(" ,-")
        if 3 < len(who) <= LONGEST_SIGNER:
            return "".join(readable((who,), text))
    return None


def _auditor_letter(opening: str, major: str) -> str | None:
    if major not in ("16", "15") or not _FORMER_AUDITOR.search(opening):
        return None
    return "Letter to the Securities and Exchange Commission on the Change of Accountants"


def _named_in_first_sentence(blocks: list[Block]) -> str | None:
    """`THIS LOAN AGREEMENT dated as of …` is a loan agreement."""
    for block in blocks[:8]:
        if is_furniture(block.lines[0]):
            continue
        if (found := _THIS_DOCUMENT.match(block.text[:300])) and len(found["what"].split()) > 1:
            return found["what"]
        if is_prose(block):
            return None
    return None


def _letter(blocks: list[Block]) -> str | None:
    """A letter: its subject, else whom it addresses and when."""
    head = blocks[:BLOCKS_ABOVE_SALUTATION]
    at = next((number for number, block in enumerate(head) if any(map(is_salutation, block.lines))), None)
    if at is None:
        return None
    for line in (line for block in blocks[: at + 3] for line in block.lines):
        if (found := _REGARDING.fullmatch(line)) and not _FILE_NUMBER.search(line):
            return found["what"].rstrip(" .,;:")
    above = [line for block in blocks[:at] for line in block.lines]
    salutation = next(filter(is_salutation, blocks[at].lines)).rstrip(" ,:;.-")
    whom = _addressee(salutation, above)
    if not whom:
        return None
    kind = "Offer Letter" if any(_OFFER.search(block.text[:600]) for block in blocks[at : at + 3]) else "Letter"
    date = next(filter(is_date, above), None)
    return f"{kind} to {whom}" + (f", {date.rstrip('.,')}" if date and not _GROUP.search(whom) else "")


def _addressee(salutation: str, above: list[str]) -> str | None:
    """Whom a letter addresses: a group in its salutation, else the last company above it, else the name in the salutation."""
    found = _GREETED.match(salutation)
    whom = found["whom"].strip() if found else ""
    if _GROUP.search(whom):
        return whom
    if companies := [line.rstrip(" ,;:") for line in above if is_letterhead(line)]:
        return companies[-1]
    return whom if whom and not _NOBODY.search(whom) else None


def _person(name: str) -> str:
    return " ".join(name.split()).rstrip(",")

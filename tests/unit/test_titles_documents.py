"""All sources of titles of a submission's documents, which of them wins, and what a filing's own title is made of."""

import pytest
from edgar_pipeline.titles import Document, DocumentTitles, title_documents, title_parts
from edgar_pipeline.titles.descriptions import description_title, type_title
from edgar_pipeline.titles.generic import is_generic

RELEASE = (
    "<html><body><p>Exhibit 99.1</p><p><b>ACME OPENS A SECOND MINE</b></p><p>DULUTH, Minn., May 6, 2020 -- Acme Corp. today "
    "announced that it has opened its second mine, which is the deepest of the county.</p></body></html>"
)
RELEASE_TEXT = (
    "Exhibit 99.1\n\nACME OPENS A SECOND MINE\n\nDULUTH, Minn., May 6, 2020 -- Acme Corp. today announced that it has opened its "
    "second mine, which is the deepest of the county."
)


def primary(entry: str) -> Document:
    body = f'<html><body><p>Exhibits</p><table><tr><td>99.1</td><td><a href="r.htm">{entry}</a></td></tr></table></body></html>'
    return Document("8-K", "p.htm", "FORM 8-K", body.encode(), f"Exhibits\n\n99.1\t{entry}")


def release(description: str | None = "PRESS RELEASE") -> Document:
    return Document("EX-99.1", "r.htm", description, RELEASE.encode(), RELEASE_TEXT)


def test_every_source_says_what_it_knows():
    # GIVEN an 8-K whose index entry says no more than that there is a release
    documents = [primary("Press release of Acme Corp., dated May 6, 2020"), release()]
    # WHEN
    form, exhibit = title_documents("8-K", documents)
    # THEN the form has no headline, and the exhibit has three titles and an excerpt without them
    assert (form.index_title, form.headline, form.description_title) == (None, None, None)
    assert exhibit == DocumentTitles(
        index_title="Press release of Acme Corp., dated May 6, 2020",
        headline="Acme Opens a Second Mine",
        description_title="Press Release",
        excerpt="DULUTH, Minn., May 6, 2020 -- Acme Corp. today announced that it has opened its second mine, which is the deepest of "
        "the county.",
    )


@pytest.mark.parametrize(
    ("entry", "title", "source"),
    [
        ("Lease of the Second Mine", "Lease of the Second Mine", "exhibit_index"),
        ("Press Release dated May 6, 2020", "Acme Opens a Second Mine", "headline"),
        ("Filed herewith", "Acme Opens a Second Mine", "headline"),
    ],
)
def test_the_index_comes_first_unless_it_only_names_the_kind(entry, title, source):
    exhibit = title_documents("8-K", [primary(entry), release()])[1]
    assert (exhibit.title, exhibit.title_source) == (title, source)


def test_without_a_better_title_the_kind_is_one():
    titles = DocumentTitles(index_title="Press Release", description_title="Document about the mine")
    assert (titles.title, titles.title_source) == ("Document about the mine", "description")
    assert (DocumentTitles(index_title="Press Release").title_source, DocumentTitles().title_source) == (
        "exhibit_index",
        None,
    )


def test_a_document_without_text_has_what_others_say_of_it():
    documents = [primary("Map of the Mine"), Document("EX-99.1", "r.htm", "MAP OF MINE", b"", None)]
    assert title_documents("8-K", documents)[1] == DocumentTitles("Map of the Mine", None, "Map of Mine", None)


def test_no_documents_have_no_titles():
    assert title_documents("8-K", []) == []
    assert title_parts("SC 13D", []) == {
        "schedule": {"security": None, "issuer": None, "filers": (), "intent": "active"},
        "cusip": None,
        "letter_subject": None,
        "offered": None,
    }


@pytest.mark.parametrize(
    ("description", "expected"),
    [
        ("EXHIBIT 10.1 - MINE LEASE", "MINE LEASE"),
        ("EX-99.1: Release on the mine", "Release on the mine"),
        ("POWER OF ATTORNEY (PUBLIC): 2020 POA", "POWER OF ATTORNEY"),
        ("POA DOCUMENT", "Power of Attorney"),
        ("EX-99.1", None),
        ("EXHIBIT 99.1", None),
        ("EX-24 DOCUMENT", None),
        ("FORM 8-K", None),
        ("10-K405", None),
        ("d123456dex991.htm", None),
        ("-", None),
        ("", None),
        (None, None),
    ],
)
def test_a_description_is_a_title_if_it_says_more_than_the_type(description, expected):
    assert description_title(description, "EX-99.1") == expected


def test_types_of_data_mean_one_thing():
    assert [type_title(kind) for kind in ("EX-101.LAB", "ex-27.1", "EX-101.XYZ", "EX-10.1")] == [
        "XBRL Taxonomy Extension Label Linkbase",
        "Financial Data Schedule",
        "XBRL Documents",
        None,
    ]


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Press Release", True),
        ("Text of press release issued by Acme Corp. on May 6, 2020", True),
        ("News release, dated May 6, 2020", True),
        ("Announcement dated 6 May 2020, made by Acme plc", True),
        ("Amendment No. 2", True),
        ("Consent", True),
        ("Press release announcing the second mine", False),
        ("Press Release titled “Acme Opens a Mine,” dated May 6, 2020", False),
        ("Letter Agreement, dated May 6, 2020, between Acme Corp. and Widgets Ltd.", False),
        ("Consent of Lee & Day LLP", False),
        ("Amendment No. 2 to the Mine Lease", False),
        ("Subsidiaries", False),
    ],
)
def test_generic_titles_are_told_apart(title, expected):
    assert is_generic(title) is expected


def test_sources_that_only_name_the_kind_are_known():
    titles = DocumentTitles("Press Release", "Acme Opens a Mine", "Consent")
    assert titles.generic_sources == ["exhibit_index", "description"]
    assert (
        DocumentTitles(headline="Consent", description_title="Consent of Lee & Day LLP").title_source == "description"
    )


SCHEDULE = """SCHEDULE 13G
(Amendment No. 1)*

Acme Corp.
(Name of Issuer)

____________
Common Stock, $0.01 par value
(Title of Class of Securities)

1 NAMES OF REPORTING PERSONS
I.R.S. IDENTIFICATION NOS. OF ABOVE PERSONS (ENTITIES ONLY)
Lee & Day Partners, L.P. 41-1234567
2 CHECK THE APPROPRIATE BOX IF A MEMBER OF A GROUP

1. Name of Reporting Person: Ann B. Lee
2. Check the appropriate box
"""
SCHEDULE_XML = b"""<XML>
<?xml version="1.0"?><edgarSubmission xmlns:com="http://www.example.com/common"><coverPageHeader>
<securitiesClassTitle>Common Stock &amp; Rights</securitiesClassTitle><issuerInfo><issuerName>ACME CORP</issuerName></issuerInfo>
</coverPageHeader><reportingPersonName>Ann B. Lee</reportingPersonName><reportingPersonName>Bo Day</reportingPersonName>
<reportingPersonName>Ann B. Lee</reportingPersonName></edgarSubmission></XML>"""


@pytest.mark.parametrize(
    ("form_type", "body", "text", "expected"),
    [
        (
            "SC 13G/A",
            SCHEDULE.encode(),
            SCHEDULE,
            ("Common Stock, $0.01 par value", "Acme Corp.", ("Lee & Day Partners, L.P.", "Ann B. Lee"), "passive"),
        ),
        (
            "SCHEDULE 13D",
            SCHEDULE_XML,
            "Common Stock & Rights\nACME CORP",
            ("Common Stock & Rights", "ACME CORP", ("Ann B. Lee", "Bo Day"), "active"),
        ),
        (
            "SC 13D",
            b"",
            "Name of issuer: Acme Corp.\n\nTitle of Class of Securities: Common Stock",
            ("Common Stock", "Acme Corp.", (), "active"),
        ),
        ("SC 13D", b"", "", (None, None, (), "active")),
    ],
)
def test_an_ownership_schedule_says_what_is_held_and_by_whom(form_type, body, text, expected):
    documents = [Document(form_type, "s.htm", None, body, text or None)]
    security, issuer, filers, intent = expected
    assert title_parts(form_type, documents) == {
        "schedule": {"security": security, "issuer": issuer, "filers": filers, "intent": intent},
        "cusip": None,
        "letter_subject": None,
        "offered": None,
    }


def test_other_forms_have_no_schedule():
    documents = [Document("SC TO-I", "s.htm", None, SCHEDULE.encode(), SCHEDULE)]
    assert title_parts("SC TO-I", documents) == {
        "schedule": None,
        "cusip": None,
        "letter_subject": None,
        "offered": None,
    }


LETTER = """Lee & Day LLP

May 6, 2020

VIA EDGAR
Attention: Ms. Roe

Re:

Acme Corp. (the “Company”)

File No. 333-123456

Registration Statement on Form S-1, File No. 333-123456
Filed April 1, 2020

Ladies and Gentlemen:

We ask that the statement become effective. Re: is not looked for here.
"""


@pytest.mark.parametrize(
    ("form_type", "text", "expected"),
    [
        ("CORRESP", LETTER, "Acme Corp., Registration Statement on Form S-1"),
        (
            "UPLOAD",
            "RE: Acme Corp.\n Form 10-K for 2019\n April 1, 2020\n\nDear Mr. Roe:",
            "Acme Corp., Form 10-K for 2019",
        ),
        ("CORRESP", "Subject: The mine – answers to the staff\n\nDear Ms. Roe:", "The mine – answers to the staff"),
        (
            "CORRESP",
            "Re: Acme Corp. (CIK No. 1), statement,\non Form S-1 (File Nos. 333-1,\n001-2): the request\n\nDear Ms. Roe:",
            "Acme Corp., statement on Form S-1: the request",
        ),
        ("CORRESP", "Dear Ms. Roe:\n\nWe write with regard to: the mine", None),
        ("CORRESP", "Re: File No. 333-123456\n\nDear Ms. Roe:", None),
        ("CORRESP", None, None),
        ("8-K", LETTER, None),
    ],
)
def test_a_letter_is_about_what_its_subject_says(form_type, text, expected):
    assert title_parts(form_type, [Document(form_type, "l.htm", None, b"", text)])["letter_subject"] == expected


@pytest.mark.parametrize(
    ("form_type", "text", "expected"),
    [
        (
            "S-1/A",
            "Common Stock\t2,000 Shares\nAcme Corp.\n2,666,666 SHARES OF COMMON STOCK\nWe offer shares.",
            "2,666,666 Shares of Common Stock",
        ),
        ("424B2", "Description of Notes\nTrigger Autocallable Notes due 2026\n", "Trigger Autocallable Notes due 2026"),
        (
            "F-1",
            "Class A Ordinary Shares\n15,000,000 American Depositary Shares",
            "15,000,000 American Depositary Shares",
        ),
        ("424B5", "Lee & Day Securities\nThe Notes will be listed.\nPer Note", None),
        ("8-K", "2,666,666 Shares of Common Stock", None),
        ("S-1", None, None),
    ],
)
def test_a_prospectus_is_about_what_it_offers(form_type, text, expected):
    assert title_parts(form_type, [Document(form_type, "p.htm", None, b"", text)])["offered"] == expected

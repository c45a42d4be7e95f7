"""Headlines: what a document calls itself, whatever stands above it, and what its opening says where it has no heading."""

import pytest
from edgar_pipeline.titles import Document, find_headline, title_documents
from edgar_pipeline.titles.headline import LONGEST_HEADLINE

DATELINE = (
    "<p>DULUTH, Minn., May 6, 2020 (BUSINESS WIRE) -- Acme Corp. (NYSE: ACM) today announced that it has done so.</p>"
)


def headline(body: str, document_type: str = "EX-99.1", text: str | None = None) -> str | None:
    """The headline of an exhibit of an 8-K."""
    exhibit = Document(document_type, "ex.htm", None, body.encode(), body if text is None else text)
    return title_documents("8-K", [Document("8-K", "p.htm", None, b"", ""), exhibit])[1].headline


def paragraphs(*lines: str) -> str:
    return "<html><body>" + "".join(f"<p>{line}</p>" for line in lines) + "</body></html>"


@pytest.mark.parametrize(
    ("above", "expected"),
    [
        (["Exhibit 99.1", "Acme Opens a Second Mine"], "Acme Opens a Second Mine"),
        (["EX-99.1", "FOR IMMEDIATE RELEASE", "May 6, 2020", "Acme Opens a Second Mine"], "Acme Opens a Second Mine"),
        (
            ["ACME CORP.", "12 Harbor Street", "Duluth, MN 55802", "Acme Opens a Second Mine"],
            "Acme Opens a Second Mine",
        ),
        (["News Release", "www.acme.com", "Acme Opens a Second Mine"], "Acme Opens a Second Mine"),
        (["Contact:", "Ann Lee", "Director of Sales", "(218) 555-0100", "Acme Opens a Mine"], "Acme Opens a Mine"),
        (["QuickLinks -- Click here to rapidly navigate", "Acme Opens a Second Mine"], "Acme Opens a Second Mine"),
        (["Table of Contents", "-", "1", "Acme Opens a Second Mine"], "Acme Opens a Second Mine"),
        (["[Acme logo]", "<b>Acme Opens Mine</b>"], "Acme Opens Mine"),
        (["<b>Acme Acquires</b>", "<b>Widgets Corporation</b>"], "Acme Acquires Widgets Corporation"),
        (["ACME CORP.", "ANNOUNCES SECOND MINE"], "Acme Corp. Announces Second Mine"),
        (
            ["ACME CORP. ANNOUNCES COMPLETION", "OF ITS SECOND MINE"],
            "Acme Corp. Announces Completion of Its Second Mine",
        ),
        (["Acme Opens a Second Mine", "It is the deepest of the county"], "Acme Opens a Second Mine"),
    ],
)
def test_a_release_is_named_by_its_headline(above, expected):
    # GIVEN a press release with these lines above its dateline
    body = paragraphs(*above) + DATELINE
    # WHEN / THEN
    assert headline(body) == expected


@pytest.mark.parametrize(
    "above",
    [
        ["Exhibit 99.1"],
        ["May 6, 2020"],
        ["ACME CORP."],
        ["-"],
        ["Table of Contents"],
        ["FORM 8-K"],
        ["UNITED STATES", "SECURITIES AND EXCHANGE COMMISSION", "WASHINGTON, D.C. 20549"],
        ["Three Months Ended June 30, 2020"],
        ["(Unaudited)", "(In thousands, except per share amounts)"],
        ["Revenue 1,234 1,120 10%"],
    ],
)
def test_furniture_is_no_headline(above):
    assert headline(paragraphs(*above) + DATELINE) is None


def test_plain_text_joins_the_centred_lines_of_a_headline():
    # GIVEN a release as filers typed it: the headline is wrapped, and the first paragraph is indented
    body = """
                                                                  Exhibit 99.1

                ACME CORP. ANNOUNCES THE COMPLETION OF ITS SECOND
                    MINE AND THE RESULTS OF THE FIRST QUARTER

        DULUTH, Minn., May 6, 2001 -- Acme Corp. said that its second mine, the
deepest of the county, has been completed.
"""
    # WHEN / THEN
    assert (
        headline(body) == "Acme Corp. Announces the Completion of Its Second Mine and the Results of the First Quarter"
    )


def test_plain_text_keeps_two_centred_headlines_apart():
    body = """
                     Acme Opens a Second Mine
                 Shares of Acme Rise on the News of the Mine

DULUTH, Minn., May 6, 2001 -- Acme Corp. today announced that it has opened a mine.
"""
    assert headline(body) == "Acme Opens a Second Mine"


def test_a_headline_stands_right_above_the_first_paragraph():
    body = "Exhibit 99.1\nAcme Opens a Second Mine in the North\nDULUTH, Minn., May 6, 2001 -- Acme Corp. opened it.\n"
    assert headline(body) == "Acme Opens a Second Mine in the North"


def test_letters_set_apart_are_words():
    body = "\n                E M P L O Y M E N T   A G R E E M E N T\n\nThe parties agree as follows.\n"
    assert headline(body, "EX-10.1") == "Employment Agreement"


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (
            [
                "ASSET PURCHASE AGREEMENT",
                "by and between",
                "ACME CORP.,",
                "a Delaware corporation",
                "and",
                "WIDGETS LTD.",
            ],
            "Asset Purchase Agreement by and between Acme Corp., and Widgets Ltd.",
        ),
        (["AMENDED AND RESTATED", "BYLAWS", "OF", "ACME CORP."], "Amended and Restated Bylaws of Acme Corp."),
        (["ACME CORP.", "2020 STOCK OPTION PLAN"], "2020 Stock Option Plan"),
        (["FORM OF", "INDEMNIFICATION AGREEMENT"], "Form of Indemnification Agreement"),
        (["CODE OF CONDUCT", "FOR OFFICERS AND DIRECTORS"], "Code of Conduct for Officers and Directors"),
        (
            [
                "CERTIFICATION PURSUANT TO",
                "18 U.S.C. SECTION 1350,",
                "AS ADOPTED PURSUANT TO",
                "SECTION 906 OF THE ACT",
            ],
            "Certification pursuant to 18 U.S.C. Section 1350, as Adopted pursuant to Section 906 of the Act",
        ),
        (["CONSENT OF INDEPENDENT PUBLIC ACCOUNTANTS"], "Consent of Independent Public Accountants"),
        (["SUBSIDIARIES OF ACME CORP.*"], "Subsidiaries of Acme Corp."),
    ],
)
def test_a_legal_document_is_named_by_its_heading(lines, expected):
    assert (
        headline(paragraphs(*lines, "The following is agreed between the parties named above."), "EX-10.1") == expected
    )


def test_a_heading_that_is_too_long_loses_its_parties():
    lines = [
        "CREDIT AGREEMENT",
        "by and among",
        *[f"THE LENDER NUMBER {number} OF MANY, N.A.," for number in range(12)],
    ]
    found = headline(paragraphs(*lines, "The following is agreed."), "EX-10.1")
    assert found == "Credit Agreement"
    assert len(found) <= LONGEST_HEADLINE


@pytest.mark.parametrize(
    ("document_type", "lines", "expected"),
    [
        (
            "EX-31.1",
            [
                "CERTIFICATIONS",
                "I, Ann B. Lee, certify that:",
                "1. I have reviewed this annual report on Form 10-K of Acme;",
            ],
            "Certification of Ann B. Lee pursuant to Section 302 of the Sarbanes-Oxley Act of 2002",
        ),
        (
            "EX-32",
            [
                "I, Ann Lee, hereby certify, pursuant to Section 906 of the Sarbanes-Oxley Act of 2002, that the report complies."
            ],
            "Certification of Ann Lee pursuant to Section 906 of the Sarbanes-Oxley Act of 2002",
        ),
        (
            "EX-24",
            ["EXHIBIT 24", "KNOW ALL BY THESE PRESENTS, that the undersigned appoints Bo Day as attorney-in-fact."],
            "Power of Attorney",
        ),
        (
            "EX-23.1",
            [
                "We consent to the incorporation by reference in this registration statement of our report.",
                "/s/ LEE & DAY LLP",
            ],
            "Consent of Lee & Day LLP",
        ),
        (
            "EX-5.1",
            [
                "Ladies and Gentlemen:",
                "We have acted as counsel to Acme Corp. in connection with the filing.",
                "/s/ Lee & Day LLP",
            ],
            "Legal Opinion of Lee & Day LLP",
        ),
        (
            "EX-16.1",
            [
                "May 6, 2020",
                "Commissioners:",
                "We have read Item 4.01 of Form 8-K of Acme Corp. and agree with the statements.",
            ],
            "Letter to the Securities and Exchange Commission on the Change of Accountants",
        ),
        (
            "EX-99.1",
            [
                "The undersigned agree that this statement is filed jointly on behalf of each of them under Rule 13d-1(k)."
            ],
            "Joint Filing Agreement",
        ),
        (
            "EX-10.1",
            [
                "THIS LOAN AGREEMENT, dated as of May 6, 2020, is made by Acme Corp. and Widgets Ltd. for the money that follows."
            ],
            "Loan Agreement",
        ),
        (
            "EX-10.2",
            [
                "May 6, 2020",
                "Acme Corp.",
                "12 Harbor Street",
                "Re: Standstill of the Parties",
                "Gentlemen:",
                "We agree.",
            ],
            "Standstill of the Parties",
        ),
        (
            "EX-10.3",
            [
                "May 6, 2020",
                "Dear Ann:",
                "We are pleased to offer you the position of chief mining officer of the company.",
            ],
            "Offer Letter to Ann, May 6, 2020",
        ),
        (
            "EX-99.2",
            ["May 6, 2020", "To our shareholders:", "The year was good, and the next one will be better than that."],
            "Letter to our shareholders",
        ),
        ("EX-21", ["Name Jurisdiction of Incorporation"], "Subsidiaries of the Registrant"),
        ("EX-99.3", ["The sun was out, and it stayed so for the whole of the afternoon, to everybody's joy."], None),
    ],
)
def test_an_opening_says_what_a_document_without_a_heading_is(document_type, lines, expected):
    assert headline(paragraphs(*lines), document_type, text="\n\n".join(lines)) == expected


@pytest.mark.parametrize(
    ("document_type", "expected"),
    [
        ("EX-101.SCH", "XBRL Taxonomy Extension Schema"),
        ("EX-27", "Financial Data Schedule"),
        ("EX-FILING FEES", "Calculation of Filing Fee Tables"),
    ],
)
def test_a_data_file_is_what_its_type_says(document_type, expected):
    assert headline("A LINE OF DATA THAT LOOKS LIKE A HEADLINE", document_type) == expected


def test_only_exhibits_have_headlines():
    # GIVEN a text with a heading
    text = "Exhibit 99.1\n\nAcme Opens a Second Mine\n\nDULUTH, Minn., May 6, 2020 -- Acme Corp. today announced it.\n"
    # WHEN it is an exhibit, and WHEN it is a form
    assert find_headline(text, "EX-99.1") == "Acme Opens a Second Mine"
    assert find_headline(text, "8-K") is None

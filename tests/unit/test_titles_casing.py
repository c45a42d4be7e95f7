"""Headlines in capitals: readable, and every name as the documents write it."""

import pytest
from edgar_pipeline.titles.casing import is_capitals, readable


def written(headline: str, *texts: str) -> str:
    return "".join(readable((headline,), *texts))


@pytest.mark.parametrize(
    ("headline", "text", "expected"),
    [
        ("ACME TO BUY WIDGETS OF THE NORTH", "", "Acme to Buy Widgets of the North"),
        ("ILUVATAR TO JOIN FOOBAR", "The shares of IluvaTar and FooBar rose.", "IluvaTar to Join FooBar"),
        ("KPLM OPENS A MINE", "The mine of KPLM is deep.", "KPLM Opens a Mine"),
        ("ABEX OPENS A MINE", "The mine of Abex is deep, and Abex owns it.", "Abex Opens a Mine"),
        ("ABEX OPENS A MINE", "The mine of ABEX is deep, and people like it.", "ABEX Opens a Mine"),
        # Capitals among capitals are emphasis: THE ABEX MINE says nothing of Abex.
        ("ABEX OPENS A MINE", "They own THE ABEX MINE OF ABEX CORP today.", "Abex Opens a Mine"),
        # A word that is long is emphasis even if the text never writes it otherwise.
        ("STOCKWELLS OPENS A MINE", "The mine of STOCKWELLS is deep.", "Stockwells Opens a Mine"),
        ("THE CEO AND CFO OF THE LLC", "", "The CEO and CFO of the LLC"),
        ("O'NEILL'S MINE OPENS", "", "O'Neill's Mine Opens"),
        ("FIRST-QUARTER RESULTS: A RECORD", "", "First-Quarter Results: A Record"),
        ("SERIES F 5% NOTES DUE 2030", "", "Series F 5% Notes Due 2030"),
        ("21ST AMENDMENT NO.3 TO FORM S-1", "", "21st Amendment No.3 to Form S-1"),
        ("ACME.COM, INC. LISTS ON NASDAQ", "", "Acme.com, Inc. Lists on Nasdaq"),
        ("CONSENT OF PRICEWATERHOUSECOOPERS LLP", "", "Consent of PricewaterhouseCoopers LLP"),
        ("ÉCLAIR OUVRE UNE MINE", "", "Éclair Ouvre Une Mine"),
        ("Acme Opens a Mine in the USA", "", "Acme Opens a Mine in the USA"),
    ],
)
def test_a_headline_in_capitals_is_written_as_a_title(headline, text, expected):
    assert written(headline, text) == expected


def test_the_first_text_and_the_others_are_one_dictionary():
    assert written("ABEX AND ZUMO MERGE", "We like Abex.", "They like ZuMo.") == "Abex and ZuMo Merge"


def test_only_the_lines_in_capitals_of_a_headline_change():
    assert readable(("LEASE AGREEMENT", "between", "ACME CORP.", "AND", "iWidgets"), "") == (
        "Lease Agreement",
        "between",
        "Acme Corp.",
        "and",
        "iWidgets",
    )


@pytest.mark.parametrize(
    ("line", "expected"), [("ACME", True), ("ACM", False), ("Acme Corp", False), ("2020 ACME (the “Co”)", False)]
)
def test_capitals_are_told_by_their_share(line, expected):
    assert is_capitals(line) is expected

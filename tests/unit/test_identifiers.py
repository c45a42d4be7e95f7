"""CIK, accession number and file name: one spelling, and nothing hostile passes."""

import pytest
from edgar_pipeline.errors import ParsingError
from edgar_pipeline.identifiers import is_cusip, parse_accession_number, parse_cik, parse_file_name
from hypothesis import given
from hypothesis import strategies as st

ACCESSION = "0000807249-20-000047"
# What a hostile index cell, header or operator might write instead.
HOSTILE = [
    "",
    " ",
    ".",
    "../../x",
    "..\\x",
    "%2e%2e%2f",
    "/etc/passwd",
    "x\x00y",
    "CON",
    "１２３",
    "٣٢١",
    "-1",
    "1e5",
    "http://169.254.169.254/",
    "//evil/x",
    "@evil",
    "1" * 5000,
]


@pytest.mark.parametrize(
    ("text", "cik"),
    [("1", "0000000001"), ("716133", "0000716133"), (" 0000716133 ", "0000716133"), ("9" * 10, "9" * 10)],
)
def test_a_cik_is_ten_digits(text, cik):
    assert parse_cik(text) == cik


@pytest.mark.parametrize("text", [*HOSTILE, "538467     2", "12345678901", "12a"])
def test_what_is_no_cik_is_refused(text):
    with pytest.raises(ParsingError, match=r"^not a CIK \(1 to 10 digits\): "):
        parse_cik(text)


def test_an_accession_number_keeps_its_dashes():
    assert parse_accession_number(f" {ACCESSION}\n") == ACCESSION


@pytest.mark.parametrize(
    "text", [*HOSTILE, ACCESSION.replace("-", ""), ACCESSION + "0", ACCESSION + "/..", f"x{ACCESSION}"]
)
def test_what_is_no_accession_number_is_refused(text):
    with pytest.raises(ParsingError, match=r"^not an accession number"):
        parse_accession_number(text)


@pytest.mark.parametrize(
    "file_name",
    [f"edgar/data/716133/{ACCESSION}.txt", f"edgar/data/716133/000080724920000047/{ACCESSION}.txt"],
)
def test_a_file_name_gives_cik_and_accession_number(file_name):
    assert parse_file_name(file_name) == ("0000716133", ACCESSION)


@pytest.mark.parametrize(
    "file_name",
    [
        *HOSTILE,
        f"edgar/data/../../{ACCESSION}.txt",
        f"edgar/data/716133/../1/{ACCESSION}.txt",
        f"edgar/data/716133/{ACCESSION}.txt?x=1",
        f"edgar/data/716133/{ACCESSION}.txt\n",
        f"http://evil/edgar/data/716133/{ACCESSION}.txt",
        f"@evil/edgar/data/716133/{ACCESSION}.txt",
        f"//evil/edgar/data/716133/{ACCESSION}.txt",
        f"edgar\\data\\716133\\{ACCESSION}.txt",
        f"edgar/data/716133/{ACCESSION}.nc",
        f"edgar/data/12345678901/{ACCESSION}.txt",
    ],
)
def test_a_file_name_that_is_not_a_submissions_is_refused(file_name):
    with pytest.raises(ParsingError, match=r"^not the path of a submission"):
        parse_file_name(file_name)


@given(st.text(max_size=60))
def test_whatever_passes_is_made_of_digits_and_dashes(text):
    for parse, allowed in ((parse_cik, set("0123456789")), (parse_accession_number, set("0123456789-"))):
        try:
            assert set(parse(text)) <= allowed
        except ParsingError as error:
            assert "\n" not in str(error) and "\x1b" not in str(error)


@pytest.mark.parametrize("cusip", ["037833100", "594918104", "931142103", "18900M104", "G2519Y108", "42237K300"])
def test_a_cusip_ends_with_its_check_digit(cusip: str):
    assert is_cusip(cusip)
    # THEN any other last digit is wrong, and so are the last two before it in the other order
    wrong = [cusip[:8] + digit for digit in "0123456789" if digit != cusip[8]]
    assert not any(map(is_cusip, wrong))
    assert not is_cusip(cusip[:6] + cusip[7] + cusip[6] + cusip[8])


@pytest.mark.parametrize("text", ["", "03783310", "0378331000", "03783310O", "037833 100", "g2519y108", "٠٣٧٨٣٣١٠٠"])
def test_what_has_not_the_shape_is_no_cusip(text: str):
    assert not is_cusip(text)

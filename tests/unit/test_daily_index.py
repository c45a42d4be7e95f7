"""The daily master index: whole or refused, and every line accounted for with its number."""

from datetime import date

import pytest
from edgar_pipeline.errors import Damaged, ParsingError
from edgar_pipeline.sources.daily_index import check_daily_index, last_data_received, parse_daily_index

DAY = date(2024, 1, 5)
HEADER = (
    b"Description:           Daily Index of EDGAR Dissemination Feed\n"
    b"Last Data Received:    Jan  5, 2024\n"
    b"Comments:              webmaster@sec.gov\n"
    b" \n"
    b"CIK|Company Name|Form Type|Date Filed|File Name\n"
    b"--------------------------------------------------------------------------------\n"
)
ROW = b"900001|EXAMPLE WIDGETS INC|8-K|20240105|edgar/data/900001/0000900001-24-000001.txt\n"


def parse(*lines: bytes, header: bytes = HEADER) -> list[dict]:
    return parse_daily_index(header + b"".join(lines), DAY, "00ff", "2024-01-06T03:00:00.000000Z")


def facts(rows: list[dict], *names: str) -> list[tuple]:
    return [tuple(row[name] for name in names) for row in rows]


def test_a_row_becomes_a_record_with_every_key():
    assert parse(ROW) == [
        {
            "index_date": "2024-01-05",
            "line_number": 7,
            "cik": "0000900001",
            "company_name": "EXAMPLE WIDGETS INC",
            "form_type": "8-K",
            "filed_date": "2024-01-05",
            "file_name": "edgar/data/900001/0000900001-24-000001.txt",
            "accession_number": "0000900001-24-000001",
            "problem": None,
            "line": None,
            "sha256": "00ff",
            "fetched_at": "2024-01-06T03:00:00.000000Z",
            "parser_version": parse(ROW)[0]["parser_version"],
        }
    ]


def test_names_are_decoded_line_by_line():
    # GIVEN one file whose lines are ASCII, UTF-8 and cp1252
    rows = parse(
        ROW,
        "900002|CAFÉ \u2019S|4|20240105|edgar/data/900002/0000900002-24-000001.txt\n".encode(),
        "900003|CAFÉ \u2019S|4|20240105|edgar/data/900003/0000900003-24-000001.txt\n".encode("cp1252"),
    )
    # THEN each says the same name, and none has a replacement character
    assert [row["company_name"] for row in rows] == ["EXAMPLE WIDGETS INC", "CAFÉ ’S", "CAFÉ ’S"]


def test_malformed_lines_keep_their_number_and_text_and_others_load():
    rows = parse(
        b"538467     2|BAD CIK CORP|4|20240105|edgar/data/538467/0000900001-24-000002.txt\n",
        b"900001|NO FORM||20240105|edgar/data/900001/0000900001-24-000003.txt\n",
        b"900001|A|B|PIPE IN NAME|4|20240105|edgar/data/900001/0000900001-24-000004.txt\n",
        b"900001|MISSING PIPE 4|20240105|edgar/data/900001/0000900001-24-000005.txt\n",
        b"900001|BAD DATE|4|20240230|edgar/data/900001/0000900001-24-000006.txt\n",
        ROW,
    )
    assert facts(rows, "line_number", "accession_number", "problem") == [
        (7, None, "not a CIK (1 to 10 digits): '538467     2'"),
        (8, None, "no form type"),
        (9, None, "7 fields instead of 5"),
        (10, None, "4 fields instead of 5"),
        (11, None, "not a date: '20240230'"),
        (12, "0000900001-24-000001", None),
    ]
    assert rows[0]["line"] == "538467     2|BAD CIK CORP|4|20240105|edgar/data/538467/0000900001-24-000002.txt"
    assert rows[0]["cik"] is None and rows[0]["company_name"] is None


@pytest.mark.parametrize(
    "file_name",
    [
        b"http://169.254.169.254/latest",
        b"//evil.example/0000900001-24-000001.txt",
        b"edgar/data/../../etc/0000900001-24-000001.txt",
        b"@evil.example/edgar/data/1/0000900001-24-000001.txt",
        b"edgar/data/900001/0000900001-24-000001.txt\x00",
        "edgar/data/90000١/0000900001-24-000001.txt".encode(),
        b"",
    ],
)
def test_a_file_name_that_is_no_path_of_a_submission_never_becomes_an_accession_number(file_name):
    row = parse(b"900001|EVIL|4|20240105|" + file_name + b"\n")[0]
    assert row["accession_number"] is None and row["file_name"] is None
    assert row["problem"].startswith("not the path of a submission")


def test_exact_duplicates_stay_as_lines():
    """The raw zone holds what the SEC said; the ledger counts an exact duplicate once."""
    assert facts(parse(ROW, ROW), "line_number", "accession_number") == [
        (7, "0000900001-24-000001"),
        (8, "0000900001-24-000001"),
    ]


def test_several_filers_of_one_submission_are_several_rows():
    other = ROW.replace(b"900001|EXAMPLE WIDGETS INC", b"900002|CO-FILER LLC")
    assert facts(parse(ROW, other), "cik", "company_name", "accession_number") == [
        ("0000900001", "EXAMPLE WIDGETS INC", "0000900001-24-000001"),
        ("0000900002", "CO-FILER LLC", "0000900001-24-000001"),
    ]


def test_form_types_with_blanks_and_quarterly_dates():
    row = parse(b"900001|X|1-A POS|2024-01-04|edgar/data/900001/000090000124000001/0000900001-24-000001.txt\r\n")[0]
    assert (row["form_type"], row["filed_date"], row["accession_number"]) == (
        "1-A POS",
        "2024-01-04",
        "0000900001-24-000001",
    )


def test_blank_lines_count_as_lines_but_not_as_rows():
    assert facts(parse(b"\n", b"   \n", ROW), "line_number") == [(9,)]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (b"Jan  5, 2024", date(2024, 1, 5)),
        (b"January 5, 2024", date(2024, 1, 5)),
        (b"Mar 05, 2020", date(2020, 3, 5)),
        (b"5.1.2024", None),
        (b"", None),
    ],
)
def test_last_data_received(written, expected):
    assert last_data_received(HEADER.replace(b"Jan  5, 2024", written)) == expected


def test_a_header_without_that_line_names_no_day():
    assert last_data_received(b"CIK|Company Name\n") is None


def test_a_whole_index_passes():
    check_daily_index(HEADER + ROW, DAY)


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        (HEADER + ROW[:-1], "cut in the middle of its last line"),
        (HEADER + ROW[:30], "cut in the middle of its last line"),
        (HEADER, "no row on a day that has an index"),
        (HEADER + b" \n\n", "no row on a day that has an index"),
        (HEADER.replace(b"Jan  5", b"Jan  4") + ROW, "'Last Data Received: 2024-01-04'"),
        (ROW, "no ruler line"),
        (b"<!DOCTYPE html><html><title>SEC.gov</title></html>\n", "no ruler line"),
        (b"", "no ruler line"),
    ],
)
def test_a_body_that_is_no_whole_index_of_the_day_is_damaged(body, complaint):
    with pytest.raises(Damaged, match="daily index 2024-01-05") as caught:
        check_daily_index(body, DAY)
    assert complaint in str(caught.value)


def test_every_prefix_is_damaged_or_has_fewer_whole_rows():
    """A cut at the end of a line cannot be seen in the file: that is why a day's index is read again later."""
    body = HEADER + ROW + ROW.replace(b"-000001", b"-000002")
    whole = []
    for length in range(len(body)):
        try:
            check_daily_index(body[:length], DAY)
        except Damaged:
            continue
        whole.append(length)
    assert whole == [len(HEADER + ROW)]


def test_a_body_without_ruler_cannot_be_parsed():
    with pytest.raises(ParsingError, match="no ruler line"):
        parse_daily_index(b"nothing\n", DAY, "00ff", "2024-01-06T03:00:00.000000Z")

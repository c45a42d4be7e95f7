"""Headers in every spelling: the same facts, no field lost, nothing raised but ParsingError."""

from datetime import UTC, date, datetime

import pytest
from edgar_pipeline.errors import ParsingError
from edgar_pipeline.sources.sgml_header import Field, first, parse_acceptance, parse_date, parse_header

LABELS = """\
<SEC-HEADER>0000900001-24-000001.hdr.sgml : 20240105
<ACCEPTANCE-DATETIME>20240105163000
ACCESSION NUMBER:\t\t0000900001-24-000001
ITEM INFORMATION:\t\t
ITEM INFORMATION:\t\tDeparture of Directors; Appointment of Officers: Compensation
GROUP MEMBERS:\t\tFIRST, LLC
GROUP MEMBERS:\t\tSECOND, LP

SUBJECT COMPANY:\t

\tCOMPANY DATA:\t
\t\tCOMPANY CONFORMED NAME:\t\t\tTARGET CORP
\t\tORGANIZATION NAME:           \t
\t\tCENTRAL INDEX KEY:\t\t\t0000900001

\tFORMER COMPANY:\t
\t\tFORMER CONFORMED NAME:\tOLD TARGET
\t\tDATE OF NAME CHANGE:\t19991231

FILED BY:\t\t

\tCOMPANY DATA:\t
\t\tCOMPANY CONFORMED NAME:\t\t\tBIDDER: THE LP
\t\tCENTRAL INDEX KEY:\t\t\t0000900002
<SERIES-AND-CLASSES-CONTRACTS-DATA>
<SERIES>
<OWNER-CIK>0000900003
<CLASS-CONTRACT>
<CLASS-CONTRACT-ID>C000000001
</CLASS-CONTRACT>
</SERIES>
</SERIES-AND-CLASSES-CONTRACTS-DATA>
"""
SUBJECT, FILED_BY = ("SUBJECT COMPANY",), ("FILED BY",)
SERIES = ("SERIES-AND-CLASSES-CONTRACTS-DATA", "SERIES")
LABELS_FIELDS = [
    Field((), 0, "SEC-HEADER", "0000900001-24-000001.hdr.sgml : 20240105"),
    Field((), 0, "ACCEPTANCE-DATETIME", "20240105163000"),
    Field((), 0, "ACCESSION NUMBER", "0000900001-24-000001"),
    Field((), 0, "ITEM INFORMATION", ""),
    Field((), 0, "ITEM INFORMATION", "Departure of Directors; Appointment of Officers: Compensation"),
    Field((), 0, "GROUP MEMBERS", "FIRST, LLC"),
    Field((), 0, "GROUP MEMBERS", "SECOND, LP"),
    Field((*SUBJECT, "COMPANY DATA"), 1, "COMPANY CONFORMED NAME", "TARGET CORP"),
    Field((*SUBJECT, "COMPANY DATA"), 1, "ORGANIZATION NAME", ""),
    Field((*SUBJECT, "COMPANY DATA"), 1, "CENTRAL INDEX KEY", "0000900001"),
    Field((*SUBJECT, "FORMER COMPANY"), 1, "FORMER CONFORMED NAME", "OLD TARGET"),
    Field((*SUBJECT, "FORMER COMPANY"), 1, "DATE OF NAME CHANGE", "19991231"),
    Field((*FILED_BY, "COMPANY DATA"), 2, "COMPANY CONFORMED NAME", "BIDDER: THE LP"),
    Field((*FILED_BY, "COMPANY DATA"), 2, "CENTRAL INDEX KEY", "0000900002"),
    Field(SERIES, 3, "OWNER-CIK", "0000900003"),
    Field((*SERIES, "CLASS-CONTRACT"), 3, "CLASS-CONTRACT-ID", "C000000001"),
]


def test_labels_give_every_field_in_order_with_its_path():
    assert parse_header(LABELS) == LABELS_FIELDS


@pytest.mark.parametrize("newline", ["\r\n", "\r", "\n\n", "\n \t\n"])
def test_line_ends_and_blank_lines_between_the_lines_change_nothing(newline):
    """Headers of filings that were private first have a blank line after every line."""
    assert parse_header(LABELS.replace("\n", newline)) == LABELS_FIELDS


TAGS = """\
<TIMESTAMP>20090217:132500
<PRIVATE-TO-PUBLIC>
<ACCESSION-NUMBER>0000900001-24-000001
<TYPE>10-D
<ITEMS>2.02
<ITEMS>9.01
<FILER>
<COMPANY-DATA>
<CONFORMED-NAME>EXAMPLE & CO
<CIK>0000900001
<ORGANIZATION-NAME>
<STATE>
</COMPANY-DATA>
</FILER>
<ISSUING_ENTITY>
<COMPANY-DATA>
<CIK>0000900002</CIK>
</COMPANY-DATA>
</ISSUING_ENTITY>
"""


def test_tags_give_every_field_in_order_with_its_path():
    assert parse_header(TAGS) == [
        Field((), 0, "TIMESTAMP", "20090217:132500"),
        Field((), 0, "PRIVATE-TO-PUBLIC", ""),
        Field((), 0, "ACCESSION-NUMBER", "0000900001-24-000001"),
        Field((), 0, "TYPE", "10-D"),
        Field((), 0, "ITEMS", "2.02"),
        Field((), 0, "ITEMS", "9.01"),
        Field(("FILER", "COMPANY-DATA"), 1, "CONFORMED-NAME", "EXAMPLE & CO"),
        Field(("FILER", "COMPANY-DATA"), 1, "CIK", "0000900001"),
        Field(("FILER", "COMPANY-DATA"), 1, "ORGANIZATION-NAME", ""),
        Field(("FILER", "COMPANY-DATA"), 1, "STATE", ""),
        Field(("ISSUING_ENTITY", "COMPANY-DATA"), 2, "CIK", "0000900002"),
    ]


def test_both_spellings_name_the_same_facts():
    names = [field.name for field in parse_header(TAGS)]
    assert names[3:8] == [
        "CONFORMED SUBMISSION TYPE",
        "ITEM INFORMATION",
        "ITEM INFORMATION",
        "COMPANY CONFORMED NAME",
        "CENTRAL INDEX KEY",
    ]


#: As EDGAR wrote headers in 1998 to 2000: label blocks closed by tags, each block one tab deeper, the SIC cut in two.
HYBRID = """\
FILER:

\tCOMPANY DATA:\t
\t\tCOMPANY CONFORMED NAME:\t\t\tSTONES CORP
\t\tSTANDARD INDUSTRIAL CLASSIFICATION:\t [3281
]\t\tIRS NUMBER:\t\t\t\t030000000
</COMPANY-DATA>

\t\tFILING VALUES:
\t\t\tSEC ACT:\t\t
\t\t\tSEC FILE NUMBER:\t000-90001
</FILING-VALUES>

\t\t\tFORMER COMPANY:\t
\t\t\t\tFORMER CONFORMED NAME:\tPEBBLES INC
</FORMER-COMPANY>

\t\t\t\tFORMER COMPANY:\t
\t\t\t\t\tFORMER CONFORMED NAME:\tSAND LTD
</FORMER-COMPANY>
</FILER>
<REPORTING-OWNER>

\tOWNER DATA:\t
\t\tCENTRAL INDEX KEY:\t\t\t0000900002
</OWNER-DATA>
</REPORTING-OWNER>
SERIAL COMPANY:

\tCOMPANY DATA:\t
\t\tCENTRAL INDEX KEY:\t\t\t0000900003
</COMPANY-DATA>
"""


def test_hybrid_headers_keep_blocks_beside_each_other():
    assert parse_header(HYBRID) == [
        Field(("FILER", "COMPANY DATA"), 1, "COMPANY CONFORMED NAME", "STONES CORP"),
        Field(("FILER", "COMPANY DATA"), 1, "STANDARD INDUSTRIAL CLASSIFICATION", "[3281]"),
        Field(("FILER", "COMPANY DATA"), 1, "IRS NUMBER", "030000000"),
        Field(("FILER", "FILING VALUES"), 1, "SEC ACT", ""),
        Field(("FILER", "FILING VALUES"), 1, "SEC FILE NUMBER", "000-90001"),
        Field(("FILER", "FORMER COMPANY"), 1, "FORMER CONFORMED NAME", "PEBBLES INC"),
        Field(("FILER", "FORMER COMPANY"), 1, "FORMER CONFORMED NAME", "SAND LTD"),
        Field(("REPORTING-OWNER", "OWNER DATA"), 2, "CENTRAL INDEX KEY", "0000900002"),
        Field(("SERIAL COMPANY", "COMPANY DATA"), 3, "CENTRAL INDEX KEY", "0000900003"),
    ]


def test_a_role_tag_that_is_never_closed_still_opens_its_block():
    fields = parse_header("<REPORTING-OWNER>\n\tOWNER DATA:\t\n\t\tCENTRAL INDEX KEY:\t0000900002\nSROS:\tNYSE\n")
    assert fields == [
        Field(("REPORTING-OWNER", "OWNER DATA"), 1, "CENTRAL INDEX KEY", "0000900002"),
        Field((), 0, "SROS", "NYSE"),
    ]


def test_a_line_that_is_no_field_continues_the_value_before_it():
    assert parse_header("ABS ASSET CLASS:\tCredit\n  card\nreceivables\nSROS:\tNYSE\n") == [
        Field((), 0, "ABS ASSET CLASS", "Credit card receivables"),
        Field((), 0, "SROS", "NYSE"),
    ]


def test_four_hundred_role_blocks_are_four_hundred_blocks():
    header = "".join(f"FILER:\n\n\tCOMPANY DATA:\t\n\t\tCENTRAL INDEX KEY:\t\t\t{n:010}\n" for n in range(400))
    assert [(f.block, f.value) for f in parse_header(header)] == [(n + 1, f"{n:010}") for n in range(400)]


def test_endless_nesting_is_refused():
    with pytest.raises(ParsingError, match="deeper than 40 blocks"):
        parse_header("".join(f"<A{n}>\n" for n in range(50)) + "".join(f"</A{n}>\n" for n in range(50)))


def test_first_takes_the_first_value_that_is_not_empty():
    fields = parse_header("<ITEMS>\n<ITEMS>2.02\n<ITEMS>9.01\n")
    assert first(fields, "ITEM INFORMATION") == "2.02"
    assert first(fields, "FILED AS OF DATE") is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [("20240229", date(2024, 2, 29)), ("20230229", None), ("2024022", None), ("202402291", None), ("2024022a", None)]
    + [("", None), (None, None), ("٢٠٢٤٠٢٢٩", None), ("00000101", None)],
)
def test_dates(text, expected):
    assert parse_date(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("20240105163000", datetime(2024, 1, 5, 21, 30, tzinfo=UTC)),
        ("20240705163000", datetime(2024, 7, 5, 20, 30, tzinfo=UTC)),
        # Around the two changes of 2024: Friday and Monday, the last minute of the evening and the first of the morning.
        ("20240308215959", datetime(2024, 3, 9, 2, 59, 59, tzinfo=UTC)),
        ("20240311060000", datetime(2024, 3, 11, 10, 0, tzinfo=UTC)),
        ("20241101215959", datetime(2024, 11, 2, 1, 59, 59, tzinfo=UTC)),
        ("20241104060000", datetime(2024, 11, 4, 11, 0, tzinfo=UTC)),
        ("", None),
        (None, None),
        ("20240105", None),
        ("20240105256000", None),
        ("00010101000000", datetime(1, 1, 1, 4, 56, 2, tzinfo=UTC)),
        ("99991231235959", None),
    ],
)
def test_acceptance_times_are_eastern(text, expected):
    assert parse_acceptance(text) == expected

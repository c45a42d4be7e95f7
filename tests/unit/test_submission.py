"""Records of submissions: what the model says, in every dialect, and what is refused or remarked on."""

from dataclasses import replace
from datetime import date

import pytest
from edgar_pipeline import PARSER_VERSION
from edgar_pipeline.errors import Damaged, ParsingError
from edgar_pipeline.sources import submission as submissions
from edgar_pipeline.sources.submission import TITLE_PARTS, check_submission, parse_submission

from tests.submissions import EXHIBIT, TWO_DOCUMENTS, Company, Document, Submission

ACCESSION = Submission().accession_number
OWN_KEYS = {"parser_version", "accepted_at", "header", "documents", "remarks", *TITLE_PARTS}

TAKEOVER = replace(
    Submission(),
    form_type="SC TO-T/A",
    items=(),
    period=None,
    companies=(
        Company(
            "TARGET CORP",
            "0000900001",
            "subject",
            "005-90001",
            former_names=(("OLD", "19991231"), ("OLDER", "19940429")),
        ),
        Company("BIDDER LP", "0000900002", "filed_by", None, None, None, None),
        Company("BIDDER GP LLC", "0000900003", "filed_by", None, None, "NY", "0630"),
    ),
    documents=(Document("SC TO-T/A"), EXHIBIT),
    extra=(("GROUP MEMBERS", "ONE LLC"), ("GROUP MEMBERS", "TWO LP")),
)
INSIDER = replace(
    Submission(),
    form_type="4",
    items=(),
    companies=(
        Company("DOE JANE", "0000900004", "reporting_owner", "001-90001", None, None, None),
        Company("EXAMPLE WIDGETS INC", role="issuer", file_number=None),
    ),
    documents=(Document("4", 1, "form4.xml", None, b"\n<XML>\n<?xml version='1.0'?><a><b>4</b></a>\n</XML>\n"),),
)


def parse(body: bytes, accession_number: str = ACCESSION) -> dict:
    return parse_submission(body, accession_number)


def stated(record: dict) -> dict:
    """What the header says, without provenance."""
    return {key: value for key, value in record.items() if key not in OWN_KEYS}


@pytest.mark.parametrize("model", [Submission(), TAKEOVER, INSIDER], ids=["8-K", "takeover", "insider"])
@pytest.mark.parametrize(
    ("write", "dialect"),
    [
        (Submission.public, "public"),
        (Submission.enhanced, "public"),
        (Submission.feed, "feed"),
        (lambda model: model.feed(lone_cr=True), "feed"),
        (lambda model: model.public(header=model.public_header().replace("\n", "\n\n")), "public"),
    ],
    ids=["public", "PEM", "feed", "feed with lone CR", "blank lines"],
)
def test_every_dialect_says_what_the_model_says(model, write, dialect):
    assert stated(parse(write(model))) == model.record(dialect=dialect)


def test_tags_under_a_sec_header_give_no_empty_header():
    """Taking the wrong branch here gives a header without a value, and no error (0000950123-96-000525)."""
    record = parse(TAKEOVER.public(header=TAKEOVER.tag_header()))
    expected = TAKEOVER.record(dialect="feed") | {"dissemination_date": "2024-01-05"}
    assert stated(record) == expected


def test_the_two_dialects_of_one_filing_give_the_same_documents_and_facts():
    public, feed = parse(TWO_DOCUMENTS.public()), parse(TWO_DOCUMENTS.feed())
    assert feed["documents"] == public["documents"]
    # What only the archive's header has, and what the two say in other words.
    other = {"accepted_at", "dissemination_date", "items", "companies", "header"}
    assert {k: v for k, v in feed.items() if k not in other} == {k: v for k, v in public.items() if k not in other}
    assert [c | {"sic": None} for c in feed["companies"]] == [c | {"sic": None} for c in public["companies"]]
    assert (public["companies"][0]["sic"], feed["companies"][0]["sic"]) == ("SERVICES-WIDGETS [7372]", "7372")
    assert set(feed) == set(public)


def test_a_document_has_every_key():
    record = parse(TWO_DOCUMENTS.public())
    assert record["documents"][1] == {
        "sequence": 2,
        "document_type": "EX-99.1",
        "filename": "ex991.htm",
        "description": "PRESS RELEASE",
        "bytes": len(EXHIBIT.body),
        "sha256": "99a91867beb9c5a7756c2992003526f6e951516437f40610c8227592378e00fb",
        "media_type": None,
        "payload_bytes": None,
        "payload_sha256": None,
        "text_status": "text",
        "text": "Press release.",
        "text_length": 14,
        "index_title": None,
        "headline": record["documents"][1]["headline"],
        "description_title": "Press Release",
        "generic_titles": ["description"],
        "excerpt": record["documents"][1]["excerpt"],
    }
    assert record["parser_version"] == PARSER_VERSION
    assert record["accepted_at"] == "2024-01-05T21:30:00.000000Z"
    assert record["remarks"] == []


def test_no_header_field_is_lost():
    record = parse(TAKEOVER.public())
    assert {
        "section": ("SUBJECT COMPANY", "BUSINESS ADDRESS"),
        "block": 1,
        "label": "CITY",
        "value": "SPRINGFIELD",
    } in record["header"]
    labels = [field["label"] for field in record["header"]]
    assert labels.count("CENTRAL INDEX KEY") == 3 and labels.count("GROUP MEMBERS") == 2


def test_the_company_of_a_role_is_not_one_that_a_merger_of_funds_names():
    merger = (
        "<SERIES-AND-CLASSES-CONTRACTS-DATA>\n<MERGER>\n<ACQUIRING-DATA>\n<CIK>0000900009\n</ACQUIRING-DATA>\n</MERGER>\n"
        "</SERIES-AND-CLASSES-CONTRACTS-DATA>\n"
    )
    record = parse(Submission().feed(header=Submission().tag_header() + merger))
    assert [(company["cik"], company["role"]) for company in record["companies"]] == [("0000900001", "filer")]


def test_documents_without_filename_description_or_sequence():
    documents = (Document("10-K", None, None, None), Document("EX-27", None, None, "FDS"))
    record = parse(replace(Submission(), documents=documents).public())
    assert [(d["sequence"], d["filename"], d["description"]) for d in record["documents"]] == [
        (1, None, None),
        (2, None, "FDS"),
    ]


def test_gaps_in_sequence_stay_and_a_number_given_twice_loses_no_document():
    documents = tuple(Document("EX-99", sequence) for sequence in (1, 3, 3, 4))
    record = parse(replace(Submission(), documents=documents).public())
    assert [document["sequence"] for document in record["documents"]] == [1, 3, 4, 5]
    assert record["remarks"] == [
        "document 3 has the SEQUENCE of another, 3",
        "document 4 has the SEQUENCE of another, 4",
    ]


@pytest.mark.parametrize(
    "document_type", ["EX-FILING FEES", "INFORMATION TABLE", "EX-99.(A)(5)(C)", "ATS-N PART3 ITM.7A", "ex-10", "ZZ-1"]
)
def test_document_types_are_kept_as_they_are(document_type):
    record = parse(replace(Submission(), documents=(Document(document_type),)).public())
    assert record["documents"][0]["document_type"] == document_type


@pytest.mark.parametrize(
    "filename",
    ["../../etc/passwd", "/etc/x", "..\\x", "%2e%2e%2f", "CON", ".", "a\x00b", "x" * 5000, 'a";touch pwned;".pdf'],
)
def test_a_file_name_is_data(filename, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    record = parse(replace(Submission(), documents=(Document(filename=filename), EXHIBIT)).public())
    assert record["documents"][0]["filename"] == filename
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("accepted", "filed", "at", "remarks"),
    [
        ("20240105174500", date(2024, 1, 8), "2024-01-05T22:45:00.000000Z", []),
        ("20240105215959", date(2024, 1, 5), "2024-01-06T02:59:59.000000Z", []),
        ("", date(2024, 1, 5), None, ["its acceptance time is empty"]),
        ("2024", date(2024, 1, 5), None, ["its acceptance time is no time: 2024"]),
        (None, date(2002, 1, 5), None, []),
        (
            "20050105174500",
            date(1993, 2, 12),
            "2005-01-05T22:45:00.000000Z",
            ["it is dated 1993-02-12, before it was accepted"],
        ),
    ],
)
def test_times_are_stored_as_given(accepted, filed, at, remarks):
    record = parse(replace(Submission(), accepted=accepted, filed=filed).public())
    assert (record["filed_date"], record["accepted_at"], record["remarks"]) == (filed.isoformat(), at, remarks)


@pytest.mark.parametrize(
    ("declared", "shipped", "remarks"),
    [
        (2, 2, []),
        (3, 2, ["it declares 3 documents and ships 2"]),
        (4, 2, ["it declares 4 documents and ships 2"]),
        (27, 60, []),
        (103, 102, ["it declares 103 documents and ships 102"]),
        (0, 1, []),
    ],
)
def test_a_small_deficit_is_normal(declared, shipped, remarks):
    documents = tuple(Document("EX-99", number) for number in range(1, shipped + 1))
    record = parse(replace(Submission(), documents=documents, declared=declared).public())
    assert (len(record["documents"]), record["remarks"]) == (shipped, remarks)


@pytest.mark.parametrize(("declared", "shipped"), [(5, 2), (103, 90), (160, 3)])
def test_a_large_deficit_is_refused(declared, shipped):
    documents = tuple(Document("EX-99", number) for number in range(1, shipped + 1))
    with pytest.raises(ParsingError, match=f"{ACCESSION}: declares {declared} documents and ships {shipped}"):
        parse(replace(Submission(), documents=documents, declared=declared).public())


def test_headers_only_are_accepted_of_the_years_in_which_edgar_served_them():
    old = replace(Submission(), filed=date(1999, 3, 1), accepted=None, documents=(), declared=2)
    new = replace(old, filed=date(2004, 3, 1))
    bare = f"<SEC-HEADER>{ACCESSION}.hdr.sgml : 19990301\n{old.tag_header()}</SEC-HEADER>\n".encode()
    for body in (old.public(), bare):
        record = parse(body)
        assert (record["documents"], record["remarks"]) == ([], ["it is a header only"])
    with pytest.raises(ParsingError, match="declares 2 documents and is a header only"):
        parse(new.public())


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        (
            "ACCESSION NUMBER:\t\t0000900001-24-000001",
            "ACCESSION NUMBER:\t\t0000900001-24-000002",
            "names accession number",
        ),
        ("ACCESSION NUMBER:", "ACCESSION NO:", "names accession number None"),
        ("CONFORMED SUBMISSION TYPE:\t8-K", "CONFORMED SUBMISSION TYPE:\t", "the header has no form type"),
        ("FILED AS OF DATE:\t\t20240105", "FILED AS OF DATE:\t\t20240231", "the header has no filing date"),
        ("CENTRAL INDEX KEY:\t\t\t0000900001", "CENTRAL INDEX KEY:\t\t\t", "the header has no company"),
        ("CENTRAL INDEX KEY:\t\t\t0000900001", "CENTRAL INDEX KEY:\t\t\t90000 1", "not a CIK"),
    ],
)
def test_a_header_that_does_not_say_what_it_must_is_refused(old, new, complaint):
    header = Submission().public_header().replace(old, new, 1)
    with pytest.raises(ParsingError, match=f"{ACCESSION}: .*{complaint}"):
        parse(Submission().public(header=header))


def test_a_body_of_another_submission_is_damaged():
    with pytest.raises(Damaged, match="accession mismatch"):
        check_submission(Submission().public(), "0000900001-24-000002")


def test_a_paper_filing_is_a_stub():
    stub = Document("13F-HR", 1, "9999999997-05-015654.paper", None, b"\nThis document was filed on paper.\n")
    record = parse(replace(Submission(), form_type="13F-HR", documents=(stub,), extra=(("PAPER", ""),)).public())
    assert record["documents"][0]["text"] == "This document was filed on paper."


def test_a_letter_whose_document_types_are_not_the_forms():
    """UPLOAD ships a LETTER as PDF and its text; the file's name inside need not be FILENAME."""
    documents = (
        Document("LETTER", 1, "filename1.pdf", None, b"\n<PDF>\nbegin 644 other.pdf\n%)5!$1BTQ\n`\nend\n</PDF>\n"),
        Document("TEXT-EXTRACT", 2, "filename2.txt", None, b"\nDear Sir:\n"),
    )
    record = parse(replace(Submission(), form_type="UPLOAD", documents=documents).public())
    assert [(d["document_type"], d["text_status"], d["media_type"], d["text"]) for d in record["documents"]] == [
        ("LETTER", "binary", "application/pdf", None),
        ("TEXT-EXTRACT", "text", None, "Dear Sir:"),
    ]


def test_a_document_that_is_too_large_keeps_size_and_hash(monkeypatch):
    """GIVEN bounds of a few bytes, THEN what is beyond them is quarantined by name, and the rest is read."""
    monkeypatch.setattr(submissions, "LARGEST_DOCUMENT", 60)
    large = Document("EX-99", 3, "big.txt", None, b"\n" + b"word " * 20 + b"\n")
    record = parse(replace(Submission(), documents=(Document(), large, EXHIBIT)).public())
    assert [(d["text_status"], d["text"], d["bytes"]) for d in record["documents"]] == [
        ("text", "Hello there.", 47),
        ("quarantined", None, 102),
        ("text", "Press release.", 49),
    ]
    assert record["remarks"] == ["the text of document 3 (102 bytes) is too large to be held"]
    whole = parse(replace(Submission(), documents=(large,)).public())["documents"][0]["sha256"]
    monkeypatch.undo()
    assert parse(replace(Submission(), documents=(large,)).public())["documents"][0]["sha256"] == whole


def test_a_file_that_is_too_large_is_a_file_all_the_same(monkeypatch):
    monkeypatch.setattr(submissions, "LARGEST_DOCUMENT", 60)
    packed = Document("EX-99", 1, "big.zip", None, b"\nbegin 644 big.zip\n" + b"M" * 60 + b"\nend\n")
    picture = Document("GRAPHIC", 2, "big.jpg", None, b"\n" + b"x" * 80 + b"\n")
    record = parse(replace(Submission(), documents=(packed, picture)).public())
    found = [(d["text_status"], d["media_type"], d["payload_sha256"]) for d in record["documents"]]
    assert found == [("binary", None, None)] * 2 and record["remarks"] == []


def test_a_record_holds_so_much_text_and_no_more(monkeypatch):
    monkeypatch.setattr(submissions, "LARGEST_TEXTS", 30)
    documents = tuple(Document("EX-99", n, body=b"\n<html>0123456789 01</html>\n") for n in (1, 2, 3))
    record = parse(replace(Submission(), documents=documents).public())
    assert [d["text_status"] for d in record["documents"]] == ["text", "text", "quarantined"]

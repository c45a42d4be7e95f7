"""The frame of a submission: whole or an error, in every dialect, from bytes or a mapped file."""

import mmap
from dataclasses import replace

import pytest
from edgar_pipeline.errors import Damaged, ParsingError
from edgar_pipeline.sources import sgml
from edgar_pipeline.sources.sgml import find_frame, find_header, split_documents

from tests.submissions import TWO_DOCUMENTS, Document, Submission, with_line_ends

ACCESSION = TWO_DOCUMENTS.accession_number
DIALECTS = {
    "public": TWO_DOCUMENTS.public(),
    "ims": TWO_DOCUMENTS.public(organisation="IMS"),
    "pem": TWO_DOCUMENTS.enhanced(),
    "feed": TWO_DOCUMENTS.feed(),
    "feed, lone CR": TWO_DOCUMENTS.feed(lone_cr=True),
    "tags in <SEC-HEADER>": TWO_DOCUMENTS.public(header=TWO_DOCUMENTS.tag_header()),
    "CRLF": with_line_ends(TWO_DOCUMENTS.public(), b"\r\n"),
    "blank lines": TWO_DOCUMENTS.public().replace(b"</TEXT>\n", b"</TEXT>\n\n \n"),
    "blank space around": b"\n\n" + TWO_DOCUMENTS.public() + b"\n \r\n",
    "no last line end": TWO_DOCUMENTS.public().rstrip(),
    "path of the SEC's disk": TWO_DOCUMENTS.public().replace(
        b"<SEC-DOCUMENT>", b"<SEC-DOCUMENT>/in/edgar/work/20000607/x/"
    ),
}


def split(body, accession_number: str = ACCESSION) -> list[tuple[bytes, bytes]]:
    """(TYPE, content) of every document."""
    frame = find_frame(body, accession_number)
    _, position = find_header(body, frame)
    return [(d.tags["type"], bytes(body[d.start : d.end]).strip()) for d in split_documents(body, frame, position)]


EXPECTED = [(d.type.encode(), d.body.strip()) for d in TWO_DOCUMENTS.documents]


@pytest.mark.parametrize("name", DIALECTS)
def test_every_dialect_gives_the_same_documents(name):
    assert split(DIALECTS[name]) == EXPECTED


def test_all_tags_of_a_document_are_read_and_missing_ones_stay_out():
    body = replace(Submission(), documents=(Document("EX-27", 3, None, None, b"\nx\n"), Document())).public()
    frame = find_frame(body, ACCESSION)
    tags = [document.tags for document in split_documents(body, frame, find_header(body, frame)[1])]
    assert tags == [
        {"type": b"EX-27", "sequence": b"3"},
        {"type": b"8-K", "sequence": b"1", "filename": b"d1.htm", "description": b"FORM 8-K"},
    ]


@pytest.mark.parametrize("name", DIALECTS)
@pytest.mark.parametrize("window", [64, 1000])
def test_a_mapped_file_gives_the_same_as_bytes(name, window, tmp_path, monkeypatch):
    """GIVEN windows so small that every tag crosses the edge of one somewhere."""
    monkeypatch.setattr(sgml, "WINDOW", window)
    (tmp_path / "body").write_bytes(DIALECTS[name])
    with (tmp_path / "body").open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as body:
        assert split(body) == EXPECTED


@pytest.mark.parametrize("offset", range(40))
def test_a_tag_across_the_edge_of_a_window_is_found(offset, tmp_path, monkeypatch):
    monkeypatch.setattr(sgml, "WINDOW", 50)
    submission = replace(Submission(), documents=(Document(body=b"\n" + b"x" * (200 + offset) + b"\n"),))
    (tmp_path / "body").write_bytes(submission.public())
    with (tmp_path / "body").open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as body:
        assert split(body) == [(b"8-K", b"x" * (200 + offset))]


@pytest.mark.parametrize("name", DIALECTS)
def test_every_prefix_is_an_error_never_a_smaller_submission(name):
    body = DIALECTS[name]
    whole = len(body.rstrip())
    for length in range(whole):
        with pytest.raises((Damaged, ParsingError)):
            split(body[:length])
    for length in range(whole, len(body) + 1):
        assert split(body[:length]) == EXPECTED


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        (b"", "does not begin as a submission"),
        (b"<!DOCTYPE html><html>", "does not begin as a submission"),
        (b"<DOCUMENT>\n<TYPE>S-3/A\n<TEXT>\nx\n</TEXT>\n</DOCUMENT>", "does not begin as a submission"),
        (b"<ACCEPTANCE-DATETIME>20230609145616\nACCESSION NUMBER:\t\t0000900001-24-000001\n", "does not begin"),
        (b"garbage\n" + DIALECTS["public"], "does not begin as a submission"),
        (DIALECTS["public"].replace(b"-000001", b"-000002"), "that of 0000900001-24-000002 (accession mismatch)"),
        (DIALECTS["feed"].replace(b"-000001", b"-000002"), "that of 0000900001-24-000002 (accession mismatch)"),
        (DIALECTS["feed"].replace(b"<ACCESSION-NUMBER>", b"<X>"), "that of no submission"),
        (DIALECTS["public"].replace(b"</SEC-DOCUMENT>", b""), "cut, it does not end with </SEC-DOCUMENT>"),
        (DIALECTS["feed"].replace(b"</SUBMISSION>", b"x</SUBMISSION>"), "cut, it does not end with </SUBMISSION>"),
        (DIALECTS["public"] + b"and more", "cut, it does not end with </SEC-DOCUMENT>"),
        (DIALECTS["pem"].replace(b"-----END", b""), "its PEM wrapper does not end"),
    ],
)
def test_what_is_no_whole_submission_is_damaged(body, complaint):
    with pytest.raises(Damaged, match=ACCESSION) as caught:
        find_frame(body, ACCESSION)
    assert complaint in str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        (b"</SEC-HEADER>\n", b"", "the header has no end"),
        (b"</DOCUMENT>\n<DOCUMENT>", b"<DOCUMENT>", "document 1 is not closed before the next one begins"),
        (b"</TEXT>\n</DOCUMENT>\n</SEC-DOCUMENT>", b"</TEXT>\n</SEC-DOCUMENT>", "document 2 is not closed"),
        (b"</TEXT>", b"", "document 1 is not closed"),
        (b"<TEXT>", b"", "document 1 has no <TEXT>"),
        (b"</DOCUMENT>\n<DOCUMENT>", b"</DOCUMENT>\n<D0CUMENT>", "document 2 does not begin with its tag"),
        (b"</DOCUMENT>\n<DOCUMENT>", b"</DOCUMENT>\nlost\n<DOCUMENT>", "document 2 does not begin with its tag"),
    ],
)
def test_a_whole_body_with_a_broken_frame_is_not_parsed(old, new, complaint):
    with pytest.raises(ParsingError, match=ACCESSION) as caught:
        split(DIALECTS["public"].replace(old, new))
    assert complaint in str(caught.value)


def test_tags_inside_a_line_and_a_close_without_its_text_are_text():
    body = b"\nsee <DOCUMENT> and </TEXT> and </DOCUMENT> and\n</DOCUMENT>\n of </SEC-DOCUMENT>\n"
    assert split(replace(Submission(), documents=(Document(body=body),)).public()) == [(b"8-K", body.strip())]


def test_a_bare_header_is_a_frame_without_documents():
    submission = replace(Submission(), accession_number="0000900001-96-000001")
    body = f"<SEC-HEADER>0000900001-96-000001.hdr.sgml : 19960213\n{submission.tag_header()}</SEC-HEADER>\n".encode()
    frame = find_frame(body, "0000900001-96-000001")
    header, position = find_header(body, frame)
    assert frame.kind == "HEADER" and header.endswith(b"</FILER>\n")
    assert list(split_documents(body, frame, position)) == []

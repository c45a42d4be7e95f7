"""What must hold for any submission: no cut one passes, where the bytes come from does not matter, nothing else is raised."""

import mmap
import tempfile
from dataclasses import replace
from datetime import date

from edgar_pipeline.errors import Damaged, ParsingError
from edgar_pipeline.sources import sgml
from edgar_pipeline.sources.sgml_header import parse_header
from edgar_pipeline.sources.submission import parse_submission
from edgar_pipeline.text import extract_text
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.submissions import ROLES, Company, Document, Submission

QUICK = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])

_words = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ abcdefgh0123456789&,.-/'()é’", min_size=1, max_size=30)
names = _words.map(lambda text: " ".join(text.split())).filter(lambda text: text and not text.startswith(("]", "<")))
days = st.dates(date(1993, 1, 4), date(2026, 12, 31))
codes = st.integers(0, 9999).map("{:04}".format)
numbers = st.integers(1, 9_999_999_999).map("{:010}".format)


def optional(strategy):
    return st.none() | strategy


companies = st.builds(
    Company,
    name=names,
    cik=numbers,
    role=st.sampled_from(sorted(ROLES)),
    file_number=optional(st.integers(0, 99999).map("001-{:05}".format)),
    sic=optional(st.tuples(st.sampled_from(["SERVICES", "MINING & METALS"]), codes)),
    state=optional(st.sampled_from(["DE", "NY", "X1"])),
    fiscal_year_end=optional(st.sampled_from(["1231", "0630"])),
    former_names=st.lists(st.tuples(names, days.map("{:%Y%m%d}".format)), max_size=3).map(tuple),
)
bodies = st.lists(
    st.sampled_from(
        [
            b"text",
            b"<p>",
            b"</DOCUMENT>",
            b"</TEXT> ",
            b"see <DOCUMENT>",
            b"</SEC-DOCUMENT>",
            b"&amp;",
            b"\xe9",
            b"\xc3\xa9",
            b" " * 9,
        ]
    ),
    max_size=8,
).map(lambda pieces: b"\n " + b"\n ".join(pieces) + b"\n")
documents = st.builds(
    Document,
    type=st.sampled_from(["8-K", "EX-99.1", "EX-FILING FEES", "GRAPHIC"]),
    sequence=st.none(),
    filename=optional(st.sampled_from(["a.htm", "b.txt"])),
    description=optional(names),
    body=bodies,
)
submissions = st.builds(
    Submission,
    accession_number=st.integers(0, 999_999).map("0000900001-24-{:06}".format),
    form_type=st.sampled_from(["8-K", "SC 13D/A", "1-A POS", "ZZ-1"]),
    filed=days,
    accepted=st.none(),
    disseminated=days,
    period=optional(days),
    items=st.lists(st.sampled_from([("Other Events", "8.01"), ("Shell: Changes; More", "5.06")]), max_size=3).map(
        tuple
    ),
    companies=st.lists(companies, min_size=1, max_size=4).map(tuple),
    documents=st.lists(documents, min_size=1, max_size=4).map(tuple),
)
STATED = set(Submission().record(dialect="public"))


def parse(body, model: Submission) -> dict:
    return parse_submission(body, model.accession_number)


def outcome(body, accession_number: str) -> object:
    """The record, or the kind of the error: what must not depend on where the bytes come from."""
    try:
        return parse_submission(body, accession_number)
    except (Damaged, ParsingError) as error:
        return type(error), str(error)


@QUICK
@given(submissions)
def test_what_is_built_from_a_model_is_read_as_the_model(model):
    for dialect, body in (("public", model.public()), ("public", model.enhanced()), ("feed", model.feed())):
        record = parse(body, model)
        assert {key: record[key] for key in STATED} == model.record(dialect=dialect)
        assert [(d["document_type"], d["filename"], d["description"], d["bytes"]) for d in record["documents"]] == [
            (d.type, d.filename, d.description, len(d.body)) for d in model.documents
        ]


@QUICK
@given(submissions, st.data())
def test_a_prefix_is_an_error_never_a_smaller_filing(model, data):
    body = data.draw(st.sampled_from([model.public(), model.enhanced(), model.feed(), model.feed(lone_cr=True)]))
    length = data.draw(st.integers(0, len(body.rstrip()) - 1))
    assert isinstance(outcome(body[:length], model.accession_number), tuple)


@QUICK
@given(submissions, st.data())
def test_a_lost_piece_never_goes_unnoticed_as_fewer_documents(model, data):
    """GIVEN a submission that lost a piece, but no document's beginning, THEN it is refused, or it has all its documents."""
    body = model.public()
    start = data.draw(st.integers(0, len(body)))
    end = data.draw(st.integers(start, min(start + 40, len(body))))
    rest = body[:start] + body[end:]
    record = outcome(rest, model.accession_number)
    if isinstance(record, dict) and rest.count(b"\n<DOCUMENT>") == body.count(b"\n<DOCUMENT>"):
        assert len(record["documents"]) == len(model.documents)


@settings(QUICK, max_examples=30)
@given(submissions, st.integers(40, 3000))
def test_where_a_mapped_body_is_split_into_windows_changes_nothing(model, window):
    body, usual = model.public(), sgml.WINDOW
    with tempfile.TemporaryFile() as file:
        file.write(body)
        file.flush()
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
            try:
                sgml.WINDOW = window
                assert parse(mapped, model) == parse(body, model)
            finally:
                sgml.WINDOW = usual


@settings(QUICK, max_examples=150)
@given(submissions, st.data())
def test_a_mutated_header_raises_nothing_but_the_two_errors(model, data):
    body = bytearray(data.draw(st.sampled_from([model.public(), model.feed()])))
    end = body.index(b"<DOCUMENT>")
    for _ in range(data.draw(st.integers(1, 8))):
        position = data.draw(st.integers(0, end - 1))
        body[position : position + data.draw(st.integers(0, 3))] = data.draw(
            st.binary(max_size=4) | st.sampled_from(SPLINTERS)
        )
    outcome(bytes(body), model.accession_number)


SPLINTERS = [
    b"\n",
    b"\t",
    b":",
    b"<",
    b">",
    b"</",
    b"<FILER>",
    b"</FILER>",
    b"\n\t\t\tX:\n",
    b"]\t",
    b"[",
    b"\x00",
    b"\xff",
    b"<X>\n",
]


@settings(QUICK, max_examples=200)
@given(st.text("<>/AB: \t\n][é\x00\x0b\x85", max_size=200))
def test_any_header_text_keeps_every_word_of_its_values(text):
    """Nothing is dropped: a value's words appear among the fields, whatever the lines look like."""
    try:
        fields = parse_header("START:\tx\n" + text)
    except ParsingError:
        return
    kept = "".join(c for f in fields for part in (*f.section, f.label, f.value) for c in part)
    assert kept.count("é") <= text.count("é")
    assert ("é" in kept) == ("é" in text)


PIECES = [
    *[
        b"<",
        b"<p",
        b">",
        b"<!--",
        b"-->",
        b"&",
        b"&#",
        b"9;",
        b"<title>",
        b"<pre>",
        b"</pre>",
        b"<script>",
        b"</script>",
    ],
    *[b'="', b"'", b"\n", b"<td>", b"<PAGE>", b"begin 644 a\n", b"\xe2\x80", b"<?xml ", b"x", b"<html>"],
]


@settings(QUICK, max_examples=200)
@given(
    st.binary(max_size=300) | st.lists(st.sampled_from(PIECES), max_size=40).map(b"".join),
    st.sampled_from(["8-K", "EX-99"]),
)
def test_any_bytes_have_a_text_or_none(body, document_type):
    text = extract_text(body, document_type)
    assert (text.text is not None) == (text.status == "text")
    if text.text:
        assert text.text == text.text.strip() and "\x00" not in text.text and "\n\n\n" not in text.text


@QUICK
@given(submissions)
def test_reading_twice_is_reading_once(model):
    assert parse(model.public(), model) == parse(model.public(), model)


def test_documents_in_one_submission_do_not_affect_each_other():
    """Windows, caches and budgets are per submission: a second one is read as if it were the first."""
    one = replace(Submission(), documents=(Document(body=b"\n<title>never closed\n"),))
    two = replace(Submission(), documents=(Document(body=b"\n<html><p>seen</p></html>\n"),))
    parse(one.public(), one)
    assert parse(two.public(), two)["documents"][0]["text"] == "seen"

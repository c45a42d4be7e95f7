"""Every real submission of the archive, compared with counts made by regular expressions over its bytes."""

import csv
import re
from collections import Counter
from pathlib import Path

import pytest
from edgar_pipeline.errors import Damaged, ParsingError
from edgar_pipeline.sources.submission import check_submission, parse_submission
from edgar_pipeline.text import decode, extract_text, unwrap
from edgar_pipeline.text.markup import html_to_text

from benchmarks.tree_words import tree_words

ARCHIVE = Path(__file__).parents[3] / "shared" / "edgar-archive"

pytestmark = pytest.mark.skipif(not ARCHIVE.is_dir(), reason=f"the archive of real submissions is not there: {ARCHIVE}")

_DOCUMENTS = re.compile(rb"^<DOCUMENT>\r?$", re.MULTILINE)
_TYPES = re.compile(rb"^<DOCUMENT>\s+<TYPE>([^\r\n]*)", re.MULTILINE)
_CIKS = re.compile(rb"CENTRAL INDEX KEY:\s+(\d{10})")
_ROLES = re.compile(
    rb"^(FILER|SUBJECT COMPANY|FILED BY|FILED FOR|ISSUER|REPORTING-OWNER|SERIAL COMPANY):", re.MULTILINE
)
_ITEMS = re.compile(rb"^ITEM INFORMATION:[ \t]+(\S[^\r\n]*)", re.MULTILINE)
_VALUES = re.compile(rb"^\t\t(?:STREET \d|CITY|ZIP|IRS NUMBER|EIN|FILM NUMBER):[ \t]+(\S[^\r\n]*)", re.MULTILINE)


def catalogue() -> list[dict]:
    if not ARCHIVE.is_dir():
        return []
    with (ARCHIVE / "catalogue.csv").open() as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def records() -> dict[str, dict]:
    """Every submission parsed: (accession number: record). None is refused."""
    return {
        row["accession_number"]: parse_submission((ARCHIVE / row["path"]).read_bytes(), row["accession_number"])
        for row in catalogue()
    }


def bodies() -> list[tuple[str, bytes]]:
    return [(row["accession_number"], (ARCHIVE / row["path"]).read_bytes()) for row in catalogue()]


def test_all_317_submissions_are_parsed(records):
    assert len(records) == 317 == len(list(ARCHIVE.glob("www.sec.gov/Archives/edgar/data/*/*/*.txt")))


def test_form_date_and_documents_agree_with_the_catalogue(records):
    for row in catalogue():
        record = records[row["accession_number"]]
        assert (record["form_type"], record["filed_date"].replace("-", "")) == (row["form_type"], row["filed_date"])
        assert len(record["documents"]) == int(row["documents"])
        assert record["document_count_declared"] == int(row["public_document_count"])
        assert Counter(d["document_type"] for d in record["documents"]) == Counter(
            next(csv.reader([row["document_types"]]))
        )


def test_documents_companies_and_items_agree_with_the_bytes(records):
    for accession_number, body in bodies():
        record, header = records[accession_number], body[: body.index(b"-HEADER>\n<DOCUMENT>")]
        assert len(record["documents"]) == len(_DOCUMENTS.findall(body))
        assert [d["document_type"].encode() for d in record["documents"]] == [t.strip() for t in _TYPES.findall(body)]
        assert [company["cik"].encode() for company in record["companies"]] == _CIKS.findall(header)
        assert len(record["companies"]) == len(_ROLES.findall(header))
        assert [item.encode() for item in record["items"]] == [item.strip() for item in _ITEMS.findall(header)]


def test_no_value_of_a_header_is_lost(records):
    for accession_number, body in bodies():
        values = [value.strip().decode() for value in _VALUES.findall(body[: body.index(b"<DOCUMENT>")])]
        kept = Counter(field["value"] for field in records[accession_number]["header"])
        assert Counter(values) <= kept


def test_sequences_are_keys_and_sums_of_bytes_fit(records):
    for accession_number, body in bodies():
        documents = records[accession_number]["documents"]
        assert len({document["sequence"] for document in documents}) == len(documents)
        assert sum(document["bytes"] for document in documents) < len(body)


def test_every_document_has_a_status_and_files_are_recognised(records):
    documents = [document for record in records.values() for document in record["documents"]]
    statuses = Counter(document["text_status"] for document in documents)
    assert set(statuses) == {"text", "no_text", "binary"}
    assert statuses["binary"] == 206
    assert Counter(d["media_type"] for d in documents if d["text_status"] == "binary") == {
        "image/jpeg": 156,
        "image/gif": 14,
        "application/zip": 14,
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": 13,
        "application/pdf": 9,
    }
    assert all((document["text"] is not None) == (document["text_status"] == "text") for document in documents)


def test_no_text_has_mojibake_or_markup(records):
    texts = [d["text"] for record in records.values() for d in record["documents"] if d["text"]]
    assert not [text[:80] for text in texts if "\ufffd" in text or "â€" in text or "Ã©" in text]
    assert not [text[:80] for text in texts if re.search(r"</?(?:td|tr|div|font|span)\b[^<>]*>", text, re.IGNORECASE)]
    assert not [text[:80] for text in texts if re.search(r"&(?:nbsp|amp|#160|#8217);", text)]


def test_the_words_of_every_page_are_those_of_a_parser_that_walks_the_tree():
    """No word lost, none added, none joined with its neighbour (a word: a run of letters and digits)."""
    word = re.compile(r"[^\W_]+(?:[.,'’-][^\W_]+)*")
    read = 0
    for _, body in bodies()[::3]:
        for document_type, content in re.findall(
            rb"<DOCUMENT>\s<TYPE>([^\n]*)\n.*?<TEXT>(.*?)</TEXT>\s*</DOCUMENT>", body, re.DOTALL
        ):
            inner, kind = unwrap(content)
            if kind != "html" or extract_text(content, document_type.decode()).status != "text":
                continue
            page = decode(inner)
            assert Counter(word.findall(html_to_text(page))) == Counter(word.findall(" ".join(tree_words(page))))
            read += 1
    assert read > 100


def test_prefixes_of_real_submissions_are_refused():
    for accession_number, body in bodies()[::6]:
        for share in (0.0, 0.01, 0.3, 0.5, 0.9, 0.99):
            with pytest.raises((Damaged, ParsingError)):
                parse_submission(body[: int(len(body) * share)], accession_number)


#: Counted by hand in the five members: (form, declared, documents, companies as (CIK, role), items).
FEED = {
    "20170731/0001193125-17-242563.nc": ("DEFA14A", 2, 2, [("0000922457", "filer"), ("0000230382", "filer")], []),
    "20240111/0002002260-24-000001.nc": ("D", 1, 1, [("0002002260", "filer")], ["06b", "3C", "3C.7"]),
    "20240418/0001193125-24-100942.nc": ("485APOS", 7, 7, [("0001100663", "filer"), ("0001100663", "filer")], []),
    "20250108/0001562180-25-000280.nc": ("4", 1, 1, [("0002009134", "reporting_owner"), ("0001860782", "issuer")], []),
    "20250213/0001127602-25-004598.nc": ("4", 1, 1, [("0001870985", "reporting_owner"), ("0000007536", "issuer")], []),
}


@pytest.mark.parametrize("name", FEED)
def test_members_of_the_feed_are_parsed(name):
    body = (ARCHIVE / "feed" / name).read_bytes()
    check_submission(body, name[9:29])
    record = parse_submission(body, name[9:29])
    companies = [(company["cik"], company["role"]) for company in record["companies"]]
    assert (
        record["form_type"],
        record["document_count_declared"],
        len(record["documents"]),
        companies,
        record["items"],
    ) == FEED[name]
    assert record["filed_date"].replace("-", "") == name[:8]
    # Two header lines in 2025's lone CR, so a reader of lines sees one: every field must be there all the same.
    assert len(record["header"]) == len(
        re.findall(rb"[\r\n]<[A-Z0-9-]+>[^\r\n<]", body[: body.index(b"<DOCUMENT>")])
    ) + len([field for field in record["header"] if not field["value"]])

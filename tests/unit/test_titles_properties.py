"""What holds for titles and excerpts of any text: they are short, readable and the same twice."""

import re

from edgar_pipeline.titles import Document, find_excerpt, find_headline, title_documents, title_parts
from edgar_pipeline.titles.excerpts import LONGEST_EXCERPT
from edgar_pipeline.titles.headline import LONGEST_HEADLINE
from edgar_pipeline.titles.index_titles import LONGEST_TITLE
from hypothesis import given, settings
from hypothesis import strategies as st

#: What a reader takes for a broken encoding: controls, replacement characters, UTF-8 read as cp1252.
MOJIBAKE = re.compile(r"[\x00-\x1f\x7f-\x9f\ufffd]|â€|Ã[\x80-\xbf]|\w\?s\b")
#: Pieces of filings, in any order: what the rules react to.
PIECES = st.sampled_from(
    [
        *[
            "Exhibit 99.1",
            "EXHIBIT INDEX",
            "99.1",
            "10.1*",
            "ACME CORP.",
            "Acme Opens a Mine",
            "MINE LEASE",
            "by and among",
            "AND",
        ],
        *[
            "DULUTH, Minn., May 6, 2020 -- Acme today announced",
            "I, Ann Lee, certify that:",
            "KNOW ALL MEN",
            "Re: Mine",
            "Dear Ann:",
        ],
        *[
            "<p>",
            "</p>",
            "<b>",
            "<br>",
            "<tr><td>",
            "</td></tr>",
            '<a href="e.htm">',
            "</a>",
            "<center>",
            "<html><body>",
            "&#8217;",
        ],
        *[
            "\n",
            "\n\n",
            "          ",
            "\t",
            "-----",
            "....... 12",
            "?",
            "\x92",
            "\ufffd",
            "â€™",
            "(",
            ")",
            "*",
            "“",
            "Inc.",
            "U.S.",
            "No.",
        ],
        "The mine that Acme has opened is the deepest of the county, and it will be worked for many years to come.",
    ]
)
TEXTS = st.one_of(
    st.text(max_size=400), st.lists(PIECES, max_size=60).map(" ".join), st.lists(PIECES, max_size=60).map("".join)
)
TYPES = st.sampled_from(
    ["EX-99.1", "EX-10", "EX-31.1", "EX-23", "EX-99.(A)(5)", "EX-101.SCH", "GRAPHIC", "ex-5", "EX-", ""]
)


def submission(form: str, document_type: str, body: str, description: str | None) -> list[Document]:
    encoded = body.encode("utf-8", "surrogatepass")
    return [
        Document("8-K", "p.htm", None, encoded, form or None),
        Document(document_type, "e.htm", description, encoded, body or None),
    ]


@settings(max_examples=200, deadline=None)
@given(form=TEXTS, document_type=TYPES, body=TEXTS, description=st.one_of(st.none(), TEXTS))
def test_any_submission_has_short_readable_titles(form, document_type, body, description):
    documents = submission(form, document_type, body, description)
    for form_type in ("8-K", "6-K", "SC 13D", "CORRESP"):
        titles = title_documents(form_type, documents)
        assert titles == title_documents(form_type, documents)
        title_parts(form_type, documents)
        for found in titles:
            assert len(found.excerpt or "") <= LONGEST_EXCERPT
            assert len(found.headline or "") <= LONGEST_HEADLINE + 10
            assert len(found.index_title or "") <= LONGEST_TITLE
            for text in (found.excerpt, found.headline, found.index_title, found.description_title):
                assert text is None or (text == " ".join(text.split()) and text)
                assert text is None or not MOJIBAKE.search(text), text


@settings(max_examples=200, deadline=None)
@given(text=TEXTS, document_type=TYPES, headline=st.one_of(st.none(), TEXTS))
def test_text_alone_is_enough(text, document_type, headline):
    assert len(find_headline(text, document_type) or "") <= LONGEST_HEADLINE + 10
    assert len(find_excerpt(text, headline) or "") <= LONGEST_EXCERPT

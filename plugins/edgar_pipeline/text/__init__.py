"""A document's body to clean text that keeps words, paragraphs and table rows apart.

Every document gets a status: `text`, `no_text` (nothing in it can be read), `binary` (an image, a PDF, an archive) or
`quarantined` (larger than what may be held in memory). Paragraphs are separated by an empty line, rows and lines by a line
end, the cells of a row by a tab; all other white space is one blank.
"""

import re
from dataclasses import dataclass

from edgar_pipeline.text.encoding import decode, without_unseen
from edgar_pipeline.text.markup import html_to_text, xml_to_text
from edgar_pipeline.text.plain import plain_to_text

__all__ = ["LARGEST_DOCUMENT", "Text", "decode", "extract_text", "is_binary", "unwrap"]

#: Bytes. A larger document keeps its size, hash and type, but no text: reading it takes up to four times its size in memory.
#: The largest documents that are known are fund portfolios and loan lists in XML of up to 160 MB (edgar.md 1.6).
LARGEST_DOCUMENT = 170_000_000
#: Types whose body is never text, whatever it looks like.
BINARY_TYPES = frozenset({"GRAPHIC", "ZIP", "EXCEL", "PDF"})

_UUENCODED = re.compile(rb"\s*(?:<[A-Z]+>\s*)?begin [0-7]{3} \S")
_WRAPPER = re.compile(rb"\s*<(XML|XBRL|PDF|JSON)>\s*")
_XML = re.compile(rb"\s*<\?xml\b")
_HTML = re.compile(rb"<(?:!doctype\s{1,9}html|html|body)\b", re.IGNORECASE)
_HTML_PIECE = re.compile(rb"</?(?:div|p|br|tr|td|font|center|b|i|u|span|a)(?:>|\s[^<>]*>)", re.IGNORECASE)
#: A page without <html> and <body> has tags all over; a plain text may have one by accident.
_FEWEST_PIECES = 3
#: Where the kind of a document shows.
_HEAD = 20_000

_READERS = {"html": html_to_text, "xml": xml_to_text, "plain": plain_to_text}


@dataclass(frozen=True)
class Text:
    """Extracted text. `status`: text, no_text, binary or quarantined; `text` is None unless status is text."""

    status: str
    text: str | None = None


def extract_text(body: bytes, document_type: str) -> Text:
    """The text of a document's body (what stands between `<TEXT>` and `</TEXT>`). Time is linear in its length."""
    if is_binary(body[:2000], document_type):
        return Text("binary")
    if len(body) > LARGEST_DOCUMENT:
        return Text("quarantined")
    body, kind = unwrap(body)
    text = without_unseen(_READERS[kind](decode(body))).strip()
    return Text("text", text) if re.search(r"[^\W_]", text) else Text("no_text")


def is_binary(head: bytes, document_type: str) -> bool:
    """Whether a document that begins so is a file and no text."""
    return document_type.upper() in BINARY_TYPES or bool(_UUENCODED.match(head))


def unwrap(body: bytes) -> tuple[bytes, str]:
    """The document inside its `<XML>`, `<XBRL>` or `<JSON>` element, if it stands in one, and its kind: html, xml or plain."""
    if wrapper := _WRAPPER.match(body[:100]):
        body = body[wrapper.end() :].rstrip().removesuffix(b"</%s>" % wrapper[1])
    return body, _kind(body[:_HEAD])


def _kind(head: bytes) -> str:
    if _HTML.search(head):
        return "html"
    if _XML.match(head):
        return "xml"
    return "html" if len(_HTML_PIECE.findall(head)) >= _FEWEST_PIECES else "plain"

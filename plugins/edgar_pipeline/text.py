"""A document's body to clean text that keeps paragraphs and table rows apart.

HTML goes through resiliparse (a binding of lexbor, an HTML5 parser: it is fast and keeps words, table rows and paragraphs
apart, where the faster ones join the words of neighbouring cells); plain text is only tidied.
"""

import re
from dataclasses import dataclass

from resiliparse.extract.html2text import extract_plain_text

#: Types whose body is never text, whatever it looks like.
BINARY_TYPES = frozenset({"GRAPHIC", "ZIP", "EXCEL", "PDF"})

_UUENCODED = re.compile(rb"\s*(?:<[A-Z]+>\s*)?begin [0-7]{3} \S")
_WRAPPER = re.compile(rb"\s*<(XML|XBRL|PDF)>\s*")
_HTML = re.compile(rb"<(?:!doctype\s+html|html|body|div|p|br|table\s|font|center|b|span)\b[^>]*>", re.IGNORECASE)
_XML = re.compile(rb"\s*<\?xml\b")
# Hidden inline-XBRL facts: values that no reader of the page sees.
_HIDDEN = ["ix\\:header"]
_XML_MARKUP = re.compile(r"<[^<>]*>")
_SGML_MARKUP = re.compile(r"^[ \t]*</?(?:PAGE|TABLE|CAPTION|S|C|FN|F\d+|R\d+)>[ \t]*", re.IGNORECASE | re.MULTILINE)
_CELLS = (
    (re.compile(r"[ \xa0]*\t[\t \xa0]*"), "\t"),
    (re.compile(r"([$(€£¥])\t(?=[\d(.])"), r"\1"),
    (re.compile(r"\t(?=[)%])"), ""),
    (re.compile(r"\t+$", re.MULTILINE), ""),
)
_BLANKS = re.compile(r"[ \xa0\u2000-\u200b\u3000\r\x0b\x0c]+")
_LINE_ENDS = re.compile(r" *\n *")
_EMPTY_LINES = re.compile(r"\n{3,}")
# Named and numbered entities that HTML leaves to the reader in plain text files.
_ENTITIES = {"&amp;": "&", "&lt;": "<", "&gt;": ">", "&nbsp;": " ", "&quot;": '"', "&#160;": " "}
_ENTITY = re.compile("|".join(_ENTITIES))


@dataclass(frozen=True)
class Text:
    """Extracted text. `status`: text, no_text (nothing to read in it) or binary; `text` is None unless status is text."""

    status: str
    text: str | None = None


def decode(body: bytes) -> str:
    """Decode bytes of unknown encoding: UTF-8, else cp1252, else Latin-1; never a replacement character."""
    for encoding in ("utf-8", "cp1252"):
        try:
            return body.decode(encoding)
        except UnicodeDecodeError:
            continue
    return body.decode("latin-1")


def extract_text(body: bytes, document_type: str) -> Text:
    """The text of a document's body (what stands between `<TEXT>` and `</TEXT>`)."""
    if document_type.upper() in BINARY_TYPES or _UUENCODED.match(body[:2000]):
        return Text("binary")
    if wrapper := _WRAPPER.match(body[:100]):
        body = body[wrapper.end() :].rstrip().removesuffix(b"</%s>" % wrapper[1])
    if _HTML.search(body[:20_000]):
        text = _from_html(decode(body))
    elif _XML.match(body[:100]):
        text = _tidy(_resolve(_XML_MARKUP.sub("\n", _without_comments(decode(body)))))
    else:
        text = _tidy(_resolve(_SGML_MARKUP.sub("", decode(body))))
    # NUL cannot be stored in a DuckDB text; other control characters only disturb whoever reads the text in a terminal.
    text = re.sub(r"[\x00-\x08\x0e-\x1f\x7f]", "", text)
    return Text("text", text) if re.search(r"\w", text) else Text("no_text")


def _from_html(html: str) -> str:
    return _tidy(
        extract_plain_text(html, preserve_formatting=True, list_bullets=False, alt_texts=False, skip_elements=_HIDDEN)
    )


def _without_comments(xml: str) -> str:
    # Split rather than matched by a pattern: a thousand unclosed comments must not cost a thousand scans.
    first, *rest = xml.split("<!--")
    return first + "".join(piece.partition("-->")[2] for piece in rest)


def _tidy(text: str) -> str:
    for pattern, replacement in _CELLS:
        text = pattern.sub(replacement, text)
    text = _BLANKS.sub(" ", text)
    return _EMPTY_LINES.sub("\n\n", _LINE_ENDS.sub("\n", text)).strip()


def _resolve(text: str) -> str:
    return _ENTITY.sub(lambda match: _ENTITIES[match[0]], text)

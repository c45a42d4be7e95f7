"""The words of a page, read by walking its tree: slow, simple and nobody's fast path. The measure for `text`.

Python's own `html.parser` feeds a walk in document order. A word ends where an element begins or ends that a browser puts
on a line of its own or in a cell of its own; inline elements (font, b, a, span, ix:nonFraction …) do not end a word.
"""

from html.parser import HTMLParser

#: Elements whose edges separate words.
APART = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "br",
        "caption",
        "center",
        "col",
        "colgroup",
        "dd",
        "details",
        "dir",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "frame",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "html",
        "input",
        "legend",
        "li",
        "main",
        "menu",
        "nav",
        "noframes",
        "ol",
        "option",
        "p",
        "page",
        "pre",
        "section",
        "select",
        "summary",
        "table",
        "tbody",
        "td",
        "textarea",
        "tfoot",
        "th",
        "thead",
        "title",
        "tr",
        "ul",
    ]
)
#: Elements that a reader never sees. Script and style contain no markup; the others may nest.
UNSEEN = frozenset({"script", "style", "head", "title", "ix:header", "noscript", "template"})


class _Walk(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self.unseen: list[str] = []

    def handle_starttag(self, tag: str, attributes: list) -> None:
        if tag == "body":
            self.unseen.clear()  # a <head> that is not closed ends where the body begins
        if tag in UNSEEN:
            self.unseen.append(tag)
        if tag in APART:
            self.pieces.append(" ")

    def handle_startendtag(self, tag: str, attributes: list) -> None:
        if tag in APART:
            self.pieces.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in self.unseen:
            del self.unseen[self.unseen.index(tag) :]
        if tag in APART:
            self.pieces.append(" ")

    def handle_data(self, data: str) -> None:
        if not self.unseen:
            self.pieces.append(data)


def tree_words(html: str) -> list[str]:
    """The words that a reader of the page sees, in order."""
    walk = _Walk()
    walk.feed(html)
    walk.close()
    return "".join(walk.pieces).replace("\u200b", " ").split()

"""HTML to text: speed beside resiliparse, and words beside a parser that walks the tree."""

import re
from collections import Counter

from edgar_pipeline import text
from edgar_pipeline.text.markup import html_to_text
from edgar_pipeline.text.plain import plain_to_text

from benchmarks.corpus import Corpus
from benchmarks.measuring import cpu_seconds, show
from benchmarks.tree_words import tree_words

# A word is a run of letters and digits: `$ 1,234` and `$1,234` are the same word, `Totalassets` is none of its two.
_WORD = re.compile(r"[^\W_]+(?:[.,'’-][^\W_]+)*")

# Rows of cells as resiliparse leaves them, made tidy in the plainest way: what its users have to do themselves.
_TIDY = (
    (re.compile(r"[ \xa0]*\t[\t \xa0]*"), "\t"),
    (re.compile(r"([$(€£¥])\t(?=[\d(.])"), r"\1"),
    (re.compile(r"\t(?=[)%])"), ""),
    (re.compile(r"\t+$", re.MULTILINE), ""),
    (re.compile(r"[ \xa0\u2000-\u200b\u3000\r\x0b\x0c]+"), " "),
    (re.compile(r" *\n *"), "\n"),
    (re.compile(r"\n{3,}"), "\n\n"),
)


def main(corpus: Corpus) -> None:
    """Print both tables."""
    pages, plain = _split(corpus)
    size = sum(map(len, pages)) / 1e6
    rows = [("edgar_pipeline.text", size / cpu_seconds(lambda: [html_to_text(page) for page in pages]))]
    try:
        from resiliparse.extract.html2text import extract_plain_text
    except ImportError:
        pass
    else:

        def extract(page: str) -> str:
            return extract_plain_text(
                page, preserve_formatting=True, list_bullets=False, alt_texts=False, skip_elements=["ix\\:header"]
            )

        rows.append(("resiliparse", size / cpu_seconds(lambda: [extract(page) for page in pages])))
        tidied = size / cpu_seconds(lambda: [_tidied(extract(page)) for page in pages])
        rows.append(("resiliparse, rows tidied", tidied))
    rows.append(("Python's html.parser, walked", size / cpu_seconds(lambda: [tree_words(page) for page in pages], 1)))
    last = rows[0][1]
    show(
        f"HTML to text: {len(pages)} pages, {size:.0f} MB, {corpus.name}",
        ["reader", "MB/s of CPU", "ours is × as fast"],
        [(name, speed, last / speed) for name, speed in rows],
    )
    _show_words(pages)
    size = sum(map(len, plain)) / 1e6
    speed = size / cpu_seconds(lambda: [plain_to_text(document) for document in plain])
    show(
        f"Plain text: {len(plain)} documents, {size:.0f} MB",
        ["reader", "MB/s of CPU"],
        [("edgar_pipeline.text", speed)],
    )


def _split(corpus: Corpus) -> tuple[list[str], list[str]]:
    """The pages and the plain texts among the documents."""
    pages, plain = [], []
    for document_type, body in corpus.documents():
        if text.extract_text(body, document_type).status != "text":
            continue
        body, kind = text.unwrap(body)
        if kind != "xml":
            (pages if kind == "html" else plain).append(text.decode(body))
    return pages, plain


def _tidied(extracted: str) -> str:
    for pattern, replacement in _TIDY:
        extracted = pattern.sub(replacement, extracted)
    return extracted.strip()


def _show_words(pages: list[str]) -> None:
    both = ours = theirs = 0
    for page in pages:
        expected = Counter(_WORD.findall(" ".join(tree_words(page))))
        found = Counter(_WORD.findall(html_to_text(page)))
        both += (expected & found).total()
        ours, theirs = ours + found.total(), theirs + expected.total()
    show(
        "Words, beside a parser that walks the tree",
        ["measure", "share"],
        [("recall", f"{both / theirs:.6f}"), ("precision", f"{both / ours:.6f}"), ("words", f"{theirs:,}")],
    )

"""HTML to text: speed beside resiliparse, and words beside a parser that walks the tree."""

import re
from collections import Counter

from edgar_pipeline import text
from edgar_pipeline.text.markup import html_to_text
from edgar_pipeline.text.plain import plain_to_text
from resiliparse.extract.html2text import extract_plain_text

from benchmarks.corpus import Corpus
from benchmarks.measuring import Target, cpu_seconds, show
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


def main(corpus: Corpus) -> list[Target]:
    """Print the tables."""
    pages, plain = _split(corpus)
    size = sum(map(len, pages)) / 1e6
    ours, tidied = "edgar_pipeline.text", "resiliparse, rows tidied"
    seconds = cpu_seconds(
        {
            ours: lambda: [html_to_text(page) for page in pages],
            "resiliparse": lambda: [_extracted(page) for page in pages],
            tidied: lambda: [_tidied(_extracted(page)) for page in pages],
        }
    )
    show(
        f"HTML to text: {len(pages)} pages, {size:.0f} MB, {corpus.name}",
        ["reader", "MB/s of CPU", "ours is × as fast"],
        [(name, size / took, took / seconds[ours]) for name, took in seconds.items()],
    )
    recall, precision = _compare_words(pages)
    _show_plain(plain)
    return [
        Target("text, × as fast as resiliparse with tidied rows", ">=", 1, seconds[tidied] / seconds[ours]),
        Target("text, recall of words", ">=", 0.999, recall),
        Target("text, precision of words", ">=", 0.999, precision),
    ]


def _extracted(page: str) -> str:
    return extract_plain_text(
        page, preserve_formatting=True, list_bullets=False, alt_texts=False, skip_elements=["ix\\:header"]
    )


def _show_plain(plain: list[str]) -> None:
    size = sum(map(len, plain)) / 1e6
    seconds = cpu_seconds({"edgar_pipeline.text": lambda: [plain_to_text(document) for document in plain]})
    rows = [(name, size / took) for name, took in seconds.items()]
    show(f"Plain text: {len(plain)} documents, {size:.0f} MB", ["reader", "MB/s of CPU"], rows)


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


def _compare_words(pages: list[str]) -> tuple[float, float]:
    """Recall and precision of our words beside those of a parser that walks the tree, counted page by page."""
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
    return both / theirs, both / ours

"""What documents call themselves, and how they begin: titles and excerpts for every document of a submission.

    exhibit_index   what the primary document's exhibit index calls an exhibit
    headline        the document's own heading, or what its opening says it is
    descriptions    a DESCRIPTION that says more than the type
    letters         what correspondence with the SEC's staff is about
    offerings       what a registration statement or prospectus offers
    schedules       the parts of the title of a Schedule 13D or 13G
    securities      the CUSIP of the security that such a schedule is about
    excerpts        up to 400 characters from where the text starts to say something

The rules are pure: bytes and text in, text out; the same input gives the same output; time grows with the size of the input.
"""

from edgar_pipeline.titles.documents import (
    Document,
    DocumentTitles,
    find_excerpt,
    find_headline,
    title_documents,
    title_parts,
)

__all__ = [
    "Document",
    "DocumentTitles",
    "find_excerpt",
    "find_headline",
    "title_documents",
    "title_parts",
]

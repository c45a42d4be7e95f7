"""EDGAR's indexes, of every kind and era: a header, a ruler of dashes, and one line per (filer, submission).

| kind | columns | order |
|---|---|---|
| master | `CIK|Company Name|Form Type|Date Filed|File Name` | by CIK |
| form | Form Type, Company Name, CIK, Date Filed, File Name, in columns | by form |
| company | Company Name, Form Type, CIK, Date Filed, File Name, in columns | by company |

The kind is read from the column header, not from a file's name. What differs between files (edgar.md, formats 14 to 21): daily
ones write dates as `20200305` and the last column as `File Name`, quarterly ones `2020-03-05` and `Filename`; some have a line
`Cloud HTTP`; daily form and company files break the column header over two lines.

The columns of form and company files were misread by others, because form types contain blanks (`1-A POS`, `SC 13D/A`) and have
outgrown their column (`SCHEDULE 13D/A`). So a line is read from its end, where CIK, date and path leave no doubt, and the two
names before them are told apart by the position of the second column, or by two blanks where the first name has overflowed.
Master is still the better file: nothing in it has to be guessed.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from edgar_pipeline.errors import ParsingError
from edgar_pipeline.identifiers import parse_cik, parse_file_name
from edgar_pipeline.text import decode

#: The facts of a line; a malformed line has none of them.
COLUMNS = ("cik", "company_name", "form_type", "filed_date", "file_name")

_RULER = re.compile(rb"^-{20,}[ \t]*(?:\r?\n|\Z)", re.MULTILINE)
_LAST_DATA_RECEIVED = re.compile(rb"^Last Data Received:[ \t]*([^\r\n]*)", re.MULTILINE)
_MASTER = re.compile(r"^CIK\|Company Name\|Form Type\|Date Filed\|File ?[Nn]ame\s*$", re.MULTILINE)
_IN_COLUMNS = re.compile(r"^(Form Type|Company Name) +(Form Type|Company Name) +CIK\b", re.MULTILINE)
_END_OF_LINE = re.compile(r"(\d{1,10})[ \t]+(\d{8}|\d{4}-\d\d-\d\d)[ \t]+(\S+)[ \t]*", re.ASCII)
# A CIK with a blank in it (`538467     2` stood in an index once) leaves its first piece behind the name's empty column.
_PIECE_OF_CIK = re.compile(r" {3}\d+$", re.ASCII)
_DATE = re.compile(r"(\d{4})(-?)(\d\d)\2(\d\d)", re.ASCII)
_TWO_BLANKS = re.compile(r" {2,}")
#: The header stands in the first lines; what comes after the ruler is never searched for it.
_LONGEST_HEADER = 8192


@dataclass(frozen=True)
class IndexHeader:
    """What stands above the rows. `kind`: master, form or company; `end` is where the rows begin, in bytes."""

    kind: str
    last_data_received: date | None
    end: int
    second_column: int = 0


def read_header(body: bytes) -> IndexHeader:
    """Raise ParsingError for what is no index: no ruler, or no column header that is known."""
    ruler = _RULER.search(body)
    if not ruler or ruler.start() > _LONGEST_HEADER:
        raise ParsingError(f"no ruler line, so this is not an index: {body[:80]!r}")
    text = decode(body[: ruler.start()])
    received = last_data_received(body)
    if _MASTER.search(text):
        return IndexHeader("master", received, ruler.end())
    if (columns := _IN_COLUMNS.search(text)) and columns[1] != columns[2]:
        kind = "form" if columns[1] == "Form Type" else "company"
        return IndexHeader(kind, received, ruler.end(), columns.start(2) - columns.start())
    raise ParsingError(f"a column header that is not known: {text[-120:]!r}")


def last_data_received(body: bytes) -> date | None:
    """The day that the header names, `Last Data Received:    Mar 05, 2020`; None where it has none that can be read."""
    match = _LAST_DATA_RECEIVED.search(body[:_LONGEST_HEADER])
    if not match:
        return None
    text = " ".join(match[1].decode("latin-1").split())
    for form in ("%b %d, %Y", "%B %d, %Y"):
        try:
            return datetime.strptime(text, form).date()
        except ValueError:
            continue
    return None


def read_rows(body: bytes, header: IndexHeader) -> Iterator[dict]:
    """One record per line below the ruler, in order: its number, the facts, and for a malformed line the problem and the line.

    Lines are decoded one by one: files mix encodings. Blank lines count, but are no rows.
    """
    split = _SPLITTERS[header.kind]
    first = body.count(b"\n", 0, header.end) + (0 if body[: header.end].endswith(b"\n") else 1) + 1
    for number, line in enumerate(body[header.end :].splitlines(), first):
        if line.strip():
            yield {"line_number": number, **_row(decode(line), lambda text: split(text, header.second_column))}


def _row(text: str, split: Callable[[str], tuple[str, ...]]) -> dict:
    try:
        cik, company_name, form_type, filed_date, file_name = split(text)
        _, accession_number = parse_file_name(file_name)
        if not form_type:
            raise ParsingError("no form type")
        facts = (parse_cik(cik), company_name, form_type, _parse_date(filed_date), file_name)
    except ParsingError as error:
        return {**dict.fromkeys((*COLUMNS, "accession_number")), "problem": str(error), "line": text}
    return {
        **dict(zip(COLUMNS, facts, strict=True)),
        "accession_number": accession_number,
        "problem": None,
        "line": None,
    }


def _split_master(text: str, _: int) -> tuple[str, ...]:
    fields = tuple(field.strip() for field in text.split("|"))
    if len(fields) != len(COLUMNS):
        raise ParsingError(f"{len(fields)} fields instead of {len(COLUMNS)}")
    return fields


def _split_form(text: str, second_column: int) -> tuple[str, ...]:
    names, cik, filed_date, file_name = _split_end(text)
    form_type, company_name = _split_names(names, second_column, _TWO_BLANKS.search)
    if _PIECE_OF_CIK.search(company_name):
        raise ParsingError(f"a CIK with a blank in it: {company_name[-20:]!r}")
    return cik, company_name, form_type, filed_date, file_name


def _split_company(text: str, second_column: int) -> tuple[str, ...]:
    names, cik, filed_date, file_name = _split_end(text)
    company_name, form_type = _split_names(names, second_column, _last_two_blanks)
    if _TWO_BLANKS.search(form_type):
        raise ParsingError(f"a CIK with a blank in it: {form_type[-20:]!r}")
    return cik, company_name, form_type, filed_date, file_name


def _split_end(text: str) -> tuple[str, str, str, str]:
    """The two names, and CIK, date and path behind them."""
    words = text.rsplit(None, 3)
    end = _END_OF_LINE.fullmatch(text[len(words[0]) :].strip()) if len(words) == 4 else None
    if not end:
        raise ParsingError("the line does not end with a CIK, a date and a path")
    return words[0], end[1], end[2], end[3]


def _split_names(names: str, second_column: int, find_gap: Callable) -> tuple[str, str]:
    """The first name and the second one, which begins at its column or, after a name that is too long, behind two blanks."""
    if names[second_column - 1 : second_column] == " " and names[second_column : second_column + 1] != " ":
        return names[:second_column].strip(), names[second_column:].strip()
    gap = find_gap(names)
    if not gap:
        raise ParsingError("form type and company name cannot be told apart")
    return names[: gap.start()].strip(), names[gap.end() :].strip()


def _last_two_blanks(names: str) -> re.Match | None:
    return next(reversed(list(_TWO_BLANKS.finditer(names))), None)


_SPLITTERS = {"master": _split_master, "form": _split_form, "company": _split_company}


def _parse_date(text: str) -> str:
    """`20200305` in daily files, `2020-03-05` in quarterly ones; as ISO."""
    match = _DATE.fullmatch(text)
    try:
        return date(int(match[1]), int(match[3]), int(match[4])).isoformat()
    except (TypeError, ValueError):
        raise ParsingError(f"not a date: {text!r}") from None

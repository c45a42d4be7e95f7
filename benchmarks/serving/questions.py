"""What readers ask, the same text whatever serves it, and how two copies of a table are compared."""

import random
from collections.abc import Callable

#: A company's page, a day's list, a report over every exhibit, and counts that agree in every publication and after every commit.
QUESTIONS = {
    "timeline": "select entry_date, entry_type, title, excerpt, url from marts.company_timeline where cik = '{cik:010d}' "
    "order by entry_date desc, accession_number, sequence limit 200",
    "day": "select accession_number, form_type, company_name, title from marts.fct_filings where filed_date = date '{day}'",
    "aggregate": "select date_trunc('month', filed_date) as month, document_type, count(*), count(distinct cik), sum(text_length) "
    "from marts.fct_exhibits group by all order by all",
    "balance": "select (select count(*) from marts.fct_filings), (select count(*) from marts.fct_exhibits), "
    "(select count(*) from marts.company_timeline), (select sum(filings) from marts.completeness_by_day)",
}
#: The tables that a day adds rows to here, and the column that says which day.
DAY_COLUMNS = {
    "fct_filings": "filed_date",
    "fct_exhibits": "filed_date",
    "document_texts": "filed_date",
    "company_timeline": "entry_date",
    "completeness_by_day": "index_date",
}

Ask = Callable[[str], list[tuple]]


def is_balanced(counts: tuple, exhibits: int) -> bool:
    """Whether all tables were seen as of the same commit: every filing has so many exhibits, and a line for itself and each."""
    filings = counts[3]
    return counts == (filings, filings * exhibits, filings * (exhibits + 1), filings)


def draw(name: str, chance: random.Random, companies: int, days: list[str]) -> str:
    """The question, each time about another company or day."""
    return QUESTIONS[name].format(cik=chance.randrange(companies) + 1, day=chance.choice(days))


def fingerprint(ask: Ask, table: str) -> list:
    """Rows of a table and the sum of their hashes: equal for equal rows in whatever order."""
    (row,) = ask(f"select count(*), sum(hash(t)::hugeint)::varchar from {table} t")
    return list(row)

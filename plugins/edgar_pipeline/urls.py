"""Where EDGAR keeps things. URLs are built from checked identifiers only, never from a cell of an index."""

from datetime import date

_SHORT_YEAR_FIRST_UNTIL = date(1998, 3, 30)


def quarter_of(day: date) -> int:
    """Calendar quarter, 1 to 4."""
    return (day.month + 2) // 3


def daily_index_directory(www_url: str, day: date) -> str:
    """The folder of a quarter's daily indexes, with a trailing slash."""
    return f"{www_url}/Archives/edgar/daily-index/{day.year}/QTR{quarter_of(day)}/"


def daily_index_name(day: date, kind: str = "master") -> str:
    """File name of a daily index (`kind`: master, form, company).

    The date's spelling changed twice: MMDDYY to the end of 1994, YYMMDD to 1998-03-30, YYYYMMDD since
    (the same three spellings in sec-edgar's `secedgar/core/daily.py`).
    """
    if day.year < 1995:
        stamp = day.strftime("%m%d%y")
    elif day <= _SHORT_YEAR_FIRST_UNTIL:
        stamp = day.strftime("%y%m%d")
    else:
        stamp = day.strftime("%Y%m%d")
    return f"{kind}.{stamp}.idx"


def daily_index_url(www_url: str, day: date) -> str:
    """URL of the day's master index."""
    return daily_index_directory(www_url, day) + daily_index_name(day)


def daily_index_listing_url(www_url: str, day: date) -> str:
    """URL of the JSON listing of the quarter's daily indexes: the second witness for a day without an index."""
    return daily_index_directory(www_url, day) + "index.json"


def quarterly_index_url(www_url: str, year: int, quarter: int, kind: str = "master") -> str:
    """URL of a quarter's index (`kind`: master, form, company), which EDGAR rebuilds every Saturday."""
    return f"{www_url}/Archives/edgar/full-index/{year}/QTR{quarter}/{kind}.idx"


def submission_url(www_url: str, cik: str, accession_number: str) -> str:
    """URL of the complete submission text file. Any filer's CIK works; an agent's (the accession's prefix) does not."""
    return f"{www_url}/Archives/edgar/data/{int(cik)}/{accession_number}.txt"


def feed_url(www_url: str, day: date) -> str:
    """URL of the tarball of everything that was disseminated on a day (there are some from 1995-07 on)."""
    return f"{www_url}/Archives/edgar/Feed/{day.year}/QTR{quarter_of(day)}/{day:%Y%m%d}.nc.tar.gz"


def company_tickers_url(www_url: str) -> str:
    """URL of the file of all ticker symbols with their exchanges, which EDGAR writes anew every day."""
    return f"{www_url}/files/company_tickers_exchange.json"


def company_submissions_url(data_url: str, cik: str) -> str:
    """URL of a company's submissions JSON: its facts, its newest filings, and the names of the pages of older ones."""
    return f"{data_url}/submissions/{company_submissions_name(cik)}"


def company_submissions_name(cik: str) -> str:
    """File name of a company's submissions JSON."""
    return f"CIK{cik}.json"


def company_submissions_page_url(data_url: str, name: str) -> str:
    """URL of a page of older filings. `name` has been checked by `sources.company_submissions`."""
    return f"{data_url}/submissions/{name}"

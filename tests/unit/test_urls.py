"""Where EDGAR keeps things."""

from datetime import date

import pytest
from edgar_pipeline import urls

WWW = "https://www.sec.gov"


@pytest.mark.parametrize(
    ("day", "url"),
    [
        # The date was spelled MMDDYY to the end of 1994, YYMMDD to 1998-03-30, YYYYMMDD since.
        (date(1994, 12, 30), f"{WWW}/Archives/edgar/daily-index/1994/QTR4/master.123094.idx"),
        (date(1995, 1, 3), f"{WWW}/Archives/edgar/daily-index/1995/QTR1/master.950103.idx"),
        (date(1998, 3, 30), f"{WWW}/Archives/edgar/daily-index/1998/QTR1/master.980330.idx"),
        (date(1998, 3, 31), f"{WWW}/Archives/edgar/daily-index/1998/QTR1/master.19980331.idx"),
        (date(2020, 3, 5), f"{WWW}/Archives/edgar/daily-index/2020/QTR1/master.20200305.idx"),
        (date(2026, 10, 12), f"{WWW}/Archives/edgar/daily-index/2026/QTR4/master.20261012.idx"),
    ],
)
def test_the_daily_index_of_every_era(day, url):
    assert urls.daily_index_url(WWW, day) == url


def test_every_month_has_its_quarter():
    quarters = [urls.quarter_of(date(2024, month, 1)) for month in range(1, 13)]
    assert quarters == [1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4]


def test_the_listing_lies_beside_the_indexes():
    listing = urls.daily_index_listing_url(WWW, date(2020, 4, 1))
    assert listing == f"{WWW}/Archives/edgar/daily-index/2020/QTR2/index.json"


def test_a_submission_lies_under_its_filer_without_leading_zeros():
    url = urls.submission_url(WWW, "0000716133", "0000807249-20-000047")
    assert url == f"{WWW}/Archives/edgar/data/716133/0000807249-20-000047.txt"

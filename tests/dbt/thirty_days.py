"""Thirty index days of one small market, made by rule, in which later days say something of earlier ones.

Each day has an 8-K with a press release, a 6-K, a Form 4 and a Schedule 13G. And every third day lists a filing of the day
before again, every fifth has a filing of five days before parsed anew, with other exhibits and another company name, every
seventh asks in vain for a filing of seven days before, and every tenth finds its own index in two versions.
"""

from datetime import date, timedelta

from tests.dbt.raw_records import company, document, index_line, land_index, land_submissions, outcome, submission

HEADLINES = (
    "Harbor Mills Declares Quarterly Dividend",
    "Harbor Mills Reports Third Quarter Results",
    "Harbor Mills to Acquire a Dye Works",
    "Harbor Mills Names Jane Roe Chief Financial Officer",
)
ITEMS = ("Other Events", "Results of Operations and Financial Condition", "Regulation FD Disclosure")


def index_days():
    """Thirty weekdays from 2020-03-02."""
    days = (date(2020, 3, 2) + timedelta(days=number) for number in range(42))
    return [day for day in days if day.weekday() < 5]


DAYS = index_days()


def accession_number(number, kind):
    return f"000090000{kind}-20-{number:06}"


def land(settings, number):
    """Land the day of this number (0 to 29), with what it says of earlier days."""
    day = DAYS[number]
    land_index(settings, day, _lines(number))
    if number % 10 == 9:
        changed = [line | {"fetched_at": "2026-11-23T03:00:00.000000Z"} for line in _lines(number)[:-1]]
        land_index(settings, day, changed)
    filings = [_filing(number, kind) for kind in range(1, 5)]
    if number % 5 == 4 and number >= 5:
        filings.append(_parsed_anew(number - 5))
    gone = []
    if number % 7 == 6 and number >= 7:
        asked = {"requested_at": f"2026-12-{number:02}T03:00:00.000000Z", "status": 404, "reason": "404 on three days"}
        gone = [outcome("submission", "gone", day, accession_number(number - 7, 1), **asked)]
    land_submissions(settings, day, filings, gone)


def _lines(number):
    day = DAYS[number]
    lines = [
        index_line(8 + kind, accession_number(number, kind), 900000 + kind, form, "HARBOR MILLS INC", day)
        for kind, form in enumerate(("8-K", "6-K", "4", "SC 13G"), 1)
    ]
    if number % 3 == 2:
        lines.append(index_line(20, accession_number(number - 1, 2), 900002, "6-K", "HARBOR MILLS INC", day))
    # Listed, and never fetched.
    return [*lines, index_line(30, accession_number(number, 9), 900009, "10-Q", "HARBOR MILLS INC", day)]


def _filing(number, kind, name="HARBOR MILLS INC", **facts):
    day = DAYS[number].isoformat()
    accession = accession_number(number, kind)
    headline = HEADLINES[number % len(HEADLINES)]
    dates = {"filed_date": day, "accepted_at": f"{day}T21:05:11.000000Z", "period_of_report": day} | facts
    # Names change over the month, so that the newest header decides what a company is called.
    filer = company(900000 + kind, f"{name} {number // 10}", former_names=[{"name": "OLD MILLS", "changed_on": None}])
    release = document(2, "EX-99.1", f"{headline} today.", headline=headline)
    if kind == 1:
        return submission(accession, "8-K", [filer], [document(1, "8-K"), release], items=[ITEMS[number % 3]], **dates)
    if kind == 2:
        return submission(accession, "6-K", [filer], [document(1, "6-K"), release, document(3, "EX-99.2")], **dates)
    owner = company(910000 + number % 4, f"OWNER {number % 4}", "reporting_owner" if kind == 3 else "filed_by")
    issuer = company(900000 + kind, name, "issuer" if kind == 3 else "subject")
    return submission(accession, "4" if kind == 3 else "SC 13G", [owner, issuer], **dates)


def _parsed_anew(number):
    """The 6-K of a day as a later parser reads it: without its second exhibit, and under another name."""
    record = _filing(number, 2, "HARBOUR MILLS PLC", parser_version="2", fetched_at="2026-11-24T03:00:00.000000Z")
    return record | {"documents": record["documents"][:2]}

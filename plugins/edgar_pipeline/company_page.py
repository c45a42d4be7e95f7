"""A company's page: its filings and exhibits, newest first, as one HTML file that needs nothing else.

It is drawn from the publication alone and opens without a network: no script, no font, no picture from anywhere. Every
text in it comes from filings and is hostile: the template escapes all of it, and a link leads to https://www.sec.gov or
is none.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import duckdb
from jinja2 import Environment, PackageLoader, StrictUndefined

from edgar_pipeline.edgar_days import NEW_YORK
from edgar_pipeline.errors import InputError, WarehouseError
from edgar_pipeline.files import write_atomically
from edgar_pipeline.identifiers import parse_cik
from edgar_pipeline.messages import Messages
from edgar_pipeline.publish import current_publication
from edgar_pipeline.settings import Settings

#: A browser lays out this many filings without effort; a bank has a hundred thousand. The page says what it leaves out.
MAXIMUM_FILINGS = 2000

_ENTRIES = """
    with shown as (
        select accession_number
        from marts.company_timeline
        where cik = $cik
        group by accession_number
        order by max(entry_date) desc, accession_number desc
        limit $maximum
    )
    select
        timeline.accession_number, timeline.entry_date, timeline.entry_type, timeline.title, timeline.excerpt,
        timeline.url, timeline.is_ownership,
        exhibits.accession_number is not null as is_exhibit, roles.role_name,
        coalesce(exhibits.title_quality, filings.title_quality) = 'weak' as is_weak,
        filings.primary_document_url, forms.form_name, epoch(filings.accepted_at) as accepted_at,
        filings.first_public_date, filings.period_of_report, filings.items, filings.is_removed
    from marts.company_timeline as timeline
    inner join shown using (accession_number)
    inner join marts.fct_filings as filings using (accession_number)
    left join marts.fct_exhibits as exhibits using (accession_number, sequence)
    left join marts.dim_exhibit_roles as roles on exhibits.exhibit_role = roles.exhibit_role
    left join marts.dim_forms as forms on filings.form_type = forms.form_type
    where timeline.cik = $cik
    order by
        timeline.entry_date desc, filings.accepted_at desc nulls last, timeline.accession_number desc,
        is_exhibit, timeline.sequence
"""

_EVENTS = """
    select
        events.accession_number, events.event_date, events.headline, events.evidence_text,
        types.event_name, types.definition, types.is_catch_all, types.is_ownership
    from marts.fct_events as events
    inner join marts.dim_event_types as types using (event_code)
    semi join (from marts.company_timeline where cik = $cik) as timeline using (accession_number)
    order by events.event_date desc, events.accession_number desc, types.tier, events.event_code
"""

_GLOSSARY = """
    select forms.base_form as form_type, any_value(coalesce(base.form_name, forms.form_name)) as form_name
    from marts.fct_filings as filings
    inner join marts.dim_forms as forms using (form_type)
    left join marts.dim_forms as base on forms.base_form = base.form_type
    semi join (from marts.company_timeline where cik = $cik) as timeline using (accession_number)
    group by all
    order by all
"""

_TOTALS = """
    select
        count(distinct accession_number) as filings,
        count(*) - count(distinct accession_number) as exhibits,
        min(entry_date) as first_date,
        max(entry_date) as last_date
    from marts.company_timeline
    where cik = $cik
"""

Row = dict[str, Any]


@dataclass(frozen=True)
class Filing:
    """A filing as the page shows it: its own entry, those of its exhibits, and its events."""

    entry: Row
    exhibits: tuple[Row, ...]
    events: tuple[Row, ...]


def write_company_page(settings: Settings, cik: str, target: Path | None = None, language: str = "en") -> Path:
    """Write the page of a company (1 to 10 digits) to `target`, by default `reports/company-<cik>.html`; return its path.

    In another language than English the default is `reports/company-<cik>.<language>.html`. Raises WarehouseError where nothing
    is published, InputError where the publication has no filing of the company, or the catalogue no such language.
    """
    cik = parse_cik(cik)
    messages = Messages(language)
    ending = "html" if language == "en" else f"{language}.html"
    target = target or settings.reports_dir / f"company-{cik}.{ending}"
    database = current_publication(settings)
    if database is None:
        raise WarehouseError(
            "nothing is published yet: run `python -m edgar_pipeline run` with the days of its filings"
        )
    with duckdb.connect(database, read_only=True) as connection:
        content = _read(connection, cik)
    write_atomically(target, _render(content, messages).encode())
    return target


def sec_url(url: str | None) -> str | None:
    """The URL if it leads to the SEC's own site, else None: the page shows no link then."""
    if url is None or not url.isprintable() or " " in url or "\\" in url:
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return url if (parts.scheme, parts.netloc) == ("https", "www.sec.gov") else None


def _read(connection: duckdb.DuckDBPyConnection, cik: str) -> Row:
    """Everything that the page shows, from one publication."""
    (publication,) = _rows(connection, "select as_of_date, publication_id, code_version from marts.publication")
    company = _rows(connection, "from marts.dim_companies where cik = $cik", cik=cik)
    if not company:
        raise InputError(
            f"CIK {cik} has no filing in the publication, which is as of {publication['as_of_date']}: "
            "run the days of its filings first, or check the CIK"
        )
    events = _rows(connection, _EVENTS, cik=cik)
    filings = _filings(_rows(connection, _ENTRIES, cik=cik, maximum=MAXIMUM_FILINGS), events)
    return {
        "publication": publication,
        "company": company[0],
        "totals": _rows(connection, _TOTALS, cik=cik)[0],
        "filings": [filing for filing in filings if not filing.entry["is_ownership"]],
        "ownership": [filing for filing in filings if filing.entry["is_ownership"]],
        # A catch-all without a headline says nothing that the list does not say.
        "events": [e for e in events if not e["is_ownership"] and (e["headline"] or not e["is_catch_all"])],
        "glossary": _rows(connection, _GLOSSARY, cik=cik),
    }


def _filings(entries: Iterable[Row], events: Iterable[Row]) -> list[Filing]:
    """Group the entries by filing, in their order: newest first, each filing before its exhibits."""
    grouped: dict[str, list[Row]] = {}
    for entry in entries:
        grouped.setdefault(entry["accession_number"], []).append(entry)
    events_of: dict[str, list[Row]] = {}
    for event in events:
        events_of.setdefault(event["accession_number"], []).append(event)
    return [
        Filing(first, tuple(exhibits), tuple(events_of.get(accession, ())))
        for accession, (first, *exhibits) in grouped.items()
    ]


def _rows(connection: duckdb.DuckDBPyConnection, query: str, **parameters: object) -> list[Row]:
    result = connection.execute(query, parameters or None)
    names = [column[0] for column in result.description]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def _render(content: Row, messages: Messages) -> str:
    environment = Environment(
        loader=PackageLoader("edgar_pipeline"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(sec_url=sec_url, day=messages.day, new_york_time=_new_york_time, readable=_readable)
    environment.globals.update(t=messages.text, language=messages.language)
    return environment.get_template("company.html.j2").render(maximum=MAXIMUM_FILINGS, **content)


def _new_york_time(seconds: float) -> str:
    """The time of day in New York at which EDGAR accepted a filing, `16:05`."""
    return f"{datetime.fromtimestamp(seconds, UTC).astimezone(NEW_YORK):%H:%M}"


def _readable(text: str) -> str:
    """SHOUTED words of a form (`SERVICES-PREPACKAGED SOFTWARE`) as EDGAR never writes them: `Services-Prepackaged Software`."""
    return text.title() if text.isupper() else text

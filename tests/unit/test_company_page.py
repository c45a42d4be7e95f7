"""The company's page: what a reader sees, in which order, and that hostile text stays text."""

import re
from importlib.resources import files
from itertools import pairwise
from pathlib import Path

import duckdb
import pytest
from edgar_pipeline import company_page
from edgar_pipeline.company_page import sec_url, write_company_page
from edgar_pipeline.errors import InputError, WarehouseError
from edgar_pipeline.settings import Settings
from resiliparse.parse.html import HTMLTree

CIK, HOLDER = "0000900001", "0000900012"
EARNINGS, AGREEMENT, DRAFT, OWNERSHIP = (f"0000900001-25-00000{number}" for number in (4, 3, 1, 2))
ARCHIVE = "https://www.sec.gov/Archives/edgar/data/900001"

GLOSSARY_TABLES = """
    create table marts.dim_forms (form_type varchar, base_form varchar, form_name varchar);
    insert into marts.dim_forms values
        ('8-K', '8-K', 'Current report'), ('8-K/A', '8-K', 'Current report (amendment)'),
        ('DRS', 'DRS', 'Draft registration statement'), ('SC 13G', 'SC 13G', 'Beneficial ownership report');
    create table marts.dim_exhibit_roles (exhibit_role varchar, role_name varchar);
    insert into marts.dim_exhibit_roles values ('PRESS_RELEASE', 'Press release');
    create table marts.dim_event_types (
        event_code varchar, event_name varchar, definition varchar, tier integer, is_ownership boolean, is_catch_all boolean
    );
    insert into marts.dim_event_types values
        ('EARNINGS_RELEASE', 'Earnings release', 'Results announced.', 1, false, false),
        ('OTHER', 'Other event', 'Anything else.', 3, false, true),
        ('OWNERSHIP', 'Beneficial ownership', 'Over five percent.', 3, true, false);
"""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings.from_environment({"EDGAR_HOME": str(tmp_path / "home")})


@pytest.fixture
def published(settings: Settings):
    """An empty publication with the public contract's tables, to be filled with `add`."""
    version = settings.published_dir / "versions" / "20250325T030000Z-a"
    version.mkdir(parents=True)
    (settings.published_dir / "edgar.duckdb").symlink_to(f"versions/{version.name}/edgar.duckdb")
    contract = files("edgar_pipeline.quality").joinpath("contract.sql").read_text()
    with duckdb.connect(version / "edgar.duckdb") as connection:
        connection.execute(contract)
        connection.execute(GLOSSARY_TABLES)
        add(connection, "publication", publication_id=version.name, code_version="0.1.0", as_of_date="2025-03-24")
        yield connection


#: A value for every column that must not be NULL and that a test does not name.
DEFAULTS = {
    "varchar": "x",
    "boolean": False,
    "integer": 1,
    "date": "2025-03-24",
    "timestamp with time zone": "2025-03-24T10:20:00Z",
}


def add(connection, table, **values):
    """Insert a row; what must not be NULL and is not given gets a value that says nothing."""
    required = connection.execute(
        "select column_name, lower(data_type) from duckdb_columns() "
        "where schema_name = 'marts' and table_name = $table and not is_nullable",
        {"table": table},
    ).fetchall()
    row = {name: DEFAULTS[data_type] for name, data_type in required} | values
    places = ", ".join(f"${name}" for name in row)
    connection.execute(f"insert into marts.{table} ({', '.join(row)}) values ({places})", row)


def add_filing(connection, accession, filed, form="8-K", ciks=(CIK,), title="A title", excerpt=None, **facts):
    """A filing on the pages of these companies; `facts` are columns of fct_filings."""
    url = f"{ARCHIVE}/{accession}-index.htm"
    common = {"accession_number": accession, "cik": ciks[0], "is_ownership": form == "SC 13G"}
    document = {"primary_document_url": f"{ARCHIVE}/{accession}.htm"}
    add(connection, "fct_filings", **common, form_type=form, filed_date=filed, title=title, url=url, **document | facts)
    for cik in ciks:
        shown = {**common, "cik": cik, "entry_date": filed, "entry_type": form, "title": title, "excerpt": excerpt}
        add(connection, "company_timeline", **shown, sequence=1, url=url)


def add_exhibit(connection, accession, filed, sequence, document_type, title, url=None, **facts):
    url = url or f"{ARCHIVE}/{accession}/ex{sequence}.htm"
    common = {"accession_number": accession, "cik": CIK, "sequence": sequence, "title": title, "url": url}
    add(connection, "fct_exhibits", **common, filed_date=filed, document_type=document_type, **facts)
    add(
        connection, "company_timeline", **common, entry_date=filed, entry_type=document_type, excerpt="Its first words."
    )


def add_event(connection, accession, code, event_date, headline=None):
    ids = {"event_id": f"{accession}:{code}", "accession_number": accession, "cik": CIK}
    add(connection, "fct_events", **ids, event_code=code, event_date=event_date, headline=headline)


@pytest.fixture
def company(published):
    """Three filings, one of them with two exhibits and one long confidential, and a Schedule 13G."""
    names = {"former_names": ["OLD WIDGETS INC", "VERY OLD WIDGETS INC"], "sic_description": "SERVICES-WIDGETS"}
    symbols = {"ticker": "WIDG", "exchange": "NYSE", "isin": "US18900M1045", "country": "US", "is_symbol_active": False}
    add(published, "dim_companies", cik=CIK, company_name="Example Widgets Inc", **names, **symbols)
    add(published, "dim_companies", cik=HOLDER, company_name="A HOLDER")
    add_filing(published, DRAFT, "2024-11-13", "DRS", accepted_at=None, first_public_date="2025-01-19")
    add_filing(published, OWNERSHIP, "2025-02-05", "SC 13G", ciks=(CIK, HOLDER), title="13G of a holder")
    add_filing(published, AGREEMENT, "2025-03-24", "8-K/A", title="An agreement", accepted_at="2025-03-24T10:05:00Z")
    facts = {"accepted_at": "2025-03-24T21:05:11Z", "items": ["2.02", "9.01"], "period_of_report": "2025-03-20"}
    add_filing(published, EARNINGS, "2025-03-24", title="Results", excerpt="We report results.", **facts)
    add_exhibit(published, EARNINGS, "2025-03-24", 3, "EX-99.2", "Slides", exhibit_role="UNKNOWN_ROLE")
    add_exhibit(published, EARNINGS, "2025-03-24", 2, "EX-99.1", "Record quarter", exhibit_role="PRESS_RELEASE")
    add_event(published, EARNINGS, "EARNINGS_RELEASE", "2025-03-24", "Record quarter")
    add_event(published, AGREEMENT, "OTHER", "2025-03-24")
    add_event(published, OWNERSHIP, "OWNERSHIP", "2025-02-05")
    published.commit()
    published.close()


def page_of(settings, cik=CIK):
    return HTMLTree.parse(write_company_page(settings, cik).read_text(encoding="utf-8")).document


def text(node):
    return " ".join(node.text.split())


def texts(node, selector):
    return [text(found) for found in node.query_selector_all(selector)]


# What the reader sees


def test_filings_stand_newest_first_with_their_exhibits_below_them(settings, company):
    page = page_of(settings)
    shown = [
        (
            card.id,
            text(card.query_selector(".what > .title")),
            card.query_selector(".what > .title a")["href"],
            texts(card, ".exhibits .form"),
            texts(card, ".exhibits .title"),
        )
        for card in page.query_selector_all("main > section:not([aria-labelledby=ownership]) article")
    ]
    assert shown == [
        (f"f-{EARNINGS}", "Results", f"{ARCHIVE}/{EARNINGS}.htm", ["EX-99.1", "EX-99.2"], ["Record quarter", "Slides"]),
        (f"f-{AGREEMENT}", "An agreement", f"{ARCHIVE}/{AGREEMENT}.htm", [], []),
        (f"f-{DRAFT}", "A title", f"{ARCHIVE}/{DRAFT}.htm", [], []),
    ]
    assert texts(page, "h3.year") == ["2025", "2024"]


def test_a_filing_says_date_time_form_items_period_and_where_it_is(settings, company):
    card = page_of(settings).get_element_by_id(f"f-{EARNINGS}")
    assert text(card.query_selector(".when")) == "Mar 24, 2025 17:05 ET"
    assert text(card.query_selector(".kind")) == "8-K Current report"
    assert text(card.query_selector(".what > .excerpt")) == "We report results."
    assert text(card.query_selector(".facts")) == f"{EARNINGS} Items 2.02, 9.01 Period Mar 20, 2025"
    assert card.query_selector(".facts a")["href"] == f"{ARCHIVE}/{EARNINGS}-index.htm"


def test_an_exhibit_says_date_type_role_title_and_excerpt(settings, company):
    first, second = page_of(settings).query_selector_all(f"#f-{EARNINGS} .exhibits li")
    assert text(first) == "EX-99.1 Press release Mar 24, 2025 Record quarter Its first words."
    assert text(second) == "EX-99.2 Exhibit Mar 24, 2025 Slides Its first words."
    assert first.query_selector("a")["href"] == f"{ARCHIVE}/{EARNINGS}/ex2.htm"


def test_a_filing_that_was_confidential_says_since_when_it_is_public(settings, company):
    card = page_of(settings).get_element_by_id(f"f-{DRAFT}")
    assert text(card.query_selector(".when")) == "Nov 13, 2024"
    assert text(card.query_selector(".facts")) == f"{DRAFT} Public since Jan 19, 2025"


def test_a_removed_filing_says_so(settings, published):
    add(published, "dim_companies", cik=CIK)
    add_filing(published, EARNINGS, "2025-03-24", is_removed=True)
    published.close()
    assert texts(page_of(settings), ".filing .notice") == ["EDGAR no longer has this filing; it is kept here."]


def test_ownership_reports_stand_apart(settings, company):
    page = page_of(settings)
    (section,) = page.query_selector_all("main > section[aria-labelledby=ownership]")
    assert [card.id for card in section.query_selector_all("article")] == [f"f-{OWNERSHIP}"]


def test_the_header_says_who_it_is_and_how_old_the_data_is(settings, company):
    page = page_of(settings)
    assert text(page.query_selector("h1")) == "Example Widgets Inc"
    assert text(page.query_selector(".eyebrow")) == "SEC filings · data as of Mar 24, 2025"
    assert texts(page, ".ids li") == [
        f"CIK {CIK}",
        "Ticker WIDG",
        "Exchange NYSE",
        "ISIN US18900M1045",
        "Country US",
        "Industry Services-Widgets",
        "This symbol is no longer active",
    ]
    assert text(page.query_selector(".former")) == "Formerly OLD WIDGETS INC · VERY OLD WIDGETS INC"
    assert texts(page, ".totals dd") == ["4", "2", "Nov 13, 2024", "Mar 24, 2025"]


def test_what_is_unknown_is_not_shown(settings, company):
    """A co-filer has a page of its own, with the shared filing; of this one only the name is known."""
    page = page_of(settings, HOLDER)
    assert texts(page, ".ids li") == [f"CIK {HOLDER}"]
    assert page.query_selector(".former") is None
    assert texts(page, "article .title") == ["13G of a holder"]


def test_events_are_badges_and_a_summary_without_ownership_and_empty_catch_alls(settings, company):
    page = page_of(settings)
    assert {card.id: texts(card, ".badge") for card in page.query_selector_all("article")} == {
        f"f-{EARNINGS}": ["Earnings release"],
        f"f-{AGREEMENT}": ["Other event"],
        f"f-{DRAFT}": [],
        f"f-{OWNERSHIP}": ["Beneficial ownership"],
    }
    assert texts(page, "ol.events li") == ["Mar 24, 2025 Record quarter Earnings release"]
    assert page.query_selector("ol.events a")["href"] == f"#f-{EARNINGS}"


def test_the_glossary_explains_the_forms_of_the_page_and_no_other(settings, company):
    assert texts(page_of(settings), ".glossary div") == [
        "8-K Current report",
        "DRS Draft registration statement",
        "SC 13G Beneficial ownership report",
    ]


def test_a_page_too_long_for_a_browser_says_what_it_leaves_out(settings, company, monkeypatch):
    monkeypatch.setattr(company_page, "MAXIMUM_FILINGS", 2)
    page = page_of(settings)
    assert [card.id for card in page.query_selector_all("article")] == [f"f-{EARNINGS}", f"f-{AGREEMENT}"]
    assert "This page shows the newest 2 filings; all are in marts.company_timeline." in texts(page, ".lead")


# The file


def test_it_is_written_where_asked_and_always_with_the_same_bytes(settings, company, tmp_path):
    default = write_company_page(settings, "900001")
    assert default == settings.reports_dir / f"company-{CIK}.html"
    assert write_company_page(settings, CIK, tmp_path / "page.html") == tmp_path / "page.html"
    assert (tmp_path / "page.html").read_bytes() == default.read_bytes()


def test_it_needs_nothing_from_elsewhere(settings, company):
    content = write_company_page(settings, CIK).read_text(encoding="utf-8")
    page = HTMLTree.parse(content).document
    assert texts(page, "script, link, img, iframe, object, embed, form, base, video, audio, svg") == []
    assert not re.search(r"url\(|@import|expression\(", text(page.query_selector("style")))
    policy = page.query_selector('meta[http-equiv="Content-Security-Policy"]')["content"]
    assert policy.startswith("default-src 'none'; style-src 'unsafe-inline';")


def test_every_heading_and_list_has_its_place(settings, company):
    """A reader who hears the page: one h1, no level left out, every labelled part has its label, no id twice."""
    page = page_of(settings)
    levels = [int(heading.tag[1]) for heading in page.query_selector_all("h1, h2, h3, h4")]
    assert levels.count(1) == 1 and levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    ids = [node.id for node in page.query_selector_all("[id]")]
    assert len(ids) == len(set(ids))
    assert {node["aria-labelledby"] for node in page.query_selector_all("[aria-labelledby]")} <= set(ids)
    assert {node["href"][1:] for node in page.query_selector_all('a[href^="#"]')} <= set(ids)


def test_nothing_published_and_an_unknown_company_say_what_to_do(settings, published):
    published.close()
    with pytest.raises(
        InputError, match="CIK 0000000007 has no filing in the publication, which is as of 2025-03-24: run"
    ):
        write_company_page(settings, "7")
    (settings.published_dir / "edgar.duckdb").unlink()
    with pytest.raises(WarehouseError, match="nothing is published yet: run `python -m edgar_pipeline run`"):
        write_company_page(settings, "7")
    assert not settings.reports_dir.exists()


# Hostile text

HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</title></style><svg onload=alert(1)>",
    "<meta http-equiv=refresh content=0;url=https://example.com>",
    "{{ 7 * 7 }}{% raw %}",
    "' onmouseover='alert(1)",
]

ALLOWED = {
    *("html", "head", "meta", "title", "style", "body", "header", "main", "section", "article", "aside", "footer"),
    *("h1", "h2", "h3", "h4", "p", "div", "span", "b", "a", "time", "code", "ul", "ol", "li", "dl", "dt", "dd"),
    *("fieldset", "legend", "label", "input", "details", "summary"),
}


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_text_stays_text_in_every_place(settings, published, hostile):
    # GIVEN a company all of whose texts are hostile
    names = dict.fromkeys(("company_name", "ticker", "exchange", "isin", "country", "sic_description"), hostile)
    add(published, "dim_companies", cik=CIK, former_names=[hostile], **names)
    add_filing(
        published,
        EARNINGS,
        "2025-03-24",
        form=hostile,
        title=hostile,
        excerpt=hostile,
        items=[hostile],
        primary_document_url=hostile,
    )
    add_exhibit(published, EARNINGS, "2025-03-24", 2, hostile, hostile, url=hostile, exhibit_role=hostile)
    add_event(published, EARNINGS, "HOSTILE", "2025-03-24", hostile)
    published.execute("insert into marts.dim_forms values ($h, $h, $h)", {"h": hostile})
    published.execute("insert into marts.dim_exhibit_roles values ($h, $h)", {"h": hostile})
    published.execute("insert into marts.dim_event_types values ('HOSTILE', $h, $h, 1, false, false)", {"h": hostile})
    published.close()
    # WHEN the page is drawn
    page = page_of(settings)
    # THEN it has only the page's own elements, no handler, and links to the SEC or within the page
    nodes = page.query_selector_all("*")
    assert {node.tag for node in nodes} <= ALLOWED
    assert not [name for node in nodes for name in node.attrs if name.startswith("on") or name == "style"]
    hrefs = {node["href"] for node in page.query_selector_all("[href]")}
    assert all(href.startswith(("https://www.sec.gov/", "#")) for href in hrefs)
    # AND the reader sees the text as it is
    assert text(page.query_selector("h1")) == " ".join(hostile.split())
    assert text(page.query_selector(".exhibits .title")) == " ".join(hostile.split())
    assert page.query_selector("title").text == f"{hostile}: SEC filings"


@pytest.mark.parametrize(
    "url", ["https://www.sec.gov/Archives/edgar/data/1/0000000001-25-000001-index.htm", "https://www.sec.gov/"]
)
def test_links_to_the_sec_are_links(url):
    assert sec_url(url) == url


@pytest.mark.parametrize(
    "url",
    [
        None,
        "",
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)//https://www.sec.gov/",
        "data:text/html,<script>alert(1)</script>",
        "http://www.sec.gov/",
        "//www.sec.gov/",
        "https://www.sec.gov.example.com/",
        "https://www.sec.gov@example.com/",
        "https://user@www.sec.gov/",
        "https://www.sec.gov:8443/",
        "https://example.com/https://www.sec.gov/",
        "https://www.sec.gov\\@example.com/",
        "https://www.sec.gov/\njavascript:alert(1)",
        "https://[www.sec.gov/",
        " https://www.sec.gov/",
    ],
)
def test_everything_else_is_no_link(url):
    assert sec_url(url) is None

"""EDGAR says that there is no such object: is that so, or does it say so to everything that we ask?

One witness is not enough. On 2022-08-10 every request with an `@` in its User-Agent was answered 404 for a day (edgar.md 1.1);
a pipeline that believed it would have written off everything that it asked for.
"""

from datetime import date
from threading import Event

from edgar_pipeline.client import Attempt, EdgarClient
from edgar_pipeline.edgar_days import closed_reason
from edgar_pipeline.errors import Blocked, Damaged, NotFound, ParsingError, TransportError
from edgar_pipeline.settings import Settings
from edgar_pipeline.sources.index_listing import MAXIMUM_BYTES, listed_names
from edgar_pipeline.urls import daily_index_listing_url, daily_index_name


def judge_absence(settings: Settings, day: date, client: EdgarClient, attempts: list[Attempt]) -> tuple[str, str]:
    """The outcome of an index that EDGAR does not have, and its reason; the witnesses' requests go to `attempts`.

    `absent`: rightly so, on a closed day or where the quarter's listing names later days but not this one. `blocked`: not
    even what is certainly there is found. `refused`: a business day whose index is withheld.
    """
    if reason := closed_reason(day):
        return "absent", reason
    expected = f"{day} is an expected business day, but EDGAR answers that it has no index"
    try:
        evidence = _absence_by_listing(settings, day, client, attempts)
    except NotFound:
        return _without_listing(settings, client, attempts, expected)
    except Blocked as error:
        return "blocked", f"{expected}, and then: {error}"
    except TransportError as error:
        return "refused", f"{expected}, and its listing could not be read: {error}"
    return ("absent", evidence) if evidence else ("refused", expected)


def require_canary(settings: Settings, client: EdgarClient, attempts: list[Attempt], stop: Event | None = None) -> str:
    """Ask for something that is certainly there and return its URL; raise Blocked where that is not found either."""
    url = f"{settings.www_url}/Archives/edgar/daily-index/index.json"
    try:
        client.fetch(url, lambda body: _names(body, url), MAXIMUM_BYTES, attempts, stop)
    except NotFound as error:
        raise Blocked(
            f"EDGAR finds nothing that is asked for, not even {url}, which is certainly there: it refuses us. "
            "Check EDGAR_USER_AGENT; nothing was written off."
        ) from error
    return url


def _without_listing(
    settings: Settings, client: EdgarClient, attempts: list[Attempt], expected: str
) -> tuple[str, str]:
    try:
        require_canary(settings, client, attempts)
    except Blocked as error:
        return "blocked", str(error)
    except TransportError as error:
        return "refused", f"{expected} and no listing of its quarter, and then: {error}"
    return "refused", f"{expected}, and no listing of its quarter"


def _absence_by_listing(settings: Settings, day: date, client: EdgarClient, attempts: list[Attempt]) -> str | None:
    """Why the quarter's listing proves that this day has no index, or None where it does not (edgar.md 1.2)."""
    url = daily_index_listing_url(settings.www_url, day)
    body = client.fetch(url, lambda body: _names(body, url), MAXIMUM_BYTES, attempts).body
    own, names = daily_index_name(day), _names(body, url)
    later = sorted(name for name in names if name.startswith("master.") and len(name) == len(own) and name > own)
    if own in names or not later:
        return None
    return f"EDGAR's listing of the quarter has {later[0]} but not {own}"


def _names(body: bytes, url: str) -> set[str]:
    try:
        return listed_names(body, url)
    except ParsingError as error:
        raise Damaged(str(error)) from error

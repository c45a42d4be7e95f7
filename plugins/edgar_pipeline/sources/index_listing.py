"""The listing of a quarter's daily indexes (`daily-index/2020/QTR1/index.json`): on which days EDGAR was open.

A listing names every file of its folder. It is the evidence that a day had an index, or was passed over: a day that is not there
although a later one is will not come (edgar.md 1.2).
"""

from datetime import date, timedelta

from edgar_pipeline import PARSER_VERSION
from edgar_pipeline.errors import Damaged, ParsingError
from edgar_pipeline.sources.json_values import decode_object, items
from edgar_pipeline.urls import daily_index_name, quarter_of

MAXIMUM_BYTES = 20_000_000


def check_index_listing(body: bytes, first: date) -> None:
    """Raise Damaged unless the body is a listing."""
    try:
        listed_names(body, _what(first))
    except ParsingError as error:
        raise Damaged(str(error)) from error


def parse_index_listing(body: bytes, first: date, sha256: str, fetched_at: str) -> list[dict]:
    """One record per day of the quarter that begins with `first`, up to the last day of which there is an index.

    `is_listed` says whether the day's master index is there. Days after the last one are not decided, so they are left out.
    """
    names = listed_names(body, _what(first))
    days = [first + timedelta(days=number) for number in range(92)]
    days = [day for day in days if quarter_of(day) == quarter_of(first)]
    listed = {day for day in days if any(daily_index_name(day) + ending in names for ending in ("", ".gz", ".Z"))}
    common = {"sha256": sha256, "fetched_at": fetched_at, "parser_version": PARSER_VERSION}
    decided = [day for day in days if listed and day <= max(listed)]
    return [{"index_date": day.isoformat(), "is_listed": day in listed, **common} for day in decided]


def listed_names(body: bytes, what: str) -> set[str]:
    """The names in a directory listing; ParsingError for anything else. (A listing can have an item with an empty name.)"""
    directory = decode_object(body, what).get("directory")
    if not isinstance(directory, dict) or not isinstance(directory.get("item"), list):
        raise ParsingError(f"{what}: not a directory listing")
    return {str(item.get("name")) for item in items(directory["item"], dict, what)}


def _what(first: date) -> str:
    return f"listing of the daily indexes of {first.year} Q{quarter_of(first)}"

"""Events of an archive of real submissions: whether every 8-K item became its event, and what headline rules are worth.

A headline has no truth of its own. But press releases come with 8-Ks whose items say what they are about (2.02: results), so
what rules find in the releases of such 8-Ks is judged against their items, code by code. Rules were written looking at the
`tuning` half only. A release that tells more than the items counts as wrong here, though it may be right.
"""

import csv
import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
from edgar_pipeline.warehouse.transformation import DBT_PROJECT

from evaluation.titles import HALVES, half_of, submissions

#: Since this day items have the numbers of today: 2.02 and not 12.
NEW_NUMBERS = "20040823"
#: Items that only list exhibits, or that say nothing of their subject.
ITEMS_WITHOUT_CODE = frozenset({"7", "9.01", "5", "9", "7.01", "8.01"})

_FORM = re.compile(rb"^CONFORMED SUBMISSION TYPE:\s*(8-K\S*)", re.MULTILINE)
_FILED = re.compile(rb"^FILED AS OF DATE:\s*(\d{8})", re.MULTILINE)
_ITEM = re.compile(rb"^ITEM INFORMATION:[ \t]*([^\r\n]+)", re.MULTILINE)


@dataclass
class Score:
    """How often a code was rightly found, wrongly found and missed, by filing."""

    right: int = 0
    wrong: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        found, there = self.right + len(self.wrong), self.right + len(self.missed)
        precision = f"{self.right / found:.0%}" if found else "-"
        recall = f"{self.right / there:.0%}" if there else "-"
        return f"precision {precision:>4} ({self.right}/{found}), recall {recall:>4} ({self.right}/{there})"


def stated_items(archive: Path) -> dict[str, set[str]]:
    """The item numbers of every 8-K with items, read from its header without the pipeline."""
    numbers: dict[tuple[str, bool], str] = {}
    for row in _seed("form_8k_items"):
        numbers[_key(row["item_text"]), row["is_current_numbering"] == "true"] = row["item_number"]
    found = {}
    for accession_number, body in submissions(archive):
        header = body[:20_000]
        if (items := _ITEM.findall(header)) and _FORM.search(header) and (filed := _FILED.search(header)):
            is_new = filed[1].decode() >= NEW_NUMBERS
            keys = {key for item in items if (key := _key(item.decode("latin-1")))}
            # A text that no numbering knows stays as it is, and is then an item without its event.
            found[accession_number] = {
                numbers.get((key, is_new)) or numbers.get((key, not is_new)) or key for key in keys
            }
    return found


def codes_of_items() -> dict[str, str]:
    """The event code of each item number that has one of its own."""
    rules = [rule for rule in _seed("event_rules") if rule["method"] == "item"]
    return {item: rule["event_code"] for rule in rules for item in rule["items"].split("|")}


def inexact_items(connection: duckdb.DuckDBPyConnection, items: dict[str, set[str]]) -> list[str]:
    """What is not exact: an item without its event, an event of an item that is not there, a filing without any event."""
    codes = codes_of_items()
    expected = {
        (number, codes.get(item, item)) for number, found in items.items() for item in found - ITEMS_WITHOUT_CODE
    }
    rows = connection.execute("select accession_number, event_code, method from marts.fct_events").fetchall()
    found = {(number, code) for number, code, _ in rows}
    from_items = {(number, code) for number, code, method in rows if method == "item"}
    without = set(items) - {number for number, *_ in rows}
    return [
        *(f"no event: {number} {code}" for number, code in sorted(expected - found)),
        *(f"no item: {number} {code}" for number, code in sorted(from_items - expected)),
        *(f"no event at all: {number}" for number in sorted(without)),
    ]


def headline_scores(connection: duckdb.DuckDBPyConnection, items: dict[str, set[str]]) -> dict[str, dict[str, Score]]:
    """Half by half and code by code: what rules find in press releases of 8-Ks with a telling item, against their items."""
    codes = codes_of_items()
    releases = connection.execute(
        "select distinct accession_number from scratch.intermediate.int_documents_titled "
        "where is_exhibit and starts_with(exhibit_number, '99') and text_status = 'text'"
    ).fetchall()
    predicted = _predicted(connection)
    scores: dict[str, dict[str, Score]] = {half: defaultdict(Score) for half in HALVES}
    for (number,) in releases:
        expected = {codes[item] for item in items.get(number, ()) if item in codes}
        for code in (expected | (predicted[number] & set(codes.values()))) if expected else ():
            score = scores[half_of(number)][code]
            if code in expected and code in predicted[number]:
                score.right += 1
            else:
                (score.missed if code in expected else score.wrong).append(number)
    return scores


def _predicted(connection: duckdb.DuckDBPyConnection) -> dict[str, set[str]]:
    """What headline rules alone find in each filing: in titles, and in the beginning of texts where no title speaks."""
    predicted: dict[str, set[str]] = defaultdict(set)
    for number, codes in connection.execute(
        """
        select accession_number, list(event_code)
        from scratch.intermediate.int_events_read
        where method = 'headline'
        group by accession_number, evidence_field
        qualify row_number() over (partition by accession_number order by evidence_field = 'title' desc) = 1
        """
    ).fetchall():
        predicted[number] = set(codes)
    return predicted


def report(connection: duckdb.DuckDBPyConnection, archive: Path) -> tuple[str, bool]:
    """The figures as text, and whether the binding one holds: every item an event, exactly."""
    items = stated_items(archive)
    inexact = inexact_items(connection, items)
    lines = [f"events: {sum(map(len, items.values()))} items of {len(items)} 8-Ks, inexact {len(inexact)}"]
    lines += [f"  {line}" for line in inexact]
    rows = connection.execute("select method, count(*) from marts.fct_events group by 1 order by 2 desc").fetchall()
    lines.append("  by method: " + ", ".join(f"{method} {count}" for method, count in rows))
    for half, scores in headline_scores(connection, items).items():
        lines.append(f"headline rules on EX-99 of 8-Ks with a telling item, {half} half:")
        lines += [f"  {code:28} {score}" for code, score in sorted(scores.items())]
        lines.append(f"  {'together':28} {_sum(scores.values())}")
        if half == "tuning":
            lines += [f"  wrong {code}: {number}" for code, score in sorted(scores.items()) for number in score.wrong]
            lines += [f"  missed {code}: {number}" for code, score in sorted(scores.items()) for number in score.missed]
    lines += _counts(connection)
    return "\n".join(lines), not inexact


def _sum(scores) -> Score:
    together = Score()
    for score in scores:
        together.right += score.right
        together.wrong += score.wrong
        together.missed += score.missed
    return together


def _counts(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """How often each rule with a pattern decided an event, half by half."""
    rows = connection.execute(
        "select accession_number, event_code from marts.fct_events where method in ('headline', 'exhibit')"
    ).fetchall()
    counts = Counter((code, half_of(number)) for number, code in rows)
    codes = sorted({code for code, _ in counts})
    return ["events from headlines and exhibits (tuning, held-out):"] + [
        f"  {code:28} {counts[code, HALVES[0]]:4} {counts[code, HALVES[1]]:4}" for code in codes
    ]


def _seed(name: str) -> list[dict]:
    with (DBT_PROJECT / "seeds" / f"{name}.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def _key(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.lower())

"""The seed of closed days is what the extraction's calendar says, so dim_dates and the timetable cannot disagree."""

import csv
import runpy
from pathlib import Path

SCRIPT = Path(__file__).parents[2] / "scripts" / "closed_days.py"


def test_the_seed_is_the_calendar():
    module = runpy.run_path(str(SCRIPT))
    with module["SEED"].open(encoding="utf-8", newline="") as file:
        rows = [(row["closed_date"], row["reason"]) for row in csv.DictReader(file)]
    assert rows == module["closed_weekdays"](), "run scripts/closed_days.py"
    assert ("2025-01-09", "closed: National Day of Mourning for Jimmy Carter") in rows and len(rows) == 452

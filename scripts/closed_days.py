"""Write the seed `closed_days`: every weekday on which EDGAR publishes no index, from its calendar (`edgar_days`).

.venv/bin/python scripts/closed_days.py
"""

import csv
from datetime import date, timedelta
from pathlib import Path

from edgar_pipeline.edgar_days import FIRST_DAY, closed_reason

SEED = Path(__file__).parents[1] / "dbt_project" / "seeds" / "closed_days.csv"
LAST_DAY = date(2035, 12, 31)


def closed_weekdays() -> list[tuple[str, str]]:
    """The closed weekdays and why, oldest first."""
    days = (FIRST_DAY + timedelta(days=number) for number in range((LAST_DAY - FIRST_DAY).days + 1))
    return [(day.isoformat(), reason) for day in days if day.weekday() < 5 and (reason := closed_reason(day))]


if __name__ == "__main__":
    with SEED.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("closed_date", "reason"))
        writer.writerows(closed_weekdays())

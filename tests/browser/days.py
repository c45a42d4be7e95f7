"""The window that the browser backfills: two days, a weekend, Martin Luther King's day, two days."""

from datetime import date

FIRST, LAST = date(2026, 1, 15), date(2026, 1, 21)
DAYS = [date(2026, 1, day) for day in (15, 16, 20, 21)]

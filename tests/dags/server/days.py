"""The days of the backfill that the Airflow of this folder has."""

from datetime import date

FIRST, SECOND, LAST = date(2026, 1, 15), date(2026, 1, 16), date(2026, 1, 20)

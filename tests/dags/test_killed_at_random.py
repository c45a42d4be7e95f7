"""A backfill during which processes of every kind are killed in random order at random moments: the end is that of a clean run."""

import os
import random
from collections.abc import Iterator
from datetime import date

import pytest

from tests.dags.disturbed import (
    CONNECTIONS,
    FILINGS,
    Scene,
    disturbed_scene,
    repeated_requests,
    start_backfill,
    until,
    wait,
)
from tests.dags.kills import Keeper, kill_at_random

DAYS = [date(2026, 1, 7), date(2026, 1, 8)]
#: Another seed kills others at other moments: EDGAR_TEST_KILL_SEED=7, or the campaign (`python -m tests.dags.kill_campaign`).
SEED = int(os.environ.get("EDGAR_TEST_KILL_SEED", "20260105"))
KILLS = int(os.environ.get("EDGAR_TEST_KILLS", "5"))

pytestmark = pytest.mark.timeout(900)


@pytest.fixture(scope="module")
def scene(tmp_path_factory) -> Iterator[Scene]:
    with disturbed_scene(tmp_path_factory, DAYS) as made:
        yield made


def test_kills_at_random_change_nothing(scene: Scene):
    airflow, edgar = scene.airflow, scene.edgar
    # GIVEN a backfill, WHEN processes of it are killed at random, and started again as `make up` does
    batch = start_backfill(airflow, DAYS)
    print(f"EDGAR_TEST_KILL_SEED={SEED} EDGAR_TEST_KILLS={KILLS}")
    with Keeper(airflow) as keeper:
        until(lambda: scene.submissions() >= 5)
        killed = kill_at_random(airflow, random.Random(SEED), KILLS, (1.0, 8.0), keeper.is_over(batch))
        print(*killed, sep="\n")
        done = wait(airflow, batch, keeper.check, 600)
    # THEN all is brought to its end, and it is that of a clean run
    assert len(killed) == KILLS
    assert {run.state for run in (*done.daily, *done.warehouse)} == {"success"}
    addresses, repeated = repeated_requests(edgar)
    assert addresses == len(DAYS) * (1 + FILINGS)
    assert repeated <= KILLS * CONNECTIONS
    scene.assert_as_of_a_clean_run()

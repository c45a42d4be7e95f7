"""Input made to be slow: how the time grows with its size. Four times as much takes four times as long where that is linear."""

import gc
from itertools import groupby

from benchmarks.measuring import Target, cpu_seconds, show
from tests.hostile import CASES, Case

TIMES = 4
#: Linear is 4, and caches and allocation make it more; quadratic is 16.
WORST_GROWTH = 8.0
#: What takes less than this for the larger input is too short to be compared, in seconds.
SHORTEST = 0.02


def main() -> list[Target]:
    """Print the worst case of each reader."""
    measured = [(*name.split(", ", 1), *_measured(case)) for name, case in CASES.items()]
    rows = []
    for reader, found in groupby(sorted(measured), key=lambda row: row[0]):
        cases = list(found)
        steepest = max(cases, key=lambda row: row[2])
        slowest = max(cases, key=lambda row: row[3])
        rows.append((reader, str(len(cases)), steepest[2], steepest[1], slowest[3], slowest[1]))
    show(
        f"Hostile input: {TIMES} times as much of it takes this many times as long",
        ["reader", "cases", "at worst", "for", "slowest, CPU s/MB", "for"],
        rows,
    )
    return [
        Target(
            f"hostile input, growth of time for {TIMES} times as much", "<=", WORST_GROWTH, max(row[2] for row in rows)
        )
    ]


def _measured(case: Case) -> tuple[float, float]:
    """How many times as long the larger input takes (0 where that is too short to say), and CPU seconds per MB of it."""
    few, many = case.make(case.size // TIMES), case.make(case.size)
    # As in timeit: a collection looks at all that lives in this process, and only the larger input is long enough to meet one.
    gc.collect()
    gc.disable()
    seconds = cpu_seconds({"few": lambda: case.read(few), "many": lambda: case.read(many)})
    gc.enable()
    growth = seconds["many"] / seconds["few"] if seconds["many"] >= SHORTEST else 0.0
    return growth, seconds["many"] / case.size * 1e6

"""The tables that a reader of the benchmark sees."""

import statistics

from benchmarks.measuring import console, show
from benchmarks.serving.load import Load
from benchmarks.serving.questions import QUESTIONS


def _ms(seconds: list[float], place: int) -> str:
    if len(seconds) < 2:
        return f"{1000 * seconds[0]:,.0f}" if seconds else "-"
    return f"{1000 * statistics.quantiles(seconds, n=20)[place]:,.0f}"


def show_load(loads: list[Load]) -> None:
    """A round is every question once."""
    names = ("open", *QUESTIONS)
    columns = [
        "way, readers",
        *names,
        "rounds/s",
        "CPU ms a round",
        "MB",
        "failed",
        "torn",
    ]
    rows = [
        (
            f"{load.way} {load.readers}",
            *(f"{_ms(load.times[name], 9)} / {_ms(load.times[name], 18)}" for name in names),
            load.rounds / load.seconds,
            f"{1000 * load.cpu_a_round:,.0f}",
            f"{load.resident:,.0f}",
            str(load.failed),
            str(load.torn),
        )
        for load in loads
    ]
    show("Readers, while one writer commits three days: p50 / p95 in ms", columns, rows)
    for load in loads:
        _complain(load)


def show_writers(title: str, loads: list[Load]) -> None:
    """Seconds of a commit, and what had to be tried again."""
    columns = [
        "way",
        "days",
        "commit p50 s",
        "largest s",
        "all days s",
        "writers' CPU s",
        "tries that failed",
        "days given up",
        "readers' rounds",
        "failed",
        "torn",
    ]
    rows = [
        (
            load.way,
            str(len(load.commits)),
            statistics.median(load.commits),
            max(load.commits),
            load.longest,
            load.commit_cpu,
            str(sum(load.commit_failures.values())),
            str(len(load.lost)),
            str(load.rounds),
            str(load.failed),
            str(load.torn),
        )
        for load in loads
    ]
    show(title, columns, rows)
    for load in loads:
        _complain(load)


def _complain(load: Load) -> None:
    seconds = ", ".join(f"{second:.2f}" for second in load.commits[:4])
    console.print(
        f"{load.way} {load.readers}: commits {seconds} s; readers saw up to {load.states_seen} states", style="dim"
    )
    for message, count in (load.failures + load.commit_failures).items():
        console.print(f"{load.way}: {count} × {message}", markup=False)

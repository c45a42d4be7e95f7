"""Clocks for tests in which minutes and days must pass."""

import time
from datetime import UTC, datetime, timedelta

from edgar_pipeline.clock import Clock

#: A Friday evening after every day that the tests ask for.
START = datetime(2026, 1, 2, 23, 0, tzinfo=UTC)


class VirtualClock(Clock):
    """Stands still, but for those who sleep on it. For tests of one thread."""

    def __init__(self, start: datetime = START):
        self._start, self.elapsed = start, 0.0
        self.sleeps: list[float] = []

    def now(self) -> datetime:
        return self._start + timedelta(seconds=self.elapsed)

    def wall(self) -> float:
        return self.now().timestamp()

    def monotonic(self) -> float:
        return 1000.0 + self.elapsed

    def sleep(self, seconds: float) -> None:
        self.sleeps.append(seconds)
        self.elapsed += seconds


class FastClock(Clock):
    """Runs `speed` times as fast as the machine's clock, for all threads alike; `skip` lets days pass at once."""

    def __init__(self, speed: float = 1.0, start: datetime = START):
        self._speed, self._start, self._begun = speed, start, time.monotonic()
        self.skipped = 0.0

    def _elapsed(self) -> float:
        return (time.monotonic() - self._begun) * self._speed + self.skipped

    def now(self) -> datetime:
        return self._start + timedelta(seconds=self._elapsed())

    def wall(self) -> float:
        return self.now().timestamp()

    def monotonic(self) -> float:
        return 1000.0 + self._elapsed()

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds / self._speed)

    def skip(self, **duration: float) -> None:
        self.skipped += timedelta(**duration).total_seconds()

"""Time as a dependency, so that ten minutes of silence can pass in a test without anybody waiting."""

import time
from datetime import UTC, datetime


class Clock:
    """The machine's clocks. A test passes an object with the same four methods."""

    def now(self) -> datetime:
        """Wall time in UTC."""
        return datetime.now(UTC)

    def wall(self) -> float:
        """Wall time in seconds since the epoch: comparable across restarts of the machine."""
        return time.time()

    def monotonic(self) -> float:
        """Seconds since the machine started: comparable across processes, never set back."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Wait."""
        time.sleep(seconds)


SYSTEM_CLOCK = Clock()


def to_iso(moment: datetime) -> str:
    """A UTC moment as ISO 8601 with microseconds and `Z`, the spelling of every timestamp in the raw zone."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")

"""One limiter for all processes of the machine: the SEC's limit is per user, whatever the number of processes.

The state lies in a small file under `EDGAR_STATE_DIR`, one per host, guarded by a file lock. Two rules hold together:

* **Never over, in any one-second window, as the server sees it.** A request holds one of N slots from the moment that it may
  start until one second after the server was seen to answer. Whatever happens on the way (a slow connect, a paused
  process), N + 1 requests can then not reach the server within a second: the first of them had answered a second before
  the last one started. A limiter that only spaces out starting times cannot promise that.
* **Evenly spaced**, because bursts up to the limit are what gets clients blocked (SEC issue threads: 9.7 requests a second
  still met the block page).

A block is remembered in the same file, so it silences every process and survives restarts. After the pause exactly one
process probes; a block that is met again doubles the pause.
"""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

from edgar_pipeline.clock import SYSTEM_CLOCK, Clock

#: A request that never reported back (its process was killed) is taken to have reached the server within this time.
LOST_AFTER_SECONDS = 60.0
#: A block that is renewed again and again never silences for longer than this.
LONGEST_PAUSE_SECONDS = 4 * 3600.0
WINDOW_SECONDS = 1.0


class Throttle:
    """The limiter of one host. Cheap to create; every instance of every process shares the state file."""

    def __init__(
        self,
        state_dir: Path,
        url: str,
        requests_per_second: float,
        block_pause_seconds: float = 600.0,
        clock: Clock = SYSTEM_CLOCK,
    ):
        host = urlsplit(url).netloc.replace(":", "_")
        self._path = state_dir / f"throttle-{host}.json"
        self._clock = clock
        # A rate below one is one slot that is held for longer.
        self._slots = max(1, int(requests_per_second))
        self._hold = max(WINDOW_SECONDS, self._slots / requests_per_second)
        self._spacing = 1.0 / requests_per_second
        self._pause = block_pause_seconds
        state_dir.mkdir(parents=True, exist_ok=True)

    def acquire(self) -> str:
        """Wait until a request may start, and return its slot. Also waits out a block."""
        slot = uuid4().hex
        while True:
            wait = self._try_acquire(slot)
            if wait <= 0:
                return slot
            # Short naps let a block that another process meets in the meantime be seen, and a clock change be survived.
            self._clock.sleep(min(wait, 30.0))

    def answered(self, slot: str) -> None:
        """The server has answered (or the request has failed): the slot is free again one second from now."""
        with self._state() as state:
            for entry in state["slots"]:
                if entry["slot"] == slot:
                    entry["answered"] = self._clock.monotonic()

    def served(self, slot: str) -> None:
        """A normal answer came to this slot's request. If it was the probe, the block is over."""
        if not self._peek().get("block"):
            return
        with self._state() as state:
            if _is_probe(state.get("block"), slot):
                state["block"] = None

    def block(self, slot: str, retry_after: float | None = None) -> float:
        """Silence every process; return the pause in seconds.

        `retry_after` can only lengthen the pause: neither EDGAR's 429 nor its block page carries that header, and requests
        inside the ten minutes extend them (SEC's page, edgar.md 1.1).
        """
        with self._state() as state:
            now = self._clock.wall()
            before = state.get("block")
            if before and not _is_probe(before, slot):
                return max(0.0, before["until"] - now)  # sent before the block was known: it says nothing new
            pause = min(before["pause"] * 2, LONGEST_PAUSE_SECONDS) if before else self._pause
            pause = min(max(pause, retry_after or 0.0), max(LONGEST_PAUSE_SECONDS, self._pause))
            state["block"] = {"until": now + pause, "pause": pause, "probe": None}
            return pause

    def blocked_for(self) -> float:
        """Seconds until the next probe, 0 where nothing is blocked."""
        block = self._peek().get("block")
        return max(0.0, block["until"] - self._clock.wall()) if block else 0.0

    def _try_acquire(self, slot: str) -> float:
        """Take a slot and return 0, or return the seconds after which another try makes sense."""
        with self._state() as state:
            wait = self._block_wait(state, slot)
            if wait > 0:
                return wait
            now = self._clock.monotonic()
            # Entries from the future were written before the machine restarted.
            taken = [entry for entry in state["slots"] if entry["granted"] <= now]
            taken = [entry for entry in taken if self._free_at(entry) > now]
            wait = 0.0
            if len(taken) >= self._slots:
                # A slot that waits for its answer is looked at again soon: the answer may come at any moment.
                wait = min(max(self._free_at(entry) - now, 0.0) if entry["answered"] else 0.005 for entry in taken)
            if state["last"] <= now:
                wait = max(wait, state["last"] + self._spacing - now)
            if wait <= 0:
                taken.append({"slot": slot, "granted": now, "answered": None})
                state["last"] = now
            state["slots"] = taken
            return wait

    def _free_at(self, entry: dict) -> float:
        if entry["answered"] is None:
            return entry["granted"] + LOST_AFTER_SECONDS
        return entry["answered"] + self._hold

    def _block_wait(self, state: dict, slot: str) -> float:
        """Seconds of silence left; lets exactly one probe through when the pause is over."""
        block = state.get("block")
        if not block:
            return 0.0
        now = self._clock.wall()
        if now < block["until"]:
            return block["until"] - now
        probe = block.get("probe")
        if probe and not _is_probe(block, slot) and now < probe["at"] + LOST_AFTER_SECONDS:
            return 0.5
        block["probe"] = {"slot": slot, "at": now}
        return 0.0

    def _peek(self) -> dict:
        try:
            return json.loads(self._path.read_bytes() or b"{}")
        except (FileNotFoundError, ValueError):
            return {}

    @contextmanager
    def _state(self) -> Iterator[dict]:
        """The shared state, locked for as long as the block runs, written back at its end."""
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o660)
        with os.fdopen(descriptor, "r+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            try:
                state = json.loads(file.read() or b"{}")
            except ValueError:
                # A machine that lost power may leave the file torn: start from nothing, which only costs a second of rate.
                state = {}
            state.setdefault("slots", [])
            state.setdefault("last", 0.0)
            yield state
            file.seek(0)
            file.write(json.dumps(state).encode())
            file.truncate()


def _is_probe(block: dict | None, slot: str) -> bool:
    """Whether this slot's request is the one that was let through to see if the block is over."""
    return bool(block and block["probe"] and block["probe"]["slot"] == slot)

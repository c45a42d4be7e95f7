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
from datetime import UTC, datetime
from pathlib import Path
from threading import Event
from urllib.parse import urlsplit
from uuid import uuid4

from edgar_pipeline.clock import SYSTEM_CLOCK, Clock
from edgar_pipeline.errors import Blocked
from edgar_pipeline.files import FILE_MODE, storage

#: A request that never reported back (its process was killed) is taken to have reached the server within this time.
LOST_AFTER_SECONDS = 60.0
#: A block that is renewed again and again never silences for longer than this, whatever Retry-After says.
LONGEST_PAUSE_SECONDS = 4 * 3600.0
WINDOW_SECONDS = 1.0
#: Naps are short so that a block which another process meets, or a wish to stop, is seen within a second.
LONGEST_NAP_SECONDS = 1.0


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
        with storage(state_dir):
            state_dir.mkdir(parents=True, exist_ok=True)

    def acquire(self, stop: Event | None = None, longest_silence: float = float("inf")) -> str | None:
        """Wait until a request may start, and return its slot; None once `stop` is set.

        Also waits out a block, but raises Blocked for one that lasts more than `longest_silence` seconds from now.
        """
        slot = uuid4().hex
        while not (stop and stop.is_set()):
            wait = self._try_acquire(slot, longest_silence)
            if wait <= 0:
                return slot
            self._clock.sleep(min(wait, LONGEST_NAP_SECONDS))
        return None

    def answered(self, slot: str) -> None:
        """The server has answered (or the request has failed): the slot is free again one second from now."""
        with self._state() as state:
            for entry in state["slots"]:
                if entry["slot"] == slot:
                    entry["answered"] = self._clock.monotonic()

    def served(self, slot: str) -> None:
        """A normal answer came to this slot's request. If it was the probe, the block is over."""
        with self._state() as state:
            if _is_probe(state["block"], slot):
                state["block"] = None

    def block(self, slot: str, retry_after: float | None = None) -> float:
        """Silence every process; return the pause in seconds.

        `retry_after` can only lengthen the pause: neither EDGAR's 429 nor its block page carries that header, and requests
        inside the ten minutes extend them (SEC's page, edgar.md 1.1).
        """
        with self._state() as state:
            now = self._clock.wall()
            before = state["block"]
            if before and not _is_probe(before, slot):
                return max(0.0, before["until"] - now)  # sent before the block was known: it says nothing new
            pause = max(before["pause"] * 2 if before else self._pause, retry_after or 0.0)
            pause = min(pause, max(LONGEST_PAUSE_SECONDS, self._pause))
            state["block"] = {"until": now + pause, "pause": pause, "probe": None}
            return pause

    def blocked_for(self) -> float:
        """Seconds until the next probe, 0 where nothing is blocked."""
        with self._state() as state:
            return max(0.0, state["block"]["until"] - self._clock.wall()) if state["block"] else 0.0

    def _try_acquire(self, slot: str, longest_silence: float = float("inf")) -> float:
        """Take a slot and return 0, or return the seconds after which another try makes sense."""
        with self._state() as state:
            wait = self._block_wait(state["block"], slot)
            if wait > longest_silence:
                until = datetime.fromtimestamp(self._clock.wall() + wait, UTC)
                raise Blocked(
                    f"the SEC blocks us: nothing is requested before {until:%Y-%m-%d %H:%M}Z. Run again then."
                )
            if wait > 0:
                return wait
            now = self._clock.monotonic()
            # Entries from the future were written before the machine restarted.
            taken = [entry for entry in state["slots"] if entry["granted"] <= now < self._free_at(entry)]
            if len(taken) >= self._slots:
                # A slot whose answer is still out will be held for at least another second.
                wait = min(min(self._free_at(e) - now, self._hold) for e in taken)
            due = state["last"] + self._spacing
            if state["last"] <= now:
                wait = max(wait, due - now)
            if wait <= 0:
                taken.append({"slot": slot, "granted": now, "answered": None})
                # A nap ends late. What that costs is made good by the next ones, or it would add up to some percent of the rate.
                state["last"] = due if due <= now < due + self._spacing else now
            state["slots"] = taken
            return wait

    def _free_at(self, entry: dict) -> float:
        if entry["answered"] is None:
            return entry["granted"] + LOST_AFTER_SECONDS
        return entry["answered"] + self._hold

    def _block_wait(self, block: dict | None, slot: str) -> float:
        """Seconds of silence left; lets exactly one probe through when the pause is over."""
        if not block:
            return 0.0
        now = self._clock.wall()
        # A clock that was set back must not lengthen the silence.
        block["until"] = min(block["until"], now + block["pause"])
        if now < block["until"]:
            return block["until"] - now
        probe = block["probe"]
        if probe and not _is_probe(block, slot) and probe["at"] <= now < probe["at"] + LOST_AFTER_SECONDS:
            return 0.5
        block["probe"] = {"slot": slot, "at": now}
        return 0.0

    @contextmanager
    def _state(self) -> Iterator[dict]:
        """The shared state, locked for as long as the block runs, written back at its end if it changed."""
        with storage(self._path):
            descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, FILE_MODE)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX)
                before = os.pread(descriptor, 1 << 20, 0)
                state = _decode(before)
                yield state
                line = json.dumps(state).encode() + b"\n"
                if line != before:
                    _write(descriptor, line)
                    if state["block"] != _decode(before)["block"]:
                        os.fsync(descriptor)  # a block must survive a loss of power, a slot need not
            finally:
                os.close(descriptor)


def _write(descriptor: int, line: bytes) -> None:
    # One write of one line, then the cut: a kill in between leaves a whole first line, and only that is read.
    if os.pwrite(descriptor, line, 0) < len(line):
        raise OSError("the limiter's state could not be written whole")
    os.ftruncate(descriptor, len(line))


def _decode(content: bytes) -> dict:
    try:
        state = json.loads(content.partition(b"\n")[0] or b"{}")
    except ValueError:
        # A machine that lost power may leave the file torn: start from nothing, which only costs a second of rate.
        state = {}
    return {"slots": [], "last": 0.0, "block": None, **(state if isinstance(state, dict) else {})}


def _is_probe(block: dict | None, slot: str) -> bool:
    """Whether this slot's request is the one that was let through to see if the block is over."""
    return bool(block and block["probe"] and block["probe"]["slot"] == slot)

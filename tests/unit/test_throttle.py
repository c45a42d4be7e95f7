"""The limiter: never over in any second, one silence for all, remembered across restarts. On a clock of the test's own."""

import json
from datetime import timedelta
from itertools import pairwise
from threading import Event

import pytest
from edgar_pipeline.errors import StorageError
from edgar_pipeline.throttle import LONGEST_PAUSE_SECONDS, LOST_AFTER_SECONDS, Throttle
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from tests.clocks import VirtualClock

URL = "https://www.sec.gov"
PAUSE = 600.0


@pytest.fixture
def throttle(tmp_path, clock) -> Throttle:
    return Throttle(tmp_path, URL, 6, PAUSE, clock)


def ask(throttle: Throttle, clock: VirtualClock, latency: float = 0.0) -> float:
    """One request that is answered after `latency`; the time at which it started."""
    slot = throttle.acquire()
    started = clock.elapsed
    clock.elapsed += latency
    throttle.answered(slot)
    return started


def most_in_a_second(times: list[float]) -> int:
    """The most events in any window of one second, its end not included. The windows that begin at an event are enough."""
    return max(sum(start <= time < start + 1.0 for time in times) for start in times)


def test_requests_are_evenly_spaced(throttle, clock):
    starts = [ask(throttle, clock) for _ in range(25)]
    assert starts == pytest.approx([number / 6 for number in range(25)])
    assert most_in_a_second(starts) == 6


def test_naps_that_end_late_do_not_add_up(throttle, clock):
    """GIVEN a clock on which every nap lasts 40 ms too long, THEN that is lost once a second, and not with every request."""
    starts = []
    for _ in range(25):
        while (wait := throttle._try_acquire(slot := f"slot {len(starts)}")) > 0:
            clock.elapsed += wait + 0.04
        starts.append(clock.elapsed)
        throttle.answered(slot)
    assert 4.0 <= starts[24] <= 4.0 + 5 * 0.041
    assert most_in_a_second(starts) == 6


@hypothesis_settings(max_examples=40, deadline=None)
@given(
    rate=st.sampled_from([0.5, 1.0, 2.5, 6.0, 10.0]),
    latencies=st.lists(st.floats(0.0, 3.0), min_size=15, max_size=40),
    arrivals=st.randoms(use_true_random=False),
)
def test_never_more_than_the_rate_reaches_the_server_in_any_second(tmp_path_factory, rate, latencies, arrivals):
    # GIVEN requests that reach the server at any moment between their start and their answer
    clock = VirtualClock()
    throttle = Throttle(tmp_path_factory.mktemp("state"), URL, rate, PAUSE, clock)
    seen, open_requests = [], []
    for latency in latencies:
        # WHEN they are asked as fast as the limiter allows, several of them under way at once
        while True:
            due = [request for request in open_requests if request[0] <= clock.elapsed]
            for request in due:
                throttle.answered(request[1])
                open_requests.remove(request)
            wait = throttle._try_acquire(slot := f"slot {len(seen)}")
            if wait <= 0:
                break
            next_answer = min((request[0] for request in open_requests), default=float("inf"))
            clock.elapsed = min(clock.elapsed + wait, max(next_answer, clock.elapsed + 1e-6))
        open_requests.append((clock.elapsed + latency, slot))
        seen.append(clock.elapsed + arrivals.random() * latency)
    # THEN no second has more than the rate
    assert most_in_a_second(seen) <= max(1, int(rate))
    if rate < 1:
        assert min(later - earlier for earlier, later in pairwise(sorted(seen))) >= 1.0


def test_two_limiters_over_one_file_share_one_rate(tmp_path, clock):
    one, other = (Throttle(tmp_path, URL, 6, PAUSE, clock) for _ in range(2))
    starts = [ask(throttle, clock) for _ in range(12) for throttle in (one, other)]
    assert starts == pytest.approx([number / 6 for number in range(24)])


def test_each_host_has_a_file_of_its_own(tmp_path, clock):
    Throttle(tmp_path, "https://www.sec.gov", 6, PAUSE, clock).acquire()
    Throttle(tmp_path, "http://127.0.0.1:8080", 6, PAUSE, clock).acquire()
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "throttle-127.0.0.1_8080.json",
        "throttle-www.sec.gov.json",
    ]


def test_a_request_that_never_reports_back_holds_its_slot_for_a_minute(tmp_path, clock):
    # GIVEN one slot, whose process was killed
    throttle = Throttle(tmp_path, URL, 1, PAUSE, clock)
    throttle.acquire()
    # WHEN another process asks THEN it waits until the lost request cannot be on its way any more
    assert ask(throttle, clock) == pytest.approx(LOST_AFTER_SECONDS)


def test_a_restart_of_the_machine_frees_the_slots(tmp_path, clock):
    # GIVEN slots that were taken before the machine's clock began anew
    late = VirtualClock()
    late.elapsed = 1e6
    for _ in range(6):
        Throttle(tmp_path, URL, 6, PAUSE, late).acquire()
    assert ask(Throttle(tmp_path, URL, 6, PAUSE, clock), clock) == 0.0


def test_a_stopped_wait_returns_nothing(throttle, clock):
    stop = Event()
    stop.set()
    assert throttle.acquire(stop) is None
    # A wait that has begun ends within a second.
    throttle.block(throttle.acquire())
    clock.sleep = lambda seconds: (stop.set(), setattr(clock, "elapsed", clock.elapsed + seconds))
    stop.clear()
    before = clock.elapsed
    assert throttle.acquire(stop) is None
    assert clock.elapsed - before <= 1.0


def test_a_block_silences_for_ten_minutes_and_then_lets_one_probe_through(throttle, clock):
    # GIVEN a block
    slot = throttle.acquire()
    throttle.answered(slot)
    assert throttle.block(slot) == PAUSE
    assert throttle.blocked_for() == PAUSE
    # WHEN somebody asks THEN he waits ten minutes
    probe = throttle.acquire()
    assert clock.elapsed == pytest.approx(PAUSE, abs=1.0)
    # AND nobody else is let through while the probe is out
    assert throttle._try_acquire("other") > 0
    # WHEN the probe was served THEN the block is over
    throttle.answered(probe)
    throttle.served(probe)
    assert throttle.blocked_for() == 0.0
    start = clock.elapsed
    assert ask(throttle, clock) - start <= 1.0


def test_a_block_survives_a_restart(tmp_path, clock):
    throttle = Throttle(tmp_path, URL, 6, PAUSE, clock)
    throttle.block(throttle.acquire())
    # GIVEN another process after a restart of the machine: monotonic time begins anew, wall time goes on
    later = VirtualClock(clock.now() + timedelta(seconds=100))
    assert Throttle(tmp_path, URL, 6, PAUSE, later).blocked_for() == PAUSE - 100


def test_a_probe_that_meets_the_block_again_doubles_the_pause_up_to_four_hours(throttle, clock):
    pauses = [throttle.block(throttle.acquire()) for _ in range(7)]
    assert pauses == [600, 1200, 2400, 4800, 9600, LONGEST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS]


def test_answers_to_requests_from_before_the_block_change_nothing(throttle, clock):
    # GIVEN three requests under way, of which the first meets a block
    first, second, third = (throttle.acquire() for _ in range(3))
    throttle.block(first)
    clock.elapsed += 5
    # WHEN the others are refused, or even served THEN the pause neither grows nor ends
    assert throttle.block(second) == pytest.approx(PAUSE - 5)
    throttle.served(third)
    assert throttle.blocked_for() == pytest.approx(PAUSE - 5)


def test_a_probe_that_is_lost_is_followed_by_another(throttle, clock):
    throttle.block(throttle.acquire())
    throttle.acquire()
    lost = clock.elapsed
    throttle.acquire()
    assert clock.elapsed - lost == pytest.approx(LOST_AFTER_SECONDS, abs=1.0)


@pytest.mark.parametrize(
    ("retry_after", "pause"), [(None, PAUSE), (5.0, PAUSE), (900.0, 900.0), (86_400.0, LONGEST_PAUSE_SECONDS)]
)
def test_retry_after_has_a_floor_and_a_ceiling(throttle, retry_after, pause):
    assert throttle.block(throttle.acquire(), retry_after) == pause


def test_a_clock_that_is_set_back_does_not_lengthen_the_silence(tmp_path, clock):
    throttle = Throttle(tmp_path, URL, 6, PAUSE, clock)
    throttle.block(throttle.acquire())
    earlier = VirtualClock(clock.now() - timedelta(days=300))
    waiting = Throttle(tmp_path, URL, 6, PAUSE, earlier)
    waiting.acquire()
    assert earlier.elapsed == pytest.approx(PAUSE, abs=1.0)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\x00" * 100, b'{"slots": [], "last": 1.0'])
def test_a_torn_state_file_starts_anew(tmp_path, clock, content):
    (tmp_path / "throttle-www.sec.gov.json").write_bytes(content)
    assert ask(Throttle(tmp_path, URL, 6, PAUSE, clock), clock) == 0.0


def test_a_kill_between_the_write_and_the_cut_loses_no_block(tmp_path, clock):
    # GIVEN a state that was written over a longer one, by a process that was killed before it cut the rest off
    throttle = Throttle(tmp_path, URL, 6, PAUSE, clock)
    throttle.block(throttle.acquire())
    path = tmp_path / "throttle-www.sec.gov.json"
    line = path.read_bytes()
    path.write_bytes(line + b'"answered": null}]}\n')
    assert throttle.blocked_for() == PAUSE
    # AND the next writer cuts it
    assert json.loads(path.read_bytes())["block"]["pause"] == PAUSE


def test_a_disk_that_refuses_is_an_error_and_not_a_request(tmp_path, clock):
    # GIVEN a state folder that cannot be made THEN nobody gets a limiter
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(StorageError, match="Not a directory"):
        Throttle(tmp_path / "file" / "state", URL, 6, PAUSE, clock)
    # GIVEN a state file that cannot be opened THEN nobody gets a slot
    throttle = Throttle(tmp_path, URL, 6, PAUSE, clock)
    (tmp_path / "throttle-www.sec.gov.json").mkdir()
    with pytest.raises(StorageError, match="Is a directory"):
        throttle.acquire()

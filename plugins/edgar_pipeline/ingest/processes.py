"""Work spread over processes, because parsing is all CPU: in order, bounded, and gone when the caller is gone."""

import os
import signal
from collections.abc import Callable, Iterable, Iterator
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from typing import TypeVar

from edgar_pipeline.errors import EdgarError

T = TypeVar("T")
R = TypeVar("R")

#: More processes than this do not help: the caller decompresses and lands for all of them.
MOST_PROCESSES = 6


def usable_processes() -> int:
    """How many processes are worth starting on this machine."""
    return min(
        len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1, MOST_PROCESSES
    )


def map_in_processes(work: Callable[[T], R], items: Iterable[T], processes: int) -> Iterator[R]:
    """`work(item)` for every item, in order; with one process, here.

    Items are taken as they are needed, and no more than twice as many as there are processes are on their way, so memory
    stays bounded. `work` must be a function of a module. An exception in it is raised here. A worker owns nothing but its end of
    a pipe: once this process ends, however it ends, the pipe is closed and the worker ends too.
    """
    if processes < 2:
        yield from map(work, items)
        return
    workers = [_Worker(work) for _ in range(processes)]
    try:
        yield from _in_order(workers, items)
    finally:
        for worker in workers:
            worker.stop()


def _in_order(workers: list["_Worker"], items: Iterable[T]) -> Iterator[R]:
    idle, running = list(workers), {}
    done: dict[int, R] = {}
    following = 0

    def collect() -> None:
        """Take what at least one worker has finished."""
        for connection in wait(list(running)):
            worker, number = running.pop(connection)
            done[number] = worker.result()
            idle.append(worker)

    for number, item in enumerate(items):
        while not idle or len(done) + len(running) >= 2 * len(workers):
            collect()
            while following in done:
                yield done.pop(following)
                following += 1
        worker = idle.pop()
        worker.connection.send(item)
        running[worker.connection] = (worker, number)
    while running or done:
        if following not in done:
            collect()
        while following in done:
            yield done.pop(following)
            following += 1


class _Worker:
    """A process that answers each item with its result, one at a time."""

    def __init__(self, work: Callable) -> None:
        # Not forked: a fork copies the locks of threads that it does not copy (a progress bar has one).
        context = get_context("spawn")
        self.connection, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs, work), daemon=True)
        self._process.start()
        theirs.close()

    def result(self) -> object:
        try:
            is_result, value = self.connection.recv()
        except EOFError:
            self._process.join()
            raise EdgarError(
                f"a process that parses submissions ended with exit code {self._process.exitcode} (out of memory?); "
                "what has landed stays, run the same command again"
            ) from None
        if not is_result:
            raise value
        return value

    def stop(self) -> None:
        self.connection.close()
        self._process.join(1)
        if self._process.is_alive():
            self._process.terminate()
            self._process.join()


def _serve(connection: Connection, work: Callable) -> None:
    # Ctrl-C reaches every process of the terminal; only the first one decides what to do about it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    while True:
        try:
            item = connection.recv()
        except EOFError:
            return
        try:
            answer = (True, work(item))
        except Exception as error:
            answer = (False, error)
        try:
            connection.send(answer)
        except BrokenPipeError:
            return

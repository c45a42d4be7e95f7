"""``python -m tests.fake_edgar ROOT``: the stand-in server as a process, until SIGINT or SIGTERM."""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
from pathlib import Path

from tests.fake_edgar.server import Server


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.fake_edgar", description=__doc__)
    parser.add_argument("root", type=Path, help="the folder that holds www.sec.gov/ and data.sec.gov/")
    parser.add_argument("--port", type=int, default=0, help="0 (the default) takes any free port")
    parser.add_argument("--ready-file", type=Path, help="the URL is written here once the server answers")
    parser.add_argument("--rate-limit", type=int, help="requests per second; more are refused as EDGAR refuses them")
    parser.add_argument(
        "--block-seconds", type=float, default=0.0, help="how long a client that was too fast is refused"
    )
    return parser.parse_args()


async def serve(arguments: argparse.Namespace) -> None:
    """Run the server; the ready file appears in one piece, so that who waits for it never reads half a URL."""
    server = Server(arguments.root, arguments.rate_limit, arguments.block_seconds)
    stopped = asyncio.Event()
    for signal_number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(signal_number, stopped.set)
    url = await server.start(arguments.port)
    print(url, flush=True)
    if arguments.ready_file:
        draft = arguments.ready_file.with_name(f"{arguments.ready_file.name}.{os.getpid()}")
        draft.write_text(url + "\n")
        draft.replace(arguments.ready_file)
    await stopped.wait()
    await server.stop()


if __name__ == "__main__":
    asyncio.run(serve(parse_arguments()))

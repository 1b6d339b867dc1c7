"""`python -m practice --folder DIR`: the practice internet as one process, until stdin closes or somebody
says stop.
"""

import argparse
import asyncio
import json
import os
import sys
import threading
from pathlib import Path

from practice.clock import parsed
from practice.control import Control, controlling
from practice.world import START, running


def arguments() -> argparse.Namespace:
    """What the command line says."""
    parser = argparse.ArgumentParser(prog="python -m practice", description=__doc__)
    parser.add_argument("--folder", type=Path, required=True, help="where to write how to get here")
    parser.add_argument("--hosts", choices=("small", "all"), default="all")
    parser.add_argument("--start", default=START, help="the virtual time at which the story begins, ISO 8601")
    parser.add_argument("--seed", type=int, default=1, help="another seed draws other pictures")
    options = parser.parse_args()
    options.folder = options.folder.resolve()
    options.folder.mkdir(parents=True, exist_ok=True)
    return options


async def serve(options: argparse.Namespace) -> None:
    """Run the world until it is told to stop."""
    over, loop = asyncio.Event(), asyncio.get_running_loop()
    folder: Path = options.folder
    threading.Thread(target=_wait_for_end, args=(loop, over), daemon=True).start()
    async with running(folder, which=options.hosts, start=parsed(options.start), seed=options.seed) as world:
        control = Control(world, lambda: _soon(loop, over))
        async with controlling(control) as port:
            address = f"127.0.0.1:{port}"
            (folder / "control").write_text(address + "\n", encoding="utf-8")
            sys.stdout.write(json.dumps({"ready": True, "control": address}) + "\n")
            sys.stdout.flush()
            await over.wait()


def _soon(loop: asyncio.AbstractEventLoop, over: asyncio.Event) -> None:
    """End, but answer first."""
    loop.call_later(0.05, over.set)


def _wait_for_end(loop: asyncio.AbstractEventLoop, over: asyncio.Event) -> None:
    """Read stdin to its end, so that the process never outlives whoever started it."""
    while os.read(0, 4096):
        pass
    loop.call_soon_threadsafe(over.set)


if __name__ == "__main__":
    asyncio.run(serve(arguments()))

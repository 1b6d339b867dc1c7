"""Commands without the wait: this process imports the product once and forks a child for each command.

The child is a process like any other: own environment, folder, standard streams and exit status, and it can be killed.
Only the second of importing is saved. Read from standard input, one JSON document a line:
``{"argv", "env", "cwd", "out", "err"}``; answered by two lines, ``{"pid"}`` at once and ``{"status"}`` at the end.
"""

import gc
import importlib
import json
import os
import pkgutil
import sys
from typing import Any

ROOMS = ("hotline", "crawler", "takedown", "notices", "scheduler", "commands")
LATE = (
    "scipy.stats", "rich.console", "rich.table", "rich.tree", "sqlalchemy.orm", "sqlalchemy.dialects.sqlite", "sqlite3",
    "alembic.command", "alembic.autogenerate", "requests", "dns.rdtypes.IN.A", "encodings.utf_8_sig", "aiohttp.web",
    "concurrent.futures.thread", "asyncio",
)  # fmt: skip
"""What libraries import only when they run."""


def import_everything() -> None:
    """All modules of the product; a command then finds them where it imports them."""
    for room in ROOMS:
        package = importlib.import_module(room)
        for module in pkgutil.walk_packages(package.__path__, f"{room}."):
            if ".migrations" not in module.name:
                importlib.import_module(module.name)
    for name in LATE:
        importlib.import_module(name)
    sys.modules["sqlalchemy.orm"].configure_mappers()
    sys.modules["hotline.address"].registrable_domain("a.little.example")
    gc.freeze()


def become(order: dict[str, Any]) -> None:
    """This child becomes the command; it never returns."""
    for number, (name, mode) in enumerate((("/dev/null", "r"), (order["out"], "w"), (order["err"], "w"))):
        with open(name, mode) as stream:
            os.dup2(stream.fileno(), number)
    sys.stdin, sys.stdout, sys.stderr = (os.fdopen(n, m, closefd=False) for n, m in ((0, "r"), (1, "w"), (2, "w")))
    os.environ.clear()
    os.environ.update(order["env"])
    os.chdir(order["cwd"])
    sys.argv = ["hotline", *order["argv"]]
    status = 0
    try:
        from commands.app import main

        main()
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        import traceback

        traceback.print_exc()
        status = 1
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


def serve() -> None:
    """Reads orders until the other end is closed."""
    import_everything()
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    answers.write('{"ready": true}\n')
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            become(json.loads(line))
        answers.write(json.dumps({"pid": child}) + "\n")
        _, status = os.waitpid(child, 0)
        answers.write(json.dumps({"status": os.waitstatus_to_exitcode(status)}) + "\n")


if __name__ == "__main__":
    serve()

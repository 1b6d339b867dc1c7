"""Nothing is lost and nothing doubled, whoever is killed (SIGKILL) at whatever point of a send.

With the mail server's log there is one acceptance of each notice; without it, at least one, and always the same bytes.
"""

import random
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from fault_points import HALF
from homes import Homes
from kill_stage import Nursery, PracticeServer, RealPostfix, Stage
from notice_builders import SIGNED
from postfix_server import running_postfix

from hotline.home import Home

LEDGER = pytest.mark.parametrize("ledger", [True, False], ids=["ledger", "no ledger"])


@pytest.fixture(scope="module")
def nursery() -> Iterator[Nursery]:
    with Nursery.started() as nursery:
        yield nursery


@pytest.fixture
def signing(database_url: str, homes: Homes) -> Home:
    """A home on each database that can queue notices."""
    signs = {name.removeprefix("HOTLINE_").lower(): value for name, value in SIGNED.items()}
    return homes.build(database_url=database_url, **signs)


@pytest.fixture
def practised(signing: Home, nursery: Nursery, tmp_path: Path, ledger: bool) -> Iterator[Stage]:
    """With the practice internet's mail server."""
    server = PracticeServer(nursery, tmp_path / "mail")
    server.start()
    yield Stage(signing, server, nursery, ledger, tmp_path)
    server.kill()


@pytest.fixture
def real(signing: Home, nursery: Nursery, tmp_path: Path, ledger: bool) -> Iterator[Stage]:
    """With Debian's Postfix."""
    with running_postfix() as postfix:
        yield Stage(signing, RealPostfix(postfix), nursery, ledger, tmp_path)


def points_of_a_send(stage: Stage) -> list[str]:
    """What a run over two notices passes."""
    stage.queue(2, "nobody was killed")
    return stage.run()


def text_is_out(points: list[str]) -> int:
    """The point at which the last text has left whole, and no answer has come."""
    return 1 + max(number for number, name in enumerate(points, 1) if name == HALF)


def kill_the_sender(stage: Stage, point: int) -> None:
    stage.queue(2, f"its sender was killed at point {point}")
    stage.run(point)
    stage.recover()


def kill_the_reconciler(stage: Stage, out: int, point: int) -> list[str]:
    """A sender leaves two notices, one of them with its text out; whoever takes that up is killed too."""
    stage.queue(2, f"its sender was killed at point {out}, and its reconciler at point {point}")
    stage.run(out)
    stage.server.settle()
    stage.hours += 2
    passed = stage.run(point, what="reconciler")
    stage.recover()
    return passed


def kill_every_reconciler(stage: Stage, out: int) -> int:
    """At each of its points, after a sender that left no text, a whole one, and one whose answer it had heard."""
    most = 0
    for left in (out - 2, out, out + 2):
        points = len(kill_the_reconciler(stage, left, 0))
        for point in range(1, points + 1):
            kill_the_reconciler(stage, left, point)
        most = max(most, points)
    return most


def kill_the_server(stage: Stage, point: int) -> None:
    stage.queue(2, f"the server was killed at point {point} of the sender")
    stage.run(point, stage.server.victim)
    stage.recover()


def kill_the_server_at_its_own(stage: Stage, point: int) -> bool:
    """A server that dies at a point of its own; whether it came to that point."""
    assert isinstance(stage.server, PracticeServer)
    stage.server.kill()
    stage.server.start(point)
    before = stage.kills["server"]
    stage.queue(2, f"the server was killed at its own point {point}")
    stage.run()
    stage.recover()
    return stage.kills["server"] > before


def two_at_once(stage: Stage, points: tuple[int, int], victim: object = None) -> None:
    stage.queue(30, f"two senders, killed at points {points} of theirs")
    both = [stage.begin(points[0]), stage.begin(points[1], victim)]
    for number in both:
        stage.end(number, "one of two senders")
    stage.recover()


def tell(capsys: pytest.CaptureFixture[str], stage: Stage, points: str) -> None:
    """Prints the figures."""
    notices, doubled = stage.check()
    how = f"{stage.server.name}, {stage.home.engine.dialect.name}, {'with' if stage.ledger else 'without'} ledger"
    kills = ", ".join(f"{count} {what}" for what, count in stage.kills.items() if count)
    with capsys.disabled():
        sys.stdout.write(
            f"\n{how}: {points}; {stage.kills.total()} kills ({kills}); {notices} notices, 0 lost, {doubled} doubled, "
            "each the same bytes\n"
        )


@pytest.mark.prove
@LEDGER
def test_killed_at_every_point_nothing_is_lost(practised: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    stage, chance = practised, random.Random(5)
    points = points_of_a_send(stage)
    assert HALF in points
    for point in range(1, len(points) + 1):
        kill_the_sender(stage, point)
        kill_the_server(stage, point)
    reconciling = kill_every_reconciler(stage, text_is_out(points))
    own = 1
    while kill_the_server_at_its_own(stage, own):
        own += 1
    for _ in range(10):
        two_at_once(stage, (chance.randint(1, 600), chance.randint(1, 600)))
    tell(capsys, stage, f"{len(points)} points of a send, {reconciling} of a reconciliation, {own - 1} of the server")


@pytest.mark.prove
@LEDGER
def test_nor_with_a_real_postfix(real: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    stage, chance = real, random.Random(6)
    points = points_of_a_send(stage)
    out = text_is_out(points)
    near = range(out - 12, out + 7, 2)  # from where the text begins to leave to where its answer is committed
    for point in sorted({*near, *range(1, len(points), len(points) // 8)}):
        kill_the_sender(stage, point)
    for point in near:
        kill_the_server(stage, point)
    for point in range(1, len(kill_the_reconciler(stage, out, 0)), 4):
        kill_the_reconciler(stage, out, point)
    for _ in range(3):
        two_at_once(stage, (chance.randint(1, 600), chance.randint(1, 600)), real.server.victim)
    tell(capsys, stage, f"{len(points)} points of a send")


@LEDGER
def test_killed_here_and_there_nothing_is_lost(practised: Stage) -> None:
    out = text_is_out(points_of_a_send(practised))
    kill_the_sender(practised, out - 12)
    kill_the_reconciler(practised, out, 5)
    kill_the_server(practised, out)
    two_at_once(practised, (0, 150))
    practised.check()

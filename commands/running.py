"""``run``, ``status``, ``practice``: the product at work."""

from typing import Annotated

import typer

from commands.context import Json, changing, reading, run
from commands.output import complain, emit


def add_to(app: typer.Typer) -> None:
    """Adds this family of commands."""
    app.command("run")(run_all)
    app.command("status")(status)
    app.command("practice")(practice)


def run_all(
    staff_port: Annotated[int, typer.Option(help="Comes with the staff console.")] = 8000,
    public_port: Annotated[int, typer.Option(help="Where hosts answer notices; 0: any free port.")] = 8001,
    public_host: Annotated[str, typer.Option(help="The address that it listens on.")] = "127.0.0.1",
) -> None:
    """Run the scheduler and the site on which hosts answer, until it is stopped (the console comes later)."""
    from console.public.site import public_site
    from console.serving import listen, served
    from scheduler.asking import CasesMove
    from scheduler.engine import run as run_engine

    with changing() as home, listen(public_host, public_port) as listening:
        port = listening.getsockname()[1]
        with served(public_site(home, CasesMove(home)), listening):
            complain(f"hosts answer at http://{public_host}:{port}/answer")
            complain(f"the scheduler runs ({home.kind.value} home); stop it with Ctrl-C")
            run(run_engine(home))


def status(as_json: Json = False) -> None:
    """Tell what waits, what runs, and what is wrong."""
    from scheduler.standing import standing

    with reading() as home:
        document = standing(home)
    jobs = document["jobs"]
    lines = [f"waiting {jobs['waiting']}, running {jobs['running']}, failed {jobs['failed']}"]
    lines += [f"oldest due: {document['oldest_due'] or 'nothing is due'}"]
    emit(document, as_json, lines + [f"problem: {problem}" for problem in document["problems"]])


def practice(
    days: Annotated[int, typer.Option(help="How many virtual days pass.")] = 30,
    leave: Annotated[bool, typer.Option("--exit", help="End when done: 0 only if every removal was reached.")] = False,
    hosts: Annotated[str, typer.Option(help="all, or small: ten hosts.")] = "all",
) -> None:
    """Run the practice internet and the main job on it, days in a minute."""
    from commands.practising import practise

    raise typer.Exit(practise(days, leave, hosts))

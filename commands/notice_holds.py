"""``notices hold``, ``unhold``, ``resend``: a person's hand on a single notice."""

from typing import Annotated

import typer

from commands.context import LARGEST_ID, As, Json, actor_for, changing
from commands.output import emit
from hotline.errors import HotlineError

Number = Annotated[
    int, typer.Argument(metavar="NOTICE", help="Its number, from `hotline notices list`.", max=LARGEST_ID)
]


def add_to(notices: typer.Typer) -> None:
    """Adds these commands to the family ``notices``."""
    notices.command("hold")(hold)
    notices.command("unhold")(unhold)
    notices.command("resend")(resend)


def hold(
    notice: Number,
    reason: Annotated[str, typer.Option("--reason", help="Why; it stands beside the notice.")],
    as_name: As = None,
    as_json: Json = False,
) -> None:
    """Stop a queued notice until it is let go."""
    from notices import holding

    with changing() as home:
        holding.hold(home, notice, reason, actor_for(home, as_name, "notice:hold").name)
    emit({"notice": notice, "held": True}, as_json, [f"notice {notice} is held"])


def unhold(notice: Number, as_name: As = None, as_json: Json = False) -> None:
    """Let a held notice go, with the next `notices send`."""
    from notices import holding

    with changing() as home:
        holding.unhold(home, notice, actor_for(home, as_name, "notice:hold").name)
    emit({"notice": notice, "held": False}, as_json, [f"notice {notice} goes with the next `notices send`"])


def resend(notice: Number, as_name: As = None, as_json: Json = False) -> None:
    """Send the same message again, where it surely did not arrive."""
    from hotline.records import Contact
    from notices import holding
    from takedown.contact_health import is_dead

    with changing() as home:
        actor = actor_for(home, as_name, "notice:hold")
        contact = holding.contact_of(home, notice)
        with home.reading() as session:
            dead = is_dead(session.get_one(Contact, contact), home.now())
        if dead:
            remedy = f"if mail arrives there again, `hotline contacts revive {contact}` first"
            raise HotlineError(f"notice {notice}: its contact is dead; {remedy}")
        holding.resend(home, notice, actor.name)
    emit({"notice": notice, "queued": True}, as_json, [f"notice {notice} goes again with the next `notices send`"])

"""Forms in an earnest home: named by case or number, shown for a reason, one case a call, and audited."""

from pathlib import Path

import contract_shapes as shapes
import pytest
from contract_shapes import faults
from hotline_shell import Shell
from little_world import LittleWorld
from prepared_homes import report, table

FORM = "https://reports.edge-delivery.example/abuse"


class Staff:
    """An earnest home in which each acts with their own credential."""

    def __init__(self, shell: Shell) -> None:
        self.shell = shell
        shell.say("init")
        self.tokens: dict[str, str] = {}
        roles = {"root": "administrator", "ana": "analyst", "ben": "analyst", "cara": "coordinator"}
        for name, role in roles.items():
            added = self.by("root").json("staff", "add", name, "--role", role, "--country", "NL")
            self.tokens[name] = added["token"]

    def by(self, name: str | None) -> Shell:
        return self.shell.having(STAFF_TOKEN=self.tokens.get(name or ""))


@pytest.fixture
def staff(world: LittleWorld, shell: Shell) -> Staff:
    """Two cases whose CDN has a form only, with the desk of its network refusing all mail."""
    staff = Staff(shell.having(DIAL_MAP=None).at(None))
    mandate = staff.shell.file("mandate.toml", '[country."*"]\nnotify = "direct"\n')
    staff.by("root").say("mandate", "import", mandate)
    past = {"confirmed_at": "2024-01-01T00:00:00Z", "reported_at": "2024-01-01T00:00:00Z"}
    rows = [report(world) | past, report(world) | past | {"url": world.twin, "reference": "R-2", "sha256": ""}]
    confirmed = staff.shell.file("confirmed.csv", table(*rows))
    staff.by("ana").say("seeds", "import", confirmed, status=1)
    staff.by("ben").say("seeds", "import", confirmed)
    domain = world.host("pics").partition(".")[2]
    (Path(staff.shell.home) / "edges.toml").write_text(
        f'[[edge]]\nname = "Edge Delivery"\ncertainty = "cdn_edge"\nsuffixes = ["{domain}"]\nform = "{FORM}"\n'
        'source = "their page"\nnoted = 2024-01-01\n',
        encoding="utf-8",
    )
    for desk in ("abuse@south-net.example", "abuse-second@south-net.example"):
        world.post.refusals[desk] = "550 5.1.1 no such user"
    staff.by("ana").say("notices", "send")
    return staff


def test_forms_in_earnest_show_addresses_one_case_a_call_for_a_reason(staff: Staff, world: LittleWorld) -> None:
    ana = staff.by("ana")
    listed = ana.say("forms", "--all", "--json")
    (row,) = listed.json
    assert faults([shapes.FORM], listed.json) == []
    form, cases = f"f{row['form']}", row["cases"]
    assert len(cases) == 2
    hidden = ana.say("forms", "show", form, "--json")
    assert faults(shapes.FORM_SHOWN, hidden.json) == []
    plain = ana.say("forms", "show", str(cases[0])).out
    for secret in ("shelf", "edge-delivery", "answer#", "notice+"):
        assert secret not in listed.out + hidden.out + plain + ana.say("forms").out, secret
    entries = ana.json("audit", "verify")["entries"]
    reveal = ("--reveal", "--reason", "to fill it in")
    assert "one case a call" in ana.say("forms", "show", form, *reveal, status=2).complaint
    assert "--reason" in ana.say("forms", "show", str(cases[0]), "--reveal", status=2).complaint
    assert staff.by(None).say("forms", "show", str(cases[0]), *reveal, status=2).complaint
    assert "analyst" in staff.by("root").say("forms", "show", str(cases[0]), *reveal, status=2).complaint
    assert ana.json("audit", "verify")["entries"] == entries, "nothing was shown, nothing is recorded"
    first = {case["id"]: case for case in ana.json("cases")}[cases[0]]
    shown = ana.json("forms", "show", str(cases[0]), *reveal)
    assert faults(shapes.FORM_SHOWN, shown) == []
    assert (shown["address"], shown["cases"], shown["urls"]) == (FORM, [cases[0]], [world.seed])
    assert world.seed in shown["text"] and world.twin not in shown["text"]
    assert ana.json("audit", "verify")["entries"] > entries
    assert staff.by(None).say("forms", "sent", str(cases[0]), "--as", "ana", status=2).complaint
    assert "analyst" in staff.by("root").say("forms", "sent", str(cases[0]), status=2).complaint
    assert staff.by("cara").json("forms", "sent", str(cases[0]))["notice"] == shown["notice"]
    told = {case["id"]: case for case in ana.json("cases")}[cases[0]]
    assert (first["first_notice_at"], told["state"]) == (None, "notified")
    assert told["first_notice_at"] and told["due_at"]
    notice = ana.json("notices", "show", str(shown["notice"]))
    assert (notice["state"], notice["to"], notice["message"]) == ("sent", None, None)
    assert ana.json("forms")[0]["cases"] == cases[1:]

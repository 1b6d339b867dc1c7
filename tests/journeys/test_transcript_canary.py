"""A fault of ours is no fact about a host: the operator's canary tells the two apart."""

from hotline_shell import Shell
from little_sites import page
from little_world import LittleWorld

AT = "2030-01-01T00:20:00Z"


def with_canary(shell: Shell, world: LittleWorld) -> Shell:
    world.sites.put(world.url("plain", "/canary"), page("A canary", "it sings"))
    return shell.having(CANARY=world.url("plain", "/canary")).at(AT)


def seen(shell: Shell, world: LittleWorld) -> list[str]:
    case = shell.json("case", str(shell.cases()[world.seed]["id"]))
    return [each["outcome"] for each in case["verdicts"] if each["at"] >= AT]


def test_while_the_canary_sings_looks_mean_what_they_say(notified: Shell, world: LittleWorld) -> None:
    world.sites.remove(world.seed)
    assert with_canary(notified, world).json("recheck")["gone"] == 1
    assert seen(notified, world) == ["gone"]


def test_when_it_is_silent_nothing_is_judged_and_everything_stays_due(notified: Shell, world: LittleWorld) -> None:
    shell = with_canary(notified, world)
    world.sites.remove(world.seed)
    world.sites.remove(world.url("plain", "/canary"))
    said = shell.say("recheck", "--json", status=1)
    assert said.json["looked"] == 0
    assert "the fault is ours" in said.complaint
    assert seen(notified, world) == []
    world.sites.put(world.url("plain", "/canary"), page("A canary", "it sings again"))
    assert shell.json("recheck")["gone"] == 1


def test_a_portal_that_answers_for_everybody_is_no_canary(notified: Shell, world: LittleWorld) -> None:
    shell = with_canary(notified, world)
    for host in world.hosts:
        world.sites.soft[host] = page("Welcome", "pay for an hour of our network")
    world.sites.remove(world.seed)
    assert shell.json("recheck", status=1)["looked"] == 0


def test_the_setting_must_be_a_web_address(notified: Shell, world: LittleWorld) -> None:
    assert "HOTLINE_CANARY" in notified.having(CANARY="a bird").say("recheck", status=2).complaint

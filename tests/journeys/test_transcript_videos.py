"""A video from its confirmation to its removal, by the commands: encoded anew it is neither lost nor called gone."""

from functools import cache

from clips import clip
from hotline_shell import Shell
from little_pictures import Picture
from little_sites import link, page
from little_world import LittleWorld
from prepared_homes import report, take_in


@cache
def film(scene: int, anew: bool = False) -> Picture:
    """Six seconds of soft patterns; ``anew``: as another host would encode them."""
    if anew:
        return Picture(clip(scene, "libvpx", "webm", seconds=6, size=(192, 144), bit_rate=300_000), "video/webm")
    return Picture(clip(scene, seconds=6, movflags="faststart"), "video/mp4")


def confirmed(shell: Shell, world: LittleWorld) -> Shell:
    """A confirmed video on its page; another host shows it encoded anew, and yet another video beside it."""
    world.sites.put(world.seed, film(1))
    again, other = world.url("mirror", "/m/again.webm"), world.url("mirror", "/m/other.webm")
    world.sites.put(again, film(1, anew=True))
    world.sites.put(other, film(2, anew=True))
    shown = [f'<video src="{url}"></video>' for url in (world.seed, again, other)]
    world.sites.put(world.thread, page("First thread", "a talk about films", *shown, link(again), link(other)))
    return take_in(shell, report(world, sha256=film(1).sha256))


def test_a_video_that_was_encoded_anew_opens_a_case_that_a_person_decides(opened: Shell, world: LittleWorld) -> None:
    shell = confirmed(opened, world)
    assert shell.json("crawl")["cases_opened"] == 1
    cases = shell.cases()
    copy = cases[world.url("mirror", "/m/again.webm")]
    assert (copy["state"], copy["match"]["list"], copy["match"]["kind"]) == ("review", "confirmed", "pdq")
    assert 0 <= copy["match"]["distance"] <= 31
    assert world.url("mirror", "/m/other.webm") not in cases


def test_a_host_that_encodes_a_video_anew_has_not_removed_it(opened: Shell, world: LittleWorld) -> None:
    shell = confirmed(opened, world)
    shell.say("crawl")
    shell.say("notices", "send")
    world.sites.put(world.seed, film(1, anew=True))
    assert shell.at("2030-01-01T01:00:00Z").json("recheck")["online"] >= 1
    case = shell.json("case", str(shell.cases()[world.seed]["id"]))
    assert case["state"] == "notified"
    assert "the same video" in case["observations"][-1]["reason"]
    assert case["observations"][-1]["distance"] <= 31
    world.sites.remove(world.seed)
    for moment in ("2030-01-01T08:00:00Z", "2030-01-02T08:00:00Z"):
        shell.at(moment).say("recheck")
    assert shell.cases()[world.seed]["state"] == "removed"


def test_a_video_that_moves_is_known_at_its_new_address_by_its_frames(opened: Shell, world: LittleWorld) -> None:
    shell = confirmed(opened, world)
    shell.say("crawl")
    shell.say("notices", "send")
    elsewhere = world.url("pics", "/moved/one.mp4")
    world.sites.move(world.seed, elsewhere)
    assert shell.at("2030-01-01T01:00:00Z").json("recheck")["moved"] == 1
    shell.at("2030-01-01T01:00:00Z").say("notices", "send")
    world.sites.put(elsewhere, film(1, anew=True))
    shell.at("2030-01-01T02:00:00Z").say("recheck")
    case = shell.json("case", str(shell.cases()[elsewhere]["id"]))
    assert "the same video" in case["observations"][-1]["reason"]


def test_nothing_of_a_video_is_kept(opened: Shell, world: LittleWorld) -> None:
    shell = confirmed(opened, world)
    shell.say("crawl")
    part = film(1).data[4000:4032]
    assert film(1).data.count(part) == 1
    for file in shell.home.rglob("*"):
        assert not file.is_file() or part not in file.read_bytes(), file

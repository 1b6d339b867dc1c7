"""The transcript with hosts that do not simply remove: what each of their ways does to the case."""

from hotline_shell import MIDNIGHT, Shell
from little_pictures import png
from little_sites import page
from little_world import LittleWorld
from prepared_homes import hash_table, report, take_in

FIRST_LOOK, NOON, EVENING = "2030-01-01T00:20:00Z", "2030-01-01T12:00:00Z", "2030-01-01T19:00:00Z"
SOUTH = "abuse@south-net.example"


def _recheck(shell: Shell, *moments: str) -> list[dict[str, int]]:
    return [shell.at(moment).json("recheck") for moment in moments]


def _remove_all(world: LittleWorld) -> None:
    for url in (world.seed, world.copy, world.twin):
        world.sites.remove(url)


def test_what_is_put_back_reappears_and_is_asked_about_and_removed_again(notified: Shell, world: LittleWorld) -> None:
    _remove_all(world)
    _recheck(notified, NOON, EVENING)
    world.sites.put(world.seed, world.pictures["one"])
    (looked,) = _recheck(notified, "2030-01-02T02:00:00Z")
    assert (looked["online"], looked["gone"]) == (1, 2)
    back = notified.cases()[world.seed]
    assert (back["state"], back["removed_at"], back["episode"]) == ("reappeared", None, 2)
    assert notified.at("2030-01-02T02:00:00Z").json("metrics")["groups"][0]["reappeared"] == 1
    assert notified.at("2030-01-02T02:05:00Z").json("notices", "send")["sent"] == 1
    assert len(world.post.to(SOUTH)) == 1, "the world forgot the first notice; this is the new one"
    assert world.seed in world.post.kept[-1].text
    assert world.twin not in world.post.kept[-1].text, "what stays removed is not asked about"
    assert notified.cases()[world.seed]["state"] == "notified"
    world.sites.remove(world.seed)
    _recheck(notified, "2030-01-02T03:00:00Z", "2030-01-02T09:30:00Z")
    case = notified.cases()[world.seed]
    assert (case["state"], case["removed_at"], case["episode"]) == ("removed", "2030-01-02T03:00:00Z", 2)


def test_an_online_look_between_two_gone_looks_starts_anew(notified: Shell, world: LittleWorld) -> None:
    world.sites.remove(world.seed)
    _recheck(notified, NOON)
    world.sites.put(world.seed, world.pictures["one"])
    _recheck(notified, EVENING)
    world.sites.remove(world.seed)
    _recheck(notified, "2030-01-01T20:00:00Z")
    assert notified.cases()[world.seed]["state"] == "notified"
    _recheck(notified, "2030-01-02T03:00:00Z")
    case = notified.cases()[world.seed]
    assert (case["state"], case["removed_at"]) == ("removed", "2030-01-01T20:00:00Z")


def test_a_moved_file_becomes_a_case_of_its_own(notified: Shell, world: LittleWorld) -> None:
    target = world.url("pics", "/new/place.png")
    world.sites.move(world.seed, target)
    (looked,) = _recheck(notified, FIRST_LOOK)
    assert (looked["moved"], looked["online"]) == (1, 2)
    cases = notified.cases()
    assert cases[world.seed]["state"] != "removed"
    assert (cases[target]["state"], cases[target]["origin"]) == ("confirmed", "crawl")
    assert notified.at(FIRST_LOOK).json("notices", "send")["sent"] == 1
    assert target in world.post.to(SOUTH)[-1].text
    world.sites.remove(world.seed)
    world.sites.remove(target)
    _recheck(notified, NOON, EVENING)
    cases = notified.cases()
    assert (cases[world.seed]["state"], cases[target]["state"]) == ("removed", "removed")


def test_a_site_that_answers_200_for_everything_still_shows_a_removal(notified: Shell, world: LittleWorld) -> None:
    world.sites.soft[world.host("pics")] = page("Sorry", "what you look for is not here, it may have been taken away")
    world.sites.remove(world.seed)
    first, second = _recheck(notified, NOON, EVENING)
    assert (first["gone"], second["gone"]) == (1, 1)
    case = notified.cases()[world.seed]
    assert (case["state"], case["removed_at"]) == ("removed", NOON)


def test_a_known_placeholder_in_its_place_is_a_removal(notified: Shell, world: LittleWorld) -> None:
    listed = notified.file("placeholder.csv", hash_table(world.pictures["gone"]))
    notified.say("hashes", "import", listed, "--list", "placeholders", "--kind", "placeholder", "--as", "ana")
    world.sites.put(world.seed, world.pictures["gone"])
    _recheck(notified, NOON, EVENING)
    assert notified.cases()[world.seed]["state"] == "removed"


def test_another_picture_under_the_url_waits_for_a_person(notified: Shell, world: LittleWorld) -> None:
    world.sites.put(world.seed, world.pictures["other"])
    (looked,) = _recheck(notified, NOON)
    assert looked["changed"] == 1
    case = notified.cases()[world.seed]
    assert (case["state"], case["removed_at"]) == ("review", None)
    assert notified.at(NOON).json("notices", "send")["sent"] == 0
    check = notified.file("digests.txt", world.pictures["other"].sha256 + "\n")
    assert notified.json("hashes", "check", check)[0]["match"] is None, "what a host puts there feeds no list"
    words = ("decide", str(case["id"]), "--reason", "an ordinary picture now", "--as", "ana", "--decision")
    refused = notified.at(NOON).say(*words[:4], "--as", "ana", "--decision", "perhaps", status=2)
    assert refused.complaint
    notified.at(NOON).say(*words, "close")
    assert notified.cases()[world.seed]["state"] == "closed"
    assert "nothing is to be decided" in notified.at(NOON).say(*words, "close", status=2).complaint


def test_a_changed_picture_that_is_confirmed_goes_on_with_the_new_one(notified: Shell, world: LittleWorld) -> None:
    world.sites.put(world.seed, world.pictures["other"])
    _recheck(notified, NOON)
    number = str(notified.cases()[world.seed]["id"])
    decided = notified.at(NOON).json(
        "decide", number, "--decision", "confirm", "--reason", "the same series", "--as", "ana"
    )
    assert decided == {"case": int(number), "state": "confirmed"}
    notified.at(NOON).say("notices", "send")
    assert notified.cases()[world.seed]["state"] in ("ready", "notified")
    looked = notified.at("2030-01-01T23:00:00Z").json("recheck")
    assert (looked["changed"], looked["online"]) == (0, 3), "the new picture is what later looks compare with"


def test_the_same_picture_re_encoded_is_still_online(notified: Shell, world: LittleWorld) -> None:
    world.sites.put(world.seed, world.pictures["one again"])
    (looked,) = _recheck(notified, FIRST_LOOK)
    assert looked["online"] == 3
    look = notified.json("case", str(notified.cases()[world.seed]["id"]))["observations"][-1]
    assert look["sha256"] == world.pictures["one again"].sha256
    assert 0 <= look["distance"] <= 31


def test_a_name_that_one_resolver_denies_while_the_other_fails_is_unclear(notified: Shell, world: LittleWorld) -> None:
    world.vanish("pics", by=frozenset({0}))
    world.names.failing = {world.host("pics"): frozenset({1})}
    looks = _recheck(notified, NOON, EVENING)
    assert [(look["unclear"], look["gone"]) for look in looks] == [(1, 0), (1, 0)]
    assert notified.cases()[world.seed]["state"] == "notified"


def test_a_name_that_both_resolvers_deny_is_gone(notified: Shell, world: LittleWorld) -> None:
    world.vanish("pics")
    _recheck(notified, NOON, EVENING)
    case = notified.cases()[world.seed]
    assert (case["state"], case["removed_at"]) == ("removed", NOON)


def test_a_host_that_one_resolver_alone_denies_is_never_removed(notified: Shell, world: LittleWorld) -> None:
    world.vanish("pics", by=frozenset({0}))
    looks = _recheck(notified, NOON, EVENING, "2030-01-03T00:00:00Z", "2030-01-09T00:00:00Z")
    assert [look["gone"] for look in looks] == [0, 0, 0, 0]
    assert notified.cases()[world.seed]["removed_at"] is None


def test_hosts_that_do_not_answer_plainly_are_unclear_and_never_removed(notified: Shell, world: LittleWorld) -> None:
    for url, status in ((world.seed, 403), (world.copy, 429), (world.twin, 503)):
        world.sites.put(url, status)
    looks = _recheck(notified, NOON, EVENING, "2030-01-09T00:00:00Z")
    assert [(look["unclear"], look["gone"]) for look in looks] == [(3, 0)] * 3
    for case in notified.cases().values():
        assert (case["state"], case["removed_at"], case["last_online_at"]) == ("notified", None, MIDNIGHT)


def test_a_host_that_goes_dark_is_unclear_and_counts_as_gone_only_when_it_says_so(
    notified: Shell, world: LittleWorld
) -> None:
    world.sites.dark.add(world.host("pics"))
    looks = _recheck(notified, NOON, EVENING, "2030-01-09T00:00:00Z")
    assert [(look["unclear"], look["gone"]) for look in looks] == [(1, 0)] * 3
    world.sites.remove(world.seed)
    _recheck(notified, "2030-01-10T00:00:00Z")
    world.sites.dark.clear()
    _recheck(notified, "2030-01-11T00:00:00Z", "2030-01-12T00:00:00Z")
    case = notified.cases()[world.seed]
    assert (case["state"], case["removed_at"]) == ("removed", "2030-01-11T00:00:00Z")


def test_a_report_whose_digest_is_not_what_is_served_feeds_no_list(opened: Shell, world: LittleWorld) -> None:
    home = take_in(opened, report(world, sha256=png(99).sha256))
    assert home.json("crawl")["cases_opened"] == 1, "the twin, by the list baseline"
    assert set(home.cases()) == {world.seed, world.twin}
    check = home.file("digests.txt", f"{world.pictures['one'].sha256}\n")
    assert home.json("hashes", "check", check)[0]["match"] is None
    home.say("notices", "send")
    assert home.cases()[world.seed]["state"] == "notified", "its analysts have confirmed it all the same"


def test_a_report_without_a_digest_feeds_no_list(opened: Shell, world: LittleWorld) -> None:
    home = take_in(opened, report(world, sha256=""))
    assert home.json("crawl")["cases_opened"] == 1
    assert world.copy not in home.cases()

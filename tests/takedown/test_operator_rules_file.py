"""Rules as operators write them: what is read, which of them speak, and that a slip of the pen refuses all."""

from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest

from hotline.errors import HotlineError
from hotline.words import ContactKind
from takedown.hosting.rule_file import parse_rules, rules_of
from takedown.hosting.rules import Rule

IPS = (ip_address("198.51.100.7"), ip_address("2001:db8::7"))


def rule(**keys: str) -> str:
    """A rule as text; every value in TOML."""
    plain = {"author": '"ana"', "reason": '"agreed by telephone"', "domain": '"host.example"'} | keys
    return "[[rule]]\n" + "".join(f"{key} = {value}\n" for key, value in plain.items() if value)


def on(subject: str, value: str, **keys: str) -> str:
    """A rule about something else than a domain."""
    return rule(**{"domain": "", subject: value}, **keys)


def read(*texts: str) -> tuple[Rule, ...]:
    return parse_rules("\n".join(texts)).rules


def numbers(*texts: str, host: str = "img.host.example") -> list[int]:
    """Which rules speak about a host with two addresses in AS 64500, in their order."""
    return [each.number for each in parse_rules("\n".join(texts)).about(host, IPS, [64500])]


def test_a_rule_is_read_as_it_is_written() -> None:
    provider = '{ name = "Meadow Hosting", asn = 64500, country = "nl" }'
    (found,) = read(rule(provider=provider, contact='"Abuse@Desk.example"', also_notify='["second@desk.example"]'))
    assert (found.number, found.author, found.reason) == (1, "ana", "agreed by telephone")
    assert found.provider is not None
    assert vars(found.provider) == {"name": "Meadow Hosting", "asn": 64500, "country": "NL"}
    assert (found.contact, found.contact_kind, found.also) == (
        "Abuse@desk.example", ContactKind.EMAIL, ("second@desk.example",),
    )  # fmt: skip


def test_a_contact_may_be_a_form() -> None:
    (found,) = read(rule(contact='"https://desk.example/report#abuse"', channel='"form"'))
    assert (found.contact, found.contact_kind) == ("https://desk.example/report#abuse", ContactKind.FORM)


def test_a_home_without_rules_has_none(tmp_path: Path) -> None:
    assert rules_of(tmp_path).rules == ()
    (tmp_path / "hotline.toml").write_text('country = "NL"\n')
    assert rules_of(tmp_path).rules == ()
    assert rules_of(tmp_path).digest == ""


def test_rules_are_read_again_when_the_file_has_changed(tmp_path: Path) -> None:
    file = tmp_path / "hotline.toml"
    file.write_text(rule(do_not_notify="true"))
    assert rules_of(tmp_path).rules[0].silent
    file.write_text(rule(do_not_notify='["abuse@meadow.example"]'))
    assert not rules_of(tmp_path).rules[0].silent


SILENT = {"do_not_notify": "true"}
WRONG: list[tuple[str, str]] = [
    (rule(author="", **SILENT), "author must be there"),
    (rule(author='" "', **SILENT), "author must be there"),
    (rule(author='"a@b"', **SILENT), "author must be a name"),
    (rule(reason="", **SILENT), "reason must be there"),
    (rule(reason='"ask x@y.example"', **SILENT), "reason must name no address"),
    (rule(reason='"Host.example said so"', **SILENT), "reason must name no address"),
    (rule(domain="", **SILENT), "one of domain, network, asn; there is none"),
    (rule(asn="64500", **SILENT), "there is domain and asn"),
    (rule(domain='"*.host.example"', **SILENT), "leave out *"),
    (rule(domain='"https://host.example"', **SILENT), "without scheme"),
    (rule(domain='"host.example/a"', **SILENT), "without scheme, port or path"),
    (rule(domain='"host.example:8080"', **SILENT), "without scheme, port or path"),
    (rule(domain='"example"', **SILENT), "a suffix under which everybody"),
    (rule(domain='"co.uk"', **SILENT), "a suffix under which everybody"),
    (rule(domain='"198.51.100.7"', **SILENT), "write network"),
    (rule(domain="7", **SILENT), "domain must be a host name"),
    (rule(domain='""', **SILENT), "domain must be a host name"),
    (on("network", '"198.51.100.7/24"', **SILENT), "without host bits"),
    (on("network", '"198.0.0.0/2"', **SILENT), "host bits"),
    (on("network", '"0.0.0.0/0"', **SILENT), "too wide"),
    (on("asn", '"AS64500"', **SILENT), "plain number"),
    (on("asn", "0", **SILENT), "plain number"),
    (on("asn", "true", **SILENT), "plain number"),
    (rule(), "it does nothing"),
    (rule(contct='"abuse@desk.example"'), "contct is no key"),
    (rule(country='"NL"', **SILENT), "settings stand before the first"),
    (rule(contact='"abuse@desk"'), "contact must be one plain mail address or"),
    (rule(contact='"a@desk.example, b@desk.example"'), "contact must be one plain mail address or"),
    (rule(contact='["a@desk.example"]'), "contact must be one plain mail address or"),
    (rule(contact='"https://user:secret@desk.example/"'), "no form that can be opened"),
    (rule(channel='"fax"'), "channel must be one of email, form"),
    (rule(channel='["form"]'), "channel must be one of email, form"),
    (rule(do_not_notify="false"), "do_not_notify must be true, or a list"),
    (rule(do_not_notify="[]"), "must be a list of mail addresses"),
    (rule(also_notify='"second@desk.example"'), "also_notify must be a list"),
    (rule(also_notify='["second"]'), "each of also_notify must be one plain"),
    (rule(provider='"Meadow"'), "provider must be a table"),
    (rule(provider="{}"), "provider must be a table"),
    (rule(provider='{ nme = "Meadow" }'), "provider must be a table"),
    (rule(provider='{ country = "Holland" }'), "code of two letters"),
    (rule(provider='{ asn = "x" }'), "plain number"),
    (rule(provider='{ name = " " }'), "name must be a text"),
    (rule(contact='"a@desk.example"', **SILENT), "tells nobody"),
    (rule(contact='"a@desk.example"', channel='"form"'), "does not fit its own contact"),
    (rule(contact='"a@desk.example"', do_not_notify='["A@desk.example"]'), "its own do_not_notify"),
    (rule(also_notify='["a@desk.example"]', do_not_notify='["A@desk.example"]'), "in also_notify and in do_not_notify"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "words"), WRONG, ids=[words for _, words in WRONG])
def test_a_wrong_rule_refuses_all_by_its_number_and_never_names_the_host(text: str, words: str) -> None:
    with pytest.raises(HotlineError) as refused:
        read(rule(**SILENT), text)
    told = str(refused.value)
    assert told.startswith("hotline.toml, rule 2: ")
    assert words in told
    assert "Holland" not in told


def test_two_words_on_the_same_thing_are_refused() -> None:
    one, other = rule(contact='"a@desk.example"'), rule(contact='"b@desk.example"')
    with pytest.raises(HotlineError, match="rule 2: rule 1 names a contact for the same domain"):
        read(one, other)
    assert len(read(one, rule(channel='"email"'), on("asn", "64500", contact='"b@desk.example"'))) == 3


@pytest.mark.parametrize("text", ["rule = 1", "[rule]\nauthor = 'ana'", "rule = [1]", "[[rule]"])
def test_what_is_no_list_of_rules_is_refused(text: str) -> None:
    with pytest.raises(HotlineError, match=r"hotline\.toml"):
        read(text)


# ---------------------------------------------------------------------- which rules speak


@pytest.mark.parametrize("host", ["host.example", "a.b.host.example", "HOST.example."])
def test_a_domain_is_the_host_and_everything_below_it(host: str) -> None:
    assert numbers(rule(**SILENT), host=host) == [1]


@pytest.mark.parametrize("host", ["ghost.example", "host.example.org", "example", "198.51.100.7"])
def test_a_domain_is_nothing_beside_it(host: str) -> None:
    assert numbers(rule(**SILENT), host=host) == []


def test_a_network_is_that_of_any_address_of_the_host() -> None:
    assert numbers(on("network", '"198.51.100.0/24"', **SILENT)) == [1]
    assert numbers(on("network", '"2001:db8::/32"', **SILENT)) == [1]
    assert numbers(on("network", '"198.51.101.0/24"', **SILENT)) == []
    assert numbers(on("asn", "64501", **SILENT)) == []


def test_the_most_specific_rule_speaks_first_whatever_its_place() -> None:
    rules = (
        on("asn", "64500", **SILENT),
        on("network", '"198.51.0.0/16"', **SILENT),
        on("network", '"198.51.100.0/24"', **SILENT),
        rule(**SILENT),
        rule(domain='"img.host.example"', **SILENT),
        on("asn", "64500", channel='"form"'),
    )
    assert numbers(*rules) == [5, 4, 3, 2, 1, 6]


def test_the_digest_tells_a_rule_by_what_it_says_and_not_by_its_place() -> None:
    first, second = rule(**SILENT), on("asn", "64500", **SILENT)
    assert [each.digest for each in read(first, second)] == [each.digest for each in read(second, first)][::-1]
    assert parse_rules(first + second).digest != parse_rules(second + first).digest
    changed: dict[str, Any] = {"reason": '"by letter"'}
    assert read(rule(**SILENT, **changed))[0].digest != read(first)[0].digest

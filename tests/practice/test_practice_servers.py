"""The servers as a client meets them over sockets: every protocol once, and the process from start to end."""

import json
import smtplib
import socket
import ssl
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from pathlib import Path

import dns.message
import dns.query
import dns.rcode
import dns.rdatatype
import pytest

from practice.client import ControlError
from practice.hosts import HOSTS
from practice.networks import NETWORKS, Style, network_named
from practice.running import World
from practice.sites import Sites

SITES = Sites(HOSTS)


def port_of(world: World, host: str, port: str) -> int:
    dial = json.loads((world.folder / "dial.json").read_text())
    return int(dial[addresses(world, host)[0]][port].rpartition(":")[2])


def ask(world: World, name: str, kind: str = "A", *, resolver: int = 0, tcp: bool = False) -> dns.message.Message:
    port = int(world.env["HOTLINE_RESOLVERS"].split(",")[resolver].rpartition(":")[2])
    query = dns.message.make_query(name, kind)
    send = dns.query.tcp if tcp else dns.query.udp
    return send(query, "127.0.0.1", port=port, timeout=5)


def texts(answer: dns.message.Message, kind: str) -> list[str]:
    return [r.to_text() for rrset in answer.answer for r in rrset if r.rdtype == dns.rdatatype.from_text(kind)]


def addresses(world: World, host: str) -> list[str]:
    return texts(ask(world, host), "A") or [host]


def get(world: World, url: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    scheme, _, rest = url.partition("://")
    host, slash, path = rest.partition("/")
    trust = ssl.create_default_context(cafile=str(world.folder / "ca.pem"))
    trust.check_hostname = False  # dialled by number here; the chain is what is checked
    plain = HTTPConnection("127.0.0.1", port_of(world, host, "80")) if scheme == "http" else None
    link = plain or HTTPSConnection("127.0.0.1", port_of(world, host, "443"), context=trust)
    try:
        link.request("GET", slash + path, headers={"Host": host, **headers})
        answer = link.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
    finally:
        link.close()


def rdap(world: World, server: str, path: str) -> dict[str, object]:
    status, headers, body = get(world, f"https://{server}/{path}")
    assert status == 200
    assert headers["content-type"].startswith("application/rdap+json")
    found: dict[str, object] = json.loads(body)
    return found


def whois(world: World, server: str, query: str) -> str:
    with socket.create_connection(("127.0.0.1", port_of(world, server, "43")), 5) as link:
        link.sendall(query.encode() + b"\r\n")
        return link.makefile("rb").read().decode()


def write(world: World, to: str, *urls: str) -> None:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "notice@hotline.example", to, "Notice"
    message["Message-ID"] = f"<{abs(hash((to, urls)))}@hotline.example>"
    message.set_content("Please disable\n" + "\n".join(url.replace("http", "hxxp") for url in urls))
    message.add_attachment("url\n" + "\n".join(urls), subtype="csv", filename="items.csv")
    with smtplib.SMTP("127.0.0.1", int(world.env["HOTLINE_SMTP"].rpartition(":")[2])) as server:
        server.send_message(message, from_addr="notice+token@hotline.example")


def inbox(world: World) -> list[EmailMessage]:
    found = [
        message_from_bytes(path.read_bytes(), policy=policy.default)
        for path in sorted((world.folder / "inbox" / "new").iterdir())
    ]
    return [message for message in found if isinstance(message, EmailMessage)]


# ---------------------------------------------------------------------- DNS


@pytest.mark.parametrize("tcp", [False, True])
@pytest.mark.parametrize("resolver", [0, 1])
def test_both_resolvers_answer_over_udp_and_tcp(world: World, resolver: int, tcp: bool) -> None:
    answer = ask(world, "harbour-gallery.example", resolver=resolver, tcp=tcp)
    assert texts(answer, "A") == ["198.51.100.10"]
    assert ask(world, "nothing.example", resolver=resolver, tcp=tcp).rcode() == dns.rcode.NXDOMAIN
    assert ask(world, "lame.test", resolver=resolver, tcp=tcp).rcode() == dns.rcode.SERVFAIL


def test_names_of_every_type_are_there(world: World) -> None:
    front = ask(world, "prism-front.example")
    assert texts(front, "CNAME") == ["prism-front.edge.cedar-edge.example."]
    assert texts(front, "A") == ["203.0.113.10"]
    assert texts(ask(world, "harbour-gallery.example", "AAAA"), "AAAA")[0].startswith("2001:db8:")
    assert texts(ask(world, "alpha-hosting.example", "MX"), "MX") == ["10 mx.post.example."]
    assert texts(ask(world, "10.100.51.198.in-addr.arpa", "PTR"), "PTR") == ["harbour-gallery.example."]
    blog, other = ask(world, "ivory.blogs.example"), ask(world, "slate.blogs.example")
    assert texts(blog, "A") == texts(other, "A")
    empty = ask(world, "walnut-news.example", "AAAA")
    assert (empty.rcode(), empty.answer) == (dns.rcode.NOERROR, [])


def test_origin_look_ups_follow_the_convention(world: World) -> None:
    origin = texts(ask(world, "7.100.51.198.origin.asn.cymru.com", "TXT"), "TXT")
    assert origin == ['"64500 | 198.51.100.0/25 | NL | ripencc | 2020-01-01"']
    name = texts(ask(world, "AS64500.asn.cymru.com", "TXT"), "TXT")
    assert name == ['"64500 | NL | ripencc | 2020-01-01 | ALPHA-AS Alpha Hosting, NL"']
    nibbles = ".".join(reversed("20010db80100"))
    six = texts(ask(world, f"{nibbles}.origin6.asn.cymru.com", "TXT"), "TXT")
    assert six == ['"64500 | 2001:db8:100::/40 | NL | ripencc | 2020-01-01"']


def test_a_text_too_large_for_a_packet_is_cut_and_comes_whole_over_tcp(world: World) -> None:
    assert ask(world, "large.test", "TXT").flags & dns.flags.TC
    assert len(texts(ask(world, "large.test", "TXT", tcp=True), "TXT")) == 20


# ---------------------------------------------------------------------- RDAP and WHOIS


def desk_in(entities: object, mail: str) -> list[list[str] | None]:
    """The roles on the way down to the entity that has this address."""
    assert isinstance(entities, list)
    for made in entities:
        if any(part[3] == mail for part in made["vcardArray"][1]):
            return [made.get("roles")]
        if below := desk_in(made.get("entities", []), mail):
            return [made.get("roles"), *below]
    return []


def test_five_registries_show_the_desk_in_five_ways(world: World) -> None:
    ways = {}
    for key in ("alpha", "delta", "ember", "fjord", "grove"):
        network = network_named[key]
        found = rdap(world, f"rdap.{network.style}-like.example", f"ip/{network.block[10]}")
        assert found["objectClassName"] == "ip network"
        assert found["country"] == network.country
        ways[network.style] = desk_in(found["entities"], network.desk)
    assert ways == {
        Style.RIPE: [["abuse"]],
        Style.ARIN: [["registrant"], ["abuse"]],
        Style.APNIC: [["abuse"]],
        Style.LACNIC: [],
        Style.AFRINIC: [],
    }


def test_the_shared_entity_gives_its_address_only_behind_its_own_link(world: World) -> None:
    found = rdap(world, "rdap.lacnic-like.example", "ip/192.0.2.10")
    entities = found["entities"]
    assert isinstance(entities, list)
    shared = next(made for made in entities if "abuse" in made["roles"])
    whole = rdap(world, "rdap.lacnic-like.example", shared["links"][0]["href"].partition("example/")[2])
    assert desk_in([whole], "abuse@fjord-servidores.example")


def test_the_registry_without_roles_says_it_in_a_remark(world: World) -> None:
    found = rdap(world, "rdap.afrinic-like.example", "ip/192.0.2.74")
    assert "abuse@grove-online.example" in json.dumps(found["remarks"])
    assert "roles" not in json.dumps(found["entities"])


def test_the_parent_block_and_the_as_lead_to_the_carrier(world: World) -> None:
    child = rdap(world, "rdap.ripe-like.example", "ip/198.51.100.10")
    parent = rdap(world, "rdap.ripe-like.example", "ip/198.51.100.0/24")
    assert child["parentHandle"] == parent["handle"]
    for found in (parent, rdap(world, "rdap.ripe-like.example", "autnum/64500")):
        assert desk_in(found["entities"], "abuse@carrier-north.example") == [["abuse"]]


def test_a_block_that_was_handed_on_is_redirected(world: World) -> None:
    status, headers, _ = get(world, "https://rdap.arin-like.example/ip/192.0.2.140")
    assert (status, headers["location"]) == (302, "https://rdap.ripe-like.example/ip/192.0.2.140")


def test_a_domain_nests_the_desk_in_its_registrar(world: World) -> None:
    found = rdap(world, "rdap.names-one.example", "domain/harbour-gallery.example")
    assert desk_in(found["entities"], "abuse@first-names.example") == [["registrar"], ["abuse"]]
    reticent = rdap(world, "rdap.names-two.example", "domain/old-mill.test")
    assert desk_in(reticent["entities"], "abuse@first-names.example") == []


def test_the_bootstrap_names_a_server_for_every_network(world: World) -> None:
    files = {
        name: json.loads((world.folder / "bootstrap" / f"{name}.json").read_text()) for name in ("ipv4", "asn", "dns")
    }
    assert len(files["ipv4"]["services"]) == len(files["asn"]["services"]) == len(NETWORKS)
    assert all(urls[0].startswith("https://rdap.") for _, urls in files["dns"]["services"])


def test_whois_refers_from_the_root_to_the_registrar(world: World) -> None:
    assert "whois.names-two.example" in whois(world, "whois.root.example", "old-mill.test")
    registry = whois(world, "whois.names-two.example", "old-mill.test")
    assert "Registrar WHOIS Server: whois.first-names.example" in registry
    assert "Abuse Contact Email: abuse@first-names.example" in whois(
        world, "whois.first-names.example", "old-mill.test"
    )
    assert whois(world, "whois.third-names.example", "silo-files.example") == ""


@pytest.mark.parametrize("network", NETWORKS, ids=lambda network: network.key)
def test_whois_names_the_desk_of_every_network(world: World, network: object) -> None:
    one = next(n for n in NETWORKS if n is network)
    assert f"whois.{one.style}-like.example" in whois(world, "whois.root.example", str(one.block[5]))
    assert one.desk in whois(world, f"whois.{one.style}-like.example", str(one.block[5]))


# ---------------------------------------------------------------------- the web


def test_pages_and_pictures_are_served_by_name(world: World) -> None:
    status, headers, body = get(world, "https://harbour-gallery.example/album/1")
    assert (status, headers["content-type"].partition(";")[0]) == (200, "text/html")
    assert b"/pictures/item-001" in body
    status, headers, body = get(world, SITES.file_url("k01@harbour-gallery.example"))
    assert (status, headers["content-type"], body[:2]) == (200, "image/jpeg", b"\xff\xd8")
    assert get(world, "http://bramble-board.example/thread/99")[0] == 404
    assert get(world, "http://203.0.113.77/album/1")[0] == 200


@pytest.mark.parametrize(
    ("where", "told", "asked"),
    [
        ("k01@harbour-gallery.example", "etag", "If-None-Match"),
        ("k09@ivory.blogs.example", "last-modified", "If-Modified-Since"),
    ],
)
def test_files_have_a_validator_and_come_in_parts(world: World, where: str, told: str, asked: str) -> None:
    url = SITES.file_url(where)
    _, headers, whole = get(world, url)
    assert get(world, url, **{asked: headers[told]})[::2] == (304, b"")
    assert get(world, url, **{asked: '"another"'})[::2] == (200, whole)
    status, headers, part = get(world, url, Range="bytes=0-99")
    assert (status, headers["content-range"], part) == (206, f"bytes 0-99/{len(whole)}", whole[:100])


def test_one_gallery_shows_its_picture_only_to_who_comes_from_its_page(world: World) -> None:
    url = SITES.file_url("k16@curtain-gallery.test")
    assert get(world, url)[0] == 404
    assert get(world, url, Referer="https://curtain-gallery.test/album/1")[0] == 200


def test_one_host_answers_200_for_everything(world: World) -> None:
    status, _, body = get(world, "https://marble-shelves.example/there-is/no-such-path")
    assert status == 200
    assert b"Welcome" in body


def test_a_visit_to_a_decoy_is_a_fault(tmp_path: Path) -> None:
    with World.start(tmp_path, hosts="all") as world:
        get(world, "https://harbour-gallery.example/")
        assert world.faults() == []
        get(world, "https://lantern-search.example/search?q=x")
        get(world, "https://tulip-garden.example/more/1")
        assert [fault["what"] for fault in world.faults()] == [
            "followed a link that is never followed",
            "went beyond the scope",
        ]


# ---------------------------------------------------------------------- mail, time and the process


def test_a_notice_is_heeded_answered_and_logged(tmp_path: Path) -> None:
    url = SITES.file_url("k03@meadow-forum.example")
    with World.start(tmp_path, hosts="small") as world:
        write(world, "abuse@alpha-hosting.example", url)
        assert world.next() == "2030-01-01T00:02:00Z"
        world.advance("2030-01-01T05:59:00Z")
        assert get(world, url)[0] == 200
        world.advance("2030-01-01T07:00:00Z")
        assert get(world, url)[0] == 404
        row = next(row for row in world.truth() if row["url"] == url)
        assert (row["up"], row["removed_at"]) == (False, "2030-01-01T06:00:00Z")
        automatic, human = inbox(world)
        assert automatic["Auto-Submitted"] == "auto-replied"
        assert human["Delivered-To"] == "notice+token@hotline.example"
        assert "removed" in human.get_content()
        assert "status=sent" in (tmp_path / "maillog").read_text()
        assert human["In-Reply-To"] in (tmp_path / "maillog").read_text()
        assert world.faults() == []


def test_a_dead_desk_bounces_and_the_carrier_is_heeded(tmp_path: Path) -> None:
    url = SITES.file_url("k12@quartz-pics.example")
    with World.start(tmp_path, hosts="small") as world:
        write(world, "abuse@bravo-rooms.example", url)
        world.advance("2030-01-02T00:00:00Z")
        (bounce,) = inbox(world)
        assert bounce.get_content_type() == "multipart/report"
        assert bounce.get_param("report-type") == "delivery-status"
        status = list(bounce.walk())[2].as_string()
        assert "Action: failed" in status
        assert get(world, url)[0] == 200
        write(world, "abuse@carrier-north.example", url)
        world.advance("2030-01-02T11:00:00Z")
        assert get(world, url)[0] == 404


def test_what_a_notice_must_not_say_is_a_fault(tmp_path: Path) -> None:
    with World.start(tmp_path, hosts="all") as world:
        write(world, "abuse@alpha-hosting.example", SITES.file_url("k12@quartz-pics.example"))
        write(world, "abuse@delta-racks.example", SITES.file_url("k17@plum-gallery.example"))
        write(world, "abuse@alpha-hosting.example", SITES.file_url("o01@harbour-gallery.example"))
        write(world, "owner@old-mill.test", "https://old-mill.test/")
        write(world, "abuse@alpha-hosting.example", "https://harbour-gallery.example/album/1")
        assert [fault["what"] for fault in world.faults()] == [
            "named what the recipient does not host",
            "named an address under embargo",
            "named what is ordinary",
            "wrote to a registrant",
        ]


def test_a_dark_host_cuts_the_connection_and_a_vanished_name_is_unknown(tmp_path: Path) -> None:
    dusk, velvet = SITES.file_url("k28@dusk-albums.example"), SITES.file_url("k22@velvet-prints.test")
    with World.start(tmp_path, hosts="all") as world:
        write(world, "abuse@carrier-north.example", dusk)
        write(world, "abuse@carrier-south.example", velvet)
        world.advance("2030-01-01T02:00:00Z")
        with pytest.raises((HTTPException, OSError)):
            get(world, dusk)
        world.advance("2030-01-01T20:00:00Z")
        assert get(world, dusk)[0] == 200
        world.advance("2030-01-03T01:00:00Z")
        codes = [ask(world, "velvet-prints.test", resolver=n).rcode() for n in (0, 1)]
        assert codes == [dns.rcode.NXDOMAIN, dns.rcode.NOERROR]


def test_a_moved_file_is_redirected_or_linked_anew(tmp_path: Path) -> None:
    orbit, shuttle = (
        SITES.file_url("k25@orbit-pics.example"),
        SITES.file_url("k26@shuttle-files.example"),
    )
    with World.start(tmp_path, hosts="all") as world:
        write(world, "abuse@fjord-servidores.example", orbit)
        write(world, "abuse@alpha-hosting.example", shuttle)
        world.advance("2030-01-01T08:00:00Z")
        status, headers, _ = get(world, orbit)
        assert (status, headers["location"]) == (301, "https://orbit-pics.example/pictures/b/item-025.jpg")
        assert get(world, shuttle)[0] == 404
        assert b"/files/b/item-026.jpg" in get(world, "https://shuttle-files.example/get/26")[2]


def test_the_control_socket_answers_errors_and_stays_open(tmp_path: Path) -> None:
    with World.start(tmp_path, hosts="small") as world:
        with pytest.raises(ControlError, match="there are now, next, advance"):
            world.client.ask("dance")
        with pytest.raises(ControlError, match="does not run back"):
            world.advance("2029-01-01T00:00:00Z")
        assert world.now() == "2030-01-01T00:00:00Z"


def test_the_process_ends_on_stop_and_when_its_stdin_closes(tmp_path: Path) -> None:
    stopped = World.start(tmp_path / "one", hosts="small")
    assert stopped.client.ask("stop") == {"stopping": True}
    assert stopped.process.wait(timeout=20) == 0
    stopped.stop()
    left = World.start(tmp_path / "two", hosts="small")
    left.stop()
    assert left.process.returncode == 0

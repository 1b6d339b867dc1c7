"""The inbox by IMAP: nothing is lost, nothing doubled, nothing of others removed, and faults name their remedy."""

import ssl
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import pytest
import trustme
from imap_server import PASSWORD, USER, Server, running
from notice_builders import Killed, Told, make_home, with_settings
from sqlmodel import select

from hotline import settings_parsing
from hotline.errors import HotlineError
from hotline.home import Home
from hotline.records import Reply
from hotline.settings import ImapServer
from hotline.words import HomeKind
from notices import imap, inbox, mailbox

Open = Callable[[Server], Home]


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def context(authority: trustme.CA) -> ssl.SSLContext:
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(made)
    return made


@pytest.fixture
def trusted(authority: trustme.CA, tmp_path: Path) -> Path:
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    return tmp_path / "ca.pem"


@pytest.fixture
def at(home: Home, trusted: Path) -> Open:
    """A home whose inbox is this server."""

    def opened(server: Server, scheme: str = "imaps", folder: str = "INBOX") -> Home:
        where = f"{scheme}://{USER}:{quote(PASSWORD, safe='')}@127.0.0.1:{server.port}/{folder}"
        return with_settings(home, inbox=settings_parsing.inbox(where), ca_file=trusted)

    return opened


def letters(count: int) -> dict[int, bytes]:
    return {uid: f"Subject: letter {uid}\r\n\r\nhello {uid}\r\n".encode() for uid in range(3, 3 + count)}


def stored(home: Home) -> list[str]:
    with home.reading() as session:
        return [home.vault.text(row, "bytes") for row in session.exec(select(Reply).order_by(Reply.id))]


@pytest.mark.parametrize(("capabilities", "password"), [
    ("IMAP4rev1 UIDPLUS AUTH=PLAIN", PASSWORD), ("IMAP4rev1 AUTH=PLAIN", PASSWORD), ("IMAP4rev1 UIDPLUS", "plain"),
])  # fmt: skip
def test_all_that_waits_is_taken_in_oldest_first_and_removed(
    at: Open, context: ssl.SSLContext, told: Told, capabilities: str, password: str
) -> None:
    with running(Server(letters(120), capabilities=capabilities, password=password), context) as server:
        home = at(server)
        assert home.settings.inbox is not None and home.settings.inbox.server is not None
        home = with_settings(home, inbox=replace(home.settings.inbox, server=replace(
            home.settings.inbox.server, password=password)))  # fmt: skip
        assert inbox.read(home, told) == inbox.Taken(unmatched=120)
        assert not server.messages
        assert stored(home) == [raw.decode() for raw in letters(120).values()]
        assert inbox.read(home, told) == inbox.Taken()


def test_starttls_comes_before_the_password(at: Open, context: ssl.SSLContext, told: Told) -> None:
    with running(Server(letters(2), starttls=context, capabilities="IMAP4rev1 STARTTLS AUTH=PLAIN"), None) as server:
        assert inbox.read(at(server, "imap+starttls"), told).unmatched == 2
        names = [command.partition(" ")[0] for command in server.seen]
        assert names.index("STARTTLS") < names.index("AUTHENTICATE")


@pytest.mark.parametrize("capabilities", ["IMAP4rev1 UIDPLUS AUTH=PLAIN", "IMAP4rev1 AUTH=PLAIN"])
def test_what_others_marked_meanwhile_is_not_removed(
    at: Open, context: ssl.SSLContext, told: Told, capabilities: str
) -> None:
    with running(Server(letters(3), capabilities=capabilities), context) as server:
        home = at(server)
        with mailbox.opened(home) as messages:
            for message in messages:
                server.messages[99] = b"Subject: theirs\r\n\r\nx"
                server.flagged.add(99)
                inbox.take_in(home, told, message.content() or b"")
                message.stored()
        assert 99 in server.messages
        assert inbox.read(home, told) == inbox.Taken(unmatched=1), "nothing is doubled"


@pytest.mark.parametrize(("command", "times"), [
    ("UID FETCH", 2), ("UID FETCH", 40), ("UID STORE", 1), ("UID STORE", 2), ("UID EXPUNGE", 1), ("UID EXPUNGE", 2),
])  # fmt: skip
def test_a_connection_lost_at_any_step_loses_and_doubles_nothing(
    at: Open, context: ssl.SSLContext, told: Told, command: str, times: int
) -> None:
    with running(Server(letters(70), ends_at=(command, times)), context) as server:
        home = at(server)
        if times == 2 and command == "UID FETCH":
            with pytest.raises(HotlineError, match="ended the reading"):  # nothing was taken in
                inbox.read(home, told)
        else:
            assert inbox.read(home, told).problem
        server.ends_at = ("", 0)
        assert not inbox.read(home, told).problem
        assert not server.messages
        assert sorted(stored(home)) == sorted(raw.decode() for raw in letters(70).values())


def take_until_killed(home: Home, told: Told, count: int) -> None:
    """A reader that is killed after so many messages."""
    with mailbox.opened(home) as messages:
        for place, message in enumerate(messages, 1):
            inbox.take_in(home, told, message.content() or b"")
            message.stored()
            if place == count:
                raise Killed


def test_a_killed_reader_loses_and_doubles_nothing(at: Open, context: ssl.SSLContext, told: Told) -> None:
    with running(Server(letters(60)), context) as server:
        home = at(server)
        with pytest.raises(Killed):
            take_until_killed(home, told, 55)
        inbox.read(home, told)
        assert not server.messages and len(stored(home)) == 60


def test_of_a_huge_message_only_its_beginning_is_fetched(context: ssl.SSLContext, trusted: Path) -> None:
    with running(Server({7: b"x" * 5000}), context) as server:
        where = ImapServer("127.0.0.1", server.port, "tls", USER, PASSWORD)
        with imap.opened(where, trusted, practice=True, limits=imap.Limits(largest=1000)) as messages:
            assert [message.content() for message in messages] == [b"x" * 1000]
        assert "UID FETCH 7 (BODY.PEEK[]<0.1000>)" in server.seen


def test_a_server_that_falls_silent_holds_nobody_up(context: ssl.SSLContext, trusted: Path) -> None:
    for limits in (imap.Limits(answer=0.2), imap.Limits(budget=0.2)):
        with running(Server(letters(1), hangs_at="UID FETCH"), context) as server:
            where = ImapServer("127.0.0.1", server.port, "tls", USER, PASSWORD)
            with (
                pytest.raises(imap.MailboxLost, match="the rest waits"),
                imap.opened(where, trusted, practice=True, limits=limits) as messages,
            ):
                list(messages)
            assert len(server.messages) == 1


def test_every_fault_names_its_remedy_and_never_the_password(
    at: Open, context: ssl.SSLContext, told: Told, home: Home
) -> None:
    with running(Server(letters(1)), context) as server, running(Server(letters(1)), None) as bare:
        untrusted = with_settings(at(server), ca_file=None)
        cases = [
            (at(server, folder="Reports"), "no folder 'Reports'"), (untrusted, "HOTLINE_CA_FILE"),
            (at(bare), "993 for imaps"), (with_settings(at(server), inbox=settings_parsing.inbox(
                f"imaps://{USER}:wrong@127.0.0.1:{server.port}/")), "%2F"),
        ]  # fmt: skip
        for broken, said in cases:
            with pytest.raises(HotlineError, match=said) as wrong:
                inbox.read(broken, told)
            assert str(wrong.value).startswith("HOTLINE_INBOX: 127.0.0.1:") and PASSWORD not in str(wrong.value)
        server.read_only = True
        with pytest.raises(HotlineError, match="for reading only"):
            inbox.read(at(server), told)
        server.read_only, server.capabilities = False, "IMAP4rev1 LOGINDISABLED"
        with pytest.raises(HotlineError, match="no log-in by password"):
            inbox.read(at(server), told)
        assert len(server.messages) == len(bare.messages) == 1
    with pytest.raises(HotlineError, match="refuses the connection"):
        inbox.read(at(server), told)


def test_a_practice_home_reads_on_loopback_only(home: Home, told: Told, tmp_path: Path) -> None:
    where = settings_parsing.inbox("imaps://notice:x@mail.example/")
    with pytest.raises(HotlineError, match="on loopback only"):
        inbox.read(with_settings(home, inbox=where), told)
    assert make_home(tmp_path / "earnest", HomeKind.EARNEST).settings.inbox is None


@pytest.mark.parametrize(
    ("text", "server"),
    [
        ("imaps://a:b@mail.example", ImapServer("mail.example", 993, "tls", "a", "b")),
        ("imaps://a%40x.example:%2F%3A%23@mail.example:994/Hot%20line/In", ImapServer(
            "mail.example", 994, "tls", "a@x.example", "/:#", "Hot line/In")),
        ("imap+starttls://a:b@[::1]/", ImapServer("::1", 143, "starttls", "a", "b")),
        ("imap://a:b@127.0.0.1:1143/", ImapServer("127.0.0.1", 1143, "none", "a", "b")),
    ],
)  # fmt: skip
def test_an_address_of_a_mailbox_is_read_in_all_its_parts(text: str, server: ImapServer) -> None:
    assert settings_parsing.inbox(text).server == server
    assert server.password not in repr(server).replace("mail", "").replace("b=", "") or len(server.password) == 1


@pytest.mark.parametrize(
    "text",
    ["imap://a:b@mail.example", "imaps://mail.example", "imaps://a@mail.example", "imaps://a:b@", "imaps://a:b#c@x.example",
     "imaps://a:b?c@x.example", "imaps://a:b@x.example:99999", "imaps://a:b/c@x.example", "imaps://a%0Ab:c@x.example"],
)  # fmt: skip
def test_an_address_that_is_none_is_refused_without_its_password(text: str) -> None:
    with pytest.raises(ValueError, match=r"expected|write|TLS|control") as wrong:
        settings_parsing.inbox(text)
    assert "b#c" not in str(wrong.value) and "b/c" not in str(wrong.value)

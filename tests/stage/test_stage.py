"""What the tests stand on holds: nothing leaves loopback, and what is missing is an error, never a skip."""

import os
import socket
from collections.abc import Callable
from pathlib import Path

import postgres_cluster
import psycopg
import pytest
from postgres_cluster import Cluster
from socket_guard import GUARD


def connect() -> None:
    with socket.socket() as endpoint:
        endpoint.connect(("192.0.2.1", 9))


def connect_quietly() -> None:
    with socket.socket(socket.AF_INET6) as endpoint:
        endpoint.connect_ex(("2001:db8::1", 9))


def send() -> None:
    with socket.socket(type=socket.SOCK_DGRAM) as endpoint:
        endpoint.sendto(b"?", ("192.0.2.1", 9))


def send_message() -> None:
    with socket.socket(type=socket.SOCK_DGRAM) as endpoint:
        endpoint.sendmsg([b"?"], [], 0, ("192.0.2.1", 9))


def ask_for_a_name() -> None:
    socket.getaddrinfo("meadow.example", 80)


@pytest.mark.parametrize("leave", [connect, connect_quietly, send, send_message, ask_for_a_name])
def test_whoever_leaves_loopback_is_stopped_and_remembered(leave: Callable[[], None]):
    with pytest.raises(PermissionError, match="leave loopback"):
        leave()
    assert GUARD.taken()


def test_loopback_and_unix_sockets_are_free(tmp_path: Path):
    for family, address in ((socket.AF_INET, ("127.0.0.1", 0)), (socket.AF_UNIX, str(tmp_path / "door"))):
        with socket.socket(family) as server, socket.socket(family) as client:
            server.bind(address)
            server.listen()
            client.connect(server.getsockname())
    assert not GUARD.taken()


def test_no_setting_comes_from_outside():
    assert not [name for name in os.environ if name.startswith("HOTLINE_")]


def test_a_server_that_is_not_installed_is_an_error_with_its_remedy():
    with pytest.raises(RuntimeError, match="make setup-tests"):
        postgres_cluster.program("no-such-program")


def test_each_test_has_a_database_of_its_own(postgresql: Cluster):
    with postgresql.fresh_database() as first, postgresql.fresh_database() as second:
        assert first != second
        plain = first.replace("postgresql+psycopg", "postgresql")
        held = psycopg.connect(plain)
        held.execute("CREATE TABLE notes (text text)")
        held.commit()
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(plain)
    held.close()

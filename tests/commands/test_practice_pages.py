"""After a practice run the links in its notices open, as long as it stays up."""

import io
import socket
from pathlib import Path

import httpx
from rich.console import Console

from commands.practice_pages import host_pages
from console.serving import listen
from hotline.home import create_home
from hotline.settings import load
from hotline.words import HomeKind


def settings_of(folder: Path, port: int) -> dict[str, str]:
    given = {
        "HOTLINE_HOME": str(folder / "home"), "HOTLINE_NOW": "2030-01-31T00:00:00Z",
        "HOTLINE_PUBLIC_URL": f"http://127.0.0.1:{port}",
    }  # fmt: skip
    create_home(load(given), HomeKind.PRACTICE)
    return given


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def test_the_page_is_served_where_the_links_lead_and_no_longer_than_the_run(tmp_path: Path) -> None:
    port, said = free_port(), io.StringIO()
    with host_pages(Console(file=said, width=200), settings_of(tmp_path, port)):
        page = httpx.get(f"http://127.0.0.1:{port}/answer", trust_env=False)
        refused = httpx.post(f"http://127.0.0.1:{port}/answer/open", json={"token": "0" * 64}, trust_env=False)
    assert page.status_code == 200 and refused.status_code == 404
    assert f"open here: http://127.0.0.1:{port}/answer" in said.getvalue()
    listen("127.0.0.1", port).close()


def test_a_port_that_is_taken_is_told_and_the_run_stays_up_all_the_same(tmp_path: Path) -> None:
    said = io.StringIO()
    with listen("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        with host_pages(Console(file=said, width=200), settings_of(tmp_path, port)):
            assert f"open nothing: port {port} on 127.0.0.1 cannot be used" in said.getvalue()

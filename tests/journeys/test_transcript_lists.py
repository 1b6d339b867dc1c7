"""Lists of other organisations, imported and fetched as an operator does it."""

import asyncio
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from contract_shapes import HASHES_IMPORTED, faults
from hotline_shell import Shell

from practice import exchange as practice
from practice.exchange import Entry, Fault

CONTEXT = "http://example.invalid/ProjectVic/DataModels/2.0.xml/NL/$metadata#Media"
LATE = 1_893_455_000  # shortly before the midnight at which the shell stands


@contextmanager
def exchanging(exchange: practice.Exchange) -> Iterator[str]:
    """The exchange beside the test, in a thread of its own."""
    begun, url, loop = threading.Event(), [""], asyncio.new_event_loop()
    ended = asyncio.Event()

    async def serve() -> None:
        async with practice.exchanging(exchange) as served:
            url[0] = served
            begun.set()
            await ended.wait()

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()))
    thread.start()
    try:
        assert begun.wait(20)
        yield url[0]
    finally:
        loop.call_soon_threadsafe(ended.set)
        thread.join()
        loop.close()


def import_list(shell: Shell, name: str, text: str, *more: str, status: int = 0) -> dict[str, int]:
    words = ("hashes", "import", shell.file(name, text), "--list", "theirs", "--as", "ana")
    document: dict[str, int] = shell.json(*words, *more, status=status)
    return document


def test_a_list_of_project_vic_is_imported_and_found_again(opened: Shell) -> None:
    media = [{"MediaID": n, "Category": n, "MD5": f"{n:032X}", "MediaSize": n} for n in range(1, 4)]
    text = json.dumps({"@odata.context": CONTEXT, "value": [*media, {"MediaID": 9, "PhotoDNA": "x"}]}, indent=1)
    some = import_list(opened, "some.json", text, "--format", "vics", "--category", "1", "--category", "3", status=1)
    assert (some["added"], some["left_out"]) == (2, 1)
    whole = import_list(opened, "all.json", text, "--format", "vics", status=1)
    assert faults(HASHES_IMPORTED, whole) == []
    assert (whole["added"], whole["known"]) == (1, 2)
    said = opened.json("hashes", "check", opened.file("check.txt", f"{2:032x}\n"))
    assert said[0]["match"]["list"] == "theirs"


def test_what_an_exchange_takes_back_is_on_no_list(opened: Shell) -> None:
    entry = '<member id="1"/><id>i</id><fingerprints><md5>' + "e" * 32 + "</md5></fingerprints>"
    page = "<queryResult><images>{}</images></queryResult>"
    words = ("--format", "ncmec")
    assert import_list(opened, "a.xml", page.format(f"<image>{entry}</image>"), *words)["added"] == 1
    gone = import_list(opened, "b.xml", page.format(f"<deletedImage>{entry}</deletedImage>"), *words)
    assert gone == {"added": 0, "known": 0, "withdrawn": 1, "rejected": []}
    assert opened.json("hashes", "check", opened.file("check.txt", "e" * 32))[0]["match"] is None


def test_a_column_is_what_the_operator_says(opened: Shell) -> None:
    text = f"Their Name\n{'f' * 64}\n"
    assert import_list(opened, "a.csv", text, "--column", "Their Name=sha256")["added"] == 1
    words = ("hashes", "import", opened.file("a.csv", text), "--list", "theirs", "--as", "ana", "--column")
    for column, told in (("Their Name=sha512", "sha512"), ("Nowhere=md5", "Nowhere"), ("=md5", "Their Name=sha256")):
        assert told in opened.say(*words, column, status=2).complaint


def test_a_list_is_fetched_and_an_interrupted_fetch_goes_on(opened: Shell) -> None:
    theirs = practice.Exchange([Entry(number, LATE + number) for number in range(8)])
    words = ("hashes", "fetch", "--list", "exchange", "--as", "ana")
    assert "exchanges.toml" in opened.say(*words, status=2).complaint
    with exchanging(theirs) as url:
        file = opened.home / "exchanges.toml"
        file.write_text(
            f'[[exchange]]\nlist = "exchange"\nshape = "ncmec"\nurl = "{url}"\nuser = "{practice.USER}"\n'
            f'password = "{practice.PASSWORD}"\n'
        )
        assert "chmod 600" in opened.say(*words, status=2).complaint or file.stat().st_mode & 0o077 == 0
        file.chmod(0o600)
        theirs.plan = {2: Fault.FORBIDDEN}
        complaint = opened.say(*words, status=2).complaint
        assert "right to read" in complaint and url not in complaint
        rest = opened.json(*words)
        assert rest == {"added": 5, "known": 0, "pages": 2, "rejected": []}
        theirs.entries[0] = replace(theirs.entries[0], is_deleted=True)
        assert opened.json(*words, "--anew")["withdrawn"] == 1
    found = opened.json("hashes", "check", opened.file("check.txt", "".join(f"{e.md5}\n" for e in theirs.entries)))
    assert [row["match"] is None for row in found] == [True] + [False] * 7

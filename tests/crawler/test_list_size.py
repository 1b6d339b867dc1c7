"""A list larger than the memory: how much of it is held at once, measured in a process of its own."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MOST_MEGABYTES = 300
READER = """
import pathlib, resource, sys
from crawler.hashlists.formats import ListRow, read
rows = sum(isinstance(row, ListRow) for row in read(pathlib.Path(sys.argv[1]), sys.argv[2]))
print(rows, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


def medium(n: int) -> str:
    files = f'"MediaFiles":[{{"MD5":"{n:032X}","FileName":"a ] }}.png"}}]'
    return f'{{"MediaID":{n},"Category":1,"MD5":"{n:032X}","SHA1":"{n:040X}","MediaSize":{n + 1},{files}}},\n'


def image(n: int) -> str:
    prints = f"<fingerprints>\n<md5>{n:032x}</md5>\n<sha1>{n:040x}</sha1>\n</fingerprints>"
    return f'<image>\n<member id="42">Meadow desk</member>\n<id>{n}</id>\n<classification>A1</classification>\n{prints}\n</image>\n'  # noqa: E501


LISTS: dict[str, tuple[str, Callable[[int], str], str]] = {
    "csv": ("sha256,md5,length\n", lambda n: f"{n:064x},{n:032x},{n}\n", ""),
    "pdq": ("", lambda n: f"{n:064x},100\n", ""),
    "vics": ('{"odata.metadata":"x","value":[{"Media":[', medium, f'{{"MD5":"{1:032x}"}}]}}]}}'),
    "ncmec": ("<queryResult>\n<images>\n", image, "</images></queryResult>"),
}


def written(file: Path, kind: str, size: int) -> int:
    """Fills the file; how many entries it has."""
    head, entry, tail = LISTS[kind]
    count = 0
    with file.open("w") as out:
        out.write(head)
        while out.tell() < size:
            out.write("".join(entry(n) for n in range(count, count + 5000)))
            count += 5000
        out.write(tail)
    return count + (kind == "vics")


def measured(file: Path, kind: str) -> tuple[int, int]:
    """How many rows were read, and how many megabytes the process took at most."""
    done = subprocess.run(
        [sys.executable, "-c", READER, str(file), kind], cwd=ROOT, capture_output=True, text=True, check=True
    )
    rows, peak = done.stdout.split()
    return int(rows), int(peak)


@pytest.mark.parametrize("kind", LISTS)
def test_a_larger_list_takes_no_more_memory(tmp_path: Path, kind: str) -> None:
    peaks = []
    for size in (2**20, 12 * 2**20):
        count = written(tmp_path / "list", kind, size)
        rows, peak = measured(tmp_path / "list", kind)
        assert rows == count
        peaks.append(peak)
    assert peaks[1] - peaks[0] < 6


@pytest.mark.prove
@pytest.mark.timeout(3000)
@pytest.mark.parametrize("kind", LISTS)
def test_a_list_of_two_gigabytes_is_read_in_little_memory(tmp_path: Path, kind: str) -> None:
    count = written(tmp_path / "list", kind, 2**31)
    rows, peak = measured(tmp_path / "list", kind)
    (tmp_path / "list").unlink()
    assert rows == count
    assert peak < MOST_MEGABYTES

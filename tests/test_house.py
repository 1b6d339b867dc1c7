"""The house checks itself: sizes, what the documents must tell, and what must not stand in any file."""

import ast
import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from hotline import words
from hotline.settings import SETTINGS
from takedown.workflow import MOVES, Because

ROOT = Path(__file__).parent.parent
ROOMS = ("hotline", "crawler", "takedown", "notices", "scheduler", "console", "commands", "practice")
LONGEST_FILE = 400
LONGEST_TEST_FILE = 450
LONGEST_FUNCTION = 60

# The names that other programs rely on: one that is missing here or there breaks them.
CONTRACT = [
    "HOME", "DATABASE_URL", "KEY_FILE", "STAFF", "STAFF_TOKEN", "RESOLVERS",
    "DIAL_MAP", "CA_FILE", "RDAP_BOOTSTRAP", "WHOIS", "ASN_ORIGIN", "VANTAGES",
    "REMOVAL_GAP", "SMTP", "MAIL_FROM", "INBOX", "PUBLIC_URL", "ORGANISATION",
    "COUNTRY", "SMTP_LEDGER", "NOW",
]  # fmt: skip
ADDED = ["SIGNING_KEY", "SIGNING_PASSWORD", "CANARY", "QUICK_PICTURES"]
"""Settings that came later: additions are free."""


def files(*folders: str, ending: str = ".py") -> list[Path]:
    """The files of these folders, without what tools leave behind."""
    found = [file for folder in folders for file in sorted((ROOT / folder).rglob(f"*{ending}"))]
    return [file for file in found if not any(part.startswith((".", "__pycache__")) for part in file.parts[-4:])]


def written() -> Iterator[Path]:
    """Everything that people wrote: programs, tests, documents, and the files at the top."""
    for folder in (*ROOMS, "tests", "bench", "docs", "setup"):
        for ending in (".py", ".md", ".toml", ".txt", ".sh", ".mako"):
            yield from files(folder, ending=ending)
    yield from (file for file in sorted(ROOT.iterdir()) if file.is_file() and not file.name.startswith("."))


def shown(file: Path) -> str:
    """A file's name as it stands in a failure."""
    return str(file.relative_to(ROOT))


def lines(file: Path) -> int:
    """How long a file is."""
    return file.read_text(encoding="utf-8").count("\n")


def test_no_file_is_too_long_to_be_read_at_once():
    generated = ROOT / "hotline" / "migrations" / "versions"
    product = [file for file in files(*ROOMS) if generated not in file.parents]
    too_long = [shown(file) for file in product if lines(file) > LONGEST_FILE]
    too_long += [shown(file) for file in files("tests", "bench") if lines(file) > LONGEST_TEST_FILE]
    assert not too_long


def test_no_function_is_too_long_to_be_understood_at_once():
    generated = ROOT / "hotline" / "migrations" / "versions"
    too_long = []
    for file in files(*ROOMS, "tests", "bench"):
        if generated in file.parents:
            continue
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or 0) - node.lineno + 1
                if length > LONGEST_FUNCTION:
                    too_long.append(f"{shown(file)}: {node.name}, {length} lines")
    assert not too_long


def test_nothing_is_printed_past_the_command_line():
    printing = []
    for file in files(*ROOMS):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print":
                printing.append(f"{shown(file)}:{node.lineno}")
    assert not printing


def test_every_module_says_what_it_is_for():
    silent = []
    for file in files(*ROOMS):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        if tree.body and ast.get_docstring(tree) is None:
            silent.append(shown(file))
    assert not silent


# The words are put together here, so that this file does not hold them itself.
UNWANTED = {
    "a promise instead of work": r"\b(TO" + r"DO|FIX" + r"ME|X" + r"XX)\b",
    "a path of somebody's machine": r"(?<![\w.)])/(wo" + r"rk|ro" + r"ot|o" + r"pt|home/\w+)(/|\b)",
    "the host of a package index": r"py" + r"pi\.org|python" + r"hosted",
}


@pytest.mark.parametrize("what", UNWANTED)
def test_what_must_not_stand_in_any_file(what: str):
    pattern = re.compile(UNWANTED[what])
    found = []
    for file in written():
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
            if pattern.search(line):
                found.append(f"{shown(file)}:{number}: {line.strip()[:80]}")
    assert not found


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock", "requirements-build.lock"])
def test_every_package_of_a_lock_has_its_hash_and_no_place(name: str):
    text = (ROOT / name).read_text(encoding="utf-8")
    assert not re.search(r"://|^\s*-[ief-]*(index|find-links|e |f )", text, re.MULTILINE)
    packages = re.split(r"\n(?=\S)", text.strip())
    assert packages
    for package in packages:
        assert re.match(r"[a-z0-9-]+==\S+", package), package.splitlines()[0]
        assert "--hash=sha256:" in package, package.splitlines()[0]


def test_the_lock_of_the_tests_holds_that_of_the_product():
    def pinned(name: str) -> set[str]:
        return set(re.findall(r"^\S+==[^\\\n]+", (ROOT / name).read_text(encoding="utf-8"), re.MULTILINE))

    for smaller in ("requirements.lock", "requirements-build.lock"):
        assert pinned(smaller) <= pinned("requirements-dev.lock")


def test_names_of_test_files_are_unique_for_they_are_imported_by_their_bare_name():
    names = Counter(file.stem for file in files("tests") if file.name != "conftest.py")
    assert not [name for name, count in names.items() if count > 1]
    assert not set(names) & (set(sys.stdlib_module_names) | set(ROOMS))
    assert not files("tests", ending="__init__.py")


def test_the_settings_are_those_of_the_contract():
    assert [setting.name for setting in SETTINGS] == CONTRACT + ADDED


def table(document: str) -> list[list[str]]:
    """Every row of every table of a document."""
    text = (ROOT / "docs" / document).read_text(encoding="utf-8")
    rows = [line for line in text.splitlines() if line.startswith("|") and not line.startswith("| ---")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in rows]


def test_every_setting_is_documented_with_its_default_in_the_same_order():
    rows = {row[0]: row for row in table("settings.md") if row[0].startswith("`HOTLINE_")}
    assert list(rows) == [f"`{setting.variable}`" for setting in SETTINGS]
    for setting in SETTINGS:
        if setting.default:
            assert f"`{setting.default}`" in rows[f"`{setting.variable}`"][2], setting.variable


def test_every_state_of_a_case_is_told():
    text = (ROOT / "docs" / "words.md").read_text(encoding="utf-8")
    section = text.partition("## States of a case")[2].partition("\n## ")[0]
    told = re.findall(r"^\| (\w+) \|", section, re.MULTILINE)[1:]
    assert told == [state.value for state in words.CaseState]


def test_every_move_is_told_as_it_is():
    opened = ("confirmed", "ready", "reappeared", "notified", "escalated", "referred")
    reasons = {because.value for because in Because}
    told = {}
    for row in table("architecture.md"):
        if row[0] in reasons:
            sources = [source for cell in row[1].split(", ") for source in (opened if cell == "open" else (cell,))]
            told[row[0]] = (set(sources), row[2])
    done = {because.value: ({*sources}, target.value) for because, (sources, target) in MOVES.items()}
    assert told == done


@pytest.mark.parametrize("word", sorted({word.value for word in Because}))
def test_every_reason_is_in_the_table_of_moves(word: str):
    assert Because(word) in MOVES

"""``laws.toml`` in a home: the operator's lawyers have the last word, and a slip of the pen stops the notices."""

from pathlib import Path

import pytest
from notice_builders import make_home, order, queue_one

from hotline.errors import HotlineError
from notices.checking import check
from notices.laws import laws_of, ours
from notices.queueing import demand_sender

OWN = '[NL]\nlaw = "artikel 9"\nenglish = "Article 9"\n[MT]\nlaw = "one"\nenglish = "two"\nsource = "a book"\n'


def written(folder: Path, text: str) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "laws.toml").write_text(text, encoding="utf-8")
    return folder


def test_ours_hold_where_the_home_says_nothing(tmp_path: Path) -> None:
    assert laws_of(tmp_path).by_country == ours() and not laws_of(tmp_path).of_operator


def test_the_home_s_law_takes_the_place_of_ours_a_country_at_a_time(tmp_path: Path) -> None:
    laws = laws_of(written(tmp_path, OWN))
    dutch, maltese, german = laws.of("NL"), laws.of("MT"), laws.of("DE")
    assert dutch and dutch.law == "artikel 9" and not dutch.duty
    assert maltese and maltese.english == "two"
    assert german == ours()["DE"] and laws.of_operator == {"NL", "MT"}


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("[NL", "cannot be read"),
        ('[nl]\nlaw = "a"\nenglish = "b"', r"\[nl\] is no country; write its ISO 3166-1 code in capitals"),
        ('[UK]\nlaw = "a"\nenglish = "b"', r"\[UK\] is no country"),
        ('[EU]\nlaw = "a"\nenglish = "b"', r"\[EU\] is no country"),
        ("NL = 3", r"\[NL\] is no table"),
        ('[NL]\nlaw = "a"', r"\[NL\] has no english"),
        ('[NL]\nenglish = "a"', r"\[NL\] has no law"),
        ('[NL]\nlaw = "a"\nenglish = "b"\nlaws = "c"', "unknown key laws; known are: law, english, duty"),
        ('[NL]\nlaw = ""\nenglish = "b"', "law: expected one line of text"),
        ('[NL]\nlaw = 3\nenglish = "b"', "law: expected one line of text"),
        ('[NL]\nlaw = "a\\nBcc: b"\nenglish = "b"', "law: expected one line of text"),
        (f'[NL]\nlaw = "{"a" * 401}"\nenglish = "b"', "at most 400 signs"),
    ],
)
def test_a_slip_of_the_pen_is_named(tmp_path: Path, text: str, word: str) -> None:
    with pytest.raises(HotlineError, match=word):
        laws_of(written(tmp_path, text))


def test_nothing_is_composed_on_a_broken_file(tmp_path: Path) -> None:
    home = make_home(tmp_path / "home")
    written(tmp_path / "home", "[NL")
    with pytest.raises(HotlineError, match=r"laws\.toml"):
        demand_sender(home.settings)
    with pytest.raises(HotlineError, match=r"laws\.toml"):
        queue_one(home)


def test_a_folder_in_its_place_is_refused(tmp_path: Path) -> None:
    (tmp_path / "laws.toml").mkdir()
    with pytest.raises(HotlineError, match=r"laws\.toml in the home cannot be read"):
        laws_of(tmp_path)


def test_the_check_writes_in_every_language_to_every_role_and_tells_what_is_missing(tmp_path: Path) -> None:
    home = make_home(tmp_path / "home")
    assert order().provider_country == "NL"
    found = check(home)
    assert found.composed == 7 * 7 and found.languages[0] == "en"
    assert found.own_laws == () and found.without == () and found.signed_law and found.laws == len(ours())
    written(tmp_path / "home", OWN)
    assert check(home).own_laws == ("MT", "NL")

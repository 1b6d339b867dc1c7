"""A notice is written in its recipient's language, English beside, and names the law of its country."""

from dataclasses import replace
from importlib.resources import files

import pytest
from notice_builders import START, item, order
from test_notices_composition import FRAME

from hotline.countries import is_country
from hotline.facts import AskedBefore, NoticeOrder, Warned
from hotline.words import Classification, ContactRole
from notices.languages import is_in_union, language_for, languages, recipient_country
from notices.laws import Law, Laws, ours
from notices.text import Frame, content_language, subject_line, text_of
from notices.wording import WIDTH, wording

LANGUAGES = ("en", "de", "es", "fr", "nl", "pt", "ru")
NATIONAL = item(8, "http://meadow.example/b.png", classification=Classification.NATIONAL)


def frame(language: str, recipient: str | None = "NL", **more: object) -> Frame:
    plain = replace(FRAME, language=language, recipient=recipient, laws=Laws(ours()))
    return replace(plain, **more)


def everything(role: ContactRole = ContactRole.HOST) -> NoticeOrder:
    """An order with all that a text can say."""
    return order(
        item(pages=("http://meadow.example/thread",)), NATIONAL, role=role, round=2,
        asked_before=(AskedBefore(ContactRole.HOST, START),), warns=Warned(ContactRole.UPSTREAM, START),
    )  # fmt: skip


def flat(text: str) -> str:
    return " ".join(text.split())


def test_there_are_seven_languages_and_english_is_the_first() -> None:
    assert languages() == LANGUAGES


@pytest.mark.parametrize(
    ("country", "language"),
    [
        ("NL", "nl"), ("BE", "nl"), ("DE", "de"), ("CH", "de"), ("FR", "fr"), ("SN", "fr"), ("ES", "es"), ("MX", "es"),
        ("PT", "pt"), ("BR", "pt"), ("RU", "ru"), ("KZ", "ru"), ("US", "en"), ("JP", "en"), ("", "en"), (None, "en"),
    ],
)  # fmt: skip
def test_the_provider_s_country_chooses_the_language(country: str | None, language: str) -> None:
    assert language_for(country) == language


@pytest.mark.parametrize(
    ("role", "address", "country"),
    [
        (ContactRole.HOST, "abuse@meadow.de", "NL"),
        (ContactRole.UPSTREAM, "abuse@meadow.de", "NL"),
        (ContactRole.REGISTRAR, "abuse@meadow.de", "DE"),
        (ContactRole.REGISTRY, "abuse@meadow.uk", "GB"),
        (ContactRole.REGISTRAR, "abuse@meadow.example", None),
        (ContactRole.REGISTRAR, "abuse@meadow.co", None),
        (ContactRole.REGISTRAR, "https://meadow.de/form", None),
    ],
)
def test_a_registrar_is_where_its_address_is_and_all_others_where_the_machines_are(
    role: ContactRole, address: str, country: str | None
) -> None:
    assert recipient_country(role, "NL", address) == country


@pytest.mark.parametrize("role", list(ContactRole))
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_asks_every_role_and_english_stands_beside(language: str, role: ContactRole) -> None:
    words, said = wording(language), text_of(everything(role), frame(language, flagger="NL"))
    for each in (words, wording("en")):
        assert each.openings[role] in said and each.asks[role] in said
        assert flat(each.say("asked", "again", round=2)) in flat(said)
    assert said.count("http://meadow.example/a.png") == said.count("http://meadow.example/b.png") == 1
    assert said.count("/answer#") == (1 if language == "en" else 2)
    assert "$" not in said and "\n\n\n" not in said and not said.startswith("\n")


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_line_of_a_text_is_wider_than_a_mail_reader(language: str) -> None:
    wide = [
        line
        for role in ContactRole
        for line in text_of(everything(role), frame(language, "US", flagger="NL")).splitlines()
        if len(line) > WIDTH and " " in line.strip() and not line.startswith("   IP ")
    ]
    assert [line for line in wide if "/answer#" not in line] == []


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_a_language_has_every_phrase_of_the_english_one_and_no_other(language: str) -> None:
    english, theirs = wording("en").words, wording(language).words
    assert set(theirs) == set(english)
    for table, phrases in english.items():
        assert set(theirs[table]) == set(phrases) - {"beside" if table == "subject" else ""}, table
    for name in ("en", language):
        folder = files("notices") / "templates" / name
        assert len([each for each in folder.iterdir() if each.name.endswith(".txt")]) == len(ContactRole) + 2


def test_the_subject_and_the_headers_say_both_languages() -> None:
    assert subject_line(order(), frame("de")).endswith("Meadow Hosting sperren / Child-protection notice")
    assert content_language(frame("de")) == "de, en"
    assert subject_line(order(), frame("en")).endswith("at Meadow Hosting") and content_language(frame("en")) == "en"


def test_the_law_of_the_recipient_s_country_is_the_reason() -> None:
    said = flat(text_of(order(), frame("nl")))
    assert "Strafbaar volgens artikel 252 van het Wetboek van Strafrecht." in said
    assert "Punishable under Article 252 of the Dutch Criminal Code." in said


def test_where_no_law_is_known_the_directive_or_the_treaty_is() -> None:
    assert "Directive 2011/93/EU" in flat(text_of(order(), frame("en", "MT")))
    assert "Optional Protocol" in flat(text_of(order(), frame("en", "MN")))
    assert "Optional Protocol" in flat(text_of(order(), frame("en", None)))


def test_what_is_illegal_by_our_law_claims_nothing_of_theirs() -> None:
    said = flat(text_of(order(NATIONAL), frame("de", "DE")))
    assert "strafbar in NL nach Article 252 of the Dutch Criminal Code" in said and "184b" not in said
    both = flat(text_of(order(item(), NATIONAL), frame("de", "DE")))
    assert "Strafbar nach § 184b StGB." in both and "strafbar in NL" in both
    unnamed = text_of(order(NATIONAL), frame("en", "DE", country="AQ"))
    assert "punishable under the law of AQ" in flat(unnamed)


def test_hosts_in_the_union_get_the_elements_of_article_16_and_nobody_else_does() -> None:
    said = flat(text_of(order(), frame("fr", "FR")))
    for element in (
        "a) Pourquoi c'est illicite", "b) Where it is", "(c) Who gives notice: Practice hotline, NL, notice@",
        "de bonne foi", "in good faith", "Article 18",
    ):  # fmt: skip
        assert element in said
    for role, country in ((ContactRole.REGISTRAR, "FR"), (ContactRole.CDN, "FR"), (ContactRole.HOST, "US")):
        assert "2022/2065" not in text_of(order(role=role), frame("en", country))


def test_a_trusted_flagger_says_so_once_to_each_reader() -> None:
    assert "trusted flagger" not in text_of(order(), frame("nl"))
    said = flat(text_of(order(), frame("nl", flagger="NL")))
    assert said.count("trusted flagger under Article 22 (status awarded in NL)") == 1
    assert said.count("betrouwbare flagger volgens artikel 22 (erkend in NL)") == 1


def test_what_the_law_wants_of_a_provider_stands_among_what_is_asked_and_a_hotline_is_none() -> None:
    assert "18 U.S.C. § 2258A" in text_of(order(), frame("en", "US"))
    assert "2258A" not in text_of(order(role=ContactRole.HOTLINE), frame("en", "US"))
    laws = Laws({"NL": Law("artikel 1", "Article 1", duty="artikel 2", english_duty="Article 2")})
    said = text_of(order(), frame("nl", laws=laws))
    assert "- in uw land geldt: artikel 2." in said and "- in your country: Article 2." in said


def test_every_country_of_our_data_is_one() -> None:
    assert [country for country in ours() if not is_country(country)] == []
    assert is_in_union("NL") and not is_in_union("CH") and not is_in_union(None)
    assert all(law.source and (not law.duty or law.english_duty) for law in ours().values())


def test_a_law_of_others_stays_on_its_line_and_fills_nothing_in() -> None:
    laws = Laws({"NL": Law("artikel $link 9", "Article $count 9")})
    said = text_of(order(), frame("nl", laws=laws))
    assert "artikel $link 9" in said and "Article $count 9" in said

"""The host's page as HTML, without any script: the code is pasted, and carried on in the forms."""

import re
from html import unescape

import httpx
import pytest
from homes import later
from host_scenes import NOWHERE, case_of, make_notice, put, token_of, visiting

from console.public.wording import LANGUAGES, preferred, words
from hotline.home import Home
from hotline.records import Case
from hotline.words import CaseState, ItemState

URL = "http://meadow.example/a.png"


async def sent(home: Home, path: str = "/answer", **fields: object) -> httpx.Response:
    async with visiting(home) as visitor:
        return await visitor.post(path, data=fields)


async def test_a_pasted_code_opens_the_notice_as_text_and_never_as_links_or_pictures(home: Home) -> None:
    token = token_of(home, make_notice(home, URL, pages=("http://meadow.example/page",)))
    page = (await sent(home, code=f"  {token}\n")).text
    assert "Notice 1" in page and URL in page and "http://meadow.example/page" in page
    assert not re.search(r"<(img|video|iframe|object|embed|script(?! src=\"/static/))", page)
    assert not [link for link in re.findall(r"(?:href|src|action)=\"([^\"]*)\"", page) if not link.startswith("/")]


async def test_what_a_host_put_into_a_url_stays_text(home: Home) -> None:
    url = "http://meadow.example/<script>alert(1)</script>\"'&amp;"
    page = (await sent(home, code=token_of(home, make_notice(home, url)))).text
    assert "<script>alert" not in page and url in unescape(page)


@pytest.mark.parametrize("answer", ["removed", "not_here", "need_time", "dispute"])
async def test_each_button_is_taken_and_thanked_for(home: Home, answer: str) -> None:
    token = token_of(home, make_notice(home, URL))
    later(home, hours=1)
    page = await sent(home, code=token, item="1", answer=answer, hours="12", contact="abuse@grove.example", note="n")
    assert page.status_code == 200 and words("en")("thanks_one") in page.text
    assert words("en").state("answered") in page.text
    assert (case_of(home, 1).due_at == home.now()) is (answer in ("removed", "not_here"))


async def test_an_answer_about_nothing_is_sent_back(home: Home) -> None:
    token = token_of(home, make_notice(home, URL))
    page = await sent(home, code=token, answer="removed")
    assert page.status_code == 422 and words("en")("nothing_ticked") in page.text
    assert case_of(home, 1).due_at is None


async def test_what_is_gone_is_not_ticked(home: Home) -> None:
    token = token_of(home, make_notice(home, URL, "http://meadow.example/b.png"))
    put(home, Case, 1, state=CaseState.REMOVED)
    page = (await sent(home, code=token)).text
    assert re.findall(r'value="(\d)" checked', page) == ["2"]


async def test_wrong_codes_are_answered_alike_and_the_code_is_not_shown_again(home: Home) -> None:
    good = token_of(home, make_notice(home, URL))
    make_notice(home, "http://orchard.example/a.png", to="abuse@orchard.example")
    tries = [{"code": each} for each in (NOWHERE, "", "<b>", good[:-1], "ä" * 300)]
    tries += [{}, {"code": NOWHERE, "answer": "removed", "item": "1"}, {"code": good, "answer": "removed", "item": "2"}]
    pages = [await sent(home, **each) for each in tries]
    pages.append(await sent(home, "/answer/download", code=NOWHERE, format="csv"))
    assert {(page.status_code, page.text) for page in pages} == {(404, pages[0].text)}
    assert words("en")("code_wrong") in pages[0].text


async def test_lists_are_saved_from_the_page(home: Home) -> None:
    token = token_of(home, make_notice(home, URL))
    for form in ("csv", "json"):
        saved = await sent(home, "/answer/download", code=token, format=form)
        assert saved.status_code == 200 and URL in saved.text
        assert saved.headers["content-disposition"] == f'attachment; filename="notice-1.{form}"'


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_page_is_in_the_language_of_the_notice_or_the_one_that_is_chosen(home: Home, language: str) -> None:
    token = token_of(home, make_notice(home, URL, language=language))
    for page in (await sent(home, code=token), await sent(home, code=token, language=language)):
        assert f'<html lang="{language}">' in page.text
        assert words(language)("removed") in unescape(page.text)
    async with visiting(home) as visitor:
        asked = await visitor.get("/answer", headers={"accept-language": f"xx, {language}-XX;q=0.9, en;q=0.1"})
        chosen = await visitor.get("/answer", params={"language": language})
    assert f'<html lang="{language}">' in asked.text and f'<html lang="{language}">' in chosen.text


def test_every_language_has_every_word_with_the_same_places_to_fill() -> None:
    def shape(language: str) -> dict[str, object]:
        table = words(language).table
        return {
            name: sorted(re.findall(r"\$\w+", value)) if isinstance(value, str) else sorted(value)
            for name, value in table.items()
        }

    for language in LANGUAGES:
        mine, english = shape(language), shape("en")
        assert mine == english, language
        assert {words(language).state(state) for state in ItemState} and all(words(language).table.values())


@pytest.mark.parametrize(
    ("header", "language"),
    [("", "en"), ("de", "de"), ("xx", "en"), ("en;q=0.2,ru", "ru"), ("fr;q=0,nl;q=x,es;q=0.1", "es"), ("," * 99, "en")],
)
def test_the_browsers_language_is_read_by_its_weights(header: str, language: str) -> None:
    assert preferred(header) == language

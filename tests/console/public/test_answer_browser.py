"""The host's page in a real browser: each button, the keyboard alone, 200 % zoom, no script, every language, axe."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from axe_playwright_python.sync_playwright import Axe
from browser import running_browser
from homes import later
from host_scenes import NOWHERE, case_of, make_notice, token_of
from playwright.sync_api import Browser, Page, expect
from sqlmodel import col, select

from console.public.site import public_site
from console.public.wording import LANGUAGES, words
from console.serving import listen, served
from hotline.home import Home
from hotline.records import NoticeCase
from hotline.words import HostAnswer
from scheduler.asking import CasesMove

SAY = words("en")
URLS = (
    "http://meadow.example/files/2030/a.png",
    "http://meadow.example/files/" + "a-name-without-a-place-to-break-" * 6 + ".png",
    "http://meadow.example/files/c.png?size=large&part=2",
)
PAGES = ("http://meadow.example/album/1",)
DESKTOP = {"width": 1280, "height": 900}
ZOOMED = {"width": 640, "height": 450}
"""What is left of the desktop's window at 200 % (WCAG 2.2, 1.4.4 and 1.4.10)."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with running_browser() as browser:
        yield browser


@dataclass
class Stage:
    """A site on a port, and a tab that looks at it; whatever the page complains about is kept."""

    home: Home
    base: str
    open_tab: Callable[..., Page]
    complaints: list[str]

    def notice(self, language: str = "en", *urls: str) -> str:
        """The link of a fresh notice about some URLs."""
        number = make_notice(self.home, *(urls or URLS), pages=PAGES, language=language)
        return f"{self.base}/answer#{token_of(self.home, number)}"

    def answers(self) -> list[HostAnswer | None]:
        """What was said of each case."""
        with self.home.reading() as session:
            return [row.answer for row in session.exec(select(NoticeCase).order_by(col(NoticeCase.id)))]


@pytest.fixture
def stage(home: Home, browser: Browser) -> Iterator[Stage]:
    complaints: list[str] = []
    contexts = []

    def open_tab(url: str, **more: object) -> Page:
        context = browser.new_context(**{"viewport": DESKTOP, "locale": "en-GB", **more})  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda wrong: complaints.append(str(wrong)))
        page.on("requestfailed", lambda request: complaints.append(f"failed: {request.url}: {request.failure}"))
        page.goto(url)
        return page

    listening = listen("127.0.0.1", 0)
    with served(public_site(home, CasesMove(home)), listening):
        yield Stage(home, f"http://127.0.0.1:{listening.getsockname()[1]}", open_tab, complaints)
        for context in contexts:
            context.close()
    # What is saved instead of shown, or is on its way when the next page comes, counts as aborted.
    assert not [each for each in complaints if not each.endswith("net::ERR_ABORTED")]


def test_the_link_opens_the_notice_and_its_code_leaves_the_address_bar(stage: Stage) -> None:
    page = stage.open_tab(stage.notice())
    expect(page.get_by_role("heading", level=1)).to_have_text(SAY("heading", notice=1))
    assert page.url == f"{stage.base}/answer"
    assert [page.locator(".url").nth(place).text_content() for place in range(3)] == list(URLS)
    assert page.locator("main a, img, video, iframe").count() == 0
    assert page.context.cookies() == []
    assert stage.answers() == [None] * 3


def test_a_second_link_in_the_same_tab_opens_the_second_notice(stage: Stage) -> None:
    page = stage.open_tab(stage.notice())
    expect(page.locator("#answer-form")).to_be_visible()
    page.goto(stage.notice("en", "http://meadow.example/second.png"))
    expect(page.get_by_role("heading", level=1)).to_have_text(SAY("heading", notice=2))
    assert page.url == f"{stage.base}/answer"


@pytest.mark.parametrize("answer", ["removed", "not_here", "need_time", "dispute"])
def test_each_button_says_what_it_says(stage: Stage, answer: str) -> None:
    page = stage.open_tab(stage.notice())
    later(stage.home, minutes=5)
    page.get_by_role("checkbox").nth(1).uncheck()
    page.get_by_label(SAY("contact")).fill("abuse@grove.example")
    page.get_by_label(SAY("note")).fill("a note of ours")
    page.get_by_role("button", name=SAY(answer)).click()
    expect(page.get_by_role("status").first).to_have_text(SAY("thanks_many", count=2))
    expect(page.locator("#message")).to_be_focused()
    assert stage.answers() == [HostAnswer(answer), None, HostAnswer(answer)]
    assert (case_of(stage.home, 1).due_at == stage.home.now()) is (answer in ("removed", "not_here"))


def test_all_of_it_works_without_javascript(stage: Stage) -> None:
    link = stage.notice()
    page = stage.open_tab(link, java_script_enabled=False)
    page.get_by_label(SAY("code_label")).fill(link.partition("#")[2])
    page.get_by_role("button", name=SAY("code_button")).click()
    page.get_by_role("checkbox").first.uncheck()
    page.get_by_role("button", name=SAY("removed")).click()
    expect(page.get_by_role("status").first).to_have_text(SAY("thanks_many", count=2))
    assert not page.locator("#tools").is_visible()
    page.get_by_role("button", name="Nederlands").click()
    expect(page.locator("html")).to_have_attribute("lang", "nl")
    with page.expect_download() as saved:
        page.get_by_role("button", name="CSV").click()
    assert saved.value.suggested_filename == "notice-1.csv"
    assert stage.answers() == [None, HostAnswer.REMOVED, HostAnswer.REMOVED]


def test_all_of_it_works_by_the_keyboard_alone(stage: Stage) -> None:
    page = stage.open_tab(stage.base + "/answer")
    code = stage.notice().partition("#")[2]
    tab_to(page, "#code")
    page.keyboard.type(code)
    page.keyboard.press("Enter")
    expect(page.locator("#answer-form")).to_be_visible()
    tab_to(page, "#item-1")
    page.keyboard.press("Space")
    tab_to(page, "#contact")
    page.keyboard.type("abuse@grove.example")
    page.keyboard.press("Enter")  # must not press the first button of the form, which says something else
    assert stage.answers() == [None] * 3
    tab_to(page, "#hours")
    page.keyboard.press("End")
    tab_to(page, "button[value=need_time]")
    page.keyboard.press("Enter")
    expect(page.locator("#message")).to_be_focused()
    assert stage.answers() == [None, HostAnswer.NEED_TIME, HostAnswer.NEED_TIME]


def tab_to(page: Page, selector: str) -> None:
    """Presses Tab until the element has the focus, and sees that it is shown."""
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
            assert outline != "none", f"{selector} has the focus and does not show it"
            return
    raise AssertionError(f"no Tab leads to {selector}")


def test_the_tools_tick_and_copy(stage: Stage) -> None:
    page = stage.open_tab(stage.notice(), permissions=["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name=SAY("tick_none")).click()
    assert page.locator("input[name=item]:checked").count() == 0
    page.get_by_role("button", name=SAY("removed")).click()
    expect(page.get_by_role("alert")).to_have_text(SAY("nothing_ticked"))
    page.get_by_role("button", name=SAY("tick_none")).click()
    page.get_by_role("button", name=SAY("tick_all")).click()
    page.get_by_role("button", name=SAY("copy")).click()
    expect(page.locator("#copied")).to_have_text(SAY("copied"))
    assert page.evaluate("navigator.clipboard.readText()") == "\n".join(URLS)
    assert stage.answers() == [None] * 3
    stage.complaints[:] = [each for each in stage.complaints if "422" not in each]


def test_a_wrong_code_says_so_and_asks_again(stage: Stage) -> None:
    page = stage.open_tab(f"{stage.base}/answer#{NOWHERE}")
    expect(page.get_by_role("alert")).to_have_text(SAY("code_wrong"))
    expect(page.get_by_label(SAY("code_label"))).to_have_value("")
    stage.complaints[:] = [each for each in stage.complaints if "404" not in each]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_is_accessible_and_fits_at_200_percent(stage: Stage, language: str) -> None:
    link, say = stage.notice(language), words(language)
    page = stage.open_tab(link, viewport=ZOOMED, locale=language)
    expect(page.get_by_role("heading", level=1)).to_have_text(say("heading", notice=1))
    for answer in ("removed", "not_here", "need_time", "dispute"):
        expect(page.get_by_role("button", name=say(answer), exact=True)).to_be_visible()
    assert_fits_and_is_accessible(page)
    page.get_by_role("button", name=say("removed")).click()
    expect(page.get_by_role("status").first).to_have_text(say("thanks_many", count=3))
    assert_fits_and_is_accessible(page)
    page.goto(f"{stage.base}/answer")
    expect(page.locator("html")).to_have_attribute("lang", language)
    assert_fits_and_is_accessible(page)


def assert_fits_and_is_accessible(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "it must be scrolled sideways"
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()

"""The host's page: plain HTML made here, so that it is the same with and without JavaScript.

The page's own script does one thing that matters: it takes the code out of the link's fragment, which no server and
no log ever sees, and sends it as the form would.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.responses import HTMLResponse, Response

from console.public.answers import RETRY, client_of
from console.public.api import saved
from console.public.asking import LONGEST_CONTACT, LONGEST_NOTE, Answer, answer_in, form_of, token_in
from console.public.desk import Desk, NoSuchFile, View
from console.public.limits import WrongGuesses
from console.public.wording import LANGUAGES, Words, preferred, words
from hotline.words import HostAnswer, ItemState
from notices.exports import FORMATS

HOURS: Final = (6, 12, 24, 48, 72)
"""What a host that needs time may choose from; the last is the most that is given."""

_PAGES: Final = Environment(
    loader=PackageLoader("console.public"), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
    lstrip_blocks=True,
)  # fmt: skip
_OVER: Final = (ItemState.GONE, ItemState.CLOSED)


class NothingTicked(Exception):
    """An answer about no address at all."""


def page_routes(desk: Desk, guesses: WrongGuesses) -> APIRouter:
    """``GET`` and ``POST /answer``, and the downloads of the page."""
    router = APIRouter(prefix="/answer", include_in_schema=False)
    pages = _Pages(desk, guesses)

    @router.get("")
    async def show_form(request: Request) -> Response:
        return pages.ask_for_code(_language(request, {}))

    @router.post("")
    async def open_or_answer(request: Request) -> Response:
        return await pages.open_or_answer(request, await form_of(request))

    @router.post("/download")
    async def download(request: Request) -> Response:
        return await pages.download(request, await form_of(request))

    return router


class _Pages:
    def __init__(self, desk: Desk, guesses: WrongGuesses) -> None:
        self._desk, self._guesses = desk, guesses

    def ask_for_code(self, language: str, problem: str = "", status: int = 200) -> Response:
        headers = RETRY if status == 429 else None
        say = words(language)
        return _html("code.html", say, status, headers, problem=say(problem) if problem else "")

    def refuse(self, request: Request, fields: Mapping[str, list[str]]) -> Response:
        language = _language(request, fields)
        if self._guesses.too_many(client_of(request)):
            return self.ask_for_code(language, "too_often", 429)
        return self.ask_for_code(language, "code_wrong", 404)

    async def open_or_answer(self, request: Request, fields: Mapping[str, list[str]]) -> Response:
        token = token_in(_one(fields, "code"))
        if not _one(fields, "answer"):
            view = await run_in_threadpool(self._desk.open, token)
            return self.refuse(request, fields) if view is None else self.show(token, view, fields)
        try:
            now = self._desk.home.now()
            view = await run_in_threadpool(self._desk.take, token, lambda: _answer(fields, now))
        except NothingTicked:
            view = await run_in_threadpool(self._desk.open, token)
            return self.refuse(request, fields) if view is None else self.show(token, view, fields, "nothing_ticked")
        return self.refuse(request, fields) if view is None else self.show(token, view, fields)

    async def download(self, request: Request, fields: Mapping[str, list[str]]) -> Response:
        token, form = token_in(_one(fields, "code")), _one(fields, "format")
        found = await run_in_threadpool(self._desk.export, token, form if form in FORMATS else "json")
        if isinstance(found, NoSuchFile):
            view = await run_in_threadpool(self._desk.open, token)
            return self.refuse(request, fields) if view is None else self.show(token, view, fields, "no_xarf")
        return self.refuse(request, fields) if found is None else saved(found)

    def show(self, token: str, view: View, fields: Mapping[str, list[str]], problem: str = "") -> Response:
        language = _one(fields, "language")
        say = words(language if language in LANGUAGES else view.language)
        settings = self._desk.home.settings
        named = {"organisation": settings.organisation or "", "country": settings.country or ""}
        sender = say("from", at=_time(view.sent_at), **named) if view.sent_at else say("from_queued", **named)
        return _html(
            "answer.html", say, 422 if problem else 200,
            token=token, view=view, sender=sender, hours=HOURS, over=_OVER, formats=FORMATS,
            problem=say(problem) if problem else "",
            thanks=say.number("thanks", view.answered) if view.answered else "",
            longest_note=LONGEST_NOTE, longest_contact=LONGEST_CONTACT,
        )  # fmt: skip


def _html(name: str, say: Words, status: int, headers: Mapping[str, str] | None = None, **values: Any) -> Response:
    text = _PAGES.get_template(name).render(say=say, languages=[words(each) for each in LANGUAGES], **values)
    # What strangers wrote may hold halves of characters, which cannot be sent as they are.
    return HTMLResponse(text.encode("utf-8", "replace"), status, headers)


def _one(fields: Mapping[str, list[str]], name: str) -> str:
    return fields.get(name, [""])[0]


def _language(request: Request, fields: Mapping[str, list[str]]) -> str:
    chosen = _one(fields, "language") or request.query_params.get("language", "")
    return chosen if chosen in LANGUAGES else preferred(request.headers.get("accept-language", ""))


def _answer(fields: Mapping[str, list[str]], now: datetime) -> Answer:
    """A form's fields as the API reads them: a person's slip is mended where a program's is refused."""
    if not fields.get("item"):
        raise NothingTicked
    answer, hours = _one(fields, "answer"), _one(fields, "hours")
    asked = answer == HostAnswer.NEED_TIME and hours.isdecimal() and int(hours[:3]) in HOURS
    document = {
        "answer": answer,
        "items": fields["item"],
        "note": _one(fields, "note")[:LONGEST_NOTE],
        "contact": _one(fields, "contact")[:LONGEST_CONTACT] if answer == HostAnswer.NOT_HERE else "",
        "until": (now + timedelta(hours=int(hours[:3]))).isoformat() if asked else None,
    }
    return answer_in(document, now)


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M")

"""The host's page for programs: open, answer, export. JSON in, JSON out; the token alone says who asks."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, Response

from console.public import shapes
from console.public.answers import refused
from console.public.asking import Unreadable, answer_in, document_of, token_in
from console.public.desk import Desk, NoSuchFile, View
from console.public.limits import WrongGuesses
from notices.exports import FORMATS, Export, row_of


def answer_routes(desk: Desk, guesses: WrongGuesses) -> APIRouter:
    """``/answer/open``, ``/answer/items``, ``/answer/export``."""
    router = APIRouter(prefix="/answer", tags=["notice"], responses=shapes.REFUSALS)

    @router.post("/open", response_model=shapes.Opened, openapi_extra=shapes.body(shapes.Opening))
    async def open_notice(request: Request) -> Response:
        """The URLs of a notice, each with its state. Changes nothing."""
        document = await document_of(request)
        view = await run_in_threadpool(desk.open, token_in(document.get("token")))
        return refused(guesses, request) if view is None else JSONResponse(told(view))

    @router.post("/items", response_model=shapes.Taken, openapi_extra=shapes.body(shapes.SaidByToken))
    async def answer_items(request: Request) -> Response:
        """An answer about some of its URLs."""
        document = await document_of(request)
        token, now = token_in(document.get("token")), desk.home.now()
        view = await run_in_threadpool(desk.take, token, lambda: answer_in(document, now))
        return refused(guesses, request) if view is None else JSONResponse(told(view) | {"answered": view.answered})

    @router.post("/export", openapi_extra=shapes.body(shapes.Exporting))
    async def export_notice(request: Request) -> Response:
        """The notice as a file: csv, json, or the XARF documents that its message carries."""
        document = await document_of(request)
        form = document.get("format")
        found = await run_in_threadpool(desk.export, token_in(document.get("token")), str(form))
        if found is None:
            return refused(guesses, request)
        if form not in FORMATS:
            raise Unreadable(f"format: one of {', '.join(FORMATS)}")
        if isinstance(found, NoSuchFile):
            raise Unreadable("format: this notice has no XARF document")
        return saved(found)

    return router


def told(view: View) -> dict[str, Any]:
    """A notice as JSON."""
    return {"notice": view.notice, "language": view.language, "items": [row_of(item) for item in view.items]}


def saved(export: Export) -> Response:
    """A file that a browser saves and never shows."""
    named = {"Content-Disposition": f'attachment; filename="{export.name}"'}
    return Response(export.content, media_type=export.media_type, headers=named)

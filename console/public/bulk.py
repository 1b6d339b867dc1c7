"""A large host's own API: one credential over all notices to its address, stable ids, answers in bulk."""

import re

from fastapi import APIRouter, Query, Request
from fastapi.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, Response

from console.public import shapes
from console.public.answers import refused
from console.public.asking import Unreadable, answer_in, document_of, token_in
from console.public.desk import Desk
from console.public.limits import WrongGuesses
from hotline.words import ItemState
from notices.exports import row_of

_BEARER = re.compile(r"bearer +(\S+)", re.IGNORECASE)


def bulk_routes(desk: Desk, guesses: WrongGuesses) -> APIRouter:
    """``GET`` and ``POST /api/host/items``."""
    # Told in the document and read by hand, so that a wrong one is a 404 like any other.
    scheme: list[dict[str, list[str]]] = [{"HTTPBearer": []}]
    router = APIRouter(prefix="/api/host", tags=["large hosts"], responses=shapes.REFUSALS)

    @router.get("/items", response_model=shapes.ItemPage, openapi_extra={"security": scheme})
    async def list_items(
        request: Request,
        state: str | None = Query(None, description=f"Only these, comma between: {', '.join(ItemState)}."),
        page: str = Query("1", description="From 1; 100 items each."),
    ) -> Response:
        """All URLs that you were asked about, by their newest notice, oldest case first."""
        number = int(page) if re.fullmatch(r"[0-9]{1,9}", page) else 0
        found = await run_in_threadpool(desk.list, bearer_of(request), lambda: (_states(state), _page(number)))
        if found is None:
            return refused(guesses, request)
        rows = [row_of(item) for item in found.items]
        return JSONResponse({"items": rows, "total": found.total, "next": number + 1 if found.more else None})

    @router.post(
        "/items", response_model=shapes.TakenMany, openapi_extra={**shapes.body(shapes.Said), "security": scheme}
    )
    async def answer_items(request: Request) -> Response:
        """One answer about any number of them, of whichever notice."""
        document, now = await document_of(request), desk.home.now()
        items = await run_in_threadpool(desk.take_many, bearer_of(request), lambda: answer_in(document, now))
        if items is None:
            return refused(guesses, request)
        return JSONResponse({"answered": len(items), "items": [row_of(item) for item in items]})

    return router


def bearer_of(request: Request) -> str:
    """The credential (RFC 6750, section 2.1); an empty one opens nothing."""
    found = _BEARER.fullmatch(request.headers.get("authorization", "").strip())
    return token_in(found[1]) if found else ""


def _states(text: str | None) -> frozenset[ItemState]:
    wanted = [each.strip() for each in text.split(",")] if text else list(ItemState)
    if not set(wanted) <= set(ItemState):
        raise Unreadable(f"state: some of {', '.join(ItemState)}, comma between")
    return frozenset(map(ItemState, wanted))


def _page(number: int) -> int:
    if number < 1:
        raise Unreadable("page: a number from 1")
    return number

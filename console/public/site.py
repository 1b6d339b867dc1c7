"""The public site put together: pages, APIs, the page's own files, and the headers around all of it."""

from importlib.metadata import version
from importlib.resources import files
from typing import Any, Final

from fastapi import FastAPI
from starlette.responses import JSONResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from console.headers import SafeHeaders
from console.public.answers import HANDLERS
from console.public.api import answer_routes
from console.public.bulk import bulk_routes
from console.public.desk import Desk
from console.public.limits import WrongGuesses
from console.public.page import page_routes
from hotline.home import Home
from notices.events import Events

_ABOUT: Final = """\
How a host answers a notice. The token of a notice stands behind the # of the link in its message; it opens that notice
and no other. A large host may have one credential over all notices to its address. No word removes anything: "removed"
makes us look again within a minute. What is not yours answers 404, whatever the reason.
"""


def public_site(home: Home, events: Events, guesses: WrongGuesses | None = None) -> ASGIApp:
    """The site of one home. ``events``: what an answer leads to; ``guesses``: how often an address may be wrong."""
    desk, guesses = Desk(home, events), guesses or WrongGuesses(home.clock)
    app = FastAPI(
        title="Answers of hosts", description=_ABOUT, version=version("hotline"),
        docs_url=None, redoc_url=None, exception_handlers=HANDLERS, redirect_slashes=False,
    )  # fmt: skip

    @app.get("/healthz", tags=["site"])
    async def is_well() -> dict[str, str]:
        """Whether the site answers."""
        return {"status": "ok"}

    app.include_router(page_routes(desk, guesses))
    app.include_router(answer_routes(desk, guesses))
    app.include_router(bulk_routes(desk, guesses))
    app.mount("/static", StaticFiles(directory=str(files("console.public") / "static")), "static")
    app.add_exception_handler(Exception, _fault)
    app.openapi = _document(app)  # type: ignore[method-assign]  # FastAPI's own way of adding to the document
    return SafeHeaders(app)


async def _fault(request: Any, wrong: Exception) -> Response:
    # The text of a fault may hold an address.
    return JSONResponse({"detail": "Internal Server Error"}, 500)


def _document(app: FastAPI) -> Any:
    made = app.openapi

    def document() -> dict[str, Any]:
        found = made()
        bearer = {"type": "http", "scheme": "bearer", "description": "From `hotline hosts allow`."}
        found.setdefault("components", {}).setdefault("securitySchemes", {})["HTTPBearer"] = bearer
        return found

    return document

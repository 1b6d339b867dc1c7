"""The few shapes in which this site answers, so that what must look alike is alike: it is made here only."""

from typing import Any, Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from console.public.asking import TooLarge, Unreadable
from console.public.limits import WrongGuesses

NOT_FOUND: Final = {"detail": "Not Found"}
TOO_MANY: Final = {"detail": "Too Many Requests"}
RETRY: Final = {"Retry-After": "60"}


def refused(guesses: WrongGuesses, request: Request) -> JSONResponse:
    """What everybody gets whose token, code or item is not theirs: 404, or 429 to an address that goes on and on."""
    if guesses.too_many(client_of(request)):
        return JSONResponse(TOO_MANY, 429, RETRY)
    return JSONResponse(NOT_FOUND, 404)


def client_of(request: Request) -> str:
    """The address of whoever asks, as the reverse proxy tells it."""
    return request.client.host if request.client else "unknown"


async def unreadable(request: Request, wrong: Exception) -> Response:
    """To a program whose token is right and whose request is not."""
    return JSONResponse({"detail": str(wrong)}, 422)


async def too_large(request: Request, wrong: Exception) -> Response:
    """To whoever sends more than anybody has to say."""
    return JSONResponse({"detail": "Content Too Large"}, 413)


HANDLERS: Final[dict[Any, Any]] = {Unreadable: unreadable, TooLarge: too_large}

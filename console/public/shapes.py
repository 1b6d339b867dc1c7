"""The shapes of the API as its OpenAPI document tells them (``/openapi.json``)."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from hotline.words import ItemState

AnswerWord = Literal["removed", "not_here", "need_time", "dispute"]
Token = Annotated[str, Field(description="What stands behind the # of the link in the notice.")]
Ids = Annotated[list[int], Field(description="Ids of items; at least one.", min_length=1)]


class Item(BaseModel):
    """A URL that you were asked to disable."""

    id: Annotated[int, Field(description="The number of our case: stable, and the same in every notice about it.")]
    url: str
    state: Annotated[
        ItemState,
        Field(
            description="open: still online when we last looked. answered: you have answered, we look again. "
            "checking: not found at our last look; a second one decides. gone: removed. closed: nothing more is asked."
        ),
    ]
    classification: str
    pages: Annotated[list[str], Field(description="Pages at your service on which it is shown.")]
    answer: Annotated[str | None, Field(description="What you last said about it.")]
    answered_at: str | None


class Opening(BaseModel):
    """Opens a notice."""

    token: Token


class Opened(BaseModel):
    """A notice."""

    notice: int
    language: str
    items: list[Item]


class Said(BaseModel):
    """What you say about some items. It is taken as a whole or not at all; said again it changes nothing."""

    items: Ids
    answer: Annotated[
        AnswerWord,
        Field(
            description="removed: we look again within a minute, and only our look makes a removal. not_here: we look "
            "up the host again and ask the next contact if it is online. need_time: given once, at most 72 hours. "
            "dispute: a person reads your note; looks go on."
        ),
    ]
    note: Annotated[str, Field(max_length=4000)] = ""
    contact: Annotated[str, Field(max_length=300, description="The right contact, with not_here.")] = ""
    until: Annotated[str | None, Field(description="ISO 8601: when you will have acted, with need_time.")] = None


class SaidByToken(Said):
    """The same, with the token of the notice."""

    token: Token


class Taken(Opened):
    """The notice after the answer."""

    answered: int


class Exporting(BaseModel):
    """Asks for the notice as a file."""

    token: Token
    format: Literal["csv", "json", "xarf"]


class ItemPage(BaseModel):
    """A page of your items, oldest case first, 100 a page."""

    items: list[Item]
    total: int
    next: Annotated[int | None, Field(description="The number of the next page, if there is one.")]


class TakenMany(BaseModel):
    """Your items after the answer."""

    answered: int
    items: list[Item]


class Refusal(BaseModel):
    """Why not."""

    detail: str


def body(shape: type[BaseModel]) -> dict[str, Any]:
    """The request body of a route that reads it by itself, for the OpenAPI document."""
    schema = shape.model_json_schema(ref_template="#/components/schemas/{model}")
    schema.pop("$defs", None)
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}


REFUSALS: dict[int | str, dict[str, Any]] = {
    404: {"model": Refusal, "description": "The token or an id is not yours, whatever the reason."},
    413: {"model": Refusal, "description": "More than 1 MB."},
    422: {"model": Refusal, "description": "The token is right, the rest is not; the detail says what should stand."},
    429: {"model": Refusal, "description": "Too many wrong tokens from your address; right ones still open."},
}

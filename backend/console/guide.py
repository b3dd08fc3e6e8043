"""/docs: the guide for whoever programs a phone, every refusal with its meaning, and an interactive reference."""

from typing import Any

import msgspec
from litestar import Request, Response, Router, get
from litestar.params import FromPath

from backend.console.pages import page
from backend.core.addresses import base_url
from backend.core.refusals import Refusal
from backend.core.words import say


class RefusalShown(msgspec.Struct, frozen=True):
    """One line of the catalogue of refusals."""

    code: str
    status: int
    title: str
    meaning: str


@get("/docs", include_in_schema=False)
async def show_guide(request: Request[Any, Any, Any]) -> Response[str]:
    """The guide."""
    return page("guide/guide.html", base_url=base_url(request), refusals=refusals(), chosen="")


@get("/docs/problems/{code:path}", include_in_schema=False)
async def show_refusal(request: Request[Any, Any, Any], code: FromPath[str]) -> Response[str]:
    """The guide at one refusal: where the `type` of a problem points."""
    return page("guide/guide.html", base_url=base_url(request), refusals=refusals(), chosen=str(code).strip("/"))


@get("/docs/reference", include_in_schema=False)
async def show_reference() -> Response[str]:
    """Every operation, to be tried."""
    return page("guide/reference.html")


def refusals() -> list[RefusalShown]:
    """Every refusal of every room that is loaded, by code."""
    kinds = {kind.code: kind for kind in _below(Refusal)}
    return [
        RefusalShown(code, kind.status, say(kind.title), (kind.__doc__ or "").split("\n\n")[0])
        for code, kind in sorted(kinds.items())
    ]


def _below(kind: type[Refusal]) -> list[type[Refusal]]:
    return [kind, *(deeper for child in kind.__subclasses__() for deeper in _below(child))]


router = Router(path="/", route_handlers=[show_guide, show_refusal, show_reference])

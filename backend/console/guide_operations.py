"""/docs/operations: what each operation refuses with, in the reader's language."""

from functools import cache
from typing import Any

from litestar import Litestar, Request, Response, Router, get
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from msgspec import Struct

from backend.console.guide import RefusalShown, refusals
from backend.console.pages import page
from backend.core.words import language
from backend.openapi import refusals as listed
from backend.openapi import summaries


class OperationShown(Struct, frozen=True):
    """One operation as its page names it. `address` has braces where a path parameter stands."""

    name: str
    room: str
    method: str
    address: str
    english: str

    @property
    def summary(self) -> str:
        """What it does, in the reader's language."""
        return summaries.in_chinese(self.english) if language.get() == "zh" else self.english


@get("/docs/operations", include_in_schema=False)
async def show_operations(request: Request[Any, Any, Any]) -> Response[str]:
    """All of them, by room."""
    return page("guide/operations.html", operations=[*operations(request.app).values()])


@get("/docs/operations/{name:str}", include_in_schema=False)
async def show_operation(request: Request[Any, Any, Any], name: FromPath[str]) -> Response[str]:
    """One: its own refusals, and those that it shares with all others."""
    shown = operations(request.app).get(name)
    if shown is None:
        raise NotFoundException
    known = {each.code: each for each in refusals()}
    told = listed.told()
    own = sorted((known[code] for code in told.operations.get(name, ())), key=_by_status)
    return page("guide/operation.html", shown=shown, own=own, shared=[known[code] for code in told.shared])


def _by_status(refusal: RefusalShown) -> tuple[int, str]:
    return refusal.status, refusal.code


@cache
def operations(app: Litestar) -> dict[str, OperationShown]:
    """Those of the document, by name: room by room, as they are routed."""
    return {
        handler.operation_id: OperationShown(
            name=handler.operation_id,
            room=sorted(handler.resolve_tags())[0],
            method=sorted(handler.http_methods - {"OPTIONS"})[0],
            address=route.path_format,
            english=handler.summary,
        )
        for route in app.routes
        for handler in getattr(route, "route_handlers", ())
        if isinstance(handler.operation_id, str) and handler.resolve_include_in_schema()
    }


router = Router(path="/", route_handlers=[show_operations, show_operation])

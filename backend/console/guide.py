"""/docs: the guide for whoever programs a phone, every refusal with its meaning, and an interactive reference.

Its words lie in mobile_api_spec/guide/, one Markdown file a page.
"""

import msgspec
from litestar import Response, Router, get
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

import backend.territory.actions  # noqa: F401 - no route brings its refusal in
from backend.console.guide_pages import guide_page, pages
from backend.console.pages import page
from backend.core.words import say
from backend.openapi import refusals as listed


class RefusalShown(msgspec.Struct, frozen=True):
    """One line of the catalogue. `answered_by`: the operations that list it; `shared`: any operation may answer it."""

    code: str
    status: int
    title: str
    meaning: str
    answered_by: tuple[str, ...]
    shared: bool

    @property
    def room(self) -> str:
        """Whose code it is: what stands before the stroke."""
        return self.code.partition("/")[0]


@get(["/docs", "/docs/problems"], include_in_schema=False)
async def show_guide() -> Response[str]:
    """What there is to read, and all refusals."""
    return page("guide/guide.html", pages=pages(), refusals=refusals(), chosen="", found=None)


@get("/docs/problems/{code:path}", include_in_schema=False)
async def show_refusal(code: FromPath[str]) -> Response[str]:
    """One refusal, then all of them: where the `type` of a problem points."""
    chosen, known = str(code).strip("/"), refusals()
    found = next((each for each in known if each.code == chosen), None)
    return page("guide/guide.html", pages=pages(), refusals=known, chosen=chosen, found=found)


@get("/docs/{name:str}", include_in_schema=False)
async def show_page(name: FromPath[str]) -> Response[str]:
    """One page."""
    shown = guide_page(name)
    if shown is None:
        raise NotFoundException
    return page("guide/page.html", pages=pages(), shown=shown)


@get("/docs/reference", include_in_schema=False)
async def show_reference() -> Response[str]:
    """Every operation, to be tried."""
    return page("guide/reference.html")


def refusals() -> list[RefusalShown]:
    """Every refusal of every room that is loaded, by code."""
    told = listed.told()
    by_code = told.by_code()
    return [
        RefusalShown(
            code=code,
            status=kind.status,
            title=say(kind.title),
            meaning=(kind.__doc__ or "").split("\n\n")[0],
            answered_by=by_code.get(code, ()),
            shared=code in told.shared,
        )
        for code, kind in listed.kinds().items()
    ]


router = Router(path="/", route_handlers=[show_guide, show_refusal, show_page, show_reference])

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
from backend.core.refusals import Refusal
from backend.core.words import say


class RefusalShown(msgspec.Struct, frozen=True):
    """One line of the catalogue of refusals."""

    code: str
    status: int
    title: str
    meaning: str

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
    upward = sorted(_below(Refusal), key=lambda kind: kind.__module__, reverse=True)
    kinds = {kind.code: kind for kind in upward}  # where a code is said twice, the lower room's words
    return [
        RefusalShown(code, kind.status, say(kind.title), (kind.__doc__ or "").split("\n\n")[0])
        for code, kind in sorted(kinds.items())
    ]


def _below(kind: type[Refusal]) -> list[type[Refusal]]:
    return [kind, *(deeper for child in kind.__subclasses__() for deeper in _below(child))]


router = Router(path="/", route_handlers=[show_guide, show_refusal, show_page, show_reference])

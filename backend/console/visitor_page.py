"""/v: who stands at the door. The address hangs on the village's board; no sign-in, no script, no QR.

GET /v          type the eight digits that he says
GET /v?code=…   what the form asks
GET /v/{code}   who carries the code today, or one page for every code that is nobody's
"""

from typing import Annotated, Any

from litestar import Request, Response, Router, get
from litestar.params import FromPath, QueryParameter

from backend.antifraud import visitor_checking
from backend.antifraud.visitor_policies import DISSUASION_LINE
from backend.antifraud.visitor_refusals import VisitorsBusy
from backend.console.pages import page
from backend.console.refused import told
from backend.core.peers import address_of
from backend.core.refusals import Refusal
from backend.core.words import say

Typed = Annotated[str, QueryParameter(max_length=200)]
Big = Annotated[str, QueryParameter(max_length=1)]
PRIVATE = {"Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex"}
ECHOED = 40


@get("/", include_in_schema=False)
async def show_form(request: Request[Any, Any, Any], code: Typed = "", big: Big = "") -> Response[str]:
    """Where the digits are typed, and where they are looked up."""
    return await _checked(request, code, big) if code.strip() else _page("visitor/ask.html", code="", big=big)


@get("/{code:str}", include_in_schema=False)
async def show_visitor(request: Request[Any, Any, Any], code: FromPath[str], big: Big = "") -> Response[str]:
    """The same for a code in the address."""
    return await _checked(request, code, big)


async def _checked(request: Request[Any, Any, Any], code: str, big: str) -> Response[str]:
    try:
        found = await visitor_checking.verify_visitor(code, address=address_of(request))
    except Refusal as refusal:
        return _refused(refusal, code, big)
    return _page("visitor/visitor.html", found=found, code=code[:ECHOED], big=big)


def _refused(refusal: Refusal, code: str, big: str) -> Response[str]:
    answer = _page(
        "visitor/refused.html",
        status=refusal.status,
        title=say(refusal.title),
        detail=told(refusal),
        look="wait" if isinstance(refusal, VisitorsBusy) else "stop",
        code=code[:ECHOED],
        big=big,
    )
    if refusal.retry_after_s is not None:
        answer.headers["Retry-After"] = str(refusal.retry_after_s)
    return answer


def _page(template: str, **context: Any) -> Response[str]:
    answer = page(template, line=DISSUASION_LINE, **context)
    answer.headers.update(PRIVATE)
    return answer


router = Router(path="/v", route_handlers=[show_form, show_visitor])

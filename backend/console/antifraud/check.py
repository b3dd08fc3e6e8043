"""/console/antifraud/check: a citizen rings and reads the code of whoever is at his door. The answer is read out."""

from typing import Any

from litestar import Request, Response, get, post

from backend.antifraud import visitor_checking
from backend.antifraud.visitor_checking import ANSWERERS
from backend.antifraud.visitor_policies import DISSUASION_LINE
from backend.antifraud.visitor_refusals import VisitorsBusy
from backend.antifraud.visitor_schemas import VisitorRecord
from backend.console.antifraud.ways import ways
from backend.console.pages import page
from backend.console.refused import told
from backend.console.typed import typed
from backend.core.refusals import Refusal
from backend.people.actors import Actor
from backend.people.guards import SignedIn

ECHOED = 40


@get("/check", include_in_schema=False)
async def show_check(by: SignedIn) -> Response[str]:
    """Where the digits are typed."""
    by.must_have(*ANSWERERS)
    return await _page(by)


@post("/check", include_in_schema=False, status_code=200)
async def check(by: SignedIn, request: Request[Any, Any, Any]) -> Response[str]:
    """Who carries them, in sentences to read out; no address and no log holds the code."""
    by.must_have(*ANSWERERS)
    code = (await typed(request)).get("code")
    try:
        return await _page(by, code=code, found=await visitor_checking.verify_visitor_for_caller(code, by=by))
    except Refusal as refusal:
        return await _page(by, code=code, refusal=refusal)


async def _page(
    by: Actor, *, code: str = "", found: VisitorRecord | None = None, refusal: Refusal | None = None
) -> Response[str]:
    answer = page(
        "antifraud/check.html",
        status=refusal.status if refusal else 200,
        by=by,
        ways=await ways(by),
        code=code[:ECHOED],
        found=found,
        problem=refusal and told(refusal),
        wait=isinstance(refusal, VisitorsBusy),
        line=DISSUASION_LINE,
    )
    if refusal and refusal.retry_after_s is not None:
        answer.headers["Retry-After"] = str(refusal.retry_after_s)
    return answer


HANDLERS = [show_check, check]

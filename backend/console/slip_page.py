"""/s/{code}: what was found in a farmer's sample, behind the QR of his slip. No sign-in, no script needed, under 60 KB.

GET  /s/{code}             one picture, one word, what to do now
GET  /s/{code}/report.pdf  his report, once there is one
POST /s/{code}/consent     that it may be told on, or no longer; `id` was made with the page

The code is all that lets him in: it is in no log, no other site is told of it, and no cache keeps the page.
"""

from typing import Annotated, Any
from urllib.parse import quote
from uuid import UUID

from litestar import Request, Response, Router, get, post
from litestar.params import FromPath, QueryParameter
from litestar.response import Redirect

from backend.console import slip_consent, slip_shown
from backend.console.forms import filled, must_be_ours
from backend.console.pages import page
from backend.console.refused import told
from backend.core.addresses import base_url
from backend.core.ids import uuid7
from backend.core.peers import address_of
from backend.core.refusals import Invalid, Refusal, Unknown
from backend.core.words import Term, say
from backend.laboratory import report_pdf, reports, sample_consents, slips
from backend.laboratory.public import PublicSample, public_sample
from backend.laboratory.sample_refusals import SlipVoid
from backend.laboratory.words import RunKind

Big = Annotated[str, QueryParameter(max_length=1)]
Did = Annotated[str, QueryParameter(max_length=10)]
DID = {"yes": Term("Written down: it may be told on."), "no": Term("Written down: it is told to nobody else.")}
PRIVATE = {"Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex"}


@get("/{code:str}", include_in_schema=False)
async def show_slip(
    request: Request[Any, Any, Any], code: FromPath[str], big: Big = "", did: Did = ""
) -> Response[str]:
    """His page. Looking changes nothing: WeChat looks at every link before people do."""
    return _page(await _opened(request, code), code, big, did=did)


@get("/{code:str}/report.pdf", include_in_schema=False, media_type="application/pdf")
async def show_report(request: Request[Any, Any, Any], code: FromPath[str]) -> Response[bytes]:
    """The report that counts."""
    one = await _opened(request, code)
    report = await reports.of_slip(sample_id=one.id)
    if report is None:
        raise Unknown("There is no report on paper yet.")
    content = await report_pdf.pdf(report, address=base_url(request))
    named = {"Content-Disposition": f'inline; filename="{report.number}.pdf"', "Cache-Control": "no-store"}
    return Response(content, media_type="application/pdf", headers=PRIVATE | named)


@post("/{code:str}/consent", include_in_schema=False, status_code=200, request_max_body_size=None)
async def say_consent(request: Request[Any, Any, Any], code: FromPath[str], big: Big = "") -> Response[Any]:
    """What he says to telling it on; pressed twice it is said once."""
    must_be_ours(request)
    one = await _opened(request, code)
    try:
        async with filled(request) as form:
            share = form.get("share")
            if share not in DID or one.run_kind is not RunKind.ADVICE:
                raise Invalid("The page is too old. Load it again.")
            new = slip_consent.line(form.id(), form.get("version"), given=share == "yes")
        await sample_consents.record(sample_id=one.id, new=new, by=None)
    except Refusal as refusal:
        return _page(one, code, big, problem=told(refusal), status=refusal.status)
    large = "&big=1" if big else ""
    return Redirect(f"/s/{quote(code)}?did={share}{large}", status_code=303, headers=PRIVATE)


async def _opened(request: Request[Any, Any, Any], code: str) -> PublicSample:
    """The sample of a slip. Raises SlipVoid (404) for whatever opens nothing, SlipBusy (429)."""
    sample_id: UUID = await slips.sample_of_slip(code, address=address_of(request))
    one = await public_sample(sample_id=sample_id)
    if one is None:
        raise SlipVoid
    return one


def _page(
    one: PublicSample, code: str, big: str, *, did: str = "", problem: str | None = None, status: int = 200
) -> Response[str]:
    happened = did in DID and one.shares_since is not None and one.shares == (did == "yes")
    answer = page(
        "slip_page/slip.html",
        status=status,
        to=f"/s/{quote(code)}",
        q="?big=1" if big else "",
        big=big,
        did=say(DID[did]) if happened else None,
        problem=problem,
        id=uuid7(),
        **slip_shown.shown(one),
    )
    answer.headers.update(PRIVATE)
    return answer


def refused(_: Request[Any, Any, Any], refusal: Refusal) -> Response[str]:
    """One page for whatever opens nothing."""
    answer = page(
        "slip_page/refused.html", status=refusal.status, title=say(refusal.title), detail=told(refusal), big=""
    )
    answer.headers.update(PRIVATE)
    if refusal.retry_after_s is not None:
        answer.headers["Retry-After"] = str(refusal.retry_after_s)
    return answer


router = Router(
    path="/s",
    route_handlers=[show_slip, show_report, say_consent],
    exception_handlers={Refusal: refused},
)

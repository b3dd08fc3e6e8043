"""What is printed of a case: the receipt (A6, with its secret, told once), the flow slip of staff (工作流转单, A4)."""

from typing import Any
from uuid import UUID

import segno
from litestar import Request, Response, get, post
from litestar.params import FromPath
from markupsafe import Markup

from backend.cases import receipts, records
from backend.cases.receipts import Recognised
from backend.cases.schemas import CaseRecord
from backend.console import case_labels, clock_labels, labels
from backend.console.case import refused
from backend.console.forms import filled
from backend.console.pages import page
from backend.core.refusals import Refusal
from backend.core.settings import settings
from backend.people.actors import Actor
from backend.people.guards import SignedIn


class _NotRecognised(Refusal):
    status, code, title = 400, "console/not-recognised", "How do you know that it is he?"


def receipt_page(
    request: Request[Any, Any, Any],
    *,
    by: Actor,
    case: CaseRecord,
    secret: str | None,
    made_anew: bool = False,
    template: str = "slip/receipt.html",
    **more: Any,
) -> Response[str]:
    """The receipt of a case, to be read out, shown big, and printed. `template` says what stands below it."""
    address = receipt_address(request, case.number)
    return page(
        template,
        by=by,
        case=case,
        secret=secret,
        made_anew=made_anew,
        address=address,
        qr=qr(address),
        labels=case_labels,
        clocks=[clock_labels.shown(each) for each in case.clocks],
        **more,
    )


@post("/cases/{case_id:uuid}/receipt", include_in_schema=False, status_code=200, request_max_body_size=None)
async def renew_receipt(by: SignedIn, request: Request[Any, Any, Any], case_id: FromPath[UUID]) -> Response[Any]:
    """补办: a new secret for somebody who was recognised."""
    async with filled(request) as form:
        try:
            recognised = form.get("recognised")
            if recognised not in tuple(Recognised):
                raise _NotRecognised("Choose how he was recognised; it stands on the receipt's page.")
            made = await receipts.recover(case_id=case_id, id=form.id(), recognised=Recognised(recognised), by=by)
        except Refusal as refusal:
            return await refused(by, case_id, "receipt", refusal, form.fields)
    case = await records.get_case(case_id=case_id, by=by)
    return receipt_page(request, by=by, case=case, secret=made.record.secret, made_anew=True)


@get("/cases/{case_id:uuid}/slip", include_in_schema=False)
async def show_slip(by: SignedIn, request: Request[Any, Any, Any], case_id: FromPath[UUID]) -> Response[str]:
    """The flow slip of one case; no name and no phone of whoever asked is on it."""
    case = await records.get_case(case_id=case_id, by=by)
    address = receipt_address(request, case.number)
    return page(
        "slip/slip.html",
        by=by,
        case=case,
        code=qr(address),
        labels=case_labels,
        place=labels.place,
        clocks=[clock_labels.shown(each) for each in case.clocks],
        stages=[case_labels.stage(stage) for stage in case_labels.STAGES],
    )


def receipt_address(request: Request[Any, Any, Any], number: str) -> str:
    """Where a citizen's phone finds the receipt: at PUBLIC_URL, else where this page came from."""
    return receipts.receipt_url(number) if settings().public_url else f"{str(request.base_url).rstrip('/')}/r/{number}"


def qr(address: str) -> Markup:
    """A QR code as SVG, black on white on dark pages too."""
    code = segno.make(address, error="m", micro=False)
    return Markup(code.svg_inline(omitsize=True, border=3, dark="#000", light="#fff", svgclass="qr", lineclass=None))  # noqa: S704 - ours


HANDLERS = (renew_receipt, show_slip)

"""/console/bench/samples/{id}/slip: what a farmer takes home, and what is stuck on his bag. No name is on either."""

from typing import Annotated, Any
from uuid import UUID

import segno
from litestar import Request, Response, get
from litestar.params import FromPath, QueryParameter
from markupsafe import Markup
from msgspec import Struct

from backend.console import bench_labels as says
from backend.console.pages import page
from backend.console.paper import qr
from backend.core import clock, words
from backend.core.addresses import base_url
from backend.core.words import say
from backend.laboratory import sample_records
from backend.laboratory.naming import commodity
from backend.laboratory.sample_schemas import SampleRecord
from backend.people.guards import SignedIn

Flag = Annotated[str, QueryParameter(max_length=20)]


class Slip(Struct, frozen=True):
    """What the paper says: always Chinese, whatever language the desk works in."""

    title: str
    scan: str
    facts: str
    what: str
    phone: str
    caution: str
    label: str


@get("/samples/{sample_id:uuid}/slip", include_in_schema=False)
async def show_slip(
    by: SignedIn, request: Request[Any, Any, Any], sample_id: FromPath[UUID], did: Flag = ""
) -> Response[str]:
    """One slip and one label, to print."""
    one = await sample_records.get(sample_id=sample_id, by=by)
    address = farmers_page(request, one.slip_url)
    return page(
        "bench/slip.html",
        by=by,
        one=one,
        did=say("Received. Print the slip for the farmer and the label for the bag.") if did == "received" else None,
        slip=_slip(one),
        address=address,
        qr=qr(address) if address else None,
        bag=_bag(one.code),
    )


def farmers_page(request: Request[Any, Any, Any], slip_url: str | None) -> str | None:
    """His page's address in full: at PUBLIC_URL, else where this page came from."""
    return f"{base_url(request)}{slip_url}" if slip_url and slip_url.startswith("/") else slip_url


def _slip(one: SampleRecord) -> Slip:
    spoken = words.language.set("zh")
    try:
        known = commodity(one.crop_code)
        crop = known.name_zh if known else one.crop or (says.label(says.KINDS, one.kind) if one.kind else "")
        phone = (one.drop_off or one.unit).public_phone or one.unit.public_phone
        return Slip(
            title=say("The slip of your sample"),
            scan=say("Scan it: there you read the result"),
            facts=" · ".join(
                each for each in (crop, one.plot, f"{clock.local(one.received_at):%Y-%m-%d}", one.unit.name) if each
            ),
            what=say("Keep this slip: whoever has it can read the result. You need no account."),
            phone=say("Ask by phone: {phone}", phone=phone) if phone else "",
            caution=say("The test is free. It is advice for you, not an inspection, and no proof for a buyer."),
            label=" · ".join(each for each in (crop, one.plot) if each),
        )
    finally:
        words.language.reset(spoken)


def _bag(code: str) -> Markup:
    """The bag's number as a code that any scanner reads back."""
    made = segno.make(code, error="q", micro=False)
    return Markup(made.svg_inline(omitsize=True, border=2, dark="#000", light="#fff", svgclass="qr", lineclass=None))  # noqa: S704 - ours


HANDLERS = (show_slip,)

"""/console/warnings/sources: which systems may post warnings. A secret is shown once, with a post that is signed."""

import json
from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect

from backend.antifraud import warning_sources
from backend.antifraud.warning_schemas import NewWarningSource, WarningSourceRecord
from backend.console import labels as places
from backend.console.case_opening import NoPlace, place_of
from backend.console.form_refusals import Tried, at_field, fitting, tried
from backend.console.pages import page
from backend.console.refused import told
from backend.console.typed import Typed, identity, typed
from backend.console.warnings.mine import ways
from backend.core.addresses import base_url
from backend.core.ids import uuid7
from backend.core.refusals import Invalid, Refusal
from backend.core.words import Term, say
from backend.people.actors import Actor
from backend.people.guards import SignedIn
from backend.people.tables import Role
from backend.territory import queries as territory
from backend.territory.queries import DivisionFilters
from backend.territory.tables import Level

WRONG = {"name": Term("A name has one to 80 characters."), "division_code": Term("Choose a place from the list.")}
LEVELS = (Level.COUNTY, Level.TOWNSHIP)
_EXAMPLE = """\
SECRET='{secret}'
BODY='{body}'
ID="msg-$(date +%s)"
AT="$(date +%s)"
KEY="$(printf %s "${{SECRET#whsec_}}" | base64 -d | od -An -v -tx1 | tr -d ' \\n')"
SIGNED="$(printf "%s.%s.%s" "$ID" "$AT" "$BODY" |
  openssl dgst -sha256 -mac HMAC -macopt "hexkey:$KEY" -binary | base64)"
curl -sS -X POST '{post_to}' \\
  -H 'Content-Type: application/json' \\
  -H "webhook-id: $ID" -H "webhook-timestamp: $AT" -H "webhook-signature: v1,$SIGNED" \\
  --data-binary "$BODY"
"""


@get("/sources", include_in_schema=False)
async def show_sources(by: SignedIn, request: Request[Any, Any, Any], did: FromQuery[str] = "") -> Response[str]:
    """For administrators. Raises Forbidden (403)."""
    return await _page(request, by, Typed({"id": [str(uuid7())]}), ended=did == "ended")


@post("/sources", include_in_schema=False, status_code=200)
async def add_source(by: SignedIn, request: Request[Any, Any, Any]) -> Response[str]:
    """Add one, and show its secret on this answer alone. The same form again tells the same one again."""
    by.must_have(Role.ADMIN)
    form = await typed(request)
    try:
        made = await warning_sources.add_warning_source(
            id=identity(form.get("id")), new=await _new(form, by), by=by, base_url=base_url(request)
        )
    except Refusal as refusal:
        return await _page(request, by, form, refused=tried(refusal, names={"division_code": "place"}))
    return await _page(request, by, Typed({"id": [str(uuid7())]}), made=made.record)


@post("/sources/{source_id:uuid}/ending", include_in_schema=False, status_code=200)
async def end_source(by: SignedIn, request: Request[Any, Any, Any], source_id: FromPath[UUID]) -> Response[Any]:
    """Take nothing from it any more."""
    await warning_sources.end_warning_source(source_id=source_id, by=by, base_url=base_url(request))
    return Redirect("/console/warnings/sources?did=ended", status_code=303)


async def _new(form: Typed, by: Actor) -> NewWarningSource:
    try:
        code = form.get("place") and await place_of(form.get("place"), by)
    except NoPlace as refusal:
        raise Invalid("Please look at the marked fields.", errors=[at_field("place", told(refusal))]) from refusal
    return fitting(NewWarningSource, {"name": form.get("name"), "division_code": code}, wrong=WRONG)


async def _page(
    request: Request[Any, Any, Any],
    by: Actor,
    form: Typed,
    *,
    refused: Tried | None = None,
    made: WarningSourceRecord | None = None,
    ended: bool = False,
) -> Response[str]:
    return page(
        "warnings/sources.html",
        status=refused.status if refused else 200,
        by=by,
        form=form,
        tried=refused,
        made=made,
        example=await _example(made) if made and made.secret else None,
        ended=say("Ended. What it posts from now on is refused.") if ended else None,
        sources=await warning_sources.list_warning_sources(by=by, base_url=base_url(request)),
        choices=await _divisions(by),
        **ways(by),
    )


async def _divisions(by: Actor) -> list[tuple[str, str]]:
    """Counties and townships in which he is an administrator."""
    found: dict[str, str] = {}
    for held in by.held:
        for level in LEVELS if held.role is Role.ADMIN else ():
            filters = DivisionFilters(under=held.division_code, level=level)
            found |= {
                one.code: places.place(one.name) for one in await territory.list_divisions(filters=filters, limit=400)
            }
    return sorted(found.items())


async def _example(made: WarningSourceRecord) -> str:
    """An exercise for a village of the place, ready to be pasted."""
    filters = DivisionFilters(under=made.division_code, level=Level.VILLAGE)
    villages = await territory.list_divisions(filters=filters, limit=1)
    body = {
        "reference": "TEST-1",
        "level": "low",
        "division_code": villages[0].code if villages else made.division_code,
        "person": {"name": "演练", "phone": "199 0000 0000"},
        "exercise": True,
    }
    return _EXAMPLE.format(secret=made.secret, body=json.dumps(body, ensure_ascii=False), post_to=made.post_to)


HANDLERS = (show_sources, add_source, end_source)

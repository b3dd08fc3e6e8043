"""/console/collect: the phones that ODK Collect is set up on, each with a code of its own; by person for overseers."""

from typing import Any
from urllib.parse import urlencode, urlsplit
from uuid import UUID

from litestar import Request, Response, Router, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect
from markupsafe import Markup

from backend.console import labels
from backend.console.form_refusals import Tried, fitting, tried
from backend.console.pages import page
from backend.console.typed import Typed, identity, typed
from backend.core import paging
from backend.core.addresses import base_url
from backend.core.ids import uuid7
from backend.core.paging import Position
from backend.core.refusals import Refusal
from backend.core.words import Term
from backend.openrosa import collect_keys
from backend.openrosa.collect_schemas import CollectKeyRecord, NewCollectKey
from backend.openrosa.collect_settings import qr_svg
from backend.people import phone_keys
from backend.people.actors import OVERSEERS, Actor
from backend.people.guards import SignedIn
from backend.people.phone_key_queries import HolderPosition

HERE = "/console/collect"
ROWS = 50
THIS_MACHINE = ("127.0.0.1", "localhost", "::1")
WRONG = {"device_label": Term("Give the phone a name of at most 60 letters.")}


@get("/collect", include_in_schema=False)
async def show_phones(by: SignedIn, did: FromQuery[str] = "", after: FromQuery[str] = "") -> Response[str]:
    """One's own."""
    return await _phones(by, by.person_id, revoked=did == "revoked", after=after)


@get("/collect/of/{person_id:uuid}", include_in_schema=False)
async def show_phones_of(
    by: SignedIn, person_id: FromPath[UUID], did: FromQuery[str] = "", after: FromQuery[str] = ""
) -> Response[str]:
    """Somebody's of the territory one oversees. Raises PersonUnknown (404)."""
    return await _phones(by, person_id, revoked=did == "revoked", after=after)


@post("/collect", include_in_schema=False, status_code=303)
async def add_phone(by: SignedIn, request: Request[Any, Any, Any]) -> Response[Any]:
    """Set one up, and on to its code. The same form again leads to the same one."""
    form = await typed(request)
    whose = identity(form.get("person_id")) if form.get("person_id") else by.person_id
    try:
        new = fitting(NewCollectKey, {"device_label": form.get("device_label")}, wrong=WRONG)
        made = await collect_keys.issue_collect_key(
            id=identity(form.get("id")),
            person_id=whose,
            device_label=new.device_label,
            by=by,
            base_url=base_url(request),
        )
    except Refusal as refusal:
        return await _phones(by, whose, form, refused=tried(refusal, names={}))
    return Redirect(f"{HERE}/{made.record.id}", status_code=303)


@get("/collect/{key_id:uuid}", include_in_schema=False)
async def show_code(by: SignedIn, request: Request[Any, Any, Any], key_id: FromPath[UUID]) -> Response[str]:
    """The code of one phone with the way to set it up, to be scanned from a screen or printed as a card.

    Raises AccessKeyUnknown (404).
    """
    key = await collect_keys.get_collect_key(key_id=key_id, by=by, base_url=base_url(request))
    drawn = Markup(qr_svg(key.set_up.qr_text)) if key.set_up else None  # noqa: S704 - ours
    near = urlsplit(base_url(request)).hostname in THIS_MACHINE
    return page("collect/code.html", by=by, key=key, qr=drawn, near=near, back=_home(by, key.person.id))


@post("/collect/{key_id:uuid}/revocation", include_in_schema=False, status_code=303)
async def revoke_phone(by: SignedIn, key_id: FromPath[UUID]) -> Redirect:
    """It sends nothing more. Raises AccessKeyUnknown (404), Forbidden (403)."""
    key = await collect_keys.revoke_collect_key(key_id=key_id, by=by)
    return Redirect(f"{_home(by, key.person.id)}?did=revoked", status_code=303)


@get("/collect/people", include_in_schema=False)
async def show_people(by: SignedIn, name: FromQuery[str] = "", after: FromQuery[str] = "") -> Response[str]:
    """Whose phones one looks after. Raises Forbidden (403)."""
    by.must_have(*sorted(OVERSEERS))
    name = name.replace("\x00", "").strip()[:60]
    place = paging.position_of(after, HolderPosition)
    found = await collect_keys.list_collect_people(by=by, name=name, limit=ROWS, after=place)
    listed = paging.page(found, ROWS, lambda one: HolderPosition(one.name, one.id))
    more = listed.next_cursor and f"{HERE}/people?{urlencode({'name': name, 'after': listed.next_cursor})}"
    return page("collect/people.html", by=by, people=listed.items, more=more, name=name, place=labels.place)


async def _phones(
    by: Actor,
    whose: UUID,
    form: Typed | None = None,
    *,
    refused: Tried | None = None,
    revoked: bool = False,
    after: str = "",
) -> Response[str]:
    place = paging.position(after)
    keys = await collect_keys.list_collect_keys(by=by, person_id=whose, counting=True, limit=ROWS, after=place)
    listed = paging.page(keys, ROWS, lambda key: Position(key.made_at, key.id))
    return page(
        "collect/phones.html",
        status=refused.status if refused else 200,
        by=by,
        person=await phone_keys.holder(person_id=whose, by=by),
        keeps=await phone_keys.keeps(person_id=whose, by=by),
        keys=listed.items,
        more=listed.next_cursor and f"{_home(by, whose)}?{urlencode({'after': listed.next_cursor})}",
        told=lambda key: _maker(key) == by.person_id,
        form=form or Typed(),
        tried=refused,
        revoked=revoked,
        oversees=by.has(*OVERSEERS),
        id=(form and form.get("id")) or uuid7(),
    )


def _maker(key: CollectKeyRecord) -> UUID:
    return (key.made_by or key.person).id


def _home(by: Actor, whose: UUID) -> str:
    return HERE if whose == by.person_id else f"{HERE}/of/{whose}"


router = Router(
    path="/console", route_handlers=[show_phones, show_phones_of, add_phone, show_code, revoke_phone, show_people]
)

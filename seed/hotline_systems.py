"""The demo's telephone exchange and SMS gateway: known here, and posting as real ones do, under their secrets."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec

from backend.core import clock
from backend.core.post_signatures import PostHeaders
from backend.hotline import systems
from backend.hotline.line_schemas import LineSystemRecord, NewLineSystem
from backend.hotline.words import SystemKind
from backend.open311 import signing
from backend.people.sessions import actor
from backend.people.tables import Role
from seed import made_id
from seed.cast import COUNTY, holder
from seed.duty import HOTLINE_PHONE

LINE = "0635-1540000"
IDS = {kind: made_id(f"line system/{kind}") for kind in SystemKind}
NAMES = {SystemKind.PHONE: "高唐县热线交换机（演示）", SystemKind.SMS: "高唐县民情通短信网关（演示）"}


class Systems(NamedTuple):
    """Both, with where they post to and what they sign with: the same ones at every start."""

    phone: LineSystemRecord
    sms: LineSystemRecord


async def line_systems(base_url: str) -> Systems:
    """Added by the administrator."""
    return Systems(await _system(SystemKind.PHONE, base_url), await _system(SystemKind.SMS, base_url))


async def _system(kind: SystemKind, base_url: str) -> LineSystemRecord:
    by = await actor(person_id=holder(Role.ADMIN).id)
    new = NewLineSystem(kind=kind, name=NAMES[kind], line=LINE, unit_id=HOTLINE_PHONE.unit_id, division_code=COUNTY)
    return (await systems.add_line_system(id=IDS[kind], new=new, by=by, base_url=base_url)).record


def signed(system: LineSystemRecord, said: Mapping[str, Any], *, message: str) -> tuple[PostHeaders, bytes]:
    """A post of this moment: its headers and its body. `message` names it; the same again is the same message."""
    body = msgspec.json.encode({name: each for name, each in said.items() if each is not None})
    given = signing.headers(delivery_id=made_id(message), at=clock.now(), body=body, secret=system.secret or "")
    return PostHeaders(given["webhook-id"], given["webhook-timestamp"], given["webhook-signature"]), body

"""A hotline desk with a night and a morning shift, a telephone exchange that posts for it, and who calls."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import msgspec
from litestar import Router
from standardwebhooks import Webhook

import backend.push.escalation  # noqa: F401 - the jobs register
from backend.core import clock, ids
from backend.core.database import fetch
from backend.core.post_signatures import PostHeaders
from backend.hotline import call_posts, systems
from backend.hotline.call_schemas import CallReceipt
from backend.hotline.line_schemas import NewLineSystem
from backend.hotline.words import SystemKind
from backend.people import actions, sessions
from backend.people.actors import Actor
from backend.people.sessions import access_token_for
from backend.people.tables import Role, UnitKind
from backend.rosters.actions import publish_shifts
from backend.rosters.roster_schemas import NewRoster, NewShift
from tests.application import application
from tests.cast import COUNTY, SINCE, Cast

AT_TWO = datetime(2026, 11, 24, 2, tzinfo=clock.SHANGHAI)
CALLER, OTHER_CALLER, LANDLINE = "199 0000 0771", "199 0000 0772", "0635-3950001"
LINE = "0635-12345"


class Exchange:
    """`night` holds the desk's phone until eight, `second` its desk; `morning` comes next; `lead` supervises."""

    unit: UUID
    night: Actor
    second: Actor
    morning: Actor
    system_id: UUID
    secret: str

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        self.lead, self.admin = cast.supervisor, cast.admin

    @classmethod
    async def open(cls, cast: Cast, *, kind: SystemKind = SystemKind.PHONE) -> "Exchange":
        """With its unit, its roster, and a system of one kind that may post."""
        made = cls(cast)
        unit = await actions.open_unit(
            id=ids.uuid7(), name="热线办", kind=UnitKind.DEPARTMENT, division_code=COUNTY, public_phone=LINE
        )
        made.unit = unit.id
        made.night, made.second = await made.operator("尤值夜", 81), await made.operator("许在桌", 82)
        made.morning = await made.operator("许值早", 83)
        with clock.stopped(AT_TWO - timedelta(days=1)):
            eight = AT_TWO.replace(hour=8)
            await made.shift(made.night, eight - timedelta(hours=9), eight, post="phone")
            await made.shift(made.morning, eight, eight + timedelta(hours=8), post="phone")
            await made.shift(made.second, eight - timedelta(hours=9), eight, post="desk")
        system = await made.system(kind)
        made.system_id, made.secret = system.id, system.secret or ""
        return made

    async def operator(self, name: str, number: int) -> Actor:
        """One more operator of the unit."""
        person = await actions.open_account(id=ids.uuid7(), name=name, phone=f"199 0000 {number:04d}")
        held = {"division_code": COUNTY, "unit_id": self.unit, "valid_from": SINCE}
        await actions.assign_role(person_id=person.id, role=Role.OPERATOR, **held)
        return await sessions.actor(person_id=person.id)

    async def shift(self, who: Actor, begins: datetime, ends: datetime, *, post: str) -> None:
        """One person for one span."""
        row = NewShift(person_id=who.person_id, starts_at=begins, ends_at=ends, id=ids.uuid7())
        new = NewRoster(id=ids.uuid7(), unit_id=self.unit, post=post, starts_at=begins, ends_at=ends, shifts=[row])
        await publish_shifts(new=new, by=self.lead)

    async def system(self, kind: SystemKind = SystemKind.PHONE) -> Any:
        """One more exchange or gateway of the desk."""
        new = NewLineSystem(kind=kind, name="县热线系统", line=LINE, unit_id=self.unit, division_code=COUNTY)
        return (await systems.add_line_system(id=None, new=new, by=self.admin, base_url="http://test")).record

    def said(self, event: str, reference: str = "C-1", *, at: datetime | None = None, **more: Any) -> bytes:
        """What the exchange posts."""
        moment = (at or clock.now()).isoformat()
        told = {"reference": reference, "event": event, "at": moment, "caller": CALLER} | more
        return json.dumps({name: each for name, each in told.items() if each is not None}).encode()

    def signed(
        self, body: bytes, *, message_id: str | None = None, at: datetime | None = None, secret: str | None = None
    ) -> dict[str, str]:
        """Headers by the scheme's own library."""
        at, message_id = at or clock.now(), message_id or str(ids.uuid7())
        signature = Webhook(secret or self.secret).sign(message_id, at.astimezone(clock.UTC), body.decode())
        return {
            "webhook-id": message_id,
            "webhook-timestamp": str(int(at.timestamp())),
            "webhook-signature": signature,
        }

    async def post(self, body: bytes, **signing: Any) -> Any:
        """A post that came in through the verb, with whether its call was new."""
        headers = PostHeaders(*self.signed(body, **signing).values())
        return await call_posts.log_call(system_id=self.system_id, headers=headers, body=body)

    async def tells(self, event: str, reference: str = "C-1", **more: Any) -> CallReceipt:
        """One event of a call."""
        return (await self.post(self.said(event, reference, **more))).record

    async def misses(self, reference: str = "C-1", **more: Any) -> CallReceipt:
        """Somebody rang, and nobody took it."""
        await self.tells("ringing", reference, **more)
        return await self.tells("missed", reference, **more)


async def callbacks() -> list[Any]:
    """All of them, the first first."""
    return list(await fetch("SELECT * FROM hotline_callback ORDER BY opened_at, id"))


async def tasks_of(origin_id: UUID) -> list[tuple[UUID, str]]:
    """Who was asked about a record, and how it stands."""
    rows = await fetch("SELECT assignee, state FROM tasks_task WHERE origin_id = $1 ORDER BY asked_at, id", origin_id)
    return [(row["assignee"], row["state"]) for row in rows]


async def signed_in(who: Actor) -> dict[str, str]:
    """Headers of somebody."""
    token = await access_token_for(person_id=who.person_id, valid_for=timedelta(minutes=5))
    return {"Authorization": f"Bearer {token}"}


@asynccontextmanager
async def client_of(*routers: Router) -> AsyncIterator[httpx.AsyncClient]:
    """A client of these routes: paths begin after /api/v1."""
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(application(*routers)), base_url="http://test/api/v1"
    ) as client:
        yield client


async def five(
    wire: httpx.AsyncClient,
    path: str,
    *,
    stranger: Actor,
    right: Actor,
    good: Any,
    bad: Any,
    strangers: int,
    codes: tuple[int, int],
    as_: Callable[[Actor], Awaitable[dict[str, str]]] = signed_in,
) -> list[Any]:
    """Nobody, wrong shape, stranger, right person, twice; the last two answers."""
    assert (await wire.post(path, json=good)).status_code == 401
    if bad is not None:
        assert (await wire.post(path, json=bad, headers=await as_(right))).status_code == 400
    assert (await wire.post(path, json=good, headers=await as_(stranger))).status_code == strangers
    answers = [await wire.post(path, json=good, headers=await as_(right)) for _ in range(2)]
    assert tuple(each.status_code for each in answers) == codes, [each.text for each in answers]
    return [msgspec.json.decode(each.content) for each in answers]

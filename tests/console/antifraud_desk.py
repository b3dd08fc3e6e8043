"""In front of the pages against fraud, with a browser without scripts."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
from litestar import Router

import backend.push.escalation  # noqa: F401 - registers what looks after an emergency
from backend.console import refused as console_refused
from backend.console.antifraud import routes
from backend.people import actions, sessions
from backend.people.actors import Actor
from backend.people.guards import NEEDS_SIGN_IN
from backend.people.tables import Role, UnitKind
from tests.application import application
from tests.cast import COUNTY, SINCE, Cast
from tests.console.bench_desk import Desk

ANTIFRAUD = "/console/antifraud"
CASES, LIBRARY, CARDS = f"{ANTIFRAUD}/cases", f"{ANTIFRAUD}/library", f"{ANTIFRAUD}/cards"
CHECK, BOARD = f"{ANTIFRAUD}/check", f"{ANTIFRAUD}/board"
PAGES = Router(
    path="/",
    route_handlers=[routes.router],
    dependencies=NEEDS_SIGN_IN,
    exception_handlers=console_refused.HANDLERS,  # type: ignore[arg-type]
)


@asynccontextmanager
async def desk_of(who: Actor | None = None) -> AsyncIterator[Desk]:
    """As somebody, or as nobody."""
    async with httpx.AsyncClient(transport=httpx.ASGITransport(application(PAGES)), base_url="http://test") as client:
        desk = Desk(client)
        yield await desk.be(who) if who else desk


async def police(cast: Cast, division_code: str = COUNTY) -> Actor:
    """A handler of the county's anti-fraud centre, made of the cast's next cadre."""
    unit = await actions.open_unit(
        id=cast.household, name="反诈中心", kind=UnitKind.POLICE, division_code=division_code
    )
    person_id = cast.next_cadre.person_id
    await actions.assign_role(
        person_id=person_id, role=Role.HANDLER, division_code=division_code, unit_id=unit.id, valid_from=SINCE
    )
    return await sessions.actor(person_id=person_id)

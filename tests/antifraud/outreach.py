"""Rounds, letters and their routes, for the tests of outreach."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import httpx
from litestar import Router

from backend.antifraud import rounds
from backend.antifraud.round_schemas import NewRound
from backend.core import clock, ids
from backend.people import actions, sessions
from backend.people.actors import Actor
from backend.people.sessions import access_token_for
from backend.people.tables import Role
from tests.application import application
from tests.cast import COUNTY, SINCE, Cast

DAY = timedelta(days=1)


async def planned(cast: Cast, **columns: Any) -> Any:
    """A round of a week through the county that began three days ago."""
    today = clock.today()
    given = {
        "name": "秋季反诈大走访",
        "division_code": COUNTY,
        "begins_on": today - 3 * DAY,
        "ends_on": today + 3 * DAY,
    }
    made = await rounds.plan_round(new=NewRound(**(given | columns)), by=cast.supervisor)
    return made.record


async def somebody(role: Role, division_code: str, number: int = 61) -> Actor:
    """An account beside the cast."""
    person = await actions.open_account(id=ids.uuid7(), name="旁人", phone=f"199 0000 {number:04d}")
    await actions.assign_role(person_id=person.id, role=role, division_code=division_code, valid_from=SINCE)
    return await sessions.actor(person_id=person.id)


@asynccontextmanager
async def client_of(*routers: Router) -> AsyncIterator[httpx.AsyncClient]:
    """A client of these routes: paths begin after /api/v1."""
    app = application(*routers)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test/api/v1") as client:
        yield client


async def signed_in(who: Actor) -> dict[str, str]:
    """Headers of somebody."""
    token = await access_token_for(person_id=who.person_id, valid_for=timedelta(minutes=5))
    return {"Authorization": f"Bearer {token}"}

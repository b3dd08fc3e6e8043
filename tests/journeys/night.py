"""A county at night, told over HTTP: a desk, two units, phones that ring in a world outside, a clock one may move."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import httpx

from backend.core import clock, ids
from backend.deadlines.expediting import expedite
from backend.people import actions, sessions
from backend.people.actors import Actor
from backend.people.tables import Role
from backend.push.escalation import every_minute
from backend.push.provider import Outgoing
from tests.application import whole_house
from tests.cases.desk import Desk
from tests.cast import COUNTY, SINCE, VILLAGE
from tests.push.conftest import Ways
from tests.queued import do_jobs

AT_TWO = datetime(2026, 11, 24, 2, tzinfo=clock.SHANGHAI)
DANGER = "planning_construction.road_danger"


class Night:
    """Two in the morning. `desk.mason` keeps the roads unit's phone until eight, then `relief`."""

    def __init__(self, desk: Desk, ways: Ways, relief: Actor) -> None:
        self.desk, self.ways, self.relief = desk, ways, relief
        self.cast, self.clerk, self.mason = desk.cast, desk.clerk, desk.mason
        self.client = httpx.AsyncClient(transport=httpx.ASGITransport(whole_house()), base_url="http://test")

    @classmethod
    async def fall(cls, desk: Desk, ways: Ways) -> "Night":
        """A roster for the roads unit, the way to it in the routing table, a phone for each who may be asked."""
        held = {"role": Role.HANDLER, "division_code": COUNTY, "unit_id": desk.roads, "valid_from": SINCE}
        await actions.assign_role(person_id=desk.cast.handler.person_id, **held)
        night = cls(desk, ways, await sessions.actor(person_id=desk.cast.handler.person_id))
        await desk.route(DANGER, COUNTY, desk.roads)
        with clock.stopped(AT_TWO - timedelta(days=1)):
            await night.post(desk.cast.supervisor, "/shifts", night._roster())
        with clock.stopped(AT_TWO):
            for who in (night.mason, night.relief, desk.cast.supervisor):
                await night.post(who, "/push-addresses", {"kind": "fcm_token", "value": token(who)})
        return night

    def _roster(self) -> dict[str, Any]:
        eight = AT_TWO.replace(hour=8)
        shifts = [(self.mason, eight - timedelta(hours=8), eight), (self.relief, eight, eight + timedelta(hours=8))]
        return {
            "id": str(ids.uuid7()),
            "unit_id": str(self.desk.roads),
            "post": "phone",
            "starts_at": shifts[0][1].isoformat(),
            "ends_at": shifts[1][2].isoformat(),
            "shifts": [
                {"person_id": str(who.person_id), "starts_at": begins.isoformat(), "ends_at": ends.isoformat()}
                for who, begins, ends in shifts
            ],
        }

    async def post(self, who: Actor, path: str, said: Any = None, *, status: int | None = None) -> Any:
        """Send something as somebody; what the answer says."""
        answer = await self.client.post(f"/api/v1{path}", json=said, headers=await self._as(who))
        assert answer.is_success if status is None else answer.status_code == status, answer.text
        return answer.json() if answer.content else None

    async def get(self, who: Actor, path: str) -> Any:
        """Ask for something as somebody."""
        answer = await self.client.get(f"/api/v1{path}", headers=await self._as(who))
        assert answer.is_success, answer.text
        return answer.json()

    async def photo(self, who: Actor, content: bytes) -> str:
        """Send a photo; its id."""
        answer = await self.client.post(
            "/api/v1/photos", files={"photo": ("photo.jpg", content, "image/jpeg")}, headers=await self._as(who)
        )
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    async def _as(self, who: Actor) -> dict[str, str]:
        token = await sessions.access_token_for(person_id=who.person_id, valid_for=timedelta(minutes=5))
        return {"Authorization": f"Bearer {token}"}

    async def tasks(self, who: Actor, kind: str) -> list[dict[str, Any]]:
        """What of one kind waits for somebody."""
        return [task for task in (await self.get(who, "/my/tasks"))["tasks"] if task["kind"] == kind]

    def rung(self, who: Actor) -> list[Outgoing]:
        """What reached the app on somebody's phone, each ring once."""
        return list({message.dedupe_id: message for message in self.ways.app.to(token(who))}.values())

    @contextmanager
    def later(self, **span: float) -> Iterator[None]:
        """So long after two."""
        with clock.stopped(AT_TWO + timedelta(**span)):
            yield

    async def minute_passes(self) -> None:
        """What a worker does each minute, and the jobs that come of it."""
        await expedite()
        await every_minute()
        await self.work()

    async def work(self) -> None:
        """Everything that waits to be sent or looked after, as if its time had come."""
        while await do_jobs("push/send", "push/send-emergency", "media/look", late=True):
            pass  # what emergencies wait for comes by the minute here


def token(who: Actor) -> str:
    """What the app of somebody's phone is called."""
    return f"app-{who.person_id}"


def danger(**more: Any) -> dict[str, Any]:
    """What a driver says on the telephone at two in the morning."""
    return {
        "id": str(ids.uuid7()),
        "channel": "phone",
        "category_code": DANGER,
        "title": "大树倒在县道上",
        "description": "挡住一半路，有车差点撞上",
        "division_code": VILLAGE,
        "contact_name": "林大山",
        "contact_phone": "199 0000 0051",
    } | more


def step(**said: Any) -> dict[str, Any]:
    """A step of its own, which may be said again."""
    return {"id": str(ids.uuid7())} | said


def case_path(case: dict[str, Any]) -> str:
    """Where a case lies."""
    return f"/cases/{case['id']}"

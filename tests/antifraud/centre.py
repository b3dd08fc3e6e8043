"""A police centre that posts warnings, a police station with a night shift, and whom a warning is about."""

import json
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import msgspec
from standardwebhooks import Webhook

import backend.antifraud.escalating
import backend.push.escalation  # noqa: F401 - the jobs register
from backend.antifraud import receiving, warning_sources
from backend.antifraud.warning_schemas import NewWarningSource, TypedWarning, WarnedPerson, WarningReceipt
from backend.antifraud.words import WarningLevel
from backend.core import clock, ids
from backend.core.post_signatures import PostHeaders
from backend.people import actions, sessions
from backend.people.actors import Actor
from backend.people.tables import Role, UnitKind
from backend.rosters.actions import publish_shifts
from backend.rosters.roster_schemas import NewRoster, NewShift
from tests.cast import COUNTY, SINCE, TOWNSHIP, VILLAGE, Cast

AT_TWO = datetime(2026, 11, 24, 2, tzinfo=clock.SHANGHAI)
NAME, PHONE, HOME, KNOWN = "祝小梅", "199 0000 0888", "村西头第三家", "正在和假客服通话"
PERSON = {"name": NAME, "phone": PHONE, "address_note": HOME, "known": KNOWN}


class Centre:
    """`night` holds the station's shift until eight, `morning` the next; the village's assistant is the cast's."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        self.assistant, self.supervisor, self.admin = cast.assistant, cast.supervisor, cast.admin

    @classmethod
    async def open(cls, cast: Cast, *, at: datetime = AT_TWO) -> "Centre":
        """With a source that may post for the county; at `at` the night has six hours to go."""
        made = cls(cast)
        unit = await actions.open_unit(
            id=ids.uuid7(), name="梁村派出所", kind=UnitKind.POLICE, division_code=TOWNSHIP, public_phone="0635-0000110"
        )
        made.station = unit.id
        made.night, made.morning = await made._police("尤值夜", 81), await made._police("许值早", 82)
        with clock.stopped(at - timedelta(days=1)):
            await made._roster(turns_at=at + timedelta(hours=6))
        source = await warning_sources.add_warning_source(
            id=None,
            new=NewWarningSource(name="县反诈中心", division_code=COUNTY),
            by=cast.admin,
            base_url="http://test",
        )
        made.source_id, made.secret = source.record.id, source.record.secret or ""
        return made

    async def _police(self, name: str, number: int) -> Actor:
        person = await actions.open_account(id=ids.uuid7(), name=name, phone=f"199 0000 {number:04d}")
        held = {"division_code": COUNTY, "unit_id": self.station, "valid_from": SINCE}
        await actions.assign_role(person_id=person.id, role=Role.HANDLER, **held)
        return await sessions.actor(person_id=person.id)

    async def _roster(self, *, turns_at: datetime) -> None:
        begins, ends = turns_at - timedelta(hours=9), turns_at + timedelta(hours=8)
        spans = [(self.night, begins, turns_at), (self.morning, turns_at, ends)]
        shifts = [
            NewShift(person_id=who.person_id, starts_at=begins, ends_at=ends, id=ids.uuid7())
            for who, begins, ends in spans
        ]
        new = NewRoster(
            id=ids.uuid7(),
            unit_id=self.station,
            post="phone",
            starts_at=spans[0][1],
            ends_at=spans[-1][2],
            shifts=shifts,
        )
        await publish_shifts(new=new, by=self.supervisor)

    def said(self, reference: str = "YJ-0001", **more: Any) -> bytes:
        """What the centre's system posts."""
        told = {"reference": reference, "level": "high", "division_code": VILLAGE, "person": PERSON}
        return json.dumps(told | more, ensure_ascii=False).encode()

    def signed(
        self, body: bytes, *, message_id: str = "msg-1", at: datetime | None = None, secret: str | None = None
    ) -> dict[str, str]:
        """Headers by the scheme's own library."""
        at = at or clock.now()
        signature = Webhook(secret or self.secret).sign(message_id, at.astimezone(clock.UTC), body.decode())
        return {
            "webhook-id": message_id,
            "webhook-timestamp": str(int(at.timestamp())),
            "webhook-signature": signature,
        }

    async def posted(self, body: bytes | None = None, **signing: Any) -> WarningReceipt:
        """A warning that came in through the verb."""
        return (await self.post(body, **signing)).record

    async def post(self, body: bytes | None = None, **signing: Any) -> Any:
        """The same with whether it was new."""
        body = body or self.said()
        headers = PostHeaders(*self.signed(body, **signing).values())
        return await receiving.receive_warning(source_id=self.source_id, headers=headers, body=body)

    async def typed(self, *, by: Actor | None = None, id: UUID | None = None, **more: Any) -> WarningReceipt:
        """A warning that a desk typed in."""
        told: dict[str, Any] = {"level": WarningLevel.HIGH, "division_code": VILLAGE, "person": WarnedPerson(**PERSON)}
        new = TypedWarning(**(told | more))
        outcome = await receiving.enter_warning(id=id or ids.uuid7(), new=new, by=by or self.cast.operator)
        return outcome.record


async def five(
    wire: httpx.AsyncClient,
    as_: Callable[[Actor], Awaitable[dict[str, str]]],
    path: str,
    *,
    stranger: Actor,
    right: Actor,
    good: Any,
    bad: Any,
    strangers: int,
    codes: tuple[int, int],
) -> list[Any]:
    """Nobody, wrong shape, stranger, right person, twice; the last two answers."""
    assert (await wire.post(path, json=good)).status_code == 401
    if bad is not None:
        assert (await wire.post(path, json=bad, headers=await as_(right))).status_code == 400
    assert (await wire.post(path, json=good, headers=await as_(stranger))).status_code == strangers
    answers = [await wire.post(path, json=good, headers=await as_(right)) for _ in range(2)]
    assert tuple(each.status_code for each in answers) == codes, [each.text for each in answers]
    return [msgspec.json.decode(each.content) for each in answers]

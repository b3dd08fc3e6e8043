"""A studio with a bench, a station below it, and the people of both, beside the cast; and rows to begin from."""

import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import httpx
from litestar import Router

from backend.core import clock, ids
from backend.laboratory.instrument_tables import CalibrationDone, Instrument
from backend.laboratory.result_tables import Result
from backend.laboratory.sample_tables import Sample, SampleConsent
from backend.laboratory.words import Comparator, Method, SampleConsentPurpose, SampleKind, SampleState
from backend.people import actions, sessions
from backend.people.actors import Actor
from backend.people.household_tables import ConsentChannel, ConsentMethod
from backend.people.sessions import access_token_for
from backend.people.tables import Role, UnitKind
from tests.application import application
from tests.cast import COUNTY, OTHER_COUNTY, SINCE, TOWNSHIP, VILLAGE, Cast

PEOPLE: dict[str, tuple[str, Role, str, str]] = {
    "technician": ("于化验", Role.TECHNICIAN, COUNTY, "studio"),
    "station_technician": ("史小站", Role.TECHNICIAN, TOWNSHIP, "station"),
    "expert": ("孟繁荣", Role.EXPERT, COUNTY, "studio"),
    "second": ("纪学农", Role.EXPERT, COUNTY, "studio"),
    "outsider": ("邻县员", Role.TECHNICIAN, OTHER_COUNTY, "elsewhere"),
}
"""Name, role, territory and unit; phones count up from 199 0000 0081."""


@dataclass(frozen=True)
class Bench:
    """The cast with a county's studio (a technician, two experts) and a station below it (a technician).

    outsider   a technician of a studio of another county, `elsewhere`
    """

    cast: Cast
    studio: UUID
    station: UUID
    elsewhere: UUID
    technician: Actor
    station_technician: Actor
    expert: Actor
    second: Actor
    outsider: Actor

    @classmethod
    async def make(cls, cast: Cast) -> "Bench":
        """Units and accounts, through the verbs."""
        studio = await _unit("农技工作室", UnitKind.STUDIO, COUNTY)
        units = {
            "studio": studio,
            "station": await _unit("梁村检测点", UnitKind.STATION, TOWNSHIP, parent_id=studio),
            "elsewhere": await _unit("邻县工作室", UnitKind.STUDIO, OTHER_COUNTY),
        }
        made = {who: await _person(who, number, units) for number, who in enumerate(PEOPLE)}
        return cls(cast=cast, **units, **made)

    async def sample(self, code: str = "NY-001", **columns: Any) -> UUID:
        """A received sample of cabbage at the studio as a row, a free test; columns may say otherwise."""
        given: dict[str, Any] = {
            "id": ids.uuid7(),
            "code": code,
            "state": SampleState.RECEIVED,
            "kind": SampleKind.PRODUCE,
            "unit": self.studio,
            "holder": self.studio,
            "division_code": VILLAGE,
            "crop_said": "白菜",
            "sampled_on": clock.today(),
            "received_at": clock.now(),
            "received_by": self.technician.person_id,
        }
        row = Sample(**(given | columns))
        await Sample.insert(row)
        return row.id

    async def held(self, code: str = "没登记-7", **columns: Any) -> UUID:
        """A sample that only a file told of, as a row."""
        unsaid = {"kind": None, "crop_said": None, "sampled_on": None, "received_by": None, "holder": None}
        return await self.sample(code, state=SampleState.HELD, **(unsaid | columns))

    async def instrument(self, serial: str = "NC-1001", *, due_in_days: int | None = 90, **columns: Any) -> UUID:
        """A registered instrument of the studio as a row, calibrated until so many days from today; None: unknown."""
        now = clock.now()
        given: dict[str, Any] = {
            "id": ids.uuid7(),
            "serial": serial,
            "unit": self.studio,
            "method": Method.ENZYME_INHIBITION,
            "first_seen_at": now,
            "registered_at": now,
            "registered_by": self.technician.person_id,
        }
        row = Instrument(**(given | columns))
        await Instrument.insert(row)
        if due_in_days is not None:
            await self._calibrated(row.id, due_in_days)
        return row.id

    async def _calibrated(self, instrument_id: UUID, due_in_days: int) -> None:
        due_on = clock.today() + timedelta(days=due_in_days)
        done = CalibrationDone(
            id=ids.uuid7(),
            instrument=instrument_id,
            done_on=due_on - timedelta(days=365),
            due_on=due_on,
            recorded_by=self.technician.person_id,
            recorded_at=clock.now(),
        )
        await CalibrationDone.insert(done)

    async def result(self, sample_id: UUID, percent: float = 12.5, **columns: Any) -> UUID:
        """A reading of enzyme inhibition as a row, without a judgement unless columns tell one."""
        id, now = ids.uuid7(), clock.now()
        key = hashlib.sha256(id.bytes).digest()
        given: dict[str, Any] = {
            "id": id,
            "row_key": key,
            "content": key,
            "sample": sample_id,
            "unit": self.studio,
            "line": 2,
            "analyte": "cholinesterase_inhibition",
            "method": Method.ENZYME_INHIBITION,
            "comparator": Comparator.EQUAL,
            "value": Decimal(str(percent)),
            "unit_said": "%",
            "tested_at": now,
            "received_at": now,
            "reasons": "[]",
            "judged_at": now,
        }
        await Result.insert(Result(**(given | columns)))
        return id

    async def shares(self, sample_id: UUID, *, given: bool = True) -> None:
        """The farmer agrees that what was found is told on, or takes it back."""
        line = SampleConsent(
            id=ids.uuid7(),
            sample=sample_id,
            purpose=SampleConsentPurpose.SHARE,
            text_version="share 1",
            text_sha256=hashlib.sha256(b"words").digest(),
            channel=ConsentChannel.PAPER,
            method=ConsentMethod.SIGNED,
            given=given,
            at=clock.now(),
        )
        await SampleConsent.insert(line)


@asynccontextmanager
async def client_of(*routers: Router) -> AsyncIterator[httpx.AsyncClient]:
    """A client of these routes: paths begin after /api/v1."""
    app = application(*routers)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test/api/v1") as client:
        yield client


async def signed_in(who: Actor) -> dict[str, str]:
    """Headers of somebody: `await signed_in(bench.technician)`."""
    token = await access_token_for(person_id=who.person_id, valid_for=timedelta(minutes=5))
    return {"Authorization": f"Bearer {token}"}


async def _unit(name: str, kind: UnitKind, division_code: str, parent_id: UUID | None = None) -> UUID:
    made = await actions.open_unit(
        id=ids.uuid7(), name=name, kind=kind, division_code=division_code, parent_id=parent_id
    )
    return made.id


async def _person(who: str, number: int, units: dict[str, UUID]) -> Actor:
    name, role, division_code, unit = PEOPLE[who]
    person = await actions.open_account(id=ids.uuid7(), name=name, phone=f"199 0000 {81 + number:04d}")
    await actions.assign_role(
        person_id=person.id, role=role, division_code=division_code, unit_id=units[unit], valid_from=SINCE
    )
    return await sessions.actor(person_id=person.id)

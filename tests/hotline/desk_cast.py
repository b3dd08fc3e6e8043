"""A hotline's desk with a shift, beside the desk of cases, and what people say when they are rung back."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
from litestar import Router

import backend.push.escalation  # noqa: F401 - registers what looks after an emergency
from backend.cases.schemas import CaseRecord
from backend.core import clock, ids
from backend.core.database import fetch
from backend.hotline import callback_recording, callbacks, verifying
from backend.hotline.callback_schemas import CallbackDetail, CallbackRecord, NewCallbackTry
from backend.hotline.callback_words import CallbackResult
from backend.people import actions, sessions
from backend.people.actors import Actor
from backend.people.sessions import access_token_for
from backend.people.tables import Role
from backend.rosters.actions import publish_shifts
from backend.rosters.roster_schemas import NewRoster, NewShift
from tests.application import application
from tests.cases.desk import Desk
from tests.cast import COUNTY, SINCE, Cast

NINE = datetime(2026, 11, 24, 9, tzinfo=clock.SHANGHAI)
HOUR = timedelta(hours=1)


class Hotline:
    """`clerk` answers the telephone until two, `late` from then to midnight; the cast's supervisor leads both."""

    def __init__(self, desk: Desk) -> None:
        self.desk, self.cast = desk, desk.cast
        self.clerk, self.supervisor = desk.clerk, desk.cast.supervisor

    @classmethod
    async def open(cls, cast: Cast) -> "Hotline":
        """With a roster of the day that begins at seven."""
        made = cls(await Desk.make(cast))
        made.late = await somebody("卫晚班", Role.OPERATOR, 74, unit_id=made.desk.hotline)
        with clock.stopped(NINE - timedelta(days=1)):
            await made._roster()
        return made

    async def _roster(self) -> None:
        seven = NINE - 2 * HOUR
        spans = [(self.clerk, seven, seven + 7 * HOUR), (self.late, seven + 7 * HOUR, seven + 17 * HOUR)]
        shifts = [NewShift(person_id=who.person_id, starts_at=a, ends_at=b, id=ids.uuid7()) for who, a, b in spans]
        new = NewRoster(
            id=ids.uuid7(),
            unit_id=self.desk.hotline,
            post="phone",
            starts_at=spans[0][1],
            ends_at=spans[-1][2],
            shifts=shifts,
        )
        await publish_shifts(new=new, by=self.supervisor)

    async def asked(self, **changes: Any) -> tuple[CaseRecord, CallbackRecord]:
        """A case that was resolved, and its callback."""
        case = await self.desk.resolved(**changes)
        await verifying.verify()
        return case, await self.callback_of(case.id)

    async def callback_of(self, case_id: UUID, *, round: int = 0) -> CallbackRecord:
        """The one of a resolution."""
        rows = await fetch('SELECT id FROM hotline_callback WHERE "case" = $1 AND round = $2', case_id, round)
        return (await self.read(rows[0]["id"], by=self.cast.auditor)).callback

    async def read(self, callback_id: UUID, *, by: Actor | None = None) -> CallbackDetail:
        """As whoever rings reads it."""
        return await callbacks.get_callback(callback_id=callback_id, by=by or self.clerk, request_id="test")

    async def rang(
        self,
        callback: CallbackRecord,
        result: CallbackResult | None = None,
        *,
        by: Actor | None = None,
        id: UUID | None = None,
        **more: Any,
    ) -> CallbackRecord:
        """In vain, unless somebody said something."""
        new = NewCallbackTry(reached=result is not None, result=result, **more)
        outcome = await callback_recording.record_callback(
            callback_id=callback.id, id=id or ids.uuid7(), new=new, by=by or self.clerk
        )
        return outcome.record


async def somebody(name: str, role: Role, number: int, *, unit_id: UUID | None = None, code: str = COUNTY) -> Actor:
    """An account beside the cast."""
    person = await actions.open_account(id=ids.uuid7(), name=name, phone=f"199 0000 {number:04d}")
    held = {"division_code": code, "unit_id": unit_id, "valid_from": SINCE}
    await actions.assign_role(person_id=person.id, role=role, **held)
    return await sessions.actor(person_id=person.id)


@asynccontextmanager
async def client_of(*routers: Router) -> AsyncIterator[httpx.AsyncClient]:
    """A client of these routes: paths begin after /api/v1."""
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(application(*routers)), base_url="http://test/api/v1"
    ) as client:
        yield client


async def signed_in(who: Actor) -> dict[str, str]:
    """Headers of somebody."""
    token = await access_token_for(person_id=who.person_id, valid_for=timedelta(minutes=5))
    return {"Authorization": f"Bearer {token}"}


async def tasks_of(origin_id: UUID, who: Actor) -> list[Any]:
    """What waits for somebody about a record, the last asked first."""
    return list(
        await fetch(
            "SELECT kind, title_zh, due_at, link FROM tasks_task WHERE origin_id = $1 AND assignee = $2 "
            "AND state IN ('open', 'acknowledged') ORDER BY asked_at DESC",
            *(origin_id, who.person_id),
        )
    )


async def texts_about(origin_id: UUID) -> list[str]:
    """What was written to anybody about a record, in Chinese, the first first."""
    rows = await fetch("SELECT text_zh FROM push_notice WHERE origin_id = $1 ORDER BY made_at, id", origin_id)
    return [row["text_zh"] for row in rows]

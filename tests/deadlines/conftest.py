"""What the tests of this room stand on, beside the cast: a unit, and a calendar left as it was."""

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

import pytest

import backend.push.dispatch
import backend.push.escalation  # noqa: F401 - the jobs behind a push
from backend.core import clock, ids
from backend.core.clock import SHANGHAI
from backend.core.database import engine, fetch
from backend.deadlines import calendar_queries
from backend.deadlines.schemas import ClockRecord, NewClock
from backend.deadlines.starting import start_clock
from backend.people import actions
from backend.people.tables import Role, UnitKind
from tests.cast import COUNTY, SINCE, VILLAGE, Cast


@contextmanager
def moment(text: str) -> Iterator[datetime]:
    """The clock held at a moment in Shandong: `with moment("2026-03-02 09:00"):`."""
    at = datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)
    with clock.stopped(at):
        yield at


def shown(at: datetime | None) -> str | None:
    """A moment as people in Shandong read it, to the second."""
    return at and clock.local(at).strftime("%Y-%m-%d %H:%M:%S")


class Office:
    """A unit of the county; starts clocks for it."""

    def __init__(self, cast: Cast, unit_id: UUID) -> None:
        self.cast, self.unit_id = cast, unit_id

    async def start(self, policy_code: str, opened: str, **more) -> ClockRecord:
        at = datetime.fromisoformat(opened).replace(tzinfo=SHANGHAI)
        asked = {"kind": "response", "division_code": VILLAGE, "label": "LX-1", "unit_id": self.unit_id} | more
        asked = {"id": ids.uuid7(), "subject_room": "cases", "subject_id": ids.uuid7()} | asked
        new = NewClock(policy_code=policy_code, opened_at=at, **asked)
        return (await start_clock(clock=new, by=self.cast.operator)).record


@pytest.fixture
async def office(cast: Cast) -> Office:
    """A department of the county whose handler and supervisor are the cast's."""
    unit_id = ids.uuid7()
    await actions.open_unit(id=unit_id, name="水务局", kind=UnitKind.DEPARTMENT, division_code=COUNTY)
    await actions.assign_role(
        person_id=cast.handler.person_id, role=Role.HANDLER, division_code=COUNTY, unit_id=unit_id, valid_from=SINCE
    )
    return Office(cast, unit_id)


@pytest.fixture(autouse=True)
async def one_calendar() -> AsyncIterator[None]:
    """Calendars are reference data, so a version that a test published is taken away after it."""
    yield
    if engine.pool is not None:
        for table, column in (("_day", "calendar"), ("_year", "calendar"), ("", "version")):
            await fetch(f"DELETE FROM deadlines_calendar{table} WHERE {column} > 1")
    calendar_queries.forget()

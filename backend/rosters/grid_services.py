"""Who serves which grid: deputies and observers, between two dates. A wall of the station tells the same."""

from datetime import date
from typing import Any
from uuid import UUID

import asyncpg
import msgspec

from backend.core import clock
from backend.core.creates import Outcome, digest, same
from backend.core.database import fetch, fetch_row, transaction
from backend.core.paging import Page, page, position_of
from backend.core.refusals import DifferentArguments, Invalid
from backend.people.actors import Actor, visible_to
from backend.people.refusals import PersonUnknown
from backend.people.tables import Role
from backend.rosters.grid_service_schemas import GridPlace, GridServiceRecord, NewGridService
from backend.rosters.station_places import must_lead, near, near_station
from backend.rosters.station_refusals import AlreadyServes, GridServiceUnknown, wrong_span
from backend.rosters.station_tables import GridService
from backend.territory import queries as territory
from backend.territory.rules import prefix_of

_SERVICE = """
SELECT g.id, g.person AS person_id, p.name AS person_name, g.office, g.division_code, v.name AS division_name,
       g.station AS station_id, u.name AS station_name, u.public_phone AS station_phone, g.valid_from, g.valid_to,
       g.arguments_digest
FROM rosters_grid_service g JOIN people_person p ON p.id = g.person JOIN territory_division v ON v.id = g.division
LEFT JOIN people_unit u ON u.id = g.station
"""


@transaction
async def assign_grid_service(*, id: UUID, new: NewGridService, by: Actor) -> Outcome[GridServiceRecord]:
    """Say who serves a place in which office.

    by   a supervisor or administrator of the place

    Raises Invalid (400), NotYourStation (403), DivisionUnknown, PersonUnknown, UnitUnknown (404), NoStation,
    AlreadyServes, DifferentArguments (409).
    """
    division = await territory.division(code=new.division_code)
    must_lead(division.code, by=by)
    if errors := wrong_span(new.valid_from, new.valid_to):
        raise Invalid("The service has mistakes.", errors=errors)
    asked = msgspec.structs.replace(new, id=None)
    await _hold(new.person_id)
    stored = await fetch_row(f"{_SERVICE} WHERE g.id = $1", id)
    if stored is None:
        await _check(new, by)
        await _insert(id, new, division.id, digest(asked), by)
        return Outcome(_record(await fetch_row(f"{_SERVICE} WHERE g.id = $1", id)), created=True)
    if not same(stored["arguments_digest"], asked):
        raise DifferentArguments("Service {id} was entered with other arguments; it stays as it is.", id=id)
    return Outcome(_record(stored), created=False)


async def _hold(person_id: UUID) -> None:
    """One change of what somebody serves at a time, until the transaction ends. Raises PersonUnknown (404)."""
    row = await fetch_row("SELECT id FROM people_person WHERE id = $1 AND closed_at IS NULL FOR UPDATE", person_id)
    if row is None:
        raise PersonUnknown("There is no open account {person_id}.", person_id=str(person_id))


async def _check(new: NewGridService, by: Actor) -> None:
    if new.station_id is not None:
        await near_station(new.station_id, by=by)
    row = await fetch_row(
        "SELECT valid_from FROM rosters_grid_service WHERE person = $1 AND office = $2 AND division_code = $3 "
        "AND (valid_to IS NULL OR valid_to >= $4) AND ($5::date IS NULL OR valid_from <= $5) LIMIT 1",
        *(new.person_id, new.office, new.division_code, new.valid_from, new.valid_to),
    )
    if row is not None:
        raise AlreadyServes(
            "He serves there in this office since {valid_from}; end that first.",
            valid_from=row["valid_from"].isoformat(),
        )


async def _insert(id: UUID, new: NewGridService, division_id: UUID, arguments: bytes, by: Actor) -> None:
    fresh = GridService(
        id=id, person=new.person_id, office=new.office.value, division=division_id, division_code=new.division_code,
        station=new.station_id, valid_from=new.valid_from, valid_to=new.valid_to, set_by=by.person_id,
        set_at=clock.now(), arguments_digest=arguments,
    )  # fmt: skip
    await GridService.insert(fresh)


@transaction
async def end_grid_service(*, service_id: UUID, valid_to: date, by: Actor) -> GridServiceRecord:
    """Let a service end with a day. The same again changes nothing; the wall of that day on shows it no more.

    Raises Invalid (400), NotYourStation (403), GridServiceUnknown (404).
    """
    row = await fetch_row(f"{_SERVICE} WHERE g.id = $1 FOR UPDATE OF g", service_id)
    if row is None or not near(prefix_of(row["division_code"]), by=by):
        raise GridServiceUnknown("There is no service {id}.", id=service_id)
    must_lead(row["division_code"], by=by)
    if errors := wrong_span(row["valid_from"], valid_to):
        raise Invalid("The service has mistakes.", errors=errors)
    await fetch("UPDATE rosters_grid_service SET valid_to = $2 WHERE id = $1", service_id, valid_to)
    return _record(await fetch_row(f"{_SERVICE} WHERE g.id = $1", service_id))


async def list_grid_services(
    *,
    by: Actor,
    division_code: str | None = None,
    station_id: UUID | None = None,
    person_id: UUID | None = None,
    on: date | None = None,
    limit: int = 50,
    cursor: str | None = None,
) -> Page[GridServiceRecord]:
    """Who serves on a day (today), by place: under a division or in one's own territory, at a station, one person's.

    Raises DivisionUnknown, UnitUnknown (404), NoStation (409).
    """
    clause, values = await _where(division_code, station_id, by)
    after = position_of(cursor, GridPlace) or GridPlace("", UUID(int=0))
    rows = await fetch(
        f"{_SERVICE} WHERE {clause} AND g.valid_from <= $1 AND (g.valid_to IS NULL OR g.valid_to >= $1) "
        "AND ($2::uuid IS NULL OR g.person = $2) AND (g.division_code, g.id) > ($3, $4) "
        "ORDER BY g.division_code, g.id LIMIT $5",
        *(on or clock.today(), person_id, after.division_code, after.id, limit + 1),
        *values,
    )
    return page([_record(row) for row in rows], limit, lambda one: GridPlace(one.division_code, one.id))


async def _where(division_code: str | None, station_id: UUID | None, by: Actor) -> tuple[str, list[Any]]:
    if station_id is not None:
        return "g.station = $6", [(await near_station(station_id, by=by)).id]
    if division_code is None:
        clause, values = visible_to(by, roles=Role).clause("g.division_code", 6)
        return clause, list(values)
    prefix = prefix_of(division_code)
    if not near(prefix, by=by):
        raise territory.DivisionUnknown("There is no division {division_code} near yours.", division_code=division_code)
    return "g.division_code >= $6 AND g.division_code < $6 || ':'", [prefix]


def _record(row: asyncpg.Record | None) -> GridServiceRecord:
    assert row is not None  # noqa: S101 - written above
    return msgspec.convert(
        {name: value for name, value in row.items() if name != "arguments_digest"}, GridServiceRecord
    )

"""Reads of visits: one, many by cursor, and what an amendment or an answer starts from."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from backend.core import clock
from backend.core.database import fetch, fetch_row
from backend.core.paging import Position
from backend.core.statements import Values
from backend.people.actors import Scope
from backend.territory import queries as territory
from backend.territory import rules as codes
from backend.territory.coordinates import Crs
from backend.territory.points import as_read
from backend.territory.tables import Level
from backend.visits.flags import UNITS
from backend.visits.need_states import CONTESTED_AT, STATE_OF_CASE
from backend.visits.reference import reference
from backend.visits.schemas import (
    DivisionShown,
    FlagRecord,
    HouseholdShown,
    PersonShown,
    VisitFilters,
    VisitNeed,
    VisitPhotoRecord,
    VisitRecord,
)
from backend.visits.streams import ORDER, Asked, may_see, page, shown_flag
from backend.visits.tables import Channel, FlagKind


async def list_visits(
    *, scope: Scope, filters: VisitFilters, limit: int, after: Position | None = None, crs: Crs = Crs.WGS84
) -> list[VisitRecord]:
    """Up to `limit` + 1 visits that the asker may see, newest first, those after a position. Marks nothing as seen.

    Raises DivisionCodeWrong (400), and DivisionUnknown (404) for a community that is not there.
    """
    asked = Asked(
        scope=scope,
        filters=filters,
        prefixes=await _prefixes(filters.division_code),
        after=after,
        limit=limit + 1,
        shown_before=clock.now() - await _shown_later(),
    )
    return await _page(asked, crs)


async def own_visits(*, person_id: UUID, since: datetime, now: datetime, most: int) -> list[VisitRecord]:
    """A person's own visits since a moment and those of the households he serves today, newest first, for his phone.

    now   which flags of others are shown is reckoned from here: from one midnight to the next it is the same

    Marks nothing as seen.
    """
    asked = Asked(
        scope=Scope(person_id, ()),
        filters=VisitFilters(occurred_from=since),
        prefixes=(),
        after=None,
        limit=most,
        shown_before=now - await _shown_later(),
    )
    return await _page(asked, Crs.WGS84)


async def own_or_not(visit_ids: Sequence[UUID], *, person_id: UUID) -> dict[UUID, bool]:
    """Whether each is still his own or of a household that he serves today; visits that are no more are left out."""
    values = Values()
    own = may_see(Scope(person_id, ()), values)
    asked = f"SELECT v.id, ({own}) IS TRUE AS own FROM visits_visit v WHERE v.id = ANY({values(list(visit_ids))})"
    return {row["id"]: row["own"] for row in await fetch(asked, *values.given)}


async def visit(visit_id: UUID, *, scope: Scope, crs: Crs = Crs.WGS84) -> VisitRecord | None:
    """One visit, if the asker may see it."""
    values = Values()
    records = _records(scope, clock.now() - await _shown_later(), values)
    row = await fetch_row(f"{records} WHERE v.id = {values(visit_id)} AND {may_see(scope, values)}", *values.given)
    return None if row is None else _record(row, crs)


async def stored(visit_id: UUID) -> Mapping[str, Any] | None:
    """The visit's own row, locked until the transaction ends: what an amendment starts from."""
    return await fetch_row(
        "SELECT v.*, c.code AS campaign_code, t.number AS team_number, h.code AS household_code "
        "FROM visits_visit v LEFT JOIN visits_campaign c ON c.id = v.campaign "
        "LEFT JOIN visits_service_team t ON t.id = v.service_team LEFT JOIN people_household h ON h.id = v.household "
        "WHERE v.id = $1 FOR UPDATE OF v",
        visit_id,
    )


async def lock(visit_id: UUID) -> None:
    """Hold the visit's own row until the transaction ends."""
    await fetch("SELECT FROM visits_visit WHERE id = $1 FOR UPDATE", visit_id)


async def update_visit(visit_id: UUID, columns: Mapping[str, Any]) -> None:
    """Write changed columns."""
    changes = ", ".join(f'"{name}" = ${i}' for i, name in enumerate(columns, 2))
    await fetch(f"UPDATE visits_visit SET {changes} WHERE id = $1", visit_id, *columns.values())


async def keep_amendment(
    *, id: UUID, visit_id: UUID, version: int, by: UUID, reason: str, before: Mapping[str, Any]
) -> None:
    """Keep what the visit said before."""
    await fetch(
        "INSERT INTO visits_amendment (id, visit, version, at, by, reason, before) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        id,
        visit_id,
        version,
        clock.now(),
        by,
        reason,
        msgspec.json.encode(before).decode(),
    )


async def see_flags(visit_ids: Sequence[UUID], *, person_id: UUID) -> None:
    """From now on the flags of these visits have been seen by the one who recorded them."""
    await fetch(
        "UPDATE visits_flag f SET seen_at = $3 FROM visits_visit v "
        "WHERE f.visit = v.id AND v.id = ANY($1) AND v.recorded_by = $2 AND f.seen_at IS NULL",
        list(visit_ids),
        person_id,
        clock.now(),
    )


async def answer_flag(visit_id: UUID, kind: FlagKind, answer: str, *, at: datetime) -> bool:
    """Write the answer where there is none yet; whether it was written."""
    row = await fetch_row(
        "UPDATE visits_flag SET answer = $3, answered_at = $4, seen_at = COALESCE(seen_at, $5) "
        "WHERE visit = $1 AND kind = $2 AND answer IS NULL RETURNING id",
        visit_id,
        kind.value,
        answer,
        at,
        clock.now(),
    )
    return row is not None


async def _page(asked: Asked, crs: Crs) -> list[VisitRecord]:
    values = Values()
    sql = f"WITH page AS ({page(asked, values)}) {_records(asked.scope, asked.shown_before, values)}"
    rows = await fetch(f"{sql} JOIN page ON page.id = v.id ORDER BY {ORDER}", *values.given)
    return [_record(row, crs) for row in rows]


async def _prefixes(division_code: str | None) -> tuple[str, ...]:
    if division_code is None:
        return ()
    if codes.level_of(division_code) != Level.COMMUNITY:
        return (codes.prefix_of(division_code),)
    found = await territory.division(code=division_code)
    return await territory.prefixes(division_id=found.id)


async def _shown_later() -> timedelta:
    return timedelta(hours=(await reference()).policies_on(clock.today()).flag_shown_later_h)


def _records(scope: Scope, shown_before: Any, values: Values) -> str:
    return f"""
    SELECT v.*, p.name AS person_name, h.code AS household_code, d.name AS division_name, c.code AS campaign_code,
           t.number AS team_number,
           (SELECT json_agg(json_build_object(
                'id', c.id, 'category', c.category_code, 'description', c.description, 'state', {STATE_OF_CASE},
                'state_since', c.state_since, 'contested_at', {CONTESTED_AT}) ORDER BY c.received_at, c.id)
            FROM cases_case c WHERE c.origin_room = 'visits' AND c.origin_id = v.id) AS needs,
           (SELECT json_agg(json_build_object('photo_id', o.photo, 'kind', o.kind) ORDER BY o.id)
            FROM visits_photo o WHERE o.visit = v.id) AS photos,
           (SELECT json_agg(json_build_object(
                'kind', f.kind, 'measured', f.measured, 'threshold', f.threshold, 'facts', f.facts,
                'raised_at', f.raised_at, 'seen_at', f.seen_at, 'answer', f.answer, 'answered_at', f.answered_at,
                'unit', '') ORDER BY f.kind)
            FROM visits_flag f WHERE f.visit = v.id AND {shown_flag(scope, shown_before, values)}) AS flags
    FROM visits_visit v
    JOIN people_person p ON p.id = v.recorded_by
    JOIN territory_division d ON d.id = v.division
    LEFT JOIN people_household h ON h.id = v.household
    LEFT JOIN visits_campaign c ON c.id = v.campaign
    LEFT JOIN visits_service_team t ON t.id = v.service_team
    """


def _record(row: Mapping[str, Any], crs: Crs) -> VisitRecord:
    return VisitRecord(
        id=row["id"],
        channel=Channel(row["channel"]),
        occurred_at=row["occurred_at"],
        received_at=row["received_at"],
        entered_late=row["entered_late"],
        recorded_by=PersonShown(row["recorded_by"], row["person_name"]),
        household=HouseholdShown(row["household"], row["household_code"]) if row["household"] else None,
        division=DivisionShown(row["division_code"], row["division_name"]),
        place_note=row["place_note"],
        point=as_read(row, crs),
        coarse=row["coarse"],
        campaign_code=row["campaign_code"],
        service_team=row["team_number"],
        topics=row["topics"],
        note=row["note"],
        companions=row["companions"],
        device_id=row["device"],
        door=row["door"],
        version=row["version"],
        needs=_read(row["needs"], list[VisitNeed]),
        photos=_read(row["photos"], list[VisitPhotoRecord]),
        flags=[msgspec.structs.replace(flag, unit=UNITS[flag.kind]) for flag in _read(row["flags"], list[FlagRecord])],
    )


def _read(text: str | None, kind: Any) -> Any:
    return msgspec.json.decode(text, type=kind) if text else []

"""Everything a visit is checked against, in one round trip, for one visit or for a batch of them.

The same parts for both, so that a batch cannot come to another verdict than a single visit. It is the first of the two
round trips of `record_visit`; through Piccolo it would be nine.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from msgspec import Struct

from backend.core import clock
from backend.core.database import fetch
from backend.people.actors import Actor
from backend.visits.flags import Fix
from backend.visits.lookup_statements import parts_for, statement, values_of
from backend.visits.schemas import NewVisit


class Found(Struct, frozen=True, kw_only=True):
    """What the database knows of the things one visit names; null where there is none."""

    stored_digest: bytes | None
    household_id: UUID | None
    household_code: str | None
    household_division_code: str | None
    household_place: tuple[float, float] | None
    serves: bool
    division_id: UUID | None
    division_code: str | None
    division_name: str | None
    campaign_id: UUID | None
    campaign_code: str | None
    team_id: UUID | None
    device_id: UUID | None
    before: Fix | None
    after: Fix | None


async def look_up(visits: Sequence[tuple[UUID, NewVisit]], *, by: Actor) -> list[Found]:
    """What is known about each visit, in the order given."""
    asked = [values_of(visit_id, new, by.device_id) for visit_id, new in visits]
    values = asked[0] if len(asked) == 1 else map(list, zip(*asked, strict=True))
    rows = await fetch(statement(parts_for(asked), len(asked) > 1), *values, by.person_id, clock.today())
    return [_found(row) for row in rows]


async def kept(visit_ids: Sequence[UUID]) -> set[UUID]:
    """Those of the ids that stand for a visit."""
    rows = await fetch("SELECT id FROM visits_visit WHERE id = ANY($1::uuid[])", visit_ids)
    return {row["id"] for row in rows}


def _found(row: Mapping[str, Any]) -> Found:
    longitude, latitude = row["household_longitude"], row["household_latitude"]
    return Found(
        stored_digest=row["stored_digest"],
        household_id=row["household_id"],
        household_code=row["household_code"],
        household_division_code=row["household_division_code"],
        household_place=None if longitude is None else (longitude, latitude),
        serves=row["serves"],
        division_id=row["division_id"],
        division_code=row["division_code"],
        division_name=row["division_name"],
        campaign_id=row["campaign_id"],
        campaign_code=row["campaign_code"],
        team_id=row["team_id"],
        device_id=row["device_id"],
        before=_fix(row, "before"),
        after=_fix(row, "after"),
    )


def _fix(row: Mapping[str, Any], side: str) -> Fix | None:
    if row[f"{side}_id"] is None:
        return None
    longitude, latitude, accuracy_m = row[f"{side}_longitude"], row[f"{side}_latitude"], row[f"{side}_accuracy_m"]
    return Fix(row[f"{side}_id"], row[f"{side}_at"], longitude, latitude, accuracy_m)

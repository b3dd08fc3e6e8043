"""Household cards, where two people may have put one right."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import msgspec

from backend.core.database import fetch
from backend.people import household_queries, households
from backend.people.actors import Actor
from backend.people.household_schemas import HouseholdChanges, HouseholdRecord
from backend.people.rules import normal_phone
from backend.sync.mergeable import Held, Mergeable, Writer, trimmed, without_order
from backend.sync.words import ConflictKind
from backend.territory.coordinates import Crs, to_wgs84
from backend.territory.points import DECIMALS


async def _hold(household_id: UUID, by: Actor) -> Held:
    held = await households.hold_for_amending(household_id=household_id, by=by)
    return Held(msgspec.to_builtins(held.said), held.division_code)


async def _amend(household_id: UUID, wanted: Mapping[str, Any], reason: str, _: Held, by: Actor) -> None:
    kept = {name: value if name in ("service_needs", "point") else trimmed(value) for name, value in wanted.items()}
    changes = msgspec.convert(kept, HouseholdChanges)
    await households.amend_household(household_id=household_id, changes=changes, reason=reason, by=by)


async def _read(household_id: UUID, by: Actor) -> HouseholdRecord:
    return await household_queries.household(household_id=household_id, by=by)


def plain(name: str, value: Any) -> Any:
    """A field as it is compared: a phone in its normal form, a point by its place on WGS-84.

    >>> plain("contact_phone", "199 0000 0051") == plain("contact_phone", "+8619900000051")
    True
    """
    if name == "service_needs":
        return without_order(value)
    if name == "point":
        return None if value is None else _place(value)
    text = trimmed(value)
    return normal_phone(text) if text and name == "contact_phone" else text


def _place(point: Mapping[str, Any]) -> tuple[float, float]:
    longitude, latitude = to_wgs84(point["longitude"], point["latitude"], Crs(point["crs"]))
    return round(longitude, DECIMALS), round(latitude, DECIMALS)


async def _writers(household_id: UUID, _: Held, fields: Sequence[str]) -> dict[str, Writer]:
    """Who put the field right last; who wrote the card at first is not kept."""
    rows = await fetch(_AMENDMENTS, household_id)
    return {
        name: Writer(row["person_id"], row["name"], row["at"])
        for row in rows
        for name in fields
        if name in row["fields"]
    }


_AMENDMENTS = """
SELECT a.fields, a.by AS person_id, p.name, a.at
FROM people_household_amendment a JOIN people_person p ON p.id = a.by WHERE a.household = $1 ORDER BY a.at, a.id
"""


HOUSEHOLDS = Mergeable(
    kind=ConflictKind.HOUSEHOLD,
    hold=_hold,
    amend=_amend,
    read=_read,
    plain=plain,
    writers=_writers,
    amendments=("people_household_amendment", "household"),
    secret=frozenset(households.CONTACT),
)

"""A new case: its normal form, what it cannot say, and the row that it makes. Pure."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from msgspec.structs import replace

from backend.cases import contacts
from backend.cases.lookups import Found
from backend.cases.numbers import number_of
from backend.cases.policies import case_policy
from backend.cases.refusals import OutsideYourTerritory
from backend.cases.schemas import CategoryRecord, NewCase
from backend.cases.timeline import NewLine
from backend.cases.words import CaseState
from backend.core import clock
from backend.core.cipher import blind_index
from backend.core.refusals import FieldError, Invalid
from backend.people.actors import Actor
from backend.people.tables import Role

EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
AHEAD = timedelta(minutes=5)
"""How far a phone's clock may be ahead."""


def normalised(new: NewCase, received_at: datetime) -> NewCase:
    """Texts stripped, moments in UTC. Raises Invalid (400)."""
    wrong = []
    opened_at = (new.opened_at or received_at).astimezone(UTC)
    if not EARLIEST <= opened_at <= received_at + AHEAD:
        detail = "{value} is not between the year 2000 and now: look at the date."
        wrong.append(
            FieldError(pointer="/opened_at", detail=detail, code="range", facts={"value": opened_at.isoformat()})
        )
    if not new.title.strip():
        wrong.append(FieldError(pointer="/title", detail="Say in a few words what it is about.", code="required"))
    if new.division_code is None and new.household_id is None and new.point is None:
        detail = "Say where it is: division_code, household_id or point."
        wrong.append(FieldError(pointer="/division_code", detail=detail, code="required"))
    if wrong:
        raise Invalid("The case cannot be so; see errors.", errors=wrong)
    return replace(
        new,
        title=new.title.strip(),
        description=new.description.strip(),
        place_note=(new.place_note or "").strip() or None,
        opened_at=new.opened_at and opened_at,
        upstream_due_at=new.upstream_due_at and new.upstream_due_at.astimezone(UTC),
    )


def told(new: NewCase, by: Actor | None) -> tuple[object, ...]:
    """What a repeat must equal; the contact by a keyed hash, because a plain one of a phone can be guessed back."""
    contact = blind_index(f"{new.contact_name}\n{new.contact_phone}", column="cases_case.contact").hex()
    return by.person_id if by else None, replace(new, id=None, contact_name=None, contact_phone=None), contact


def check_place(new: NewCase, found: Found, by: Actor | None) -> None:
    """Raises Invalid (400) where there is no such place, OutsideYourTerritory (403) where it is not his."""
    if new.household_id is not None and found.household_id is None:
        wrong = FieldError(pointer="/household_id", detail="There is no such household.", code="unknown")
        raise Invalid("The case names something that is not there.", errors=[wrong])
    if found.division_id is None:
        wrong = FieldError(pointer="/division_code", detail="There is no such division, and none near.", code="unknown")
        raise Invalid("The case names something that is not there.", errors=[wrong])
    if by is None or found.serves:
        return
    codes = {found.division_code, found.household_division_code or found.division_code}
    prefixes = by.prefixes(Role)
    if not all(code and code.startswith(prefixes) for code in codes):
        detail = "{division_code} is not in your area. Ask to be assigned there, or correct the code."
        raise OutsideYourTerritory(detail, division_code=found.division_code)


def columns_of(
    new: NewCase, category: CategoryRecord, found: Found, by: Actor | None, received_at: datetime
) -> dict[str, Any]:
    opened_at = new.opened_at or received_at
    return {
        "number": number_of(found.sequence or 0),
        "channel": new.channel.value,
        "kind": new.kind.value,
        "category_code": category.code,
        "title": new.title,
        "description": new.description,
        **contacts.sealed(contact_name=new.contact_name, contact_phone=new.contact_phone),
        "division": found.division_id,
        "division_code": found.division_code,
        "place_note": new.place_note,
        "household": found.household_id,
        "origin_room": new.origin_room,
        "origin_id": new.origin_id,
        "upstream_number": new.upstream_number,
        "upstream_due_at": new.upstream_due_at,
        "state": CaseState.RECEIVED.value,
        "state_since": received_at,
        "policy_code": new.policy_code or category.policy_code,
        "owner_unit": found.owner_unit,
        "hops": 0,
        "loop": 1,
        "reopened_n": 0,
        "opened_by": by.person_id if by else None,
        "opened_at": opened_at,
        "received_at": received_at,
        "entered_late": received_at - opened_at > case_policy(clock.local(received_at).date()).late_after,
        "version": 1,
        "coarse": False,
    }


def unit_of(by: Actor | None, division_code: str) -> UUID | None:
    """The unit that receives it first: the opener's, by preference the one through which the place is his."""
    units = [held for held in (by.held if by else ()) if held.unit_id is not None]
    units.sort(key=lambda held: not division_code.startswith(held.prefixes))
    return units[0].unit_id if units else None


def first_line(new: NewCase, door: str | None) -> NewLine:
    payload: dict[str, object] = {"channel": new.channel.value, "category_code": new.category_code, "door": door}
    if new.opened_at is not None:
        payload["opened_at"] = new.opened_at
    if new.upstream_number is not None:
        payload["upstream_number"] = new.upstream_number
    return NewLine(kind="opened", public=True, payload=payload)


def shown_at_once(
    row: dict[str, Any], new: NewCase, category: CategoryRecord, found: Found, by: Actor | None
) -> dict[str, Any]:
    """The row of a case just written as `queries.shown` would give it, without a round trip."""
    return {
        **row,
        **dict.fromkeys(("outcome", "satisfaction", "merged_into", "responded_at", "resolved_at", "closed_at")),
        **dict.fromkeys(("assignee_unit", "assignee_unit_name", "assignee_unit_phone", "assignee", "assignee_name")),
        "household_id": found.household_id,
        "household_code": found.household_code,
        "division_name": found.division_name,
        "has_contact": bool(new.contact_name or new.contact_phone),
        "owner_unit_name": found.owner_unit_name,
        "owner_unit_phone": found.owner_unit_phone,
        "opened_by_name": by.name if by else None,
        "category_zh": category.name_zh,
        "category_en": category.name_en,
    }

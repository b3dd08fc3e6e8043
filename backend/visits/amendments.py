"""Amending a visit: what it said before is kept, with the reason and the name of who put it right."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from msgspec import UNSET, Struct
from msgspec.structs import asdict, replace

from backend.cases.found import move_found
from backend.core import clock, ids
from backend.core.database import transaction
from backend.core.refusals import FieldError, Forbidden, Invalid, Refusal
from backend.media.actions import move_claim
from backend.people.actors import Actor, visible_to
from backend.people.tables import Role
from backend.territory.tables import POINT_COLUMNS
from backend.visits import entries, lookups, queries, rules, storing
from backend.visits.actions import VisitUnknown, get_visit
from backend.visits.lookups import Found
from backend.visits.reference import reference
from backend.visits.schemas import AmendVisit, NewVisit, VisitRecord
from backend.visits.tables import Channel

AMENDABLE = tuple(name for name in AmendVisit.__struct_fields__ if name not in ("reason", "version"))
PLACES = frozenset({"household_code", "division_code"})


class NotYoursToAmend(Forbidden):
    """A visit is amended by whoever recorded it, or by a supervisor of its territory."""

    code, title = "visits/not-yours-to-amend", "Not yours to amend"


class VersionMovedOn(Refusal):
    """Somebody amended the visit since it was read."""

    status, code, title = 409, "visits/version-moved-on", "The visit was changed meanwhile"


class Amendable(Struct, frozen=True, kw_only=True):
    """What a visit says now, of what can be amended, and at which version."""

    said: Mapping[str, Any]
    version: int
    division_code: str


@transaction
async def amend_visit(*, visit_id: UUID, change: AmendVisit, by: Actor) -> VisitRecord:
    """Put a visit right. Flags stay with their answers; those it newly deserves are added.

    Raises VisitUnknown (404), NotYoursToAmend (403), VersionMovedOn (409), and for the new content what `record_visit`
    raises.
    """
    row = await queries.stored(visit_id)
    record = await queries.visit(visit_id, scope=visible_to(by))
    if row is None or record is None:
        raise VisitUnknown("There is no such visit, or it is not yours to see.", id=str(visit_id))
    changes = _changes(change)
    _check_right(record, by)
    _check_version(row["version"], change)
    await _rewrite(row, changes, change.reason.strip(), by)
    return await get_visit(visit_id=visit_id, by=by)


async def hold_for_amending(*, visit_id: UUID, by: Actor) -> Amendable:
    """What a visit says, for whoever may amend it; nobody else amends it before the caller's transaction ends.

    Raises VisitUnknown (404), NotYoursToAmend (403).
    """
    await queries.lock(visit_id)  # by itself: a row that was waited for is joined to what it named before
    row = await queries.stored(visit_id)
    record = await queries.visit(visit_id, scope=visible_to(by))
    if row is None or record is None:
        raise VisitUnknown("There is no such visit, or it is not yours to see.", id=str(visit_id))
    _check_right(record, by)
    said = _before(row) | {"channel": record.channel}
    return Amendable(said=said, version=row["version"], division_code=record.division.code)


def _changes(change: AmendVisit) -> dict[str, Any]:
    given = asdict(change)
    changes = {name: given[name] for name in AMENDABLE if given[name] is not UNSET}
    if not changes:
        raise Invalid(
            "Say what to change.",
            errors=[FieldError(pointer="", detail="Give a field to change.", code="required")],
        )
    return changes


def _check_right(record: VisitRecord, by: Actor) -> None:
    oversees = visible_to(by, roles={Role.SUPERVISOR}).covers(record.division.code)
    if record.recorded_by.id != by.person_id and not oversees:
        raise NotYoursToAmend("Only the person who recorded this visit, or a supervisor of its area, may amend it.")


def _check_version(version: int, change: AmendVisit) -> None:
    if change.version is None:
        missing = FieldError(pointer="/version", detail="Send the version you read.", code="required")
        raise Invalid("Which version is this about?", errors=[missing])
    if change.version != version:
        detail = "You read version {read}; by now it is version {version}. Read it again, then amend."
        raise VersionMovedOn(detail, read=change.version, version=version)


async def _rewrite(row: Mapping[str, Any], changes: Mapping[str, Any], reason: str, by: Actor) -> None:
    author = replace(by, person_id=row["recorded_by"], device_id=None)
    new = rules.normalised(_with(row, changes))
    [found] = await lookups.look_up([(row["id"], new)], by=author)
    known = await reference()
    entries.check_references(new, found, {}, known)
    if PLACES & changes.keys():
        _check_territory(found, by)
    amendment_id = ids.uuid7()
    await queries.keep_amendment(
        id=amendment_id, visit_id=row["id"], version=row["version"], by=by.person_id, reason=reason, before=_before(row)
    )
    policies = known.policies_on(clock.local(row["received_at"]).date())
    late = rules.entered_late(new.occurred_at, row["received_at"], timedelta(hours=policies.late_entry_h))
    await queries.update_visit(row["id"], _columns(new, found) | {"entered_late": late, "version": row["version"] + 1})
    await _move_needs(row["id"], found, amendment_id, by)
    await move_claim(
        kind="visit", record_id=row["id"], division_code=found.division_code or "", household_id=found.household_id
    )
    point = dict.fromkeys(POINT_COLUMNS) if row["coarse"] else {name: row[name] for name in POINT_COLUMNS}
    flags = list(entries.judged(row["id"], new, point, found, {}, row["received_at"], policies))
    await storing.add_flags(row["id"], flags, clock.now())


async def _move_needs(visit_id: UUID, found: Found, amendment_id: UUID, by: Actor) -> None:
    """Its needs go with it to the household and place that it was amended to."""
    if found.division_id is None or found.division_code is None:
        return
    await move_found(
        origin_room=storing.ROOM,
        origin_id=visit_id,
        id=amendment_id,
        division_id=found.division_id,
        division_code=found.division_code,
        household_id=found.household_id,
        by=by,
    )


def _check_territory(found: Found, by: Actor) -> None:
    rules.check_territory(
        by=by,
        division_code=found.division_code or "",
        household_division_code=found.household_division_code,
        serves=found.serves,
    )


def _with(row: Mapping[str, Any], changes: Mapping[str, Any]) -> NewVisit:
    """The visit as it would be sent now."""
    before = NewVisit(**(_before(row) | {"channel": Channel(row["channel"]), "occurred_at": row["occurred_at"]}))
    if "household_code" in changes and "division_code" not in changes and changes["household_code"]:
        before = replace(before, division_code=None)  # the other household's village counts
    return replace(before, **changes)


def _before(row: Mapping[str, Any]) -> dict[str, Any]:
    """Everything that can be amended, as it was."""
    same = {name: row[name] for name in AMENDABLE if name != "service_team"}
    return same | {"service_team": row["team_number"]}


def _columns(new: NewVisit, found: Found) -> dict[str, Any]:
    return {
        "channel": new.channel.value,
        "occurred_at": new.occurred_at,
        "household": found.household_id,
        "division": found.division_id,
        "division_code": found.division_code,
        "place_note": new.place_note,
        "campaign": found.campaign_id,
        "service_team": found.team_id,
        "topics": new.topics,
        "note": new.note,
        "companions": new.companions,
    }

"""Amending a visit or a household card offline: merged field by field with what others did meanwhile (`merging`).

Only here a command's arguments are not its operation's body: the phone says for each field what it had (`from`) and
what it wants (`to`), because by the time it is sent nobody could tell any more what its owner saw.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from backend.sync import conflict_opening
from backend.sync.amending_schemas import AmendHouseholdCommand, AmendVisitCommand, told
from backend.sync.command_kinds import CommandKind, Doing, Done, offer
from backend.sync.mergeable import Mergeable
from backend.sync.mergeable_households import HOUSEHOLDS
from backend.sync.mergeable_visits import VISITS
from backend.sync.merging import Change, merge
from backend.sync.words import CommandOutcome


async def _amend_visit(arguments: AmendVisitCommand, doing: Doing) -> Done:
    return await _amend(VISITS, arguments.visit_id, arguments.reason, told(arguments.changes), doing)


async def _amend_household(arguments: AmendHouseholdCommand, doing: Doing) -> Done:
    return await _amend(HOUSEHOLDS, arguments.household_id, arguments.reason, told(arguments.changes), doing)


async def _amend(kind: Mergeable, record_id: UUID, reason: str, changes: Mapping[str, Change], doing: Doing) -> Done:
    """The record is held from the first look on: of two pushes at once, the second sees what the first one wrote."""
    held = await kind.hold(record_id, doing.by)
    merged = merge(changes, held.now, plain=kind.plain, together=kind.together)
    if merged.free:
        await kind.amend(record_id, merged.free, reason.strip(), held, doing.by)
    if merged.contested:
        contested = {name: changes[name] for name in merged.contested}
        await conflict_opening.open_conflict(kind, record_id, held, contested, reason=reason.strip(), doing=doing)
        return Done(record_id=record_id, outcome=CommandOutcome.CONFLICT, record=await kind.read(record_id, doing.by))
    if merged.moved_on or await kind.amended_by_others(record_id, since=doing.done_at, person_id=doing.by.person_id):
        return Done(record_id=record_id, outcome=CommandOutcome.MERGED, record=await kind.read(record_id, doing.by))
    return Done(record_id=record_id)


async def _read_visit(visit_id: UUID, doing: Doing) -> Any:
    return await VISITS.read(visit_id, doing.by)


async def _read_household(household_id: UUID, doing: Doing) -> Any:
    return await HOUSEHOLDS.read(household_id, doing.by)


offer(CommandKind(verb="amendVisit", arguments=AmendVisitCommand, run=_amend_visit, read=_read_visit))
offer(CommandKind(verb="amendHousehold", arguments=AmendHouseholdCommand, run=_amend_household, read=_read_household))

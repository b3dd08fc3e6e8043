"""What a phone does with needs offline: take one a step on, write down that a citizen objects."""

from uuid import UUID

from backend.sync.bodies import made
from backend.sync.command_kinds import CommandKind, Doing, Done, offer
from backend.visits import needs
from backend.visits.need_schemas import NeedContest, NeedMove, NeedRecord


class MoveNeed(NeedMove, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A need goes one step on. Without `id` the step has the command's."""

    need_id: UUID


class ContestNeed(NeedContest, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A citizen objects to `unreasonable`. Without `id` the step has the command's."""

    need_id: UUID


async def _move(said: MoveNeed, doing: Doing) -> Done:
    outcome = await needs.move_need(
        id=said.id or doing.command_id,
        need_id=said.need_id,
        to_state=said.to_state,
        remark=said.remark,
        unit_id=said.unit_id,
        by=doing.by,
        at=doing.done_at,
    )
    return made(outcome, said.need_id)


async def _contest(said: ContestNeed, doing: Doing) -> Done:
    outcome = await needs.contest_need(
        id=said.id or doing.command_id, need_id=said.need_id, remark=said.remark, by=doing.by, at=doing.done_at
    )
    return made(outcome, said.need_id)


async def _read(need_id: UUID, doing: Doing) -> NeedRecord:
    return (await needs.get_need(need_id=need_id, by=doing.by)).need


offer(CommandKind(verb="moveNeed", arguments=MoveNeed, run=_move, read=_read))
offer(CommandKind(verb="contestNeed", arguments=ContestNeed, run=_contest, read=_read))

"""What a phone does with rosters offline: confirm a shift (late, it is `entered_late`), say that a stall is held."""

from uuid import UUID

from msgspec import Struct

from backend.rosters import shifts, stall_days
from backend.rosters.schemas import ShiftRecord
from backend.rosters.stall_schemas import ToldStall
from backend.sync.bodies import body
from backend.sync.command_kinds import CommandKind, Doing, Done, offer


class ConfirmShift(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """I will be there, am there, was there."""

    shift_id: UUID


class ConfirmStallDay(ToldStall, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A stall is held, on another day of its month, or called off."""

    stall_id: UUID


async def _shift(said: ConfirmShift, doing: Doing) -> Done:
    await shifts.confirm_shift(shift_id=said.shift_id, by=doing.by)
    return Done(record_id=said.shift_id)


async def _stall(said: ConfirmStallDay, doing: Doing) -> Done:
    await stall_days.confirm_stall_day(stall_id=said.stall_id, told=body(said, ToldStall), by=doing.by)
    return Done(record_id=said.stall_id)


async def _read(shift_id: UUID, doing: Doing) -> ShiftRecord:
    return await shifts.get_shift(shift_id=shift_id, by=doing.by)


offer(CommandKind(verb="confirmShift", arguments=ConfirmShift, run=_shift, read=_read))
offer(CommandKind(verb="confirmStallDay", arguments=ConfirmStallDay, run=_stall))

"""What a phone does with samples offline: take one in, hand it over. Without a moment: at `captured_at`."""

from uuid import UUID

from msgspec.structs import replace

from backend.laboratory import hand_overs, sample_records, samples
from backend.laboratory.sample_schemas import NewHandOver, NewSample, SampleRecord
from backend.sync.bodies import body, made
from backend.sync.command_kinds import CommandKind, Doing, Done, offer

DOOR = "sync"


class HandOverSample(NewHandOver, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A sample goes on to another unit. Without `id` the step has the command's."""

    sample_id: UUID


async def _receive(said: NewSample, doing: Doing) -> Done:
    """Told with its number and slip, which the bag needs."""
    new = body(said, NewSample, id=said.id or doing.command_id, received_at=said.received_at or doing.done_at)
    outcome = await samples.receive(new=new, by=doing.by, door=DOOR)
    return replace(made(outcome, outcome.record.id), record=outcome.record)


async def _hand_over(said: HandOverSample, doing: Doing) -> Done:
    new = body(said, NewHandOver, id=said.id or doing.command_id)
    outcome = await hand_overs.hand_over(sample_id=said.sample_id, new=new, by=doing.by, at=doing.done_at)
    return made(outcome, outcome.record.id)


async def _read(sample_id: UUID, doing: Doing) -> SampleRecord:
    return await sample_records.get(sample_id=sample_id, by=doing.by)


offer(CommandKind(verb="receiveSample", arguments=NewSample, run=_receive, read=_read))
offer(CommandKind(verb="handOverSample", arguments=HandOverSample, run=_hand_over))

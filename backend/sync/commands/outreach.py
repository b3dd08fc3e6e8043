"""What a phone does offline on a round from door to door: doors, talks, posters. Each says itself when it was."""

from uuid import UUID

from backend.antifraud import round_marks, talks
from backend.antifraud.outreach_schemas import NewPosters, NewTalk
from backend.antifraud.round_schemas import MarkOutcome, NewHouseholdMark
from backend.sync.bodies import body, made
from backend.sync.command_kinds import CommandKind, Doing, Done, offer
from backend.sync.photos_here import must_be_here
from backend.sync.words import CommandOutcome


class RecordOutreach(NewHouseholdMark, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What became of a door. Without `id` the mark has the command's."""

    round_id: UUID


async def _mark(said: RecordOutreach, doing: Doing) -> Done:
    """A mark that came before has done nothing now; one that a later mark of the door outdoes is there all the same,
    and its verdict says `superseded`."""
    new = body(said, NewHouseholdMark, id=said.id or doing.command_id)
    verdict = await round_marks.record_mark(round_id=said.round_id, new=new, by=doing.by)
    if verdict.outcome is MarkOutcome.DUPLICATE:
        return Done(record_id=verdict.id, outcome=CommandOutcome.DUPLICATE)
    return Done(record_id=verdict.id, record=verdict if verdict.outcome is MarkOutcome.SUPERSEDED else None)


async def _talk(said: NewTalk, doing: Doing) -> Done:
    await must_be_here([said.photo_id] if said.photo_id else [], doing=doing)
    outcome = await talks.record_talk(new=body(said, NewTalk, id=said.id or doing.command_id), by=doing.by)
    return made(outcome, outcome.record.id)


async def _posters(said: NewPosters, doing: Doing) -> Done:
    await must_be_here([said.photo_id] if said.photo_id else [], doing=doing)
    outcome = await talks.record_posters(new=body(said, NewPosters, id=said.id or doing.command_id), by=doing.by)
    return made(outcome, outcome.record.id)


offer(CommandKind(verb="recordOutreach", arguments=RecordOutreach, run=_mark))
offer(CommandKind(verb="recordTalk", arguments=NewTalk, run=_talk))
offer(CommandKind(verb="recordPosters", arguments=NewPosters, run=_posters))

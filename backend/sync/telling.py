"""What a phone is told of a command: what it did, or how the record stands, to whoever may read it."""

from uuid import UUID

import msgspec

from backend.core.database import savepoint
from backend.core.problems import noted
from backend.core.refusals import Refusal
from backend.sync.command_kinds import Doing, Done
from backend.sync.incoming import Taken, refused
from backend.sync.ledger import Line
from backend.sync.places import in_command
from backend.sync.push_schemas import CommandVerdict
from backend.sync.races import GONE, RACES
from backend.sync.words import CommandOutcome


def refused_by_verb(command: Taken, refusal: Refusal) -> CommandVerdict:
    """Not done, with the mistake at its place in the command."""
    verdict = refused(command.index, command.id, refusal)
    return msgspec.structs.replace(verdict, problem=in_command(verdict.problem, command.arguments))


async def just_done(command: Taken, done: Done, doing: Doing) -> CommandVerdict:
    """A deed that was just done tells what only its phone can keep; else a record is shown to who may read it."""
    is_new = done.outcome is CommandOutcome.STORED
    return CommandVerdict(
        index=command.index,
        id=command.id,
        outcome=done.outcome,
        record_id=done.record_id,
        record=done.record if is_new or _is_his_own(doing) else await _as_it_is(command, done.record_id, doing),
        flags=list(done.flags),
        conflict_id=command.id if done.outcome is CommandOutcome.CONFLICT else None,
        waiting_for=list(done.waiting_for),
    )


async def again(command: Taken, known: Line, doing: Doing) -> CommandVerdict:
    """It was done before: nothing happens, and the phone is told how the record stands."""
    return CommandVerdict(
        index=command.index,
        id=command.id,
        outcome=CommandOutcome.DUPLICATE,
        record_id=known.record_id,
        record=await _as_it_is(command, known.record_id, doing),
        conflict_id=command.id if known.outcome is CommandOutcome.CONFLICT else None,
    )


def _is_his_own(doing: Doing) -> bool:
    return doing.by.person_id == doing.carrier.person_id


async def _as_it_is(command: Taken, record_id: UUID | None, doing: Doing) -> object:
    """The record, if whoever sends the command may read it: a signature proves a deed and lends nobody's eyes."""
    if record_id is None or command.kind.read is None:
        return None
    try:
        async with savepoint():
            return await command.kind.read(record_id, msgspec.structs.replace(doing, by=doing.carrier))
    except Refusal:
        return None
    except (*RACES, *GONE):
        raise
    except Exception as error:
        noted(error)  # what was done is done, whatever becomes of telling it
        return None

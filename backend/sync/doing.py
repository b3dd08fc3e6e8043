"""Doing commands: a chunk of them in one transaction, a few in each savepoint, with their lines in the ledger.

Where one of the few fails, they are done again, each in a savepoint of its own. A chunk that dies on the way (a
deadlock, two who were first) is done again one by one. What is told is on disk.
"""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import TypeAlias
from uuid import UUID

import msgspec
import structlog
from msgspec import Struct

from backend.core.database import savepoint, transaction
from backend.core.problems import noted, went_away
from backend.core.refusals import DifferentArguments, Refusal
from backend.people.actors import Actor
from backend.sync import digests, ledger, telling
from backend.sync.command_kinds import Doing, NotHereYet
from backend.sync.dependencies import Told
from backend.sync.incoming import Taken, refused
from backend.sync.ledger import Line
from backend.sync.push_schemas import CommandVerdict
from backend.sync.races import GONE, RACES
from backend.sync.words import CommandOutcome

log = structlog.get_logger()

CHUNK = 50
FEW = 10
"""In one savepoint: a savepoint each was a quarter of the server's CPU for a task done."""

TRIES = 3

Row: TypeAlias = tuple[CommandVerdict, Line | None]
Known: TypeAlias = dict[UUID, Line]
Do: TypeAlias = Callable[[Taken, Line | None, "Errand"], Awaitable[Row]]


class Errand(Struct, frozen=True, kw_only=True):
    """Around a batch: who brought it, when it came, and how far the clock of the phone was ahead of ours then."""

    carrier: Actor
    received_at: datetime
    ahead: timedelta = timedelta()
    request_id: str = ""


async def do_all(commands: Sequence[Taken], *, errand: Errand, told: Told) -> list[CommandVerdict]:
    """A verdict for each, in order; what was done is on disk."""
    verdicts: list[CommandVerdict] = []
    for start in range(0, len(commands), CHUNK):
        chunk = commands[start : start + CHUNK]
        try:
            done = await _together(chunk, errand, told)
        except (*RACES, *GONE) as error:
            log.warning("a chunk of commands is done one by one", kind=type(error).__name__)
            done = []
            for each in chunk:
                done.append(await _alone(each, errand, told))
                told.tell(done[-1])
        for verdict in done:
            told.tell(verdict)
        verdicts += done
    return verdicts


async def _alone(command: Taken, errand: Errand, told: Told) -> CommandVerdict:
    for tries_left in reversed(range(TRIES)):
        try:
            [verdict] = await _together([command], errand, told)
        except (*RACES, *GONE) as error:
            if not tries_left and isinstance(error, GONE) and went_away(error):
                raise
            if not tries_left:
                return refused(command.index, command.id, noted(error))
        else:
            return verdict
    raise AssertionError("the last try returns or raises")


@transaction
async def _together(chunk: Sequence[Taken], errand: Errand, told: Told) -> list[CommandVerdict]:
    known = await ledger.locked([command.id for command in chunk])
    lines: dict[UUID, Line] = {}
    told, verdicts = told.copy(), []
    for start in range(0, len(chunk), FEW):
        for verdict, line in await _few(chunk[start : start + FEW], errand, told.copy(), {**known, **lines}):
            told.tell(verdict)
            verdicts.append(verdict)
            if line is not None:
                lines[line.id] = line
    await ledger.keep(lines.values())
    return verdicts


async def _few(few: Sequence[Taken], errand: Errand, told: Told, known: Known) -> list[Row]:
    """In one savepoint, as hardly ever one of them fails. Where one does: all again, each in a savepoint of its own."""
    if len(few) > 1:
        try:
            async with savepoint():
                return await _in_order(few, errand, told.copy(), {**known}, _done)
        except (*RACES, *GONE):
            raise
        except Exception as error:
            log.debug("commands are done each by itself", kind=type(error).__name__)
    return await _in_order(few, errand, told, known, _by_itself)


async def _in_order(few: Sequence[Taken], errand: Errand, told: Told, known: Known, do: Do) -> list[Row]:
    rows: list[Row] = []
    for command in few:
        held_back = told.held_back(command)
        verdict, line = (held_back, None) if held_back else await do(command, known.get(command.id), errand)
        told.tell(verdict)
        rows.append((verdict, line))
        if line is not None:
            known[line.id] = line
    return rows


async def _by_itself(command: Taken, known: Line | None, errand: Errand) -> Row:
    try:
        async with savepoint():
            return await _done(command, known, errand)
    except NotHereYet as missing:
        return _waits(command, missing, errand)
    except Refusal as refusal:
        return telling.refused_by_verb(command, refusal), _refused_after_waiting(known)
    except (*RACES, *GONE):
        raise
    except Exception as error:
        return refused(command.index, command.id, noted(error)), None


async def _done(command: Taken, known: Line | None, errand: Errand) -> Row:
    """Raises what its verb refuses, and NotHereYet."""
    if known is not None and not (_says_the_same(command, known) or _puts_right(command, known)):
        return refused(command.index, command.id, DifferentArguments(_OTHER)), None
    assert command.kind.run is not None  # noqa: S101 - `pushing` does those elsewhere
    doing = _doing(command, errand)
    if known is not None and known.outcome not in (CommandOutcome.WAITING, CommandOutcome.REFUSED):
        return await telling.again(command, known, doing), None
    done = await command.kind.run(command.arguments, doing)
    return await telling.just_done(command, done, doing), _line(command, errand, done.outcome, done.record_id)


def _says_the_same(command: Taken, known: Line) -> bool:
    told = {"verb": command.kind.verb, "author_id": command.by.person_id, "arguments": command.arguments}
    return known.digest == command.digest or digests.fits_formerly(known.digest, **told)


def _puts_right(command: Taken, known: Line) -> bool:
    """Whether its author says anew what waited and was refused. What is done, or waits still, is not said anew: so the
    old words, arriving late, find the new ones in their place and are refused."""
    return known.outcome is CommandOutcome.REFUSED and known.author_id == command.by.person_id


def _doing(command: Taken, errand: Errand) -> Doing:
    return Doing(
        command_id=command.id,
        by=command.by,
        carrier=errand.carrier,
        captured_at=command.captured_at,
        received_at=errand.received_at,
        ahead=errand.ahead,
        request_id=errand.request_id,
    )


def _waits(command: Taken, missing: NotHereYet, errand: Errand) -> tuple[CommandVerdict, Line]:
    said = msgspec.json.encode(command.arguments)
    line = _line(command, errand, CommandOutcome.WAITING, None, arguments=said, waiting_for=missing.photo_ids)
    verdict = CommandVerdict(
        index=command.index, id=command.id, outcome=CommandOutcome.WAITING, waiting_for=missing.photo_ids
    )
    return verdict, line


def _refused_after_waiting(known: Line | None) -> Line | None:
    """What waited and is refused now waits no longer; sent again, as it was or put right, it is tried again."""
    if known is None:
        return None
    return msgspec.structs.replace(known, outcome=CommandOutcome.REFUSED, arguments=None, waiting_for=())


def _line(
    command: Taken,
    errand: Errand,
    outcome: CommandOutcome,
    record_id: UUID | None,
    *,
    arguments: bytes | None = None,
    waiting_for: Sequence[UUID] = (),
) -> Line:
    return Line(
        id=command.id,
        verb=command.kind.verb,
        author_id=command.by.person_id,
        carrier_id=errand.carrier.person_id,
        device_id=errand.carrier.device_id,
        captured_at=command.captured_at,
        received_at=errand.received_at,
        ahead=errand.ahead,
        digest=command.digest,
        outcome=outcome,
        record_id=record_id,
        arguments=arguments,
        waiting_for=waiting_for,
    )


_OTHER = "A command came before under this id with other arguments, or from somebody else. Take a new id."

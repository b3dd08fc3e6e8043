"""A run of visits of one author, by COPY: the verb of a batch of visits, which is its own ledger by the visits' ids.

A visit is stored without photos that are not here yet; adding them is a command of its own (`attachVisitPhotos`), whose
id follows from the visit's, and it waits for them.
"""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from uuid import UUID, uuid5

import msgspec
import structlog
from msgspec.structs import replace

from backend.core import creates
from backend.core.problems import noted, went_away
from backend.core.refusals import Refusal
from backend.sync import photos_here
from backend.sync.commands import COMMANDS
from backend.sync.commands.visits import ATTACH, AttachVisitPhotos
from backend.sync.dependencies import Told
from backend.sync.doing import Errand, do_all
from backend.sync.incoming import Taken, refused
from backend.sync.places import in_command
from backend.sync.push_schemas import CommandVerdict
from backend.sync.races import GONE
from backend.sync.words import CommandOutcome
from backend.visits import batch, rules
from backend.visits.photos import without
from backend.visits.schemas import NewVisit, RowVerdict

log = structlog.get_logger()

DOOR = "sync"


async def record(run: Sequence[Taken], *, errand: Errand, told: Told, sent_at: datetime | None) -> list[CommandVerdict]:
    """A verdict for each visit of one author, in order; what was stored is on disk."""
    ready = [verdict if (verdict := told.held_back(each)) else each for each in run]
    visits = [each for each in ready if isinstance(each, Taken)]
    verdicts = {each.index: each for each in ready if isinstance(each, CommandVerdict)}
    verdicts |= await _recorded(visits, errand, sent_at)
    verdicts |= await _with_late_photos([each for each in visits if each.arguments.photos], verdicts, errand)
    return [verdicts[each.index] for each in run]


async def _recorded(visits: Sequence[Taken], errand: Errand, sent_at: datetime | None) -> dict[int, CommandVerdict]:
    if not visits:
        return {}
    photo_ids = {photo.photo_id for each in visits for photo in each.arguments.photos}
    await photos_here.here(photo_ids, author_id=visits[0].by.person_id, carrier_id=errand.carrier.person_id)
    verdicts: dict[int, CommandVerdict] = {}
    try:
        await _batch(visits, errand, sent_at, verdicts)
    except Exception as error:  # one of them, or the moment, is to blame: each alone tells which
        log.warning("a run of visits is done one by one", kind=type(error).__name__)
        for each in visits:
            if each.index not in verdicts:
                await _alone(each, errand, sent_at, verdicts)
    return verdicts


async def _alone(visit: Taken, errand: Errand, sent_at: datetime | None, verdicts: dict[int, CommandVerdict]) -> None:
    try:
        await _batch([visit], errand, sent_at, verdicts)
    except Refusal:
        raise  # the database is busy or down: the phone sends the batch again
    except Exception as error:
        if isinstance(error, GONE) and went_away(error):
            raise
        verdicts[visit.index] = refused(visit.index, visit.id, noted(error))


async def _batch(
    visits: Sequence[Taken], errand: Errand, sent_at: datetime | None, verdicts: dict[int, CommandVerdict]
) -> None:
    rows = _rows([_as_sent(each, sent_at) for each in visits])
    async for row in batch.record_visits(rows=rows, by=visits[0].by, door=DOOR, photos_later=True):
        verdicts[visits[row.index].index] = _verdict(visits[row.index], row, errand)


async def _rows(visits: Sequence[NewVisit]) -> AsyncIterator[bytes | Refusal]:
    for visit in visits:
        yield msgspec.json.encode(visit)


def _as_sent(command: Taken, sent_at: datetime | None) -> NewVisit:
    """The visit with the command's id, unless it has one of its own, and the phone's clock at the sending.

    A phone whose battery was empty wakes in 1970: that refuses no visit of before.
    """
    new: NewVisit = command.arguments
    told = sent_at if sent_at and rules.EARLIEST <= sent_at < rules.LATEST else None
    return replace(new, id=new.id or command.id, sent_at=new.sent_at or told)


def _verdict(command: Taken, row: RowVerdict, errand: Errand) -> CommandVerdict:
    """Flags are shown first to the one flagged: whoever sends another's visit is not told."""
    own = command.by.person_id == errand.carrier.person_id
    return CommandVerdict(
        index=command.index,
        id=command.id,
        outcome=CommandOutcome(row.outcome.value),
        record_id=None if row.problem else row.id,
        flags=[flag.value for flag in row.flags] if own else [],
        problem=in_command(row.problem, command.arguments),
    )


async def _with_late_photos(
    visits: Sequence[Taken], verdicts: dict[int, CommandVerdict], errand: Errand
) -> dict[int, CommandVerdict]:
    """Their verdicts once their photos are added, or wait."""
    there = [each for each in visits if verdicts[each.index].record_id is not None]
    if not there:
        return {}
    late = await without({_visit_id(each): [photo.photo_id for photo in each.arguments.photos] for each in there})
    attaching = [_attaching(each) for each in there if _visit_id(each) in late]
    done = await do_all(attaching, errand=errand, told=Told(frozenset()))
    return {
        each.index: msgspec.structs.replace(verdicts[each.index], waiting_for=each.waiting_for, problem=each.problem)
        for each in done
    }


def _attaching(visit: Taken) -> Taken:
    arguments = AttachVisitPhotos(visit_id=_visit_id(visit), photos=visit.arguments.photos)
    return Taken(
        index=visit.index,
        id=uuid5(arguments.visit_id, "photos"),
        kind=COMMANDS[ATTACH],
        arguments=arguments,
        by=visit.by,
        captured_at=visit.captured_at,
        digest=creates.digest([ATTACH, visit.by.person_id, arguments]),
    )


def _visit_id(command: Taken) -> UUID:
    return command.arguments.id or command.id

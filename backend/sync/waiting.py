"""Commands that wait for a photo: done by themselves when it has come, given up where it never comes.

The phone need not do anything; where it sends such a command again, it is told how things stand.
"""

from typing import Any

import msgspec
import structlog

from backend.core import clock
from backend.core.jobs import schedule
from backend.people import sessions
from backend.people.actors import Actor
from backend.people.refusals import PersonUnknown
from backend.sync import ledger
from backend.sync.commands import COMMANDS
from backend.sync.cursors import NOTHING_HELD as FIRST
from backend.sync.dependencies import Told
from backend.sync.doing import Errand, do_all
from backend.sync.incoming import Taken
from backend.sync.ledger import Line
from backend.sync.policies import sync_policy
from backend.sync.push_schemas import CommandVerdict
from backend.sync.words import CommandOutcome

log = structlog.get_logger()

AT_ONCE = 200


@schedule("sync/do-what-waited", "* * * * *")
async def do_what_waited() -> None:
    """Give up what waited too long, then do what need not wait any more."""
    await ledger.give_up(before=clock.now() - sync_policy(clock.today()).waiting_for)
    after = FIRST
    while lines := await ledger.ready(after=after, limit=AT_ONCE):
        for line in lines:
            await _done(line)
        after = lines[-1].id


async def _done(line: Line) -> None:
    author = await _actor(line)
    command = _taken(line, author) if author else None
    if author is None or command is None:
        await ledger.end(line)
        return
    carrier = msgspec.structs.replace(author, person_id=line.carrier_id, name="", held=())  # he need not enter any more
    errand = Errand(carrier=carrier, received_at=line.received_at, ahead=line.ahead)
    [verdict] = await do_all([command], errand=errand, told=Told(frozenset()))
    _note(line, verdict)


async def _actor(line: Line) -> Actor | None:
    """The author with today's roles; None where he may not enter any more."""
    try:
        actor = await sessions.actor(person_id=line.author_id)
    except PersonUnknown:
        return None
    return msgspec.structs.replace(actor, device_id=line.device_id)


def _taken(line: Line, author: Actor) -> Taken | None:
    """The command anew; None where a server that was brought up to date meanwhile does not take it any more."""
    try:
        kind = COMMANDS[line.verb]
        arguments: Any = msgspec.json.decode(line.arguments or b"", type=kind.arguments)
    except (KeyError, msgspec.MsgspecError):
        log.error("a command that waited cannot be read any more", verb=line.verb, id=str(line.id))
        return None
    return Taken(
        index=0,
        id=line.id,
        kind=kind,
        arguments=arguments,
        by=author,
        captured_at=line.captured_at,
        digest=line.digest,
    )


def _note(line: Line, verdict: CommandVerdict) -> None:
    if verdict.outcome is CommandOutcome.REFUSED:
        log.warning("a command that waited is refused", verb=line.verb, code=(verdict.problem or {}).get("code"))

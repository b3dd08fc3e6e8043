"""What a phone did offline, done here in its order, each command with its own verdict.

A run of visits of one author goes by COPY; a run ends where another verb or author begins, or where a visit follows
one of the run itself. All else goes in chunks of one transaction. A verdict is told once its effect is on disk, so a
batch that was cut short by a crash is simply sent again: what was done is a duplicate then.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime

from backend.core import clock
from backend.core.logs import request_id
from backend.people.actors import Actor
from backend.sync import doing, incoming, visit_runs
from backend.sync.dependencies import Told
from backend.sync.doing import Errand
from backend.sync.incoming import Taken
from backend.sync.moments import clock_ahead
from backend.sync.policies import sync_policy
from backend.sync.push_schemas import CommandVerdict, SyncVerdicts
from backend.sync.words import CommandOutcome


async def sync_push(*, body: bytes, by: Actor) -> SyncVerdicts:
    """Do a batch; a verdict for each command, in order. Not inside a transaction: each chunk is one.

    body   JSON as `SyncBatch` says it; a command that cannot be read is refused alone

    Raises Malformed (400) where the batch itself is none, TooManyCommands (413).
    """
    received_at = clock.now()
    batch = incoming.arrived(body)
    read = await incoming.taken(batch.commands, carrier=by)
    told = Told(frozenset(each.id for each in read if each.id is not None))
    ahead = clock_ahead(batch.sent_at, received_at)
    errand = Errand(carrier=by, received_at=received_at, ahead=ahead, request_id=request_id.get())
    verdicts = [each for each in read if isinstance(each, CommandVerdict)]
    for verdict in verdicts:
        told.tell(verdict)
    for run in _runs([each for each in read if isinstance(each, Taken)]):
        verdicts += await _done(run, errand, told, batch.sent_at)
    return _answer(sorted(verdicts, key=lambda each: each.index), received_at, batch.sent_at)


async def _done(run: Sequence[Taken], errand: Errand, told: Told, sent_at: datetime | None) -> list[CommandVerdict]:
    if run[0].kind.run is not None:
        return await doing.do_all(run, errand=errand, told=told)
    verdicts = await visit_runs.record(run, errand=errand, told=told, sent_at=sent_at)
    for verdict in verdicts:
        told.tell(verdict)
    return verdicts


def _runs(commands: Sequence[Taken]) -> Iterator[list[Taken]]:
    run: list[Taken] = []
    for command in commands:
        if run and not _joins(run, command):
            yield run
            run = []
        run.append(command)
    if run:
        yield run


def _joins(run: Sequence[Taken], command: Taken) -> bool:
    """Whether a command goes on with a run."""
    if command.kind.run is not None:
        return run[0].kind.run is not None
    same = run[0].kind is command.kind and run[0].by.person_id == command.by.person_id
    return same and not (command.after and {each.id for each in run} & set(command.after))


def _answer(verdicts: list[CommandVerdict], received_at: datetime, sent_at: datetime | None) -> SyncVerdicts:
    counted = Counter(verdict.outcome for verdict in verdicts)
    ahead = None if sent_at is None else sent_at - received_at
    return SyncVerdicts(
        received_at=received_at,
        skew_s=None if ahead is None else round(ahead.total_seconds()),
        skewed=ahead is not None and abs(ahead) >= sync_policy(clock.today()).skew_told_from,
        **{outcome.value: counted[outcome] for outcome in CommandOutcome},
        rows=verdicts,
    )

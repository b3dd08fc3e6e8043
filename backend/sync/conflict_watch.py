"""Conflicts that nobody looks at: those that are over by themselves are closed, those that wait too long are told."""

from contextlib import suppress
from uuid import UUID

from backend.core import clock
from backend.core.database import transaction
from backend.core.jobs import schedule
from backend.core.refusals import Refusal
from backend.people import sessions
from backend.sync import conflict_queries, conflict_telling, conflicts
from backend.sync.conflict_deciders import deciders
from backend.sync.conflict_policies import conflict_policy


@schedule("sync/close-agreed-conflicts", "*/5 * * * *")
async def close_agreed() -> None:
    """Close those whose record says by now what the phone wanted, as reading them would."""
    for conflict_id in await conflict_queries.amended_since():
        await _look(conflict_id)


@transaction
async def _look(conflict_id: UUID) -> None:
    """With the eyes of the first who may: what one may see is each room's own."""
    for each in await deciders(await conflict_queries.one(conflict_id)):
        with suppress(Refusal):
            await conflicts.look(conflict_id=conflict_id, by=await sessions.actor(person_id=each.person_id))
            return


@schedule("sync/tell-undecided-conflicts", "10 7 * * *")
async def tell_undecided() -> None:
    """Each morning: say to a supervisor what nobody decided in time, or what was put aside without a decision."""
    within = conflict_policy(clock.today()).decide_within
    for conflict_id in await conflict_queries.undecided(asked_before=clock.now() - within):
        await transaction(conflict_telling.undecided)(conflict_id)

"""What others do meanwhile, where there is always a line: ask, put records right, move households, decide."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta
from random import Random

from backend.core import clock, ids
from backend.core.database import fetch
from backend.core.refusals import Refusal
from backend.people.actors import Actor
from backend.people.household_schemas import HouseholdChanges
from backend.people.households import amend_household, assign_household
from backend.sync.conflicts import decide_conflict
from backend.sync.waiting import do_what_waited
from backend.sync.words import Keep
from backend.tasks.actions import ask
from backend.tasks.schemas import NewTask
from backend.tasks.tables import TaskKind, Urgency
from backend.visits.amendments import amend_visit
from backend.visits.schemas import AmendVisit
from tests.sync.simulation.changes import CHANGES
from tests.sync.simulation.village import Village


async def asks(village: Village, by: Actor, chance: Random) -> None:
    """Something is asked of somebody, or of whoever serves a household."""
    somebody = chance.choice(village.people)
    due = clock.now() + timedelta(hours=chance.randrange(-20, 40))
    whom = (
        {"household_id": chance.choice(somebody.households)}
        if somebody.households and chance.random() < 0.5
        else {"assignee_id": somebody.actor.person_id}
    )
    asked = NewTask(
        id=ids.uuid7(),
        kind=TaskKind.CALL,
        title_zh=f"第 {chance.randrange(1000)} 件事",
        origin_room="tests",
        origin_id=ids.uuid7(),
        urgency=chance.choice(list(Urgency)),
        due_at=chance.choice((None, due)),
        asked_by=by.person_id,
        **whom,
    )
    village.asked.add(str((await ask(task=asked)).record.id))


async def puts_a_visit_right(_: Village, by: Actor, chance: Random) -> None:
    """The note of a visit, or what it was about: the same as somebody changes on his phone, or something else."""
    rows = await fetch("SELECT id, version FROM visits_visit ORDER BY received_at DESC, id LIMIT 5")
    if rows:
        row = chance.choice(rows)
        said = f"服务台改的第 {chance.randrange(1000)} 句"
        change = {"note": said} if chance.random() < 0.5 else {"place_note": said}
        asked = AmendVisit(reason="核对过", version=row["version"], **change)
        with suppress(Refusal):
            await amend_visit(visit_id=row["id"], change=asked, by=by)


async def puts_a_card_right(village: Village, by: Actor, chance: Random) -> None:
    """Where a house is, or what its people want."""
    homes = [home for somebody in village.people for home in somebody.households]
    if homes:
        said = f"服务台记的第 {chance.randrange(1000)} 排"
        change = {"address_note": said} if chance.random() < 0.5 else {"service_needs": ["crop-advice", "policy"]}
        with suppress(Refusal):
            await amend_household(
                household_id=chance.choice(homes), changes=HouseholdChanges(**change), reason="核对过", by=by
            )


async def moves_a_household(village: Village, by: Actor, chance: Random) -> None:
    """From today on somebody else serves it, if he may."""
    homes = [home for somebody in village.people for home in somebody.households]
    if homes:
        taker = chance.choice(village.people).actor.person_id
        with suppress(Refusal):
            await assign_household(household_id=chance.choice(homes), person_id=taker, valid_from=clock.today(), by=by)


async def decides(_: Village, by: Actor, chance: Random) -> None:
    """One of the fields that two people changed stays as it is, or becomes what the phone wanted."""
    waiting = await fetch(
        "SELECT id, fields FROM sync_conflict WHERE decided_at IS NULL ORDER BY opened_at, id LIMIT 3"
    )
    if waiting:
        row = chance.choice(waiting)
        keep = {field: chance.choice(list(Keep)) for field in row["fields"]}
        with suppress(Refusal):
            await decide_conflict(conflict_id=row["id"], keep=keep, by=by, request_id="")


async def a_minute_passes(_: Village, __: Actor, ___: Random) -> None:
    """What waited for photos that have come by now is done."""
    await do_what_waited()


MEANWHILE: tuple[Callable[[Village, Actor, Random], Awaitable[None]], ...] = (
    *[asks] * 3, puts_a_visit_right, puts_a_card_right, moves_a_household, decides, a_minute_passes,
    *CHANGES,
)  # fmt: skip

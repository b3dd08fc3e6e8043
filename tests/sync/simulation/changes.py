"""What becomes of people and households meanwhile, and what is asked of them: roles, closings, warnings, questions."""

from contextlib import suppress
from datetime import timedelta
from random import Random

from backend.antifraud import acting, receiving
from backend.antifraud.warning_schemas import TypedWarning, WarnedPerson, WarningHandOver
from backend.antifraud.warning_words import HandedBecause
from backend.antifraud.words import WarningLevel
from backend.core import clock, ids
from backend.core.database import fetch
from backend.core.refusals import Refusal
from backend.diagnosis import questions
from backend.diagnosis.request_schemas import NewQuestion
from backend.people.actions import assign_role
from backend.people.actors import Actor
from backend.people.tables import Role
from tests.cast import NEXT_VILLAGE, SINCE, TOWNSHIP, VILLAGE
from tests.diagnosis.clinic import claimed_by
from tests.sync.simulation.village import Village

MOST_CLOSED = 2
"""Households: with more of them closed nothing is left to do."""


async def moves_somebody(village: Village, by: Actor, chance: Random) -> None:
    """He loses his role, has it again, or has another village too."""
    somebody = chance.choice(village.people)
    held = somebody.actor.held[0]
    yesterday = clock.today() - timedelta(days=1)
    if chance.random() < 0.3:
        place, since, until = NEXT_VILLAGE, clock.today(), chance.choice((None, clock.today()))
        await assign_role(
            person_id=somebody.actor.person_id, role=Role.CADRE, division_code=place, valid_from=since, valid_to=until
        )
        return
    await assign_role(
        person_id=somebody.actor.person_id,
        role=held.role,
        division_code=held.division_code,
        unit_id=held.unit_id,
        valid_from=SINCE,
        valid_to=chance.choice((None, None, yesterday)),
    )


async def closes_a_household(village: Village, by: Actor, chance: Random) -> None:
    """Its people have moved to their son's; or they are back."""
    homes = [home for somebody in village.people for home in somebody.households]
    shut = await fetch("SELECT id FROM people_household WHERE closed_at IS NOT NULL")
    if len(shut) >= MOST_CLOSED:
        await fetch("UPDATE people_household SET closed_at = NULL WHERE id = $1", shut[0]["id"])
    elif len(homes) > MOST_CLOSED:
        await fetch("UPDATE people_household SET closed_at = now() WHERE id = $1", chance.choice(homes))


async def warns(village: Village, by: Actor, chance: Random) -> None:
    """The police centre rings: somebody is being cheated just now."""
    person = WarnedPerson(name="祝小梅", phone="199 0000 0888")
    place = chance.choice((VILLAGE, NEXT_VILLAGE, TOWNSHIP))
    new = TypedWarning(level=chance.choice(list(WarningLevel)), division_code=place, person=person)
    await receiving.enter_warning(id=ids.uuid7(), new=new, by=by)


async def hands_a_warning_on(village: Village, by: Actor, chance: Random) -> None:
    """Whoever has it goes home, and says so at the desk."""
    rows = await fetch(
        "SELECT w.id, w.assignee AS person, max(h.number) AS number FROM antifraud_warning w "
        "JOIN antifraud_hand h ON h.warning = w.id WHERE w.state <> 'closed' GROUP BY w.id ORDER BY w.id LIMIT 5"
    )
    people = {somebody.actor.person_id: somebody.actor for somebody in village.people}
    mine = [row for row in rows if row["person"] in people]
    if mine:
        row = chance.choice(mine)
        said = WarningHandOver(from_number=row["number"], because=HandedBecause.SHIFT_END)
        with suppress(Refusal):
            await acting.hand_over_warning(warning_id=row["id"], said=said, by=people[row["person"]])


async def asks_back(village: Village, by: Actor, chance: Random) -> None:
    """The expert wants to know more of a farmer."""
    rows = await fetch("SELECT id FROM diagnosis_request ORDER BY id LIMIT 5")
    if rows and village.office:
        request_id, expert = chance.choice(rows)["id"], village.office.expert
        await claimed_by(request_id, expert)
        with suppress(Refusal):
            asked = await questions.ask_farmer(
                request_id=request_id, new=NewQuestion(words=f"第 {chance.randrange(1000)} 问"), by=expert
            )
            village.questions.append((str(request_id), str(asked.record.id)))


CHANGES = (moves_somebody, closes_a_household, *[warns] * 2, hands_a_warning_on, asks_back)

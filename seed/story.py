"""What happened in the sixty days before the county was planted: a pure function of the first day.

Four hundred contacts in all four channels, needs in every state, and at the end of it the cases that flags are for.
"""

import random
from collections.abc import Mapping
from datetime import date, timedelta
from typing import TypeVar

from backend.visits.schemas import NewNeed, NewVisit
from backend.visits.tables import Channel, NeedState
from seed import made_id
from seed.cast import CADRES, Member
from seed.households import NewHousehold
from seed.odd_contacts import beside, moment_at, odd_ones
from seed.story_words import CHANNELS, ENDINGS, MATTERS, SAID, WATER_TOPICS, WATER_UNIT, Matter, Move, Told

Word = TypeVar("Word", Channel, NeedState)
DAYS = 60
CONTACTS = 400


def tell(begins_on: date, households: list[NewHousehold]) -> list[Told]:
    """Every contact, in the order in which the server received them."""
    dice = random.Random(3713)  # noqa: S311 - a story, not a secret
    served = {cadre: _served(cadre, households) for cadre in CADRES}
    ordinary = [_contact(number, begins_on, served, dice) for number in range(CONTACTS)]
    odd = odd_ones(begins_on + timedelta(days=DAYS - 4), {household.code: household for household in households})
    return sorted([*ordinary, *odd], key=lambda told: (told.received_at, str(told.new.id)))


def _served(cadre: Member, households: list[NewHousehold]) -> list[NewHousehold]:
    return [household for household in households if household.village.code in cadre.division_codes]


def _contact(number: int, begins_on: date, served: Mapping[Member, list[NewHousehold]], dice: random.Random) -> Told:
    """An ordinary one. Each has a quarter of an hour of its own, so that nobody is in two places too fast."""
    cadre = CADRES[number % len(CADRES)]
    turn = number // len(CADRES)
    day, hour = turn * (DAYS - 5) * len(CADRES) // CONTACTS, 8 + (turn * 5) % 10
    occurred_at = moment_at(begins_on + timedelta(days=1 + day), hour, dice.randrange(0, 50))
    households = served[cadre]
    household = households[int(len(households) * 0.85 * dice.random() ** 1.3)]
    channel = _one_of(CHANNELS, dice)
    matter = dice.choice(MATTERS)
    late = timedelta(days=2, hours=3) if dice.random() < 0.05 else timedelta(minutes=dice.randrange(1, 9))
    new = NewVisit(
        id=made_id(f"visit/{number}"),
        channel=channel,
        occurred_at=occurred_at,
        household_id=household.id,
        point=beside(household, occurred_at, dice) if channel is Channel.VISIT else None,
        campaign_code="people" if channel is Channel.VISIT and dice.random() < 0.5 else None,
        service_team=33 if dice.random() < 0.2 else None,
        topics=[matter.topic],
        note=matter.note,
        companions=["村会计"] if dice.random() < 0.1 else [],
        needs=_needs(f"need/{number}", matter, dice),
    )
    return Told(cadre, occurred_at + late, new, _moves(matter, dice) if new.needs else ())


def _needs(name: str, matter: Matter, dice: random.Random) -> list[NewNeed]:
    if matter.need is None or dice.random() < 0.35:
        return []
    return [NewNeed(id=made_id(name), category=matter.topic, description=matter.need)]


def _moves(matter: Matter, dice: random.Random) -> tuple[Move, ...]:
    """What concerns water goes to the department; the rest the cadre sees to himself."""
    ending, water = _one_of(ENDINGS, dice), matter.topic in WATER_TOPICS
    unit_id = WATER_UNIT if water else None
    passed_on = Move(NeedState.PASSED_ON, timedelta(hours=dice.randrange(1, 30)), by_handler=False, unit_id=unit_id)
    done_after = timedelta(days=dice.randrange(2, 4), hours=dice.randrange(0, 20))
    if ending is NeedState.RECEIVED:
        return ()
    if ending is NeedState.PASSED_ON:
        return (passed_on,)
    by_handler = water and ending is not NeedState.WITHDRAWN
    return passed_on, Move(ending, done_after, by_handler, SAID[ending])


def _one_of(weights: Mapping[Word, int], dice: random.Random) -> Word:
    return dice.choices(list(weights), weights=list(weights.values()))[0]

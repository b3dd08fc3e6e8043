"""Whatever a carried record is read from wakes a phone when it changes, or it is said here why it need not.

Which tables those are is asked of the plans of what a pull reads, so that a query that grows a join is noticed.
"""

import pytest
from msgspec import json

from backend.core import clock, ids
from backend.core.database import connection, fetch, transaction
from backend.people.household_schemas import HouseholdChanges
from backend.people.households import amend_household
from backend.rosters.schemas import NewSwap
from backend.rosters.shifts import confirm_shift
from backend.rosters.swaps import swap_shift
from backend.sync.carried import CARRIED
from backend.sync.entities import Reader
from backend.sync.policies import sync_policy
from backend.territory.coordinates import Crs
from backend.territory.points import Point
from backend.visits.actions import record_visit
from backend.visits.schemas import NewNeed
from tests.rosters.studio import NOON, Studio
from tests.sync.phones import Phone
from tests.tasks.requests import asked
from tests.visits.contacts import contact

NAMES = "a new name comes with the next day's whole comparison: no verb renames"
NEED_NOT = {
    "people_person": NAMES,
    "people_unit": NAMES,
    "territory_division": NAMES,
    "people_household": "a card's number is never changed; a place is told where it is carried",
    "visits_campaign": "its code is never changed",
    "visits_service_team": "its number is never changed",
    "cases_event": "each line moves the case's own row",
    "deadlines_suspension": "each one moves its clock's own row",
    "deadlines_policy": "a clock is written anew where another policy is to hold for it",
    "cases_category": "a category's name comes with the next day's whole comparison",
    "visits_flag_policy": "how long a flag is kept from others counts from midnight to midnight",
    "kits_file": "known by its SHA-256, which the version's row holds",
}


@transaction
async def _read(entity, reader):
    """The statements that reading one entity takes."""
    said = []
    async with connection() as used:
        with used.query_logger(lambda record: said.append((record.query, record.args))):
            await entity.read(reader)
    return said


async def _tables(statement, values):
    async with connection() as used:
        plan = await used.fetchval(f"EXPLAIN (FORMAT JSON) {statement}", *values)
    return {word["Relation Name"] for word in _nodes(json.decode(plan)) if "Relation Name" in word}


def _nodes(told):
    if isinstance(told, dict):
        yield told
    for each in told.values() if isinstance(told, dict) else told if isinstance(told, list) else ():
        yield from _nodes(each)


@pytest.mark.parametrize("name", list(CARRIED))
async def test_every_table_that_a_record_is_read_from_wakes_phones_or_need_not(cast, name):
    await record_visit(new=contact(needs=[NewNeed(category="production", description="渠堵了")]), by=cast.cadre)
    reader = Reader(cast.cadre, clock.today(), sync_policy(clock.today()), "r")
    statements = await _read(CARRIED[name], reader)
    read = {table for each in statements for table in await _tables(*each)}
    functions = await fetch("SELECT proname, prosrc FROM pg_proc WHERE starts_with(proname, 'sync_note_')")
    wakes = {
        row["proname"].removeprefix("sync_note_")
        for row in functions
        if f"'{name}'" in row["prosrc"] or "'*'" in row["prosrc"]
    }

    assert {table for table in read - wakes - set(NEED_NOT) if not table.startswith("pg_")} == set()


async def test_a_household_that_is_elsewhere_is_told_to_whoever_has_a_task_there_and_does_not_serve_it(cast):
    task = await asked(assignee_id=cast.assistant.person_id, household_id=cast.household)
    phone = Phone(cast.assistant)
    await phone.pull()
    place = Point(crs=Crs.WGS84, longitude=116.3555, latitude=36.9444, accuracy_m=5.0)
    await amend_household(
        household_id=cast.household, changes=HouseholdChanges(point=place), reason="搬到新村", by=cast.cadre
    )
    await phone.pull()

    assert phone.of("tasks")[str(task.id)]["point"]["longitude"] == 116.3555


async def test_a_shift_that_one_is_asked_to_take_is_told_as_it_is_when_its_holder_confirms_it(cast):
    studio = Studio(cast)
    await studio.open()
    with clock.stopped(NOON):
        evening = (await studio.published())[-1]
        new = NewSwap(to_person_id=studio.technician.person_id)
        await swap_shift(id=ids.uuid7(), shift_id=evening.id, new=new, by=studio.handler)
        taker = Phone(studio.technician)
        await taker.pull()
        await confirm_shift(shift_id=evening.id, by=studio.handler)
        await taker.pull()

        assert taker.of("shifts")[str(evening.id)]["state"] == "confirmed"

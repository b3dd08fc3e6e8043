"""The demo county: everything a newcomer wants to try is there, invented, and marked."""

from backend.antifraud.visitor_cards import end_visitor_card
from backend.antifraud.visitor_checking import verify_visitor
from backend.core import clock
from backend.core.cipher import unseal
from backend.core.database import fetch, fetch_row
from backend.people import sessions
from backend.people.tables import Role
from backend.visits.campaign_tables import CampaignKind
from backend.visits.need_states import STATE_OF_CASE
from backend.visits.tables import Channel, FlagKind, NeedState
from seed import accounts
from seed.cast import EVERYBODY, ONE_PER_ROLE, UNITS, holder
from seed.furnishing import FLAGGED
from seed.households import three_hundred
from seed.odd_contacts import odd_id
from seed.story import tell
from seed.visitors import CARD, visitor_url


async def words(sql: str) -> set[str]:
    return {row[0] for row in await fetch(sql)}


async def test_every_channel_state_flag_and_campaign_has_an_example(planted):
    assert await words("SELECT DISTINCT channel FROM visits_visit") == set(Channel)
    needs = f"SELECT DISTINCT {STATE_OF_CASE} FROM cases_case c WHERE c.origin_room = 'visits'"
    assert await words(needs) == set(NeedState)
    assert await words("SELECT DISTINCT kind FROM visits_flag") == set(FlagKind)
    assert await words("SELECT kind FROM visits_campaign") == set(CampaignKind)
    assert await words("SELECT DISTINCT c.code FROM visits_visit v JOIN visits_campaign c ON c.id = v.campaign") == {
        "enterprises",
        "villages",
        "people",
    }


async def test_each_flag_is_on_the_visit_that_tells_of_it(planted):
    for kind, name in FLAGGED.items():
        assert kind in await words(f"SELECT kind FROM visits_flag WHERE visit = '{odd_id(name)}'")


async def test_ordinary_contacts_carry_no_flags(planted):
    odd = [odd_id(name) for name in FLAGGED.values()]
    flagged = await fetch("SELECT DISTINCT visit FROM visits_flag WHERE visit <> ALL($1)", odd)

    assert len(flagged) <= 3


async def test_everything_of_the_demo_is_marked_as_such(planted):
    assert await words("SELECT DISTINCT demo FROM people_household") == {True}
    assert await words("SELECT DISTINCT door FROM visits_visit") == {"seed"}
    assert await words("SELECT DISTINCT demo_point FROM territory_division WHERE longitude IS NOT NULL") == {True}


async def test_no_telephone_number_is_one_that_could_ring(planted):
    people = await fetch("SELECT phone_sealed FROM people_person")
    contacts = await fetch("SELECT contact_phone_sealed FROM people_household")
    numbers = [unseal(row[0], column="people_person.phone_sealed") for row in people]
    numbers += [unseal(row[0], column="people_household.contact_phone_sealed") for row in contacts]

    assert len(set(numbers)) == len(EVERYBODY) + 300
    assert all(number.startswith("+86154") and len(number) == 14 for number in numbers)


async def test_nothing_of_the_story_lies_in_the_future(planted):
    latest = await fetch_row("SELECT greatest(max(received_at), max(occurred_at)) FROM visits_visit")
    moved = await fetch_row("SELECT max(at) FROM cases_event")

    assert max(latest[0], moved[0]) < clock.now()


async def test_the_household_of_the_examples_is_at_its_place(planted):
    lin = await fetch_row("SELECT * FROM people_household WHERE code = 'LLM-001'")

    assert lin["division_code"] == "371526101335"
    assert (lin["longitude"], lin["latitude"]) == (116.2815, 36.8967)
    assert unseal(lin["contact_name_sealed"], column="people_household.contact_name_sealed") == "林大山"


async def test_every_role_has_somebody_who_can_sign_in(planted):
    await accounts.set_passwords()

    assert [member.role for member in ONE_PER_ROLE] == list(Role)
    for role in Role:
        tokens = await sessions.sign_in(phone=holder(role).phone, password=accounts.password(), device_label="a test")
        by = await sessions.actor_of_access_token(tokens.access_token)
        assert by.has(role)


async def test_the_assistants_code_of_today_tells_who_he_is_at_every_start_until_his_card_is_ended(planted):
    urls = [await visitor_url("http://127.0.0.1:8000") for _ in range(2)]
    found = await verify_visitor(urls[0].removeprefix("http://127.0.0.1:8000/v/"), address="203.0.113.7")
    assert urls[0] == urls[1]
    assert found.name == holder(Role.ASSISTANT).name
    station = next(unit for unit in UNITS if unit.key == "police")
    assert (found.unit_name, found.unit_phone) == (station.name, station.public_phone)
    assert len(await fetch("SELECT FROM antifraud_visitor_card")) == 1

    supervisor = await sessions.actor(person_id=holder(Role.SUPERVISOR).id)
    await end_visitor_card(card_id=CARD, by=supervisor)
    assert await visitor_url("http://127.0.0.1:8000") == "http://127.0.0.1:8000/v"


async def test_the_story_is_the_same_at_every_telling():
    day = clock.today()

    assert tell(day, three_hundred()) == tell(day, three_hundred())


async def test_a_cadre_is_never_in_two_places_at_one_moment():
    told = tell(clock.today(), three_hundred())
    meetings = [(each.by, each.new.occurred_at) for each in told]

    assert len(meetings) == len(set(meetings))

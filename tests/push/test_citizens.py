"""Citizens without account: a number is proved before anything goes to it, all but emergencies can be muted, and who
stops is forgotten.
"""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from msgspec.structs import replace

from backend.core.database import fetch
from backend.core.ids import uuid7
from backend.core.settings import settings
from backend.people import actions, retention, station_codes
from backend.people.tables import UnitKind
from backend.push import actions as push
from backend.push import addresses, campaigns, citizen_codes, citizen_consent, citizen_sending, outlets
from backend.push.citizen_policies import CITIZEN_POLICIES
from backend.push.provider import AddressKind, Category, Sent
from backend.push.schemas import NewNotice
from tests.cast import VILLAGE
from tests.push.conftest import later

NUMBER = "139 0000 0001"
E164 = "+8613900000001"
FRAUD, WHEAT = "fraud.fake_loan", "crop.wheat"
READ = "2026-11-zh"


class Citizen:
    """A phone without an app, in front of the API."""

    def __init__(self, wire, station_code):
        self.wire, self.station_code = wire, station_code

    async def asks(self, number=NUMBER, id=None, **more):
        body = {"id": str(id or uuid7()), "phone": number, "station_code": self.station_code} | more
        return await self.wire.post("/citizen-warnings/codes", json=body)

    async def asked(self, number=NUMBER):
        answer = await self.asks(number)
        assert answer.status_code == 201, answer.text
        return UUID(answer.json()["id"])

    async def enters(self, code_id, code=None, **more):
        code = code or citizen_sending.code_of(code_id)
        body = {"code_id": str(code_id), "code": code, "text_version": READ} | more
        return await self.wire.post("/citizen-warnings", json=body)

    async def registers(self, number=NUMBER, interests=(), only_emergencies=False):
        wishes = {"interests": list(interests), "only_emergencies": only_emergencies}
        answer = await self.enters(await self.asked(number), wishes=wishes)
        assert answer.status_code == 201, answer.text
        return {"Citizen-Ticket": answer.json()["ticket"]}

    async def comes_back(self, code_id, code=None):
        body = {"code_id": str(code_id), "code": code or citizen_sending.code_of(code_id)}
        return await self.wire.post("/citizen-warnings/tickets", json=body)


@pytest.fixture
async def citizen(cast, wire, ways) -> Citizen:
    station = await actions.open_unit(id=uuid7(), name="服务点", kind=UnitKind.STATION, division_code=VILLAGE)
    return Citizen(wire, await station_codes.make_station_code(unit_id=station.id, by=cast.admin))


async def warned(cast, category=Category.SERVICE, **more):
    given = {"title_zh": "大风", "text_zh": "今夜有大风", "citizens": True, "public": True} | more
    await campaigns.send_notice(
        id=uuid7(), new=NewNotice(division_codes=[VILLAGE], category=category, **given), by=cast.supervisor
    )


async def addresses_in_use():
    return await fetch("SELECT * FROM push_address WHERE dead_at IS NULL")


# -- proving the number


async def test_nothing_goes_to_a_number_before_its_holder_typed_in_what_was_sent_to_it(citizen, ways, work, noon):
    code_id = await citizen.asked()
    await work()
    (sent,) = ways.sms.sent
    code = citizen_sending.code_of(code_id)
    assert (sent.address, sent.template, sent.parameters) == (E164, "citizen_code", {"code": code})
    assert code in sent.body
    assert await addresses_in_use() == []

    answer = await citizen.enters(code_id, f" {code[:3]} {code[3:]} ", wishes={"interests": [FRAUD]})
    assert answer.status_code == 201, answer.text
    assert answer.headers["cache-control"] == "no-store"
    (row,) = await addresses_in_use()
    assert (row["division_code"], row["interests"], row["muted"], row["opted_in_text"]) == (VILLAGE, [FRAUD], [], READ)
    assert answer.json()["warnings"]["phone_ends"] == "0001"
    assert E164[3:] not in answer.text


async def test_the_digits_lie_in_no_table_and_in_no_queue(citizen, noon):
    code = citizen_sending.code_of(await citizen.asked())
    for table in ("push_citizen_code", "push_notice", "pgqueuer"):
        assert code not in str(await fetch(f"SELECT * FROM {table}"))


async def test_the_same_id_sends_once_and_the_same_digits_register_once(citizen, ways, work, noon):
    id = uuid7()
    assert [(await citizen.asks(id=id)).status_code for _ in range(2)] == [201, 200]
    await work()
    assert len(ways.sms.sent) == 1
    assert (await citizen.asks("13900000002", id=id)).status_code == 409
    first, again = await citizen.enters(id), await citizen.enters(id)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["warnings"] == again.json()["warnings"]
    assert len(await addresses_in_use()) == len(await fetch("SELECT 1 FROM push_citizen_consent")) == 1


async def test_a_wrong_code_an_old_one_and_one_never_sent_are_the_same_answer(citizen, noon):
    code_id = await citizen.asked()
    right = citizen_sending.code_of(code_id)
    wrong = "000000" if right != "000000" else "111111"
    answers = [await citizen.enters(code_id, wrong), await citizen.enters(uuid4(), right)]
    with later(minutes=11):
        answers.append(await citizen.enters(code_id, right))
    assert {(each.status_code, each.json()["code"]) for each in answers} == {(403, "push/code-refused")}
    assert len({each.json()["detail"] for each in answers}) == 1


async def test_after_five_tries_the_right_digits_open_nothing_either(citizen, noon):
    code_id = await citizen.asked()
    for _ in range(5):
        assert (await citizen.enters(code_id, "1234567")).status_code == 403
    assert (await citizen.enters(code_id)).status_code == 403
    assert await addresses_in_use() == []


async def test_one_number_is_not_pestered_and_one_device_does_not_pester_many(citizen, monkeypatch, noon):
    for _ in range(3):
        await citizen.asked()
    refused = await citizen.asks()
    assert (refused.status_code, refused.json()["code"]) == (429, "push/codes-rationed")
    assert 0 < int(refused.headers["retry-after"]) <= 600
    few = replace(CITIZEN_POLICIES[0], codes_per_device=replace(CITIZEN_POLICIES[0].codes_per_device, at_once=2))
    monkeypatch.setattr(citizen_codes, "citizen_policy", lambda _: few)
    with later(days=1):
        answers = [(await citizen.asks(f"1390000001{n}")).status_code for n in range(3)]
    assert answers == [201, 201, 429]


async def test_a_gateway_that_stumbles_is_asked_again_as_long_as_the_digits_count(citizen, ways, work, noon):
    ways.sms.faults[E164] = [Sent.RETRY_AFTER, Sent.UNKNOWN]
    await citizen.asked()
    await work()
    for _ in range(3):
        await work(late=True)
    assert len(ways.sms.sent) == 3
    assert len({message.dedupe_id for message in ways.sms.sent}) == 1
    with later(minutes=11):
        await citizen.asked("13900000002")
        ways.sms.down = True
        await work()
    with later(minutes=30):
        await work(late=True)
    assert len(ways.sms.sent) == 4


# -- wrong shapes, strangers


@pytest.mark.parametrize(
    ("path", "body", "pointer"),
    [
        ("codes", {"phone": "abc"}, "/phone"),
        ("codes", {"phone": "0635 3950001"}, "/phone"),
        ("codes", {"phone": "+1 202 555 0100"}, "/phone"),
        ("codes", {"id": "7"}, "/id"),
        ("", {"text_version": "1999-01-zh"}, "/text_version"),
        ("", {"wishes": {"interests": ["两个 字"]}}, "/wishes/interests/0"),
        ("", {"wishes": {"mute": "emergency"}}, "/wishes/mute"),
    ],
)
async def test_what_has_the_wrong_shape_is_told_which_part(citizen, path, body, pointer, noon):
    answer = await (citizen.asks(**body) if path else citizen.enters(await citizen.asked(), **body))
    assert answer.status_code == 400, answer.text
    assert pointer in [error["pointer"] for error in answer.json()["errors"]], answer.text


async def test_without_a_stations_code_nothing_is_sent(citizen, ways, work, noon):
    citizen.station_code = "0000-0000-0000-0000"
    assert (await citizen.asks()).status_code == 401
    await work()
    assert ways.sms.sent == []


@pytest.mark.parametrize("ticket", ["", "x", "AAAA" * 20])
async def test_a_ticket_that_was_made_up_opens_nothing(citizen, ticket, noon):
    for method in ("GET", "DELETE"):
        answer = await citizen.wire.request(method, "/citizen-warnings", headers={"Citizen-Ticket": ticket})
        assert answer.status_code == 403, answer.text
    assert (await citizen.wire.get("/citizen-warnings")).status_code == 400


async def test_a_ticket_counts_for_half_an_hour_and_new_digits_open_the_page_again(citizen, noon):
    ticket = await citizen.registers()
    with later(minutes=31):
        assert (await citizen.wire.get("/citizen-warnings", headers=ticket)).status_code == 403
        back = await citizen.comes_back(await citizen.asked())
        assert back.status_code == 200
        fresh = {"Citizen-Ticket": back.json()["ticket"]}
        assert (await citizen.wire.get("/citizen-warnings", headers=fresh)).json()["division_code"] == VILLAGE
        unknown = await citizen.comes_back(await citizen.asked("13900000009"))
        assert (unknown.status_code, unknown.json()["code"]) == (404, "push/not-registered")


async def test_a_staff_number_stays_its_owners(citizen, cast, phone, noon):
    await phone(cast.cadre, E164, AddressKind.SMS)
    answer = await citizen.enters(await citizen.asked())
    assert (answer.status_code, answer.json()["code"]) == (409, "push/staff-number")
    (row,) = await addresses_in_use()
    assert row["person"] == cast.cadre.person_id


# -- what he gets


async def test_who_wants_only_emergencies_gets_only_emergencies_and_can_take_it_back(citizen, cast, ways, work, noon):
    ticket = await citizen.registers(interests=[FRAUD])
    quiet = {"interests": [FRAUD], "only_emergencies": True}
    for _ in range(2):
        answer = await citizen.wire.put("/citizen-warnings", json=quiet, headers=ticket)
        assert (answer.status_code, answer.json()["only_emergencies"]) == (200, True)
    await work()
    ways.sms.calls.clear()

    await warned(cast)
    await warned(cast, interests=[FRAUD])
    await work()
    assert ways.sms.sent == []
    await warned(cast, Category.EMERGENCY)
    await work()
    assert [message.address for message in ways.sms.sent] == [E164]

    await citizen.wire.put("/citizen-warnings", json=quiet | {"only_emergencies": False}, headers=ticket)
    await warned(cast, interests=[FRAUD])
    await warned(cast, interests=[WHEAT])
    await work()
    assert len(ways.sms.sent) == 2


async def test_every_text_message_of_a_public_warning_says_how_to_stop_it_and_has_no_link(
    citizen, cast, phone, ways, work, noon
):
    await citizen.registers()
    await phone(cast.cadre, "+8613900000077", AddressKind.SMS)
    await work()
    ways.sms.calls.clear()
    for category in (Category.EMERGENCY, Category.SERVICE):
        await warned(cast, category, roles=["cadre"], no_links=True)
    await work()
    await work(late=True)
    told = {message.body for message in ways.sms.to(E164)}
    assert told == {"今夜有大风 退订回TD"}
    assert {message.parameters["text"] for message in ways.sms.to(E164)} == told
    assert {message.body for message in ways.sms.to("+8613900000077")} == {"今夜有大风"}, "staff are on duty"


async def test_who_stops_is_forgotten_at_once_and_twice_is_once(citizen, cast, ways, work, noon):
    ticket = await citizen.registers()
    for _ in range(2):
        answer = await citizen.wire.delete("/citizen-warnings", headers=ticket)
        assert answer.status_code == 204
    assert await fetch("SELECT 1 FROM push_address") == []
    assert (await citizen.wire.get("/citizen-warnings", headers=ticket)).status_code == 403
    rows = await fetch("SELECT given FROM push_citizen_consent")
    assert sorted(row["given"] for row in rows) == [False, True]
    await work()
    ways.sms.calls.clear()
    await warned(cast, Category.EMERGENCY)
    await work()
    assert ways.sms.sent == []


async def test_who_answers_td_gets_nothing_more_and_his_number_is_gone_two_days_after_the_operator_said_so(
    citizen, cast, ways, work, noon
):
    await citizen.registers()
    await work()
    ways.sms.faults[E164] = [Sent.PERMANENT_INVALID]
    await warned(cast, Category.EMERGENCY)
    await work()
    assert await addresses_in_use() == []
    rule = {each.name: each for each in retention.rules()}["push.citizens_gone"]
    for days, left in ((0.9, 1), (2, 0)):
        with later(days=days):
            await retention.apply_rule(rule)
        assert len(await fetch("SELECT 1 FROM push_address")) == left


async def test_a_number_left_for_one_matter_gets_no_warnings_and_takes_no_subscription_away(
    citizen, cast, ways, work, noon
):
    matter = uuid4()
    left = {"phone": NUMBER, "opted_in_text": "v1"}
    assert await addresses.reach_by_phone(citizen_id=matter, **left) == matter
    await warned(cast, Category.EMERGENCY)
    await work()
    assert ways.sms.sent == [], "nobody asked for warnings"

    await citizen.registers(interests=[WHEAT])
    (subscribed,) = {row["subject"] for row in await addresses_in_use()}
    assert await addresses.reach_by_phone(citizen_id=uuid4(), **left) == subscribed
    told = {"text": push.Text(zh="有回音了", public=True), "category": Category.SERVICE, "dedupe_key": "1"}
    await push.notify(to=subscribed, **told)
    await work()
    assert ways.sms.sent[-1].body == "有回音了", "his own matter needs no way out"
    (row,) = await addresses_in_use()
    assert row["interests"] == [WHEAT]


async def test_a_households_number_stays_the_households_with_its_holders_wishes(citizen, cast, noon):
    household_id = (await fetch("SELECT id FROM people_household LIMIT 1"))[0]["id"]
    consent_id = uuid4()
    await fetch(
        "INSERT INTO people_consent (id, household, purpose, text_version, text_sha256, channel, method, given, at) "
        "VALUES ($1, $2, 'notices', 'v1', '\\x00', 'visit', 'spoken', TRUE, now())",
        consent_id,
        household_id,
    )
    await addresses.register_household_address(
        id=uuid4(),
        household_id=household_id,
        kind=AddressKind.SMS,
        value=E164,
        consent_id=consent_id,
        division_code=VILLAGE,
    )
    await citizen.registers(only_emergencies=True)
    (row,) = await addresses_in_use()
    assert (row["household"], sorted(row["muted"])) == (household_id, ["info", "service"])


# -- consent, desks, forgetting


async def test_the_ledger_keeps_the_hash_of_the_very_text_that_was_shown(citizen, noon):
    shown = (await citizen.wire.get("/citizen-warnings/consent")).json()
    assert "退订" in shown["text"]
    answer = await citizen.enters(await citizen.asked(), text_version=shown["text_version"])
    assert answer.status_code == 201
    (line,) = await fetch("SELECT * FROM push_citizen_consent")
    assert bytes(line["text_sha256"]) == citizen_consent.sha256_of(shown["text_version"])
    assert (line["channel"], line["method"], line["given"], line["recorded_by"]) == ("page", "tapped", True, None)


async def test_at_a_desk_he_hears_the_text_tells_the_digits_and_it_is_written_down_who_heard_his_yes(
    citizen, cast, wire, as_, noon
):
    path, id = "/desk/citizen-warnings", uuid7()
    asking = {"id": str(id), "phone": NUMBER, "division_code": VILLAGE}
    said = {"code_id": str(id), "code": citizen_sending.code_of(id), "text_version": "2026-11-aloud-zh"}
    said |= {"channel": "call", "wishes": {"interests": [WHEAT]}}
    for body, where in ((asking, f"{path}/codes"), (said, path)):
        assert (await wire.post(where, json=body)).status_code == 401
        assert (await wire.post(where, json=body | {"extra": 1}, headers=await as_(cast.operator))).status_code == 400
        assert (await wire.post(where, json=body, headers=await as_(cast.auditor))).status_code == 403
    elsewhere = asking | {"division_code": "110101001001"}
    assert (await wire.post(f"{path}/codes", json=elsewhere, headers=await as_(cast.operator))).status_code == 403
    mine = await as_(cast.operator)
    assert "TD" in (await wire.get(f"{path}/consent", headers=mine)).json()["text"]
    assert [(await wire.post(f"{path}/codes", json=asking, headers=mine)).status_code for _ in range(2)] == [201, 200]
    assert (await wire.post(path, json=said, headers=await as_(cast.cadre))).status_code == 403, "another desk's code"
    answers = [await wire.post(path, json=said, headers=mine) for _ in range(2)]
    assert [each.status_code for each in answers] == [201, 200], answers[0].text
    assert "ticket" not in answers[0].json()
    (line,) = await fetch("SELECT * FROM push_citizen_consent")
    assert (line["channel"], line["method"], line["recorded_by"]) == ("call", "spoken", cast.operator.person_id)

    digits = {"code_id": str(id), "code": citizen_sending.code_of(id)}
    assert (await wire.post(f"{path}/stop", json=digits)).status_code == 401
    assert (await wire.post(f"{path}/stop", json=digits, headers=await as_(cast.technician))).status_code == 403
    for _ in range(2):
        assert (await wire.post(f"{path}/stop", json=digits, headers=mine)).status_code == 204
    assert await fetch("SELECT 1 FROM push_address") == []
    assert sorted(row["given"] for row in await fetch("SELECT given FROM push_citizen_consent")) == [False, True]


async def test_codes_are_gone_after_a_day_and_a_ledger_line_three_years_after_its_number(citizen, noon):
    ticket = await citizen.registers()
    await citizen.wire.delete("/citizen-warnings", headers=ticket)
    await citizen.registers("13900000002")
    rules = {each.name: each for each in retention.rules()}
    with later(days=2):
        await retention.apply_rule(rules["push.citizen_codes"])
        await retention.apply_rule(rules["push.citizen_consents"])
    assert await fetch("SELECT 1 FROM push_citizen_code") == []
    assert len(await fetch("SELECT 1 FROM push_citizen_consent")) == 3
    with later(days=1097):
        await retention.apply_rule(rules["push.citizen_consents"])
    (left,) = await fetch("SELECT given FROM push_citizen_consent")
    assert left["given"] is True, "its number is in use"


async def test_a_demo_shows_what_it_does_not_send_and_nothing_else_does(citizen, ways, monkeypatch, noon):
    assert (await citizen.asks()).json()["shown"] is None
    monkeypatch.setattr(outlets, "in_use", list)
    nobody_sends = await citizen.asks("13900000002")
    assert (nobody_sends.status_code, nobody_sends.json()["code"]) == (503, "push/no-text-messages")
    monkeypatch.setattr(citizen_sending, "settings", lambda: replace(settings(), sms_stand_in=True))
    told = (await citizen.asks("13900000003")).json()
    assert citizen_sending.code_of(UUID(told["id"])) in told["shown"]


def test_the_policy_bounds_what_can_be_guessed_in_a_day():
    policy = CITIZEN_POLICIES[-1]
    assert policy.tries * policy.codes_per_number_day.at_once <= 30
    assert policy.code_valid_for <= timedelta(minutes=10)

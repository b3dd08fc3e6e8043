"""A county edits what its phones ask: its own form becomes visits, old versions go on being taken, a mended mapping
picks up what waited."""

from uuid import UUID

import pytest
from lxml import etree

from backend.core.database import fetch, fetch_row
from backend.kits.publishing import publish
from backend.kits.states import set_form_state
from backend.kits.words import FormState, KitOrigin
from backend.openrosa import submission_routes
from tests.antifraud.outreach import client_of, signed_in
from tests.kits.small_kit import KIT_TOML, SHEET, checked, forgotten, write
from tests.openrosa.collect import PHOTO, message, send

FIRST, NEXT = "2026112201", "2026112202"
ID = UUID("0193a7c0-1111-7000-8000-000000000001")
RAISED = KIT_TOML.replace(FIRST, NEXT)
RENAMED = SHEET.replace("card ", "household").replace(FIRST, NEXT)
README = "`seen/at` `seen/village` `seen/household` `seen/photo` `need/category` `need/what` `meta/instanceID`\n"


@pytest.fixture
async def county(cast, tmp_path):
    """Publishes the county's kit, with other files in place of some: `await county(**{"kit.toml": …})`."""

    async def published(**instead):
        return await publish(checked=checked(write(tmp_path, **instead)), origin=KitOrigin.SENT, by=cast.admin)

    async with forgotten():
        yield published


@pytest.fixture
async def desk():
    async with client_of(submission_routes.router) as opened:
        yield opened


def seen(version=FIRST, *, card="<card>LLM-001</card>", needs="", n=ID, photo="") -> bytes:
    return (
        f'<data id="orchard" version="{version}"><seen><at>2026-11-20T15:31:52.417+08:00</at>{card}'
        f"<photo>{photo}</photo></seen>{needs}<meta><instanceID>uuid:{n}</instanceID></meta></data>"
    ).encode()


async def listed(phone):
    forms = etree.fromstring((await phone.get("/formList?formID=orchard")).content)
    return [each.findtext("{*}version") for each in forms]


async def state() -> str:
    return (await fetch_row("SELECT state FROM openrosa_submission"))["state"]


async def test_a_form_that_nobody_programmed_becomes_a_visit_with_its_needs_and_photos(phone, county, cast):
    await county()
    need = "<need><category>production</category><what>机井坏了</what></need>"
    answer = await send(phone, seen(needs=need + "<need/>", photo="1.jpg"), {"1.jpg": PHOTO})

    assert (answer.status_code, message(answer, "submit_success")) == (201, "已收到，谢谢！")
    visit = await fetch_row("SELECT id, channel, household FROM visits_visit")
    assert tuple(visit) == (ID, "visit", cast.household)
    assert [row["description"] for row in await fetch("SELECT description FROM cases_case")] == ["机井坏了"]
    assert [row["kind"] for row in await fetch("SELECT kind FROM visits_photo")] == ["scene"]


async def test_phones_that_were_offline_for_a_month_still_send_the_old_version(phone, county):
    await county()
    await county(**{"kit.toml": RAISED.replace("seen/card", "seen/household"), "forms/orchard.md": RENAMED,
                    "README.md": README})  # fmt: skip
    assert await listed(phone) == [NEXT]

    old = await send(phone, seen())
    new = await send(phone, seen(NEXT, card="<household>LLM-002</household>", n=UUID(int=ID.int + 1)))
    assert (old.status_code, new.status_code) == (201, 201)
    assert len(await fetch("SELECT 1 FROM visits_visit")) == 2


async def test_a_closing_form_is_listed_no_more_and_taken_a_closed_one_neither(phone, county, cast):
    await county()
    await set_form_state(form_id="orchard", version=FIRST, state=FormState.CLOSING, by=cast.admin)
    assert await listed(phone) == []
    assert (await send(phone, seen())).status_code == 201

    await set_form_state(form_id="orchard", version=FIRST, state=FormState.CLOSED, by=cast.admin)
    refused = await send(phone, seen(n=UUID(int=ID.int + 1)))
    assert (refused.status_code, "已停用" in message(refused)) == (409, True)


async def test_whoever_does_not_carry_the_kit_is_refused(phone_of, county, cast):
    await county()
    for who, says in ((cast.assistant, "职务"), (cast.stranger, "不在您工作的地方")):
        answer = await send(await phone_of(who), seen())
        assert (answer.status_code, says in message(answer)) == (403, True), message(answer)
    assert await fetch("SELECT 1 FROM openrosa_submission") == []


async def test_a_mended_mapping_picks_up_what_waited(phone, desk, county, cast):
    """The first mapping reads the card out of the wrong field."""
    await county(**{"kit.toml": KIT_TOML.replace('household_code = "seen/card"', 'household_code = "seen/village"')})
    await send(phone, seen(card="<card>LLM-001</card>"))
    assert await state() == "attention"

    await county(**{"kit.toml": RAISED})
    row = await fetch_row("SELECT id FROM openrosa_submission")
    answer = await desk.post(f"/submissions/{row['id']}/mapping", json={}, headers=await signed_in(cast.supervisor))
    assert (answer.status_code, answer.json()["state"]) == (200, "recorded")
    assert await state() == "recorded"


async def test_another_version_s_mapping_may_be_asked_for(phone, desk, county, cast):
    await county(**{"kit.toml": KIT_TOML.replace('household_code = "seen/card"', 'household_code = "seen/village"')})
    await county(**{"kit.toml": RAISED, "forms/orchard.md": SHEET.replace(FIRST, NEXT)})
    await send(phone, seen())
    row = await fetch_row("SELECT id, state FROM openrosa_submission")
    assert row["state"] == "attention"
    headers = await signed_in(cast.supervisor)
    address = f"/submissions/{row['id']}/mapping"
    assert (await desk.post(address, json={"form_version": "1999"}, headers=headers)).status_code == 404
    answer = await desk.post(address, json={"form_version": NEXT}, headers=headers)
    assert (answer.status_code, answer.json()["state"]) == (200, "recorded")

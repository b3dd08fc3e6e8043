"""Two people put one card right without signal: one change is stored, one waits, a third decides, all say the same."""

import asyncio
from pathlib import Path
from typing import Any

import httpx
import pytest
from lianxin_client import Phone, Store

from backend.core import ids
from backend.people import actions, one_time_links, passwords
from backend.people.actors import Actor
from backend.people.tables import Role
from tests.antifraud.outreach import signed_in
from tests.application import whole_house
from tests.cast import PASSWORD, SINCE, TOWNSHIP, Cast, phone_of
from tests.console.bench_desk import SAME_SITE
from tests.sync.line import Line


class Pocket:
    """One person's phone: it has a line when it syncs, and none otherwise."""

    def __init__(self, file: Path, line: Line) -> None:
        self.phone = Phone(Store(file), httpx.Client(base_url="http://test", transport=line))

    async def taken_by(self, number: str) -> "Pocket":
        await asyncio.to_thread(self.phone.sign_in, number, PASSWORD)
        await self.sync()
        return self

    async def sync(self) -> None:
        await asyncio.to_thread(self.phone.sync)

    def puts_right(self, household: Any, **needs: Any) -> str:
        """Without a line; the command's id."""
        changes = {name: {"from": had, "to": wanted} for name, (had, wanted) in needs.items()}
        arguments = {"household_id": str(household), "changes": changes, "reason": "上门核对的"}
        return self.phone.do("amendHousehold", arguments)

    def needs_of(self, household: Any) -> Any:
        [card] = [each for each in self.phone.records("households") if each["id"] == str(household)]
        return card["service_needs"]

    def asked(self) -> list[Any]:
        """What its owner is asked to decide."""
        return [task for task in self.phone.my_day() if task["origin_room"] == "sync"]

    def standing(self, command: str) -> tuple[str, Any]:
        """Where a command stands, and what a person said about it."""
        [found] = [each for each in self.phone.queue.all() if each.id == command]
        return found.standing.value, found.verdict.get("decision")


@pytest.fixture
async def house(cast: Cast) -> Any:
    app = whole_house()
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        yield app, client


async def test_two_people_put_one_card_right_offline_and_a_third_decides(cast: Cast, house: Any, tmp_path: Path):
    app, client = house
    line = Line(app, asyncio.get_running_loop())
    his = await Pocket(tmp_path / "cadre.sqlite", line).taken_by(phone_of("cadre"))
    hers = await Pocket(tmp_path / "township.sqlite", line).taken_by(await _township_supervisor())
    desks = await Pocket(tmp_path / "desk.sqlite", line).taken_by(phone_of("supervisor"))

    hers.puts_right(cast.household, service_needs=(["crop-advice"], ["policy"]))
    wanted = his.puts_right(
        cast.household,
        service_needs=(["crop-advice"], ["crop-advice", "soil-test"]),
        address_note=("村东第1排", "村北"),
    )
    await hers.sync()
    await his.sync()

    assert his.standing(wanted) == ("conflict", None), "it waits for a person, and neither is lost"
    assert his.needs_of(cast.household) == ["policy"]
    await hers.sync()
    await desks.sync()
    assert his.asked() == hers.asked() == [], "nobody is asked about his own words"
    [task] = desks.asked()
    assert task["title_zh"] == "户卡 LLM-001 有两个人都改了，请选定留哪一个。"

    await _decided_at_the_desk(client, cast.supervisor, task["link"], wanted)
    for each in (his, hers, desks):
        await each.sync()

    assert his.needs_of(cast.household) == ["crop-advice", "soil-test"]
    assert his.standing(wanted) == ("decided", {"service_needs": "phone"})
    assert desks.asked() == hers.phone.attention() == []
    told = await _api(client, cast.cadre, "/my/notices")
    assert "需要的服务用您写的" in told["items"][0]["text"]
    card = await _api(client, cast.cadre, f"/households/{cast.household}")
    assert card["service_needs"] == his.needs_of(cast.household), "house and phone agree"
    contact = await _api(client, cast.cadre, f"/households/{cast.household}/contact")
    assert contact["address_note"] == "村北", "what nobody contested was done at once"
    his.phone.let_be(wanted)
    assert his.phone.attention() == []


async def _township_supervisor() -> str:
    """A colleague between the cadre and the county; her number."""
    number = "199 0000 0088"
    person = await actions.open_account(id=ids.uuid7(), name="刘春燕", phone=number)
    await actions.assign_role(person_id=person.id, role=Role.SUPERVISOR, division_code=TOWNSHIP, valid_from=SINCE)
    encoded = await asyncio.to_thread(passwords.hasher.hash, PASSWORD)
    await one_time_links.set_password_hash(person_id=person.id, encoded=encoded)
    return number


async def _decided_at_the_desk(client: httpx.AsyncClient, by: Actor, link: str, conflict_id: str) -> None:
    """He follows his task's link, sees both, and taps once."""
    signed = await signed_in(by)
    page = await client.get(link, headers=signed, follow_redirects=True)
    assert page.status_code == 200
    assert f'action="/console/conflicts/{conflict_id}"' in page.text
    tapped = {"keep-service_needs": "phone"}
    done = await client.post(f"/console/conflicts/{conflict_id}", data=tapped, headers=signed | SAME_SITE)
    assert done.status_code == 303


async def _api(client: httpx.AsyncClient, by: Actor, path: str) -> Any:
    answer = await client.get(f"/api/v1{path}", headers=await signed_in(by))
    assert answer.is_success, answer.text
    return answer.json()

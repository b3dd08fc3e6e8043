"""A call at two in the morning: taken down once, asked for until somebody acts, answered, and opened again."""

import asyncio
import re
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any
from uuid import uuid4

import httpx

from tests.house import House
from tests.journeys.night import AT_TWO, DANGER, Night, case_path, danger, step
from tests.media.drawn import field, saved

OPERATOR, SUPERVISOR = "15400000014", "15400000016"
SAME_ORIGIN = {"Origin": "http://test"}


async def test_a_call_at_two_is_asked_for_until_it_is_done_and_comes_back_when_it_was_not(night: Night):
    opened = await night.post(night.clerk, "/cases", danger(), status=201)
    case, number, secret = opened["case"], opened["case"]["number"], opened["secret"]
    assert opened["proposal"]["unit"]["id"] == str(night.desk.roads)
    assert _clock(case)["due_at"] == _utc(AT_TWO + timedelta(hours=2))

    await night.post(night.clerk, f"{case_path(case)}/dispatch", step())
    await night.work()
    (asked,) = await night.tasks(night.mason, "acknowledge")
    assert (asked["urgency"], asked["link"]) == ("emergency", f"/console/cases/{case['id']}")
    assert [message.link for message in night.rung(night.mason)] == [asked["link"]]
    assert await night.tasks(night.relief, "acknowledge") == []

    await _nobody_acts(night, case)
    await _done(night, case)
    page = await _read_by_the_citizen(night, number, secret)
    again = await _comes_back(night, page, number, secret)

    assert (again["state"], again["stage"]) == ("reopened", "received")
    assert (await night.get(night.clerk, f"{case_path(case)}/timeline/verification"))["intact"]


async def _nobody_acts(night: Night, case: dict[str, Any]) -> None:
    """75 % at 3:30, 90 % at 3:48, 100 % at 4:00: first he is asked, ten minutes later his supervisor."""
    supervisor = night.cast.supervisor
    for minutes, him, his_supervisor in ((89, 0, 0), (90, 1, 0), (101, 1, 1), (108, 2, 1), (119, 2, 2), (120, 3, 2)):
        with night.later(minutes=minutes, seconds=1):
            await night.minute_passes()
            told = len(await night.tasks(night.mason, "expedite")), len(await night.tasks(supervisor, "expedite"))
        assert told == (him, his_supervisor), minutes
    with night.later(minutes=121):
        (why, _) = await night.get(night.clerk, f"{case_path(case)}/deadlines")
    assert [(notice["number"], notice["percent"]) for notice in why["notices"]] == [(1, 75), (2, 90), (3, 100)]
    assert why["clock"]["light"] == "red"
    assert len(night.rung(supervisor)) >= 2, "it rings at night, and rings on"


async def _done(night: Night, case: dict[str, Any]) -> None:
    """He takes it in hand at ten past four, and shows what it was like before and after."""
    with night.later(hours=2, minutes=10):
        (newest, *_) = await night.tasks(night.mason, "expedite")
        await night.post(night.mason, f"/tasks/{newest['id']}/acknowledgement")
        await night.post(night.mason, f"{case_path(case)}/taking-in-hand", step())
    with night.later(hours=3):
        photos = [await night.photo(night.mason, saved(field(seed=n, size=(80, 60)))) for n in (1, 2)]
        done = await night.post(
            night.mason, f"{case_path(case)}/resolution", step(remark="树锯开拉走，路通了", photo_ids=photos)
        )
        assert (done["state"], sorted(done["photo_ids"])) == ("resolved", sorted(photos))
        assert _clock(done)["in_time"] is False, "late is late, and it is told"
        assert await night.tasks(night.mason, "expedite") == [], "what was asked for has happened"
    with night.later(hours=6):
        await night.work()
        await night.post(night.clerk, f"{case_path(case)}/answer", step(remark="五点路就通了，谢谢您"))


async def _read_by_the_citizen(night: Night, number: str, secret: str) -> str:
    """The page of his receipt, as a browser without a script has it."""
    with night.later(hours=7):
        closed = await night.client.get(f"/r/{number}")
        assert "树锯开" not in closed.text, "a number alone opens nothing"
        wrong = "000000" if secret != "000000" else "111111"
        refused = await night.client.post(f"/r/{number}", data={"secret": wrong})
        assert refused.status_code == 404
        page = await night.client.post(f"/r/{number}", data={"secret": secret}, follow_redirects=True)
        assert "树锯开拉走，路通了" in page.text
        photos = [await night.client.get(unescape(each)) for each in re.findall(r'href="([^"]+)">照片', page.text)]
        assert [each.headers["content-type"].partition("/")[0] for each in photos] == ["image"] * 2, photos[0].text
        assert "褚路工" not in page.text, "nobody of the staff is named"
        return page.text


async def _comes_back(night: Night, page: str, number: str, secret: str) -> dict[str, Any]:
    """He is not satisfied, says why, and has it opened again: a whole new limit, and the unit is told."""
    with night.later(hours=7, minutes=5):
        await _send(night, number, "evaluation", page, judged="dissatisfied", words="枝子还在沟里")
        await _send(night, number, "reopening", page, words="沟堵了，水漫到路上")
        answer = await night.client.post(f"/api/v1/receipts/{number}/tracking", json={"secret": secret})
        told = answer.json()
        assert _clock(told)["due_at"] == _utc(AT_TWO + timedelta(hours=9, minutes=5))
        assert _clock(told)["stopped_at"] is None
        (again,) = await night.tasks(night.relief, "other") or await night.tasks(night.mason, "other")
        assert again["urgency"] == "emergency"
        return told


async def _send(night: Night, number: str, what: str, page: str, **said: str) -> None:
    sent = {"id": str(uuid4()), **said}
    for _ in range(2):  # a second tap is the same step
        answer = await night.client.post(f"/r/{number}/{what}", data=sent, headers=SAME_ORIGIN)
        assert answer.status_code == 303, answer.text
    assert re.search(rf'action="[^"]*{what}', page), what


async def test_the_same_call_typed_in_twice_is_one_case(night: Night):
    said = danger()

    heard = await asyncio.gather(*(night.post(night.clerk, "/cases", said) for _ in range(4)))
    again = await night.post(night.clerk, "/cases", said, status=200)

    assert {each["case"]["id"] for each in heard} == {said["id"]}
    assert len([each for each in heard if each["secret"]]) == 1, "the secret is told once"
    assert again["secret"] is None
    await night.post(night.clerk, "/cases", said | {"title": "另一件事"}, status=409)
    listed = await night.get(night.clerk, f"/cases?category_code={DANGER}")
    assert [each["id"] for each in listed["items"]] == [said["id"]]


class Calls:
    """Calls that never end, and what the desk heard."""

    def __init__(self, house: House, signed_in: dict[str, str]) -> None:
        self.client = httpx.AsyncClient(base_url=f"{house.url}/api/v1", headers=signed_in, timeout=20)
        self.said: dict[str, dict[str, str]] = {}
        self.acknowledged: set[str] = set()
        self.cut = 0
        self.enough = asyncio.Event()

    async def open_until_cut(self, enough_n: int) -> None:
        """Eight operators; each goes on until his line is cut."""
        await asyncio.gather(*(self._operator(enough_n) for _ in range(8)))

    async def _operator(self, enough_n: int) -> None:
        while True:
            id, call = str(uuid4()), _call(len(self.said))
            self.said[id] = call
            try:
                answer = await self.client.post("/cases", json={"id": id, **call})
            except httpx.TransportError:
                self.cut += 1
                return
            if answer.status_code == 201:
                self.acknowledged.add(id)
            else:
                await asyncio.sleep(0.05)
            if len(self.acknowledged) >= enough_n:
                self.enough.set()

    async def open_again(self) -> dict[str, int]:
        """All of them once more; the status of each."""
        answers = await asyncio.gather(
            *(self.client.post("/cases", json={"id": id, **call}) for id, call in self.said.items())
        )
        return {id: answer.status_code for id, answer in zip(self.said, answers, strict=True)}

    async def listed(self) -> list[dict[str, Any]]:
        """Every case that the list shows under their category, page by page."""
        cases, more = [], {}
        while more is not None:
            asked = {"category_code": "planning_construction.water", "limit": "100"} | more
            page = (await self.client.get("/cases", params=asked)).json()
            cases += page["items"]
            more = {"cursor": page["next_cursor"]} if page["next_cursor"] else None
        return cases


def _call(number: int) -> dict[str, str]:
    opened_at = datetime.now(UTC) - timedelta(minutes=number % 120)
    return {
        "channel": "phone",
        "category_code": "planning_construction.water",  # its route dispatches by itself: two steps in one transaction
        "title": f"第{number}个电话：没水",
        "division_code": "371526101335",
        "opened_at": opened_at.isoformat(),
    }


async def test_no_acknowledged_case_is_lost_when_everything_is_killed_and_every_timeline_verifies(house: House, seeded):
    password = house.move_in(seeded)
    house.open()
    calls = Calls(house, house.sign_in(OPERATOR, password))
    opening = asyncio.create_task(calls.open_until_cut(15))
    await asyncio.wait_for(calls.enough.wait(), 20)
    await asyncio.to_thread(house.kill_everybody, postgres_first=True)
    await opening
    assert calls.cut == 8
    assert 15 <= len(calls.acknowledged) < len(calls.said)

    await asyncio.to_thread(house.open)

    again = await calls.open_again()
    assert {again[id] for id in calls.acknowledged} == {200}, "each is there already"
    assert set(again.values()) <= {200, 201}
    await asyncio.gather(*(_is_whole(calls.client, id) for id in calls.said))
    listed = await calls.listed()
    await calls.client.aclose()
    numbers = [case["number"] for case in listed]
    assert len(numbers) == len(set(numbers))
    assert len([case for case in listed if case["id"] in calls.said]) == len(calls.said)
    assert house.close() == 0


async def _is_whole(desk: httpx.AsyncClient, id: str) -> None:
    """Opened, dispatched by the rule, both clocks running, each line as it was written."""
    case = (await desk.get(f"/cases/{id}")).json()
    assert (case["state"], len(case["clocks"])) == ("dispatched", 2)
    checked = (await desk.get(f"/cases/{id}/timeline/verification")).json()
    assert (checked["intact"], checked["lines_n"]) == (True, 2), checked


def _clock(case: dict[str, Any]) -> dict[str, Any]:
    """The one until the citizen is answered."""
    return next(each for each in case["clocks"] if each["kind"] == "response")


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")

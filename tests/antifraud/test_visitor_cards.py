"""Visitors' cards over HTTP: nobody, the wrong shape, a stranger, the right person, twice."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID

import httpx
import pytest

from backend.antifraud import visitor_routes
from backend.antifraud.visitor_checking import verify_visitor
from backend.antifraud.visitor_refusals import VisitorCardThere
from backend.core import clock, ids
from backend.people import actions
from backend.people.tables import Role, UnitKind
from tests.antifraud.visitors import HERE, Visitors
from tests.cast import OTHER_COUNTY, SINCE
from tests.laboratory.bench import client_of, signed_in

CARDS = "/antifraud/visitor-cards"


@pytest.fixture
async def visitors(cast) -> Visitors:
    made = Visitors(cast)
    await made.open()
    return made


@pytest.fixture
async def wire(visitors: Visitors) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(visitor_routes.router, visitor_routes.public_router) as client:
        yield client


def told(visitors: Visitors, **more: object) -> dict:
    new = {"id": str(ids.uuid7()), "person_id": str(visitors.assistant.person_id), "unit_id": str(visitors.station)}
    return new | more


@pytest.mark.parametrize(
    ("method", "path"),
    [("post", CARDS), ("get", CARDS), ("post", f"{CARDS}/{UUID(int=1)}/ending"), ("get", "/my/visitor-code")],
)
async def test_nobody_is_asked_to_sign_in(wire: httpx.AsyncClient, method: str, path: str) -> None:
    assert (await getattr(wire, method)(path)).status_code == 401


async def test_a_card_of_the_wrong_shape_says_where(wire: httpx.AsyncClient, visitors: Visitors) -> None:
    headers, today = await signed_in(visitors.supervisor), clock.today()
    past = {"valid_from": str(today - timedelta(days=9)), "valid_to": str(today - timedelta(days=1))}
    backwards = {"valid_from": str(today + timedelta(days=9)), "valid_to": str(today + timedelta(days=1))}
    for changed, pointer in (({"person_id": "he"}, "/person_id"), (past, "/valid_to"), (backwards, "/valid_to")):
        answer = await wire.post(CARDS, json=told(visitors, **changed), headers=headers)
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, pointer)
    assert (await wire.post(CARDS, json=told(visitors, code="1234"), headers=headers)).status_code == 400


async def test_only_supervisors_and_administrators_issue_one_and_only_within_their_territory(
    wire: httpx.AsyncClient, visitors: Visitors
) -> None:
    cast = visitors.cast
    far = (
        await actions.open_unit(id=ids.uuid7(), name="外县派出所", kind=UnitKind.POLICE, division_code=OTHER_COUNTY)
    ).id
    headers = await signed_in(visitors.supervisor)
    assert (await wire.post(CARDS, json=told(visitors), headers=await signed_in(cast.assistant))).status_code == 403
    for changed, code in (
        ({"unit_id": str(far)}, "people/unit-unknown"),
        ({"unit_id": str(ids.uuid7())}, "people/unit-unknown"),
        ({"person_id": str(visitors.stranger.person_id)}, "antifraud/no-such-visitor"),
        ({"person_id": str(cast.expert.person_id)}, "antifraud/no-such-visitor"),
        ({"person_id": str(ids.uuid7())}, "antifraud/no-such-visitor"),
    ):
        answer = await wire.post(CARDS, json=told(visitors, **changed), headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (404, code)
    assert (await wire.post(CARDS, json=told(visitors), headers=await signed_in(cast.admin))).status_code == 201


async def test_issued_twice_it_is_one_card_and_another_one_has_to_wait_for_its_end(
    wire: httpx.AsyncClient, visitors: Visitors
) -> None:
    headers, new = await signed_in(visitors.supervisor), told(visitors)
    first = await wire.post(CARDS, json=new, headers=headers)
    again = await wire.post(CARDS, json=new, headers=headers)
    other = await wire.post(CARDS, json=new | {"valid_to": "2099-01-01"}, headers=headers)
    second = await wire.post(CARDS, json=told(visitors), headers=headers)

    assert (first.status_code, again.status_code, other.status_code) == (201, 200, 409)
    assert first.json() == again.json()
    assert (second.status_code, second.json()["card_id"]) == (409, first.json()["id"])
    assert "code" not in first.json()

    path = f"{CARDS}/{first.json()['id']}/ending"
    assert (await wire.post(path, headers=await signed_in(visitors.assistant))).status_code == 403
    ended = [await wire.post(path, headers=headers) for _ in range(2)]
    assert [each.status_code for each in ended] == [200, 200]
    assert ended[0].json()["ended_at"] == ended[1].json()["ended_at"] is not None
    assert (await wire.post(CARDS, json=told(visitors), headers=headers)).status_code == 201


async def test_a_supervisor_of_another_county_sees_and_ends_nothing(
    wire: httpx.AsyncClient, visitors: Visitors
) -> None:
    card = await visitors.issued()
    await actions.assign_role(
        person_id=visitors.stranger.person_id, role=Role.SUPERVISOR, division_code=OTHER_COUNTY, valid_from=SINCE
    )
    headers = await signed_in(visitors.stranger)

    assert (await wire.get(CARDS, headers=headers)).json()["items"] == []
    assert (await wire.post(f"{CARDS}/{card.id}/ending", headers=headers)).status_code == 404


async def test_a_list_has_every_filter_and_pages(wire: httpx.AsyncClient, visitors: Visitors) -> None:
    other = await visitors.another(1, Role.CADRE)
    first, second = await visitors.issued(), await visitors.issued(other)
    headers = await signed_in(visitors.cast.auditor)
    await wire.post(f"{CARDS}/{first.id}/ending", headers=await signed_in(visitors.supervisor))

    async def listed(**query: object) -> list[str]:
        return [each["id"] for each in (await wire.get(CARDS, params=query, headers=headers)).json()["items"]]

    assert await listed() == [str(second.id), str(first.id)]
    assert await listed(ended=True) == [str(first.id)]
    assert await listed(ended=False, person_id=str(other.person_id)) == [str(second.id)]
    page = (await wire.get(CARDS, params={"limit": 1}, headers=headers)).json()
    assert await listed(limit=1, cursor=page["next_cursor"]) == [str(first.id)]
    assert (await wire.get(CARDS, headers=await signed_in(other))).status_code == 403


async def test_two_supervisors_at_the_same_moment_issue_one(visitors: Visitors) -> None:
    done = await asyncio.gather(*(visitors.issued() for _ in range(4)), return_exceptions=True)

    assert sum(isinstance(each, VisitorCardThere) for each in done) == 3


async def test_only_its_carrier_reads_his_code_and_anybody_checks_it(
    wire: httpx.AsyncClient, visitors: Visitors
) -> None:
    await visitors.issued()
    mine = await wire.get("/my/visitor-code", headers=await signed_in(visitors.assistant))
    none = await wire.get("/my/visitor-code", headers=await signed_in(visitors.supervisor))
    checked = await wire.get(f"/antifraud/visitors/{mine.json()['said']}")

    assert mine.json()["url"] == f"http://test/v/{mine.json()['code']}"
    assert (none.status_code, none.json()["code"]) == (404, "antifraud/no-visitor-card")
    assert checked.json()["name"] == "赵强"
    assert checked.headers["cache-control"] == mine.headers["cache-control"] == "no-store"
    assert (await verify_visitor(mine.json()["code"], address=HERE)).name == "赵强"


async def test_a_wrong_code_over_http_is_told_in_chinese_whom_to_ring_and_then_to_wait(
    wire: httpx.AsyncClient, visitors: Visitors
) -> None:
    answers = [await wire.get("/antifraud/visitors/00000000") for _ in range(21)]

    assert [each.status_code for each in answers] == [404] * 20 + [429]
    assert "96110" in answers[0].json()["detail"]
    assert "别让他进门" in answers[0].json()["detail"]
    assert int(answers[-1].headers["retry-after"]) > 0

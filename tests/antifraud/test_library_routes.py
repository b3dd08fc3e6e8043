"""The library over HTTP: what may be sent is what the police read, and everybody on duty finds just that."""

import ast
import hashlib
import inspect
from collections.abc import AsyncIterator
from datetime import date, datetime
from uuid import UUID

import httpx
import pytest
from msgspec.structs import replace

from backend.antifraud import library_approving, library_lists, library_routes, library_rules
from backend.antifraud.library_files import shipped_items, shipped_types
from backend.antifraud.library_refusals import WHY
from backend.antifraud.library_rules import words_digest
from backend.core import clock, ids
from backend.people import actions, sessions
from backend.people.actors import Actor
from backend.people.tables import Role, UnitKind
from tests.cast import COUNTY, SINCE, TOWNSHIP, Cast
from tests.laboratory.bench import client_of, signed_in

LIBRARY = "/antifraud/library"
ITEM = next(each for each in shipped_items() if each.name == "fake_loan_story")
APPROVAL, WITHDRAWAL = f"{LIBRARY}/{ITEM.name}/approval", f"{LIBRARY}/{ITEM.name}/withdrawal"
DAY = datetime(2026, 12, 1, 9, tzinfo=clock.SHANGHAI)
READ = {"sha256": words_digest(ITEM)}


@pytest.fixture
async def wire(cast: Cast) -> AsyncIterator[httpx.AsyncClient]:
    with clock.stopped(DAY):
        async with client_of(library_routes.router) as client:
            yield client


async def police(cast: Cast, division_code: str = COUNTY, kind: UnitKind = UnitKind.POLICE) -> Actor:
    """A handler of the anti-fraud centre, made of the cast's next cadre."""
    unit = await actions.open_unit(id=ids.uuid7(), name="反诈中心", kind=kind, division_code=division_code)
    person_id = cast.next_cadre.person_id
    await actions.assign_role(
        person_id=person_id, role=Role.HANDLER, division_code=division_code, unit_id=unit.id, valid_from=SINCE
    )
    return await sessions.actor(person_id=person_id)


async def names(wire: httpx.AsyncClient, who: Actor, **query: str) -> list[str]:
    answer = await wire.get(LIBRARY, params=query, headers=await signed_in(who))
    assert answer.status_code == 200, answer.text
    return [each["name"] for each in answer.json()]


@pytest.mark.parametrize(
    ("method", "path"),
    [("get", LIBRARY), ("get", "/antifraud/fraud-types"), ("post", APPROVAL), ("post", WITHDRAWAL)],
)
async def test_nobody_is_asked_to_sign_in(wire: httpx.AsyncClient, method: str, path: str) -> None:
    assert (await getattr(wire, method)(path)).status_code == 401


async def test_an_approval_of_the_wrong_shape_says_where(wire: httpx.AsyncClient, cast: Cast) -> None:
    headers = await signed_in(cast.supervisor)
    for body in ({}, {"sha256": "abc"}, {"sha256": words_digest(ITEM), "why": 1}):
        assert (await wire.post(APPROVAL, json=body, headers=headers)).status_code == 400


async def test_before_the_police_read_it_only_they_see_it_and_why_it_is_not_sent(
    wire: httpx.AsyncClient, cast: Cast
) -> None:
    assert await names(wire, cast.cadre) == []
    assert set(await names(wire, cast.supervisor)) == {each.name for each in shipped_items()}
    (one,) = [
        each
        for each in (await wire.get(LIBRARY, headers=await signed_in(cast.supervisor))).json()
        if each["name"] == ITEM.name
    ]
    assert (one["sendable"], one["wrongs"]) == (
        False,
        [{"code": "not_approved", "pointer": "/approved_by", "detail": "公安机关还没批准。"}],
    )


async def test_what_the_police_approved_everybody_finds_with_the_unit_that_did(
    wire: httpx.AsyncClient, cast: Cast
) -> None:
    headers = await signed_in(await police(cast))
    body = READ | {"id": str(ids.uuid7())}
    first = await wire.post(APPROVAL, json=body, headers=headers)
    again = await wire.post(APPROVAL, json=body, headers=headers)
    other = await wire.post(APPROVAL, json=READ, headers=await signed_in(cast.supervisor))

    assert (first.status_code, again.status_code, other.status_code) == (201, 200, 200)
    assert first.json() == again.json() == other.json()
    assert (first.json()["sendable"], first.json()["approved_by"]) == (True, "反诈中心")
    assert await names(wire, cast.cadre) == [ITEM.name]
    assert first.json()["text"].endswith(ITEM.basis.statement)


async def test_an_approval_is_taken_back_and_given_again(wire: httpx.AsyncClient, cast: Cast) -> None:
    headers = await signed_in(cast.supervisor)
    await wire.post(APPROVAL, json=READ, headers=headers)
    back = [await wire.post(WITHDRAWAL, headers=headers) for _ in range(2)]

    assert [(each.status_code, each.json()["sendable"]) for each in back] == [(200, False)] * 2
    assert await names(wire, cast.cadre) == []
    assert (await wire.post(APPROVAL, json=READ, headers=headers)).status_code == 201
    assert await names(wire, cast.cadre) == [ITEM.name]


async def test_only_somebody_for_the_whole_county_lets_words_out(wire: httpx.AsyncClient, cast: Cast) -> None:
    for who in (cast.cadre, cast.auditor, cast.admin, cast.handler):
        for path in (APPROVAL, WITHDRAWAL):
            assert (await wire.post(path, json=READ, headers=await signed_in(who))).status_code == 403
    for division_code, kind in ((TOWNSHIP, UnitKind.POLICE), (COUNTY, UnitKind.DEPARTMENT)):
        headers = await signed_in(await police(cast, division_code, kind))
        assert (await wire.post(APPROVAL, json=READ, headers=headers)).json()[
            "code"
        ] == "antifraud/not-yours-to-approve"


async def test_a_word_changed_after_the_reading_is_not_approved_and_one_changed_later_is_out_again(
    wire: httpx.AsyncClient, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    headers = await signed_in(cast.supervisor)
    stale = await wire.post(APPROVAL, json={"sha256": hashlib.sha256(b"other").hexdigest()}, headers=headers)
    assert (stale.status_code, stale.json()["code"]) == (409, "antifraud/library-item-changed")
    assert stale.json()["sha256"] == words_digest(ITEM)

    await wire.post(APPROVAL, json=READ, headers=headers)
    changed = replace(ITEM, title="急用钱，先别贷")
    monkeypatch.setattr(library_lists, "shipped_items", lambda: (changed,))
    assert await names(wire, cast.cadre) == []
    assert await names(wire, cast.supervisor) == [ITEM.name]
    (one,) = (await wire.get(LIBRARY, headers=headers)).json()
    assert ([each["code"] for each in one["wrongs"]], one["approved_by"]) == (["changed_since_approval"], "高唐县")


async def test_what_could_not_be_sent_anyway_is_refused_with_every_place(
    wire: httpx.AsyncClient, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = replace(ITEM, sms="点 www.abc.cn 领钱", audience=("老年人",), valid_to=date(2026, 11, 30))
    monkeypatch.setattr(library_approving, "shipped_items", lambda: (wrong,))
    answer = await wire.post(APPROVAL, json={"sha256": words_digest(wrong)}, headers=await signed_in(cast.supervisor))

    assert (answer.status_code, answer.json()["code"]) == (409, "antifraud/library-item-wrong")
    assert {each["pointer"] for each in answer.json()["errors"]} >= {"/sms", "/audience/0", "/valid_to"}
    assert all(any("\u4e00" <= letter <= "\u9fff" for letter in each["detail"]) for each in answer.json()["errors"])


async def test_an_item_that_is_not_there_is_told_so_and_an_id_is_one_approval(
    wire: httpx.AsyncClient, cast: Cast
) -> None:
    headers, id = await signed_in(cast.supervisor), str(UUID(int=7))
    other = next(each for each in shipped_items() if each.name != ITEM.name)
    await wire.post(APPROVAL, json=READ | {"id": id}, headers=headers)
    mixed = {"sha256": words_digest(other), "id": id}

    assert (await wire.post(f"{LIBRARY}/{other.name}/approval", json=mixed, headers=headers)).status_code == 409
    for path in ("approval", "withdrawal"):
        assert (await wire.post(f"{LIBRARY}/nothing/{path}", json=READ, headers=headers)).status_code == 404


async def test_a_list_has_every_filter_and_those_of_the_season_stand_first(wire: httpx.AsyncClient, cast: Cast) -> None:
    assert await names(wire, cast.supervisor, fraud_type="fake_loan", kind="story") == ["fake_loan_story"]
    assert await names(wire, cast.supervisor, fraud_type="nothing") == []
    assert (
        await wire.get(LIBRARY, params={"kind": "poem"}, headers=await signed_in(cast.supervisor))
    ).status_code == 400
    listed = (await wire.get(LIBRARY, headers=await signed_in(cast.supervisor))).json()
    seasons = [each["in_season"] for each in listed]
    assert seasons == sorted(seasons, reverse=True)
    assert False in seasons


async def test_the_types_are_told_to_everybody_the_polices_ten_first(wire: httpx.AsyncClient, cast: Cast) -> None:
    told = (await wire.get("/antifraud/fraud-types", headers=await signed_in(cast.cadre))).json()

    assert [each["code"] for each in told] == [each.code for each in shipped_types()]
    assert [each["national"] for each in told[:11]] == [True] * 10 + [False]


def test_every_reason_of_the_rules_has_its_sentence() -> None:
    tree = ast.parse(inspect.getsource(library_rules))
    calls = [each for each in ast.walk(tree) if isinstance(each, ast.Call)]
    codes = {call.args[0].value for call in calls if getattr(call.func, "id", "") == "Wrong"}
    assert codes == set(WHY)

"""Duty on the wire. Asked of every route: nobody, wrong shape, stranger, right person, twice."""

from uuid import UUID, uuid4

import pytest

from backend.core import clock
from backend.people.keys import make_access_key
from tests.cast import VILLAGE, phone_of
from tests.rosters.studio import NOON, at

NOBODY = UUID(int=404)
LEAVE = {"unit_id": str(NOBODY), "starts_at": "2026-11-23T14:00:00+08:00", "ends_at": "2026-11-24T06:00:00+08:00",
         "reason": "family"}  # fmt: skip
RULE = {"unit_id": str(NOBODY), "post": "desk", "staffed": "08:30-11:30,13:30-17:30", "valid_from": "2026-01-01",
        "source": "order"}  # fmt: skip
ROSTER = {"unit_id": str(NOBODY), "post": "phone", "starts_at": "2026-11-24T00:00:00+08:00",
          "ends_at": "2026-11-25T00:00:00+08:00", "shifts": []}  # fmt: skip
ROUTES = [
    ("GET", "/shifts", None),
    ("GET", f"/shifts/{NOBODY}", None),
    ("POST", "/shifts", ROSTER),
    ("POST", f"/shifts/{NOBODY}/confirmation", None),
    ("POST", f"/shifts/{NOBODY}/cancellation", {"reason": "停电"}),
    ("POST", f"/shifts/{NOBODY}/swap", {"to_person_id": str(NOBODY)}),
    ("GET", "/my/swap-offers", None),
    ("GET", f"/swaps/{NOBODY}", None),
    ("POST", f"/swaps/{NOBODY}/acceptance", None),
    ("POST", f"/swaps/{NOBODY}/refusal", None),
    ("POST", "/leaves", LEAVE),
    ("GET", "/leaves", None),
    ("GET", f"/leaves/{NOBODY}", None),
    ("POST", f"/leaves/{NOBODY}/decision", {"approve": True}),
    ("GET", f"/duty-rules?unit_id={NOBODY}", None),
    ("POST", "/duty-rules", RULE),
    ("GET", f"/on-duty?unit_id={NOBODY}", None),
]


@pytest.fixture(autouse=True)
def _at_noon():
    with clock.stopped(NOON):
        yield


@pytest.fixture
def ask(wire, as_):
    async def asked(who, method, path, body=None, **headers):
        signed = await as_(who) if who else {}
        return await wire.request(method, path, json=body, headers=signed | headers)

    return asked


def rows_of(roster):
    return [
        {"person_id": str(who.person_id), "starts_at": begins.isoformat(), "ends_at": ends.isoformat()}
        for who, begins, ends in roster
    ]


def body_of(studio, days=1, first=1, **more):
    rows = rows_of(studio.days(days, first))
    span = {"starts_at": rows[0]["starts_at"], "ends_at": rows[-1]["ends_at"]}
    return {"unit_id": str(studio.id), "post": "phone", "shifts": rows} | span | more


async def test_nobody_is_asked_to_sign_in(ask):
    for method, path, body in ROUTES:
        answer = await ask(None, method, path, body)

        assert answer.status_code == 401, path
        assert answer.headers["content-type"] == "application/problem+json"


WRONG = [
    ("GET", "/shifts?limit=0", None),
    ("GET", "/shifts?limit=1001", None),
    ("GET", "/shifts?state=lost", None),
    ("GET", "/shifts?post=roof", None),
    ("GET", "/shifts?starts_from=2026-11-23T00:00:00", None),
    ("GET", "/shifts?cursor=abc", None),
    ("POST", "/shifts", ROSTER | {"post": "roof"}),
    ("POST", "/shifts", ROSTER | {"starts_at": "2026-11-24T00:00:00"}),
    ("POST", "/shifts", ROSTER | {"shifts": [{}]}),
    ("POST", "/shifts", ROSTER | {"title": "x"}),
    ("POST", f"/shifts/{NOBODY}/cancellation", {"reason": ""}),
    ("POST", f"/shifts/{NOBODY}/cancellation", {"reason": "a\x00b"}),
    ("POST", f"/shifts/{NOBODY}/swap", {}),
    ("POST", f"/shifts/{NOBODY}/swap", {"to_person_id": str(NOBODY), "remark": "x" * 201}),
    ("POST", "/leaves", LEAVE | {"reason": "influenza"}),
    ("POST", "/leaves", []),
    ("POST", f"/leaves/{NOBODY}/decision", {"approve": "perhaps"}),
    ("GET", "/duty-rules", None),
    ("POST", "/duty-rules", RULE | {"weekdays": [0]}),
    ("POST", "/duty-rules", RULE | {"source": ""}),
    ("GET", "/on-duty", None),
    ("GET", f"/on-duty?unit_id={NOBODY}&division_code={VILLAGE}", None),
    ("GET", "/on-duty?division_code=37", None),
    ("GET", f"/on-duty?division_code={VILLAGE}&kind=pub", None),
    ("GET", f"/on-duty?unit_id={NOBODY}&at=now", None),
]


async def test_the_wrong_shape_is_told_and_nothing_is_stored(ask, studio):
    for method, path, body in WRONG:
        answer = await ask(studio.supervisor, method, path, body)

        assert answer.status_code == 400, (path, body, answer.text)
        assert answer.json()["code"].startswith("core/")


@pytest.mark.parametrize(
    ("staffed", "valid_to"), [("all day", None), ("17:00-18:00,08:00-09:00", None), ("08:00-12:00", "2025-01-01")]
)
async def test_hours_that_cannot_be_read_are_refused(ask, studio, staffed, valid_to):
    body = RULE | {"unit_id": str(studio.id), "staffed": staffed, "valid_to": valid_to}
    answer = await ask(studio.supervisor, "POST", "/duty-rules", body)

    assert answer.status_code == 400
    assert answer.json()["errors"]


async def test_what_is_not_there_is_unknown(ask, studio):
    for method, path, body in ROUTES[1:6] + ROUTES[7:11] + ROUTES[12:]:
        assert (await ask(studio.supervisor, method, path, body)).status_code == 404, path


async def test_a_stranger_learns_nothing(ask, studio):
    shift = (await studio.published(days=2))[-1]
    new = LEAVE | {"unit_id": str(studio.id)}
    leave = (await ask(studio.handler, "POST", "/leaves", new)).json()
    swap = (
        await ask(studio.handler, "POST", f"/shifts/{shift.id}/swap", {"to_person_id": str(studio.expert.person_id)})
    ).json()
    asked = [
        ("GET", f"/shifts/{shift.id}", None),
        ("GET", f"/shifts?unit_id={studio.id}", None),
        ("POST", f"/shifts/{shift.id}/confirmation", None),
        ("POST", f"/shifts/{shift.id}/cancellation", {"reason": "x"}),
        ("POST", f"/shifts/{shift.id}/swap", {"to_person_id": str(studio.expert.person_id)}),
        ("GET", f"/swaps/{swap['id']}", None),
        ("POST", f"/swaps/{swap['id']}/acceptance", None),
        ("POST", f"/swaps/{swap['id']}/refusal", None),
        ("POST", "/leaves", new),
        ("GET", f"/leaves/{leave['id']}", None),
        ("POST", f"/leaves/{leave['id']}/decision", {"approve": True}),
        ("POST", "/shifts", body_of(studio)),
        ("GET", f"/duty-rules?unit_id={studio.id}", None),
        ("POST", "/duty-rules", RULE | {"unit_id": str(studio.id)}),
        ("GET", f"/on-duty?unit_id={studio.id}", None),
        ("GET", f"/on-duty?division_code={VILLAGE}", None),
    ]
    answers = [(path, (await ask(studio.stranger, method, path, body)).status_code) for method, path, body in asked]

    assert {status for _, status in answers} == {404}, answers
    assert (await ask(studio.stranger, "GET", "/shifts")).json()["items"] == []
    assert (await ask(studio.stranger, "GET", "/leaves")).json() == []
    assert (await ask(studio.stranger, "GET", "/my/swap-offers")).json() == []


async def test_staff_may_not_do_what_the_supervisor_does(ask, studio):
    shift = (await studio.published(days=2))[-1]
    for method, path, body in (
        ("POST", "/shifts", body_of(studio, first=3)),
        ("POST", f"/shifts/{shift.id}/cancellation", {"reason": "x"}),
        ("POST", "/duty-rules", RULE | {"unit_id": str(studio.id)}),
    ):
        answer = await ask(studio.expert, method, path, body)
        assert (answer.status_code, answer.json()["code"]) == (403, "rosters/not-your-roster")


async def test_a_roster_is_201_the_first_time_and_200_the_second(ask, studio):
    body = body_of(studio, days=2, id=str(uuid4()))
    first, again = [await ask(studio.supervisor, "POST", "/shifts", body) for _ in range(2)]
    other = await ask(studio.supervisor, "POST", "/shifts", body | {"post": "desk"})

    assert (first.status_code, again.status_code, other.status_code) == (201, 200, 409)
    assert (first.json()["stored"], again.json()["duplicate"]) == (6, 6)
    assert len((await ask(studio.expert, "GET", "/shifts")).json()["items"]) == 6


async def test_an_idempotency_key_does_what_an_id_does(ask, studio):
    body = body_of(studio)
    answers = [await ask(studio.supervisor, "POST", "/shifts", body, **{"Idempotency-Key": "k1"}) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [201, 200]


async def test_a_refused_roster_says_of_each_row_what_is_wrong(ask, studio):
    body = body_of(studio)
    body["shifts"][1]["person_id"] = str(studio.stranger.person_id)
    answer = await ask(studio.supervisor, "POST", "/shifts", body)

    told = answer.json()
    assert (answer.status_code, told["code"]) == (409, "rosters/roster-refused")
    assert [row["outcome"] for row in told["rows"]] == ["held", "refused", "held"]
    assert told["errors"] == [{"pointer": "/shifts/1", "code": "invalid", "detail": "这个人那天不是本单位的人。"}]
    assert (told["stored"], told["refused"]) == (0, 1)


async def test_a_gap_is_refused_by_name_and_allowed_with_a_reason(ask, studio):
    body = body_of(studio)
    del body["shifts"][1]
    refused = await ask(studio.supervisor, "POST", "/shifts", body)
    allowed = await ask(studio.supervisor, "POST", "/shifts", body | {"allow_gaps": True, "gap_reason": "人手不够"})

    assert (refused.status_code, refused.json()["code"]) == (409, "rosters/hours-without-anybody")
    assert "11月24日 08:00 至 16:00" in refused.json()["detail"]
    assert refused.json()["gaps"] == [{"starts_at": "2026-11-24T00:00:00Z", "ends_at": "2026-11-24T08:00:00Z"}]
    assert allowed.status_code == 201
    assert len(allowed.json()["gaps"]) == 1


async def test_the_walk_of_a_shift(ask, studio):
    shifts = await studio.published(days=2)
    evening = shifts[-1]
    confirmed = [await ask(studio.handler, "POST", f"/shifts/{evening.id}/confirmation") for _ in range(2)]
    swap = {"id": str(uuid4()), "to_person_id": str(studio.technician.person_id)}
    offers = [await ask(studio.handler, "POST", f"/shifts/{evening.id}/swap", swap) for _ in range(2)]
    waiting = await ask(studio.technician, "GET", "/my/swap-offers")
    accepted = [await ask(studio.technician, "POST", f"/swaps/{swap['id']}/acceptance") for _ in range(2)]

    assert [answer.status_code for answer in confirmed] == [200, 200]
    assert [answer.status_code for answer in offers] == [201, 200]
    assert [one["id"] for one in waiting.json()] == [swap["id"]]
    assert [answer.json()["state"] for answer in accepted] == ["accepted", "accepted"]
    assert (await ask(studio.handler, "GET", f"/shifts/{evening.id}")).json()["state"] == "swapped"
    second = await ask(studio.handler, "POST", f"/swaps/{swap['id']}/refusal")
    assert (second.status_code, second.json()["code"]) == (409, "rosters/swap-answered")


async def test_the_walk_of_a_leave(ask, studio):
    await studio.published(days=2)
    new = LEAVE | {"unit_id": str(studio.id), "id": str(uuid4())}
    asked = [await ask(studio.handler, "POST", "/leaves", new) for _ in range(2)]
    listed = await ask(studio.supervisor, "GET", "/leaves")
    path = f"/leaves/{new['id']}/decision"
    decided = [await ask(studio.supervisor, "POST", path, {"approve": True}) for _ in range(2)]

    assert [answer.status_code for answer in asked] == [201, 200]
    assert [one["id"] for one in listed.json()] == [new["id"]]
    assert len(listed.json()[0]["affected"][0]["candidates"]) == 2
    assert decided[0].json() == decided[1].json()
    assert len(decided[0].json()["successors"]) == 1
    assert (await ask(studio.handler, "GET", f"/leaves/{new['id']}")).json()["state"] == "approved"


async def test_a_duty_rule_is_set_once_and_listed(ask, studio):
    body = RULE | {"unit_id": str(studio.id), "id": str(uuid4())}
    answers = [await ask(studio.supervisor, "POST", "/duty-rules", body) for _ in range(2)]
    earlier = await ask(studio.supervisor, "POST", "/duty-rules", body | {"id": str(uuid4()), "source": "another"})
    listed = await ask(studio.expert, "GET", f"/duty-rules?unit_id={studio.id}")

    assert [answer.status_code for answer in answers] == [201, 200]
    assert earlier.json()["code"] == "rosters/duty-rule-begun"
    assert [rule["staffed"] for rule in listed.json()] == ["08:30-11:30,13:30-17:30", "00:00-24:00"]


async def test_an_exchange_asks_with_an_access_key(ask, wire, studio):
    await studio.published(days=2)
    key = await make_access_key(person_id=studio.operator.person_id, purpose="telephone exchange")
    signed = {"Authorization": f"Bearer {key}"}
    now = await wire.get(f"/on-duty?division_code={VILLAGE}&kind=studio", headers=signed)
    night = await wire.get(f"/on-duty?unit_id={studio.id}&at=2026-11-24T02:00:00%2B08:00", headers=signed)

    assert now.status_code == 200
    (unit,) = now.json()["units"]
    assert (unit["public_phone"], unit["on_duty"][0]["name"], unit["next"]["name"]) == (
        "0635-0000000",
        studio.expert.name,
        studio.handler.name,
    )
    assert unit["on_duty"][0]["ends_at"] == at(16).astimezone(clock.UTC).isoformat().replace("+00:00", "Z")
    assert night.json()["units"][0]["on_duty"][0]["name"] == studio.technician.name
    assert now.json()["units"][0]["on_duty"][0]["phone"] is None
    assert (await wire.get("/on-duty?unit_id=x", headers={"Authorization": "Bearer nothing"})).status_code == 401
    basic = await wire.get(f"/on-duty?unit_id={studio.id}", auth=(phone_of("operator"), "lianxin-2026"))
    assert basic.status_code == 200
    other = await wire.get("/shifts", headers=signed)
    assert other.status_code == 401  # a key opens this one address


async def test_private_numbers_come_to_those_who_may(ask, studio):
    await studio.published(days=2)
    path = f"/on-duty?unit_id={studio.id}&phones=true"
    told = (await ask(studio.operator, "GET", path)).json()["units"][0]["on_duty"][0]

    assert told["phone"].endswith("0004")
    assert (await ask(studio.expert, "GET", path)).status_code == 403

"""Needs and oversight on the wire. Asked of every route: nobody, wrong shape, stranger, right person, twice."""

from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID, uuid4

import httpx
import pytest

from backend.core.clock import now
from backend.people import sessions
from backend.visits import need_routes, oversight_routes
from tests.application import application
from tests.cast import COUNTY, VILLAGE

NOBODY = UUID(int=404)
SPAN = {"occurred_from": "2026-01-01T00:00:00+08:00", "occurred_to": "2100-01-01T00:00:00+08:00"}
DRAW = {"division_code": COUNTY, "size": 5, "seed": 7} | SPAN
TARGET = {
    "division_code": COUNTY, "period": "quarter", "minimum_visits": 1, "valid_from": "2026-01-01", "source": "order",
}  # fmt: skip
CAMPAIGN = {
    "code": "people", "name": "访群众", "kind": "people", "division_code": COUNTY, "valid_from": "2026-01-01",
    "source": "order",
}  # fmt: skip
TEAM = {"number": 33, "name": "第33服务队", "division_code": COUNTY}

READS = [
    "/needs",
    "/needs/totals",
    f"/needs/{NOBODY}",
    "/my/needs",
    "/my/households",
    "/spot-checks",
    f"/spot-checks/{NOBODY}",
    "/hot-spots",
    f"/coverage?division_code={COUNTY}",
    f"/visit-targets?division_code={COUNTY}",
    "/campaigns",
    "/campaigns/people",
    "/service-teams",
]
WRITES = [
    ("POST", f"/needs/{NOBODY}/steps", {"to_state": "passed_on"}),
    ("POST", f"/needs/{NOBODY}/contests", {"remark": "不服"}),
    ("POST", "/spot-checks", DRAW),
    ("PUT", f"/spot-checks/{NOBODY}/items/{NOBODY}/finding", {"finding": "confirmed"}),
    ("POST", "/visit-targets", TARGET),
    ("POST", "/campaigns", CAMPAIGN),
    ("POST", "/service-teams", TEAM),
]


class Ask:
    """A client that signs each request as whoever is named."""

    def __init__(self, client: httpx.AsyncClient, tokens: dict[str, str]) -> None:
        self._client, self._tokens = client, tokens

    async def __call__(self, who, method, path, body=None, **headers):
        if who is not None:
            headers["Authorization"] = f"Bearer {self._tokens[who]}"
        return await self._client.request(method, path, json=body, headers=headers)


@pytest.fixture
async def ask(fieldwork) -> AsyncIterator[Ask]:
    people = ("cadre", "successor", "handler", "stranger", "supervisor", "auditor")
    tokens = {
        who: await sessions.access_token_for(person_id=getattr(fieldwork, who).person_id, valid_for=timedelta(hours=1))
        for who in people
    }
    app = application(need_routes.router, oversight_routes.router)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test/api/v1") as client:
        yield Ask(client, tokens)


@pytest.fixture
async def household(fieldwork):
    return fieldwork.cast.household


@pytest.fixture
async def need(fieldwork, household):
    visit = await fieldwork.visit(fieldwork.cadre, household=household, topics=["production.irrigation"])
    return await fieldwork.need(visit, household=household)


@pytest.mark.parametrize(("method", "path", "body"), [("GET", path, None) for path in READS] + WRITES)
async def test_nobody_is_asked_to_sign_in(ask, method, path, body):
    answer = await ask(None, method, path, body)

    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("path", "pointer"),
    [
        ("/needs?need_state=lost", "need_state"),
        ("/needs?division_code=37", "division_code"),
        ("/needs?limit=0", "limit"),
        ("/needs?limit=1001", "limit"),
        ("/needs?cursor=abc", "cursor"),
        ("/needs?received_from=2026-01-01T00:00:00", "received_from"),
        ("/needs/totals?campaign_code=a%00b", "campaign_code"),
        ("/my/households?longitude=116.3", "crs"),
        ("/my/households?longitude=116.3&latitude=36.9", "crs"),
        ("/my/households?longitude=216.3&latitude=36.9&crs=wgs84", "longitude"),
        ("/my/households?longitude=nan&latitude=36.9&crs=wgs84", "longitude"),
        ("/my/households?crs=mars", "crs"),
        ("/hot-spots?until=yesterday", "until"),
        ("/coverage", "division_code"),
        (f"/coverage?division_code={COUNTY}&occurred_from=2026-03-01T00:00:00", "occurred_from"),
    ],
)
async def test_a_question_of_the_wrong_shape_is_told_which_part(ask, path, pointer):
    answer = await ask("supervisor", "GET", path)

    assert answer.status_code == 400
    assert pointer in {error["pointer"] for error in answer.json()["errors"]}


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", f"/needs/{NOBODY}/steps", {"to_state": "gone"}),
        ("POST", f"/needs/{NOBODY}/steps", {"to_state": "solved", "remark": "a\x00b"}),
        ("POST", f"/needs/{NOBODY}/steps", {"to_state": "solved", "state": "received"}),
        ("POST", f"/needs/{NOBODY}/contests", {"remark": ""}),
        ("POST", "/spot-checks", DRAW | {"size": 0}),
        ("POST", "/spot-checks", DRAW | {"seed": 2**53}),
        ("POST", "/spot-checks", DRAW | {"occurred_from": "2026-01-01T00:00:00"}),
        ("PUT", f"/spot-checks/{NOBODY}/items/{NOBODY}/finding", {"finding": "maybe"}),
        ("POST", "/visit-targets", TARGET | {"period": "week"}),
        ("POST", "/visit-targets", TARGET | {"minimum_visits": -1}),
        ("POST", "/campaigns", CAMPAIGN | {"kind": "factories"}),
        ("POST", "/campaigns", CAMPAIGN | {"code": "a b"}),
        ("POST", "/service-teams", TEAM | {"number": 0}),
        ("POST", "/service-teams", []),
    ],
)
async def test_a_body_of_the_wrong_shape_is_refused_and_nothing_is_stored(ask, method, path, body):
    answer = await ask("supervisor", method, path, body)

    assert answer.status_code == 400
    assert answer.json()["code"].startswith("core/")


async def test_a_stranger_learns_nothing(ask, need, household):
    await ask("supervisor", "POST", "/campaigns", CAMPAIGN)
    check = (await ask("auditor", "POST", "/spot-checks", DRAW)).json()
    statuses = {
        path: (await ask("stranger", "GET", path)).status_code
        for path in (f"/needs/{need}", f"/spot-checks/{check['id']}", "/campaigns/people")
    }
    finding = f"/spot-checks/{check['id']}/items/{check['items'][0]['id']}/finding"

    assert set(statuses.values()) == {404}
    assert (await ask("stranger", "POST", f"/needs/{need}/steps", {"to_state": "passed_on"})).status_code == 404
    assert (await ask("stranger", "POST", f"/needs/{need}/contests", {"remark": "x"})).status_code == 404
    assert (await ask("stranger", "PUT", finding, {"finding": "confirmed"})).status_code == 404
    for method, path, body in WRITES[2:3] + WRITES[4:] + [("GET", f"/coverage?division_code={COUNTY}", None)]:
        assert (await ask("stranger", method, path, body)).status_code == 403
    for path in ("/needs", "/my/needs", "/spot-checks", "/hot-spots"):
        assert (await ask("stranger", "GET", path)).json()["items"] == []
    assert (await ask("stranger", "GET", "/needs/totals")).json()["received"] == 0
    assert (await ask("stranger", "GET", "/campaigns")).json() == []
    mine = (await ask("stranger", "GET", "/my/households")).json()["households"]
    assert str(household) not in {shown["household_id"] for shown in mine}


async def test_a_step_is_201_the_first_time_and_200_the_second(ask, need):
    path = f"/needs/{need}/steps"
    step = {"id": str(uuid4()), "to_state": "passed_on", "remark": "转水利站"}

    first, again = await ask("cadre", "POST", path, step), await ask("cadre", "POST", path, step)
    other = await ask("cadre", "POST", path, step | {"remark": "转别处"})

    assert (first.status_code, again.status_code, other.status_code) == (201, 200, 409)
    assert first.json() == again.json()
    assert other.json()["code"] == "core/different-arguments"
    history = (await ask("cadre", "GET", f"/needs/{need}")).json()
    assert [step["to_state"] for step in history["steps"]] == ["received", "passed_on"]


async def test_an_idempotency_key_does_what_an_id_does(ask, need):
    async def moved():
        return await ask(
            "cadre", "POST", f"/needs/{need}/steps", {"to_state": "passed_on"}, **{"Idempotency-Key": "k1"}
        )

    assert [(await moved()).status_code for _ in range(2)] == [201, 200]


async def test_the_walk_of_a_need_that_is_contested(ask, need):
    steps = f"/needs/{need}/steps"
    assert (await ask("cadre", "POST", steps, {"to_state": "passed_on"})).status_code == 201
    assert (await ask("handler", "POST", steps, {"to_state": "unreasonable"})).json()["code"] == "visits/remark-needed"
    refused = await ask("handler", "POST", steps, {"to_state": "unreasonable", "remark": "超出政策"})
    assert refused.status_code == 201
    contest = {"id": str(uuid4()), "remark": "邻村已办"}

    first, again = [await ask("cadre", "POST", f"/needs/{need}/contests", contest) for _ in range(2)]

    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["state"] == "received"
    totals = (await ask("supervisor", "GET", f"/needs/totals?division_code={VILLAGE}")).json()
    assert (totals["received"], totals["not_passed_on"], totals["contested"]) == (1, 1, 1)
    assert [item["id"] for item in (await ask("cadre", "GET", "/my/needs")).json()["items"]] == [str(need)]
    assert (await ask("cadre", "GET", "/needs?mine=true&need_state=solved")).json()["items"] == []


async def test_my_households_tell_names_distances_and_no_phone(ask, household):
    path = "/my/households?longitude=116.3012&latitude=36.9305&crs=wgs84"

    first, again = (await ask("cadre", "GET", path)), (await ask("cadre", "GET", path))

    assert first.status_code == 200
    assert first.json() == again.json()
    nearest, *others = first.json()["households"]
    assert (nearest["household_id"], nearest["distance_m"]) == (str(household), 0)
    assert nearest["contact_name"]
    assert len(others) == 2
    assert "0000" not in first.text.replace(nearest["household_id"], "")


async def test_a_spot_check_is_drawn_once_and_its_findings_are_told(ask, need):
    body = DRAW | {"id": str(uuid4())}
    first, again = [await ask("auditor", "POST", "/spot-checks", body) for _ in range(2)]
    check = first.json()
    finding = f"/spot-checks/{check['id']}/items/{check['items'][0]['id']}/finding"
    found = [await ask("supervisor", "PUT", finding, {"finding": "confirmed"}) for _ in range(2)]
    other = await ask("supervisor", "PUT", finding, {"finding": "not_confirmed"})

    assert (first.status_code, again.status_code, again.json()) == (201, 200, check)
    assert (await ask("auditor", "POST", "/spot-checks", body | {"size": 6})).status_code == 409
    assert [answer.status_code for answer in found] == [200, 200]
    assert (other.status_code, other.json()["code"]) == (409, "visits/finding-stands")
    after = (await ask("auditor", "GET", f"/spot-checks/{check['id']}")).json()
    assert (after["confirmed"], after["open"], after["confirmed_rate"]["n"]) == (1, 0, 1)
    assert (await ask("auditor", "GET", "/spot-checks")).json()["items"][0]["id"] == check["id"]


@pytest.mark.parametrize(
    ("path", "body", "read", "name"),
    [
        ("/visit-targets", TARGET, f"/visit-targets?division_code={VILLAGE}", "minimum_visits"),
        ("/campaigns", CAMPAIGN, "/campaigns?running=true", "name"),
        ("/service-teams", TEAM, "/service-teams", "name"),
    ],
)
async def test_what_a_supervisor_sets_is_there_once_and_cadres_read_it(ask, path, body, read, name):
    sent = body | {"id": str(uuid4())}
    first, again = [await ask("supervisor", "POST", path, sent) for _ in range(2)]

    assert (first.status_code, again.status_code, again.json()) == (201, 200, first.json())
    assert (await ask("supervisor", "POST", path, body)).status_code == 409 or path == "/visit-targets"
    assert (await ask("cadre", "POST", path, body)).status_code == 403
    assert [shown[name] for shown in (await ask("cadre", "GET", read)).json()] == [body[name]]


async def test_coverage_campaigns_and_hot_spots_answer_the_supervisor(ask, fieldwork, need):
    campaign = (await ask("supervisor", "POST", "/campaigns", CAMPAIGN)).json()
    await fieldwork.visit(fieldwork.cadre, campaign=campaign["id"], topics=["production.irrigation"])
    await fieldwork.visit(fieldwork.cadre, topics=["production.irrigation"], at=now() - timedelta(days=3))

    progress = (await ask("supervisor", "GET", "/campaigns/people")).json()
    covered = (
        await ask("supervisor", "GET", f"/coverage?division_code={COUNTY}&occurred_from=2026-01-01T00:00:00Z")
    ).json()
    spots = (await ask("supervisor", "GET", "/hot-spots?topic=production")).json()

    assert (progress["contacts"], progress["villages_reached"]) == (1, 1)
    assert (covered["total"]["visits"], covered["total"]["visited"]) == (3, 1)
    assert [spot["households"] for spot in spots["items"]] == [3]

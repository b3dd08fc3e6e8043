"""The room on the wire. Asked of every route: nobody, wrong shape, stranger, right person, twice."""

from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID

import httpx
import pytest

from backend.core.logs import RequestContext
from backend.deadlines.routes import router
from backend.people.sessions import access_token_for
from tests.application import application
from tests.cast import COUNTY

NOBODY = UUID(int=404)
NOTICE = {
    "year": 2027,
    "source": "国办发明电〔2026〕9 号",
    "days": [
        {"date": "2027-01-01", "kind": "holiday", "name": "元旦", "name_en": "New Year's Day"},
        {"date": "2027-01-02", "kind": "holiday", "name": "元旦"},
        {"date": "2027-01-04", "kind": "holiday", "name": "元旦"},
        {"date": "2027-01-09", "kind": "workday", "name": "元旦"},
        {"date": "2027-05-01", "kind": "holiday", "name": "劳动节"},
        {"date": "2027-10-01", "kind": "holiday", "name": "国庆节"},
    ],
}
READS = [
    "/preview?policy=general",
    "/policies",
    "/calendars",
    "/calendars/2026",
    "/recalculations",
    f"/recalculations/{NOBODY}",
]
WRITES = [
    ("/calendars", NOTICE),
    ("/recalculations", {"division_code": COUNTY}),
    (f"/recalculations/{NOBODY}/application", None),
]


class Ask:
    """A client that signs each request as whoever is named."""

    def __init__(self, client, cast):
        self._client, self._cast = client, cast

    async def __call__(self, who, method, path, body=None, **headers):
        if who:
            actor = getattr(self._cast, who)
            token = await access_token_for(person_id=actor.person_id, valid_for=timedelta(minutes=5))
            headers["Authorization"] = f"Bearer {token}"
        return await self._client.request(method, path, json=body, headers=headers)


@pytest.fixture
async def ask(cast) -> AsyncIterator[Ask]:
    app = RequestContext(application(router))  # knows the reader's language
    base_url = "http://test/api/v1/deadlines"
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=base_url) as client:
        yield Ask(client, cast)


async def test_nobody_is_asked_to_sign_in(ask):
    for method, path, body in [("GET", path, None) for path in READS] + [("POST", *write) for write in WRITES]:
        answer = await ask(None, method, path, body)

        assert (answer.status_code, answer.headers["content-type"]) == (401, "application/problem+json"), path


async def test_a_question_of_the_wrong_shape_is_told_which_part(ask):
    for query, pointer in [
        ("", "clock"),
        ("clock=fortnights&amount=1", "clock"),
        ("clock=working_days", "amount"),
        ("clock=working_days&amount=0", "amount"),
        ("clock=working_days&amount=251", "amount"),
        ("clock=working_minutes&amount=60", "hours"),
        ("clock=working_minutes&amount=60&hours=08:30", "hours"),
        ("clock=working_minutes&amount=60&hours=22:00-06:00", "hours"),
        ("policy=general&opened_at=2026-02-13T09:00:00", "opened_at"),
        ("policy=general&opened_at=yesterday", "opened_at"),
        ("policy=general&kind=handling", "policy"),
    ]:
        answer = await ask("operator", "GET", f"/preview?{query}")

        assert answer.status_code == 400, (query, answer.text)
        assert pointer in [error["pointer"] for error in answer.json()["errors"]], query
    assert (await ask("operator", "GET", "/preview?policy=someday")).status_code == 404
    assert (await ask("operator", "GET", "/calendars/2003")).status_code == 400
    assert (await ask("operator", "GET", "/calendars/2099")).status_code == 404


VECTORS = [
    ("2026-02-13T09:00:00%2B08:00", "clock=working_days&amount=3", "2026-02-25T23:59:59+08:00", False),
    ("2026-09-18T09:00:00%2B08:00", "clock=working_days&amount=3", "2026-09-22T23:59:59+08:00", False),
    ("2026-09-30T09:00:00%2B08:00", "policy=consult", "2026-10-10T23:59:59+08:00", False),
    ("2026-04-30T09:00:00%2B08:00", "policy=complaint", "2026-05-11T23:59:59+08:00", False),
    ("2026-12-30T09:00:00%2B08:00", "policy=consult", "2027-01-05T23:59:59+08:00", True),
    ("2026-02-14T15:00:00Z", "policy=emergency", "2026-02-15T01:00:00+08:00", False),
    (
        "2026-02-14T09:00:00Z",
        "clock=working_minutes&amount=60&hours=08:30-11:30,13:30-17:30",
        "2026-02-24T09:00:00+08:00",
        False,
    ),
    (
        "2026-03-04T09:00:00%2B08:00",
        "policy=complex&upstream_due_at=2026-03-06T12:00:00%2B08:00",
        "2026-03-06T12:00:00+08:00",
        False,
    ),
]


async def test_an_operator_looks_before_he_promises(ask):
    for opened, query, due, provisional in VECTORS:
        answer = await ask("operator", "GET", f"/preview?opened_at={opened}&{query}")
        told = answer.json()

        assert (answer.status_code, told["due_at"], told["provisional"]) == (200, due, provisional), query
        assert told["calendar_version"] == 1
        assert told["steps"]


async def test_the_steps_are_told_in_the_readers_language(ask):
    path = "/preview?policy=consult&opened_at=2026-02-13T09:00:00%2B08:00"
    chinese = (await ask("operator", "GET", path)).json()["steps"]
    english = (await ask("operator", "GET", path, **{"Accept-Language": "en"})).json()["steps"]

    assert [(step["day"], step["counted"], step["text"]) for step in chinese[:3]] == [
        ("2026-02-13", False, "受理当天不算。"),
        ("2026-02-14", True, "春节调休上班，第 1 个工作日。"),
        ("2026-02-15", False, "春节放假，不算。"),
    ]
    assert english[1]["text"] == "Make-up day for Spring Festival: working day 1."


async def test_the_limits_in_force_are_listed_with_their_source(ask):
    answer = await ask("cadre", "GET", "/policies")
    found = {(one["code"], one["kind"]): one for one in answer.json()}

    general = found["general", "response"]
    assert (general["clock"], general["amount"], general["expected_amount"]) == ("calendar_days", 5, 3)
    assert (general["name"], general["expedite_percents"]) == ("一般事项", [75, 90, 100])
    assert all(one["source"] for one in answer.json())
    assert found["general", "handling"]["amount"] is None
    assert (await ask("cadre", "GET", "/policies?on=2019-01-01")).json() == []


async def test_a_year_of_the_calendar_can_be_read(ask):
    told = (await ask("cadre", "GET", "/calendars/2026")).json()
    next_year = (await ask("cadre", "GET", "/calendars/2027")).json()

    assert (told["version"], told["provisional"], next_year["provisional"]) == (1, False, True)
    assert {"date": "2026-02-14", "kind": "workday", "name": "春节"} in told["days"]
    assert {"date": "2027-02-05", "kind": "holiday", "name": "春节"} in next_year["days"]


async def test_only_an_administrator_publishes_a_calendar(ask):
    for who in ("stranger", "supervisor", "operator"):
        assert (await ask(who, "POST", "/calendars", NOTICE)).status_code == 403


WRONG = [
    (NOTICE["days"][:-1], "/days"),
    ([*NOTICE["days"], NOTICE["days"][0]], "/days/6/date"),
    ([*NOTICE["days"], {"date": "2027-01-05", "kind": "workday", "name": "元旦"}], "/days/6/date"),
    ([*NOTICE["days"], {"date": "2028-01-01", "kind": "holiday", "name": "元旦"}], "/days/6/date"),
    ([*NOTICE["days"], {"date": "2027-06-09", "kind": "fast", "name": "元旦"}], "/days/6/kind"),
    ([], "/days"),
]


async def test_a_list_that_cannot_be_a_notice_is_refused_and_says_where(ask):
    for days, pointer in WRONG:
        answer = await ask("admin", "POST", "/calendars", NOTICE | {"days": days})

        assert answer.status_code == 400, days
        assert pointer in [error["pointer"] for error in answer.json()["errors"]], answer.text


async def test_a_published_year_is_the_next_version_and_counts_at_once(ask):
    first = await ask("admin", "POST", "/calendars", NOTICE, **{"Idempotency-Key": "2027"})
    again = await ask("admin", "POST", "/calendars", NOTICE, **{"Idempotency-Key": "2027"})
    other = await ask("admin", "POST", "/calendars", NOTICE | {"source": "x"}, **{"Idempotency-Key": "2027"})

    assert (first.status_code, again.status_code, other.status_code) == (201, 200, 409)
    assert first.json() == again.json()
    assert (first.json()["version"], first.json()["provisional"]) == (2, False)
    told = (await ask("operator", "GET", "/preview?policy=consult&opened_at=2026-12-30T09:00:00%2B08:00")).json()
    assert (told["due_at"], told["calendar_version"], told["provisional"]) == ("2027-01-06T23:59:59+08:00", 2, False)
    assert (await ask("operator", "GET", "/calendars/2027?version=1")).json()["provisional"] is True
    assert (await ask("operator", "GET", "/calendars/2026")).json()["days"]
    newest, *_ = (await ask("operator", "GET", "/calendars")).json()
    assert (newest["version"], newest["source"], newest["published_by"]) == (2, NOTICE["source"], "马文")
    assert [(each["year"], each["provisional"]) for each in newest["years"]] == [(2027, False)]


async def test_a_proposal_is_for_supervisors_of_the_division_and_harmless_twice(ask):
    body = {"division_code": COUNTY}
    assert (await ask("supervisor", "POST", "/recalculations", {"division_code": "37"})).status_code == 400
    assert (await ask("stranger", "POST", "/recalculations", body)).status_code == 403
    assert (await ask("supervisor", "POST", "/recalculations", {"division_code": "370782000000"})).status_code == 403
    first = await ask("supervisor", "POST", "/recalculations", body, **{"Idempotency-Key": "1"})
    again = await ask("supervisor", "POST", "/recalculations", body, **{"Idempotency-Key": "1"})

    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    path = f"/recalculations/{first.json()['id']}"
    assert (await ask("stranger", "GET", path)).status_code == 404
    assert (await ask("auditor", "GET", path)).json() == first.json()
    assert (await ask("auditor", "POST", f"{path}/application")).status_code == 403
    assert (await ask("stranger", "POST", f"{path}/application")).status_code == 404
    applied = await ask("supervisor", "POST", f"{path}/application")
    assert (applied.status_code, applied.json()["state"]) == (200, "applied")
    assert (await ask("supervisor", "POST", f"{path}/application")).json() == applied.json()
    assert [one["id"] for one in (await ask("admin", "GET", "/recalculations")).json()["items"]] == [first.json()["id"]]
    assert (await ask("stranger", "GET", "/recalculations")).json()["items"] == []

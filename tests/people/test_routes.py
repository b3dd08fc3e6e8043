"""Every route of the room, asked in this order: nobody, wrong shape, stranger, right person, twice."""

import json
from datetime import timedelta
from uuid import uuid4

import pytest

from backend.core import clock
from backend.core.database import fetch
from backend.people import actions, administering, guards, keys, sessions
from tests.cast import FARMER, PASSWORD, VILLAGE, phone_of

API = "/api/v1"


async def bearer(actor):
    token = await sessions.access_token_for(person_id=actor.person_id, valid_for=timedelta(hours=1))
    return {"Authorization": f"Bearer {token}"}


async def signed_in(client, who="cadre", **more):
    body = {"phone": phone_of(who), "password": PASSWORD, "device_label": "红米", **more}
    return await client.post(f"{API}/sessions", json=body)


def problem(answer):
    assert answer.headers["content-type"].startswith("application/problem+json"), answer.text
    return answer.status_code, answer.json()["code"]


NEEDS_SOMEBODY = [
    ("DELETE", "/sessions"),
    ("GET", "/me"),
    ("GET", "/me/devices"),
    ("DELETE", f"/me/devices/{uuid4()}"),
    ("GET", "/me/access-keys"),
    ("POST", "/me/access-keys"),
    ("DELETE", f"/me/access-keys/{uuid4()}"),
    ("POST", f"/persons/{uuid4()}/one-time-links"),
    ("GET", f"/households/{uuid4()}"),
    ("PATCH", f"/households/{uuid4()}"),
    ("GET", f"/households/{uuid4()}/contact"),
    ("POST", "/consents"),
    ("GET", f"/access-log?household_id={uuid4()}"),
]


async def test_nobody_gets_401_and_is_told_how_to_sign_in(people):
    for method, path in NEEDS_SOMEBODY:
        await nobody_asks(people, method, path)


async def nobody_asks(people, method, path):
    body = {"json": {}} if method in ("POST", "PATCH") else {}
    for headers in (
        {},
        {"Authorization": "Bearer x.y.z"},
        {"Authorization": "Basic eDp5"},
        {"Cookie": "lianxin_session=x"},
    ):
        answer = await people.request(method, API + path, headers=headers, **body)
        assert answer.status_code == 401 or "Cookie" in headers
        if answer.status_code == 401:
            assert answer.headers["www-authenticate"].startswith("Bearer")
        else:
            assert problem(answer) == (403, "people/cross-site")


WRONG_SHAPES = [
    ("POST", "/sessions", {"phone": "199\x000000001", "password": PASSWORD}),
    ("POST", "/sessions", {"phone": phone_of("cadre"), "password": "x" * 129}),
    ("POST", "/sessions", {"phone": phone_of("cadre"), "password": PASSWORD, "device_label": "a\x00b"}),
    ("POST", "/sessions", {"phone": phone_of("cadre"), "password": PASSWORD, "remember": True}),
    ("POST", "/sessions", {"phone": 19900000001, "password": PASSWORD}),
    ("POST", "/sessions/refreshment", {"refresh_token": "a\x00" * 20}),
    ("POST", "/first-sign-ins", {"token": "x" * 43, "password": "short"}),
    ("POST", "/me/access-keys", {"purpose": "a\x00b"}),
    ("POST", "/me/access-keys", {"id": "not-a-uuid"}),
    ("PATCH", "/households/{household}", {"reason": "a\x00b", "service_needs": []}),
    ("PATCH", "/households/{household}", {"service_needs": []}),
    ("PATCH", "/households/{household}", {"reason": "-", "contact_name": "a\x00b"}),
    ("PATCH", "/households/{household}", {"reason": "-", "address_note": "a\x00b"}),
    ("PATCH", "/households/{household}", {"reason": "-", "code": "LLM-777"}),
    ("PATCH", "/households/{household}", {"reason": "-", "point": {"longitude": 116, "latitude": 36}}),
    ("PATCH", "/households/{household}", {"reason": "-", "point": {"crs": "wgs84", "longitude": 216, "latitude": 36}}),
    ("POST", "/consents", {"purpose": "a\x00b"}),
    ("GET", "/access-log", None),
    ("GET", "/access-log?household_id={household}&limit=0", None),
    ("GET", "/access-log?household_id={household}&cursor=nonsense", None),
    ("GET", "/households/LLM-001", None),
]


async def test_a_wrong_shape_is_a_4xx_that_names_the_field(people, cast):
    headers = await bearer(cast.auditor)
    for method, path, body in WRONG_SHAPES:
        sent = {"json": body} if body is not None else {}
        answer = await people.request(method, API + path.format(household=cast.household), headers=headers, **sent)
        assert answer.status_code in (400, 404), (method, path, body, answer.text)
        assert problem(answer)[1] in ("core/malformed", "core/invalid", "core/unknown")
        assert answer.status_code == 404 or answer.json()["errors"]


STRANGERS = [
    ("GET", "/households/{household}", None),
    ("GET", "/households/{household}/contact", None),
    ("PATCH", "/households/{household}", {"reason": "-", "service_needs": []}),
    ("GET", "/access-log?household_id={household}", None),
    ("POST", "/persons/{cadre}/one-time-links", {}),
    ("DELETE", "/me/devices/{device}", None),
    ("DELETE", "/me/access-keys/{key}", None),
]


async def test_a_stranger_learns_nothing(people, cast):
    pair = (await signed_in(people)).json()
    key = await keys.open_access_key(id=uuid4(), purpose="odk-collect", by=cast.cadre)
    named = {
        "household": cast.household, "cadre": cast.cadre.person_id, "device": pair["device_id"], "key": key.record.id,
    }  # fmt: skip
    headers = await bearer(cast.stranger)
    for method, path, body in STRANGERS:
        sent = {"json": body} if body is not None else {}
        status, code = problem(await people.request(method, API + path.format(**named), headers=headers, **sent))
        assert (status, code) == (403, "core/forbidden") or (status == 404 and code.endswith("-unknown")), path
    assert await fetch("SELECT FROM people_access_log") == []


async def test_sign_in_answers_201_each_time_and_is_not_cached(people):
    first, again = await signed_in(people), await signed_in(people)

    assert (first.status_code, again.status_code) == (201, 201)
    assert first.headers["cache-control"] == "no-store"
    assert first.json()["refresh_token"] != again.json()["refresh_token"]
    me = await people.get(f"{API}/me", headers={"Authorization": f"Bearer {first.json()['access_token']}"})
    assert me.json()["name"] == "李秀兰"
    assert me.json()["roles"] == [
        {"role": "cadre", "division_code": VILLAGE, "division_name": "琉璃庙村村委会", "unit_id": None}
    ]


async def test_a_known_and_an_unknown_phone_get_the_same_bytes(people):
    async def answers(phone):
        body = {"phone": phone, "password": "wrong-one"}
        return [await people.post(f"{API}/sessions", json=body) for _ in range(6)]

    with clock.stopped(clock.now()):  # the answer to a locked phone tells the minute
        known, unknown = await answers(phone_of("cadre")), await answers("19900000077")

    def seen(answer):
        headers = {name: value for name, value in answer.headers.items() if name != "x-request-id"}
        return answer.status_code, answer.content, headers

    assert [seen(answer) for answer in known] == [seen(answer) for answer in unknown]
    assert [answer.status_code for answer in known] == [401] * 5 + [429]
    assert 0 < int(known[-1].headers["retry-after"]) <= 900


async def test_a_refusal_speaks_chinese_and_english_on_demand(people):
    wrong = {"phone": phone_of("cadre"), "password": "wrong-one"}
    chinese = await people.post(f"{API}/sessions", json=wrong)
    english = await people.post(f"{API}/sessions", json=wrong, headers={"Accept-Language": "en"})

    assert chinese.json()["title"] == "手机号或密码不对"
    assert english.json()["title"] == "Phone number or password is not right"


async def test_refreshing_gives_the_next_pair_and_a_lost_answer_again(people):
    pair = (await signed_in(people)).json()
    body = {"refresh_token": pair["refresh_token"]}

    first, again = [await people.post(f"{API}/sessions/refreshment", json=body) for _ in range(2)]

    assert first.status_code == again.status_code == 201
    assert first.json()["refresh_token"] == again.json()["refresh_token"]
    assert problem(await people.post(f"{API}/sessions/refreshment", json={"refresh_token": "x" * 43})) == (
        401,
        "people/token-void",
    )


async def test_signing_out_everywhere_voids_the_token_it_was_asked_with(people, cast):
    headers = await bearer(cast.cadre)

    assert (await people.delete(f"{API}/sessions", headers=headers)).status_code == 204
    assert (await people.delete(f"{API}/sessions", headers=headers)).status_code == 401


async def test_devices_are_listed_and_revoked(people):
    one, two = (await signed_in(people)).json(), (await signed_in(people, device_label="平板")).json()
    headers = {"Authorization": f"Bearer {two['access_token']}"}

    listed = (await people.get(f"{API}/me/devices", headers=headers)).json()
    assert {(each["label"], each["this_device"]) for each in listed} == {("红米", False), ("平板", True)}
    for _ in range(2):
        assert (await people.delete(f"{API}/me/devices/{one['device_id']}", headers=headers)).status_code == 204
    lost = {"Authorization": f"Bearer {one['access_token']}"}
    assert problem(await people.get(f"{API}/me", headers=lost)) == (401, "people/token-void")


async def test_an_access_key_is_made_once_shown_again_listed_without_itself_and_revoked(people, cast):
    headers = {**await bearer(cast.cadre), "Idempotency-Key": "phone-1"}

    made, again = [
        await people.post(f"{API}/me/access-keys", json={"purpose": "odk-collect"}, headers=headers) for _ in range(2)
    ]
    other = await people.post(f"{API}/me/access-keys", json={"purpose": "feed"}, headers=headers)

    assert (made.status_code, again.status_code) == (201, 200)
    assert made.json() == again.json()
    assert problem(other) == (409, "core/different-arguments")
    assert await keys.actor_of_access_key(made.json()["key"]) == cast.cadre
    listed = (await people.get(f"{API}/me/access-keys", headers=headers)).json()
    assert [(each["id"], each["key"]) for each in listed] == [(made.json()["id"], None)]
    for _ in range(2):
        gone = await people.delete(f"{API}/me/access-keys/{made.json()['id']}", headers=headers)
        assert gone.status_code == 204
    assert await people.get(f"{API}/me", headers=headers)


async def test_a_one_time_link_leads_a_new_person_in(people, cast):
    made = await people.post(
        f"{API}/persons/{cast.cadre.person_id}/one-time-links", json={}, headers=await bearer(cast.admin)
    )
    token = made.json()["token"]
    assert made.status_code == 201
    assert made.json()["url"] == f"http://testserver.local/console/first-sign-in/{token}"

    for _ in range(3):  # WeChat looks before the person does
        assert (await people.get(f"{API}/first-sign-ins/{token}")).json()["name"] == "李秀兰"
    first = {"token": token, "password": "first-password"}
    used = [await people.post(f"{API}/first-sign-ins", json=first) for _ in range(2)]
    other = await people.post(f"{API}/first-sign-ins", json={**first, "password": "second-password"})

    assert [answer.status_code for answer in used] == [201, 201]
    assert problem(other) == (410, "people/link-spent")
    assert problem(await people.get(f"{API}/first-sign-ins/{token}")) == (410, "people/link-spent")
    assert (await signed_in(people, password="first-password")).status_code == 201


async def test_a_household_card_has_no_contact_and_its_contact_is_read_with_a_trace(people, cast):
    headers = {**await bearer(cast.cadre), "X-Request-ID": "phone-42"}

    card = await people.get(f"{API}/households/{cast.household}", headers=headers)
    contact = await people.get(f"{API}/households/{cast.household}/contact", headers=headers)

    assert card.json()["code"] == "LLM-001"
    assert FARMER not in json.dumps(card.json(), ensure_ascii=False)
    assert contact.json()["contact_name"] == FARMER
    assert contact.headers["cache-control"] == "no-store"
    log = await people.get(
        f"{API}/access-log", params={"household_id": str(cast.household)}, headers=await bearer(cast.auditor)
    )
    assert [(read["person_name"], read["request_id"]) for read in log.json()["items"]] == [("李秀兰", "phone-42")]


async def test_the_access_log_is_paged(people, cast):
    for _ in range(5):
        await people.get(f"{API}/households/{cast.household}/contact", headers=await bearer(cast.cadre))

    seen, cursor = [], None
    while cursor or not seen:
        params = {"household_id": str(cast.household), "limit": 2, **({"cursor": cursor} if cursor else {})}
        body = (await people.get(f"{API}/access-log", params=params, headers=await bearer(cast.admin))).json()
        seen += [read["id"] for read in body["items"]]
        cursor = body["next_cursor"]

    assert len(seen) == len(set(seen)) == 5


async def test_a_correction_sent_twice_is_one(people, cast):
    headers = await bearer(cast.cadre)
    body = {"reason": "本人要求", "contact_phone": None, "service_needs": ["vet"]}

    answers = [await people.patch(f"{API}/households/{cast.household}", json=body, headers=headers) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[1].json()["service_needs"] == ["vet"]
    assert len(await fetch("SELECT FROM people_household_amendment")) == 1


async def test_a_consent_sent_twice_is_one_line(people, cast):
    headers = await bearer(cast.cadre)
    body = {
        "id": str(uuid4()), "household_id": str(cast.household), "purpose": "service", "text_version": "2026-01",
        "text_sha256": "ab" * 32, "channel": "visit", "method": "witnessed", "given": True,
        "at": "2026-05-01T09:30:00+08:00",
    }  # fmt: skip

    first, again = [await people.post(f"{API}/consents", json=body, headers=headers) for _ in range(2)]
    other = await people.post(f"{API}/consents", json={**body, "given": False}, headers=headers)
    stranger = await people.post(f"{API}/consents", json={**body, "id": None}, headers=await bearer(cast.stranger))
    naive = await people.post(f"{API}/consents", json={**body, "at": "2026-05-01T09:30:00"}, headers=headers)

    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert problem(other) == (409, "core/different-arguments")
    assert problem(stranger) == (404, "people/household-unknown")
    assert problem(naive) == (400, "core/malformed")


async def with_cookie():
    session = await sessions.open_session(phone=phone_of("cadre"), password=PASSWORD)
    return {"Cookie": f"lianxin_session={session.token}"}


async def test_the_consoles_cookie_reads_from_anywhere(people):
    answer = await people.get(f"{API}/me", headers={**await with_cookie(), "Sec-Fetch-Site": "cross-site"})
    assert answer.json()["name"] == "李秀兰"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "http://testserver.local"}, 403),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "same-origin"}, 201),
        ({"Sec-Fetch-Site": "none"}, 201),
        ({"Origin": "http://testserver.local"}, 201),
    ],
)
async def test_the_consoles_cookie_acts_only_from_our_own_pages(people, headers, status):
    answer = await people.post(f"{API}/me/access-keys", json={}, headers={**await with_cookie(), **headers})
    assert answer.status_code == status


async def test_a_bearer_token_acts_from_anywhere_because_no_browser_adds_it(people, cast):
    headers = {**await bearer(cast.cadre), "Sec-Fetch-Site": "cross-site"}
    assert (await people.post(f"{API}/me/access-keys", json={}, headers=headers)).status_code == 201


def test_the_cookie_is_closed_to_scripts_and_to_other_sites():
    cookie = guards.session_cookie(sessions.SessionToken("t", timedelta(hours=12)))
    assert cookie.key == "lianxin_session"
    assert (cookie.httponly, cookie.samesite, cookie.max_age, cookie.path) == (True, "lax", 43200, "/")


async def test_an_account_opened_twice_is_one_and_a_taken_phone_is_refused(cast):
    id = uuid4()
    first = await actions.open_account(id=id, name="新来", phone="199 0000 0071", by=cast.admin)

    assert await actions.open_account(id=id, name="新来", phone="+8619900000071", by=cast.admin) == first
    with pytest.raises(actions.DifferentArguments):
        await actions.open_account(id=id, name="别人", phone="199 0000 0071", by=cast.admin)
    with pytest.raises(actions.PhoneTaken):
        await actions.open_account(id=uuid4(), name="新来", phone="199 0000 0071", by=cast.admin)


async def test_an_administrator_acts_in_his_territory_only(cast):
    with pytest.raises(administering.OtherTerritory):
        await actions.assign_role(
            person_id=cast.stranger.person_id, role="admin", division_code="370782000000",
            valid_from=clock.today(), by=cast.admin,
        )  # fmt: skip
    with pytest.raises(administering.OtherTerritory):
        await actions.open_unit(id=uuid4(), name="农技站", kind="station", division_code="370782000000", by=cast.admin)
    unit = {"id": uuid4(), "name": "农技站", "kind": "station", "division_code": "371526101000"}
    first = await actions.open_unit(**unit, by=cast.admin)
    assert await actions.open_unit(**unit, by=cast.admin) == first


async def test_a_forbidden_answer_names_the_roles_in_the_readers_language(people, cast):
    path = f"{API}/access-log?household_id={cast.household}"
    chinese = (await people.get(path, headers=await bearer(cast.cadre))).json()
    english = (await people.get(path, headers={**await bearer(cast.cadre), "Accept-Language": "en"})).json()

    assert chinese["detail"] == "这件事需要以下职务之一：审计员、管理员。"
    assert english["detail"] == "This needs one of the roles: auditor, admin."
    assert chinese["roles"] == ["auditor", "admin"]

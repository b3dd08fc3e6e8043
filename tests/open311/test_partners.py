"""Partners over HTTP, to the five questions: nobody, wrong shape, stranger, right person, twice."""

from datetime import date

import msgspec
import pytest

from backend.core import ids
from backend.open311.partner_schemas import NewPartner
from tests.cast import COUNTY, OTHER_COUNTY

HOOK = {
    "address": "https://partner.example/hook",
    "purpose": "督办统计",
    "events": ["resolved", "answered"],
    "fields": ["number", "status", "words"],
}


def body(new: NewPartner, **changes):
    return {**msgspec.to_builtins(new), **changes}


async def test_nobody_opens_lists_or_sets_anything(wire, new_partner):
    some = ids.uuid7()
    for method, path in [
        ("POST", "/partners"),
        ("GET", "/partners"),
        ("POST", f"/partners/{some}/closure"),
        ("PUT", f"/partners/{some}/webhook"),
        ("GET", f"/partners/{some}/deliveries"),
        ("POST", f"/partner-deliveries/{some}/resending"),
    ]:
        answer = await wire.request(method, f"/api/v1{path}", json=body(new_partner))
        assert answer.status_code == 401, path


@pytest.mark.parametrize(
    "changes",
    [
        {"name": ""},
        {"division_codes": []},
        {"division_codes": ["37"]},
        {"may": ["everything"]},
        {"unit_id": "x"},
        {"colour": "red"},
    ],
)
async def test_a_wrong_shape_is_refused(wire, as_, desk, new_partner, changes):
    answer = await wire.post("/api/v1/partners", json=body(new_partner, **changes), headers=await as_(desk.cast.admin))

    assert answer.status_code == 400


async def test_only_an_admin_of_all_its_jurisdictions_opens_a_partner(wire, as_, desk, new_partner):
    for who in ("cadre", "operator", "supervisor", "auditor", "stranger"):
        headers = await as_(getattr(desk.cast, who))
        assert (await wire.post("/api/v1/partners", json=body(new_partner), headers=headers)).status_code == 403, who
    wider = body(new_partner, division_codes=[COUNTY, OTHER_COUNTY])
    assert (await wire.post("/api/v1/partners", json=wider, headers=await as_(desk.cast.admin))).status_code == 403


async def test_an_admin_opens_one_and_the_same_again_is_the_same_with_its_key(wire, as_, desk, new_partner):
    headers = await as_(desk.cast.admin)
    first, again = [await wire.post("/api/v1/partners", json=body(new_partner), headers=headers) for _ in range(2)]
    other = await wire.post("/api/v1/partners", json=body(new_partner, name="别的"), headers=headers)
    listed = (await wire.get("/api/v1/partners", headers=headers)).json()

    assert [each.status_code for each in (first, again, other)] == [201, 200, 409]
    assert first.json()["api_key"] == again.json()["api_key"]
    assert first.headers["cache-control"] == "no-store"
    assert [(each["name"], each["api_key"], each["webhook"]) for each in listed] == [("高唐随手拍", None, None)]


async def test_partners_are_listed_to_those_who_oversee_their_territory(wire, as_, desk, city):
    for who, status, n in [
        ("supervisor", 200, 1),
        ("auditor", 200, 1),
        ("admin", 200, 1),
        ("cadre", 403, None),
        ("operator", 403, None),
        ("stranger", 403, None),
    ]:
        answer = await wire.get("/api/v1/partners", headers=await as_(getattr(desk.cast, who)))
        assert answer.status_code == status, who
        assert n is None or len(answer.json()) == n


async def test_an_ended_partner_files_nothing_and_ends_once(wire, as_, desk, city):
    path, headers = f"/api/v1/partners/{city.record.id}/closure", await as_(desk.cast.admin)
    refused = await wire.post(path, headers=await as_(desk.cast.supervisor))
    first, again = [await wire.post(path, headers=headers) for _ in range(2)]

    assert refused.status_code == 403
    assert first.json()["closed_at"] == again.json()["closed_at"] is not None
    assert (await city.file()).status_code == 403
    hook = await wire.put(f"/api/v1/partners/{city.record.id}/webhook", json=HOOK, headers=headers)
    assert hook.status_code == 409


async def test_a_key_counts_to_its_last_day(wire, as_, desk, new_partner):
    headers = await as_(desk.cast.admin)
    answer = await wire.post("/api/v1/partners", json=body(new_partner, valid_until="2020-01-01"), headers=headers)

    assert answer.json()["valid_until"] == date(2020, 1, 1).isoformat()
    form = {"api_key": answer.json()["api_key"], "service_code": "other"}
    assert (await wire.post("/open311/v2/requests.json", data=form)).status_code == 403


@pytest.mark.parametrize(
    "changes",
    [
        {"address": "ftp://partner.example/"},
        {"address": "http://partner.example/"},
        {"address": "https://user:pass@partner.example/"},
        {"address": "https://10.0.0.7/hook"},
        {"address": "https://127.0.0.1/"},
        {"address": "http://127.0.0.1:8000/"},
        {"address": "https://[::1]/"},
        {"address": "https://[::ffff:10.0.0.7]/"},
        {"address": "https://[64:ff9b::a00:7]/"},
        {"address": "https://169.254.169.254/latest/meta-data"},
        {"address": "https://2130706433/"},
        {"address": "https://127.1/"},
        {"address": "https://127。0。0。1/"},
        {"address": "https://partner.example\\@10.0.0.7/"},
        {"address": "https://partner.example/#x"},
        {"events": []},
        {"events": ["noted"]},
        {"fields": ["contact_phone"]},
        {"fields": []},
        {"purpose": ""},
    ],
)
async def test_a_webhook_to_nowhere_or_for_nothing_is_refused(wire, as_, desk, city, changes):
    path = f"/api/v1/partners/{city.record.id}/webhook"
    answer = await wire.put(path, json={**HOOK, **changes}, headers=await as_(desk.cast.admin))

    assert answer.status_code == 400


async def test_an_admin_sets_a_webhook_which_is_off_until_told(wire, as_, desk, city):
    path, headers = f"/api/v1/partners/{city.record.id}/webhook", await as_(desk.cast.admin)
    assert (await wire.put(path, json=HOOK, headers=await as_(desk.cast.supervisor))).status_code == 403
    unknown = await wire.put(f"/api/v1/partners/{ids.uuid7()}/webhook", json=HOOK, headers=headers)
    assert unknown.status_code == 404

    first, again = [(await wire.put(path, json=HOOK, headers=headers)).json() for _ in range(2)]
    changed = (await wire.put(path, json={**HOOK, "new_secret": True}, headers=headers)).json()
    [listed] = (await wire.get("/api/v1/partners", headers=headers)).json()

    assert first["enabled"] is False
    assert first["secret"].startswith("whsec_")
    assert first == again
    assert changed["secret"] != first["secret"]
    assert (listed["webhook"]["purpose"], listed["webhook"]["secret"]) == ("督办统计", None)

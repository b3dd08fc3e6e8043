"""Setting a phone up for ODK Collect: one code for each person and phone, told to its maker, dead once revoked."""

import json
import zlib
from base64 import b64decode
from datetime import timedelta
from io import BytesIO
from uuid import uuid4

import httpx
import pytest
import segno
from PIL import Image

from backend.core import clock
from backend.core.database import fetch, fetch_row
from backend.openrosa import collect_routes
from backend.openrosa.collect_settings import PNG_MODULE_PX
from backend.people import (
    retention,
    retention_rules,  # noqa: F401 - the rules register
)
from backend.people.tables import Role
from tests.antifraud.outreach import client_of, signed_in, somebody
from tests.cast import OTHER_VILLAGE

PHONE = "王秀禾的红米"


@pytest.fixture
async def desk(cast):
    async with client_of(collect_routes.router) as opened:
        yield opened


async def issued(desk, who, status=201, **said):
    body = {"device_label": PHONE} | said
    answer = await desk.post("/collect-keys", json=body, headers=await signed_in(who))
    assert answer.status_code == status, answer.text
    return answer.json()


async def listed(desk, who, **asked):
    answer = await desk.get("/collect-keys", params=asked, headers=await signed_in(who))
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


async def revoked(desk, who, key):
    return await desk.post(f"/collect-keys/{key['id']}/revocation", headers=await signed_in(who))


async def form_list(served, key) -> int:
    path = httpx.URL(key["set_up"]["server_url"]).path
    async with httpx.AsyncClient() as phone:
        return (await phone.get(f"{served}{path}/formList")).status_code


async def test_nobody_signs_in_first(desk):
    for method, path in (
        ("GET", ""),
        ("POST", ""),
        ("POST", f"/{uuid4()}/revocation"),
        ("GET", f"/{uuid4()}/settings.png"),
        ("GET", f"/{uuid4()}/settings.svg"),
    ):
        assert (await desk.request(method, f"/collect-keys{path}", json={})).status_code == 401, path


@pytest.mark.parametrize(
    "said",
    [
        *({}, {"device_label": ""}, {"device_label": "  "}, {"device_label": "x" * 61}, {"device_label": "a\x00"}),
        {"device_label": "a", "x": 1},
    ],
)
async def test_a_phone_without_a_name_is_refused(desk, cast, said):
    answer = await desk.post("/collect-keys", json=said, headers=await signed_in(cast.cadre))
    assert answer.status_code == 400


async def test_one_sets_a_phone_of_ones_own_up_and_it_fetches_its_forms(desk, served, cast):
    made = await issued(desk, cast.cadre)

    assert (made["device_label"], made["person"]["name"], made["made_by"]) == (PHONE, "李秀兰", None)
    assert await form_list(served, made) == 200
    key = made["set_up"]["server_url"].rpartition("/")[2]
    row = await fetch_row("SELECT * FROM people_access_key WHERE id = $1::text::uuid", made["id"])
    assert key not in str(dict(row))


async def test_the_same_again_is_the_same_key_and_another_phone_under_its_id_is_refused(desk, cast):
    id = str(uuid4())
    first = await issued(desk, cast.cadre, id=id)

    assert await issued(desk, cast.cadre, 200, id=id) == first
    await issued(desk, cast.cadre, 409, id=id, device_label="另一部")
    await issued(desk, cast.next_cadre, 409, id=id)


async def test_the_code_holds_what_collect_documents_and_closes_what_would_break_it(desk, cast):
    made = (await issued(desk, cast.cadre))["set_up"]
    told = json.loads(zlib.decompress(b64decode(made["qr_text"], validate=True)))

    assert told == made["settings"]
    assert told["general"] == {
        "server_url": made["server_url"],
        "app_language": "zh",
        "form_update_mode": "match_exactly",
        "periodic_form_updates_check": "every_one_hour",
        "autosend": "wifi_and_cellular",
        "delete_send": False,
        "analytics": False,
    }
    assert told["admin"]["change_server"] is False
    assert "qr_code_scanner" not in told["admin"]
    assert told["project"] == {"name": "连心 高唐县", "icon": "连"}


async def test_what_an_assistant_sent_of_a_door_leaves_his_phone(desk, cast):
    made = await issued(desk, cast.assistant)
    assert made["set_up"]["settings"]["general"]["delete_send"] is True


async def test_somebody_without_a_role_today_is_set_up_all_the_same(desk, cast):
    await fetch("DELETE FROM people_role_assignment WHERE person = $1", cast.stranger.person_id)
    assert (await issued(desk, cast.stranger))["set_up"]["settings"]["project"]["name"] == "连心"


def drawn(png: bytes) -> list[list[int]]:
    """The squares of a code, 1 for a dark one."""
    image = Image.open(BytesIO(png)).convert("L")
    places = range(PNG_MODULE_PX // 2, image.width, PNG_MODULE_PX)
    return [[int(image.getpixel((x, y)) < 128) for x in places] for y in places]


async def test_the_picture_and_the_drawing_are_of_that_code_and_are_not_kept_on_the_way(desk, cast):
    made = await issued(desk, cast.cadre)
    headers = await signed_in(cast.cadre)
    picture = await desk.get(f"/collect-keys/{made['id']}/settings.png", headers=headers)
    drawing = await desk.get(f"/collect-keys/{made['id']}/settings.svg", headers=headers)

    assert (picture.headers["content-type"], picture.headers["cache-control"]) == ("image/png", "no-store")
    code = segno.make(made["set_up"]["qr_text"], error="m", micro=False, boost_error=False)
    assert drawn(picture.content) == [list(row) for row in code.matrix_iter(border=4)]
    assert drawing.headers["content-type"].startswith("image/svg+xml")
    assert b'xmlns="http://www.w3.org/2000/svg"' in drawing.content


async def test_a_supervisor_sets_up_the_phone_of_somebody_of_his_area_who_sees_it_and_is_not_told_the_key(desk, cast):
    made = await issued(desk, cast.supervisor, person_id=str(cast.cadre.person_id))

    assert (made["person"]["name"], made["made_by"]["name"]) == ("李秀兰", "王建国")
    [his] = await listed(desk, cast.cadre)
    assert (his["id"], his["made_by"]["name"], his["set_up"]) == (made["id"], "王建国", None)
    for file in ("settings.png", "settings.svg"):
        answer = await desk.get(f"/collect-keys/{made['id']}/{file}", headers=await signed_in(cast.cadre))
        assert (answer.status_code, made["set_up"]["server_url"] in answer.text) == (404, False)


async def test_nobody_sets_up_a_phone_for_whoever_is_not_his_to_look_after(desk, cast):
    elsewhere_too = await somebody(Role.CADRE, OTHER_VILLAGE)
    for who, whose in (
        (cast.cadre, cast.next_cadre),
        (cast.auditor, cast.cadre),
        (cast.operator, cast.cadre),
        (cast.supervisor, cast.stranger),
        (cast.supervisor, elsewhere_too),
        (cast.supervisor, cast.admin),
        (cast.supervisor, cast.auditor),
    ):
        await issued(desk, who, 404, person_id=str(whose.person_id))
    await issued(desk, cast.supervisor, 404, person_id=str(uuid4()))
    await issued(desk, cast.admin, 201, person_id=str(cast.supervisor.person_id))
    assert len(await fetch("SELECT FROM people_access_key")) == 1


async def test_a_list_shows_ones_own_and_those_of_ones_area_and_asks_by_person(desk, cast):
    for who in (cast.cadre, cast.assistant, cast.stranger, cast.admin):
        await issued(desk, who)

    assert len(await listed(desk, cast.cadre)) == 1
    assert [key["person"]["name"] for key in await listed(desk, cast.supervisor)] == ["马文", "赵强", "李秀兰"]
    assert len(await listed(desk, cast.supervisor, person_id=str(cast.cadre.person_id))) == 1
    assert await listed(desk, cast.supervisor, person_id=str(cast.stranger.person_id)) == []
    assert await listed(desk, cast.operator) == []


async def test_pages_of_a_list_follow_one_another(desk, cast):
    made = [(await issued(desk, cast.cadre, device_label=f"{n}"))["device_label"] for n in range(3)]
    headers, seen, cursor = await signed_in(cast.cadre), [], ""
    while cursor is not None:
        page = (await desk.get("/collect-keys", params={"limit": 2, "cursor": cursor}, headers=headers)).json()
        seen += [item["device_label"] for item in page["items"]]
        cursor = page["next_cursor"]
    assert seen == made[::-1]


async def test_a_revoked_phone_is_refused_at_its_next_request_and_the_other_one_is_not(desk, served, cast):
    lost, kept = await issued(desk, cast.cadre), await issued(desk, cast.cadre, device_label="新手机")
    answers = [await revoked(desk, cast.cadre, lost) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json() == answers[1].json()
    assert (await form_list(served, lost), await form_list(served, kept)) == (403, 200)
    again = await issued(desk, cast.cadre, 200, id=lost["id"])
    assert again["set_up"] is None
    assert len(await listed(desk, cast.cadre, counting=True)) == 1


async def test_whose_phone_it_is_and_who_looks_after_him_revoke_it_and_nobody_else(desk, served, cast):
    made = await issued(desk, cast.supervisor, person_id=str(cast.cadre.person_id))
    for who, status in ((cast.next_cadre, 404), (cast.stranger, 404), (cast.auditor, 403)):
        assert (await revoked(desk, who, made)).status_code == status
    assert await form_list(served, made) == 200
    assert (await revoked(desk, cast.cadre, made)).status_code == 200

    own = await issued(desk, cast.cadre)
    assert (await revoked(desk, cast.supervisor, own)).status_code == 200
    assert await form_list(served, own) == 403


async def test_a_key_of_another_purpose_is_none_of_these(desk, cast):
    from backend.people.keys import open_access_key

    other = await open_access_key(id=uuid4(), purpose="exchange", by=cast.cadre)
    assert await listed(desk, cast.cadre) == []
    assert (await revoked(desk, cast.cadre, {"id": other.record.id})).status_code == 404


async def test_the_name_of_a_phone_is_forgotten_a_year_after_it_was_revoked(desk, cast):
    lost = await issued(desk, cast.cadre)
    await issued(desk, cast.cadre, device_label="新手机")
    await revoked(desk, cast.cadre, lost)

    [rule] = [rule for rule in retention.rules() if rule.name == "people.access_key_labels"]
    with clock.stopped(clock.now() + timedelta(days=367)):
        assert (await retention.apply_rule(rule)).rows == 1
    assert {key["device_label"] for key in await listed(desk, cast.cadre)} == {"", "新手机"}

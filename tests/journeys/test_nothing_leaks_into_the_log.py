"""Whatever people do to a server, what it prints names none of them, and lets nobody in."""

from contextlib import suppress
from datetime import UTC, datetime
from uuid import uuid4

import httpx

from seed.cast import EVERYBODY
from seed.households import three_hundred

CADRE = EVERYBODY[0]
PHONE = CADRE.phone.replace(" ", "")
WRONG = "a-wrong-password-7"
VOID = "a-void-token-8"


def secrets_of(signed_in: dict[str, str], password: str, *keys: str) -> set[str]:
    """Every spelling of what must not be printed."""
    people = {member.name for member in EVERYBODY} | {household.contact_name for household in three_hundred()}
    phones = {member.phone for member in EVERYBODY} | {household.contact_phone for household in three_hundred()}
    bare = {phone.replace(" ", "") for phone in phones}
    tokens = {signed_in["Authorization"].removeprefix("Bearer "), password, *keys, WRONG, VOID}
    return people | phones | bare | tokens


async def test_no_name_phone_or_token_is_printed_whatever_is_asked(house, seeded):
    password = house.move_in(seeded)
    house.open()
    signed_in = house.sign_in(PHONE, password)
    async with httpx.AsyncClient(base_url=house.url, timeout=20) as client:
        made = await client.post("/api/v1/me/access-keys", json={"id": str(uuid4())}, headers=signed_in)
        assert made.is_success, made.text
        key = made.json()["key"]
        phone = {"id": str(uuid4()), "device_label": f"{CADRE.name}的红米"}
        set_up = (await client.post("/api/v1/collect-keys", json=phone, headers=signed_in)).json()["set_up"]
        phones_key = set_up["server_url"].rpartition("/")[2]
        statuses = [await status for status in everything_people_do(client, signed_in, key)]
        statuses += [await status for status in a_phone_is_set_up(client, signed_in, phone, phones_key)]
        house.postmaster().kill()
        with suppress(httpx.TransportError):
            statuses.append((await client.get("/api/v1/visits", headers=signed_in)).status_code)
    house.kill_everybody(postgres_first=False)

    assert {200, 201, 400, 401, 404} <= set(statuses)
    assert max(statuses) >= 500
    printed = house.printed.read_text()
    assert printed.count('"request"') >= len(statuses) - 2
    assert {
        secret for secret in secrets_of(signed_in, password, key, phones_key, set_up["qr_text"]) if secret in printed
    } == set()


def a_phone_is_set_up(client: httpx.AsyncClient, signed_in: dict[str, str], phone: dict[str, str], key: str):
    """The same of ODK Collect: the code, the page with it, and what the phone asks then, revoked in the end."""

    async def status(method: str, url: str, **more) -> int:
        return (await client.request(method, url, **more)).status_code

    yield status("POST", "/api/v1/collect-keys", json=phone | {"device_label": CADRE.name}, headers=signed_in)
    yield status("GET", f"/api/v1/collect-keys/{phone['id']}/settings.png", headers=signed_in)
    yield status("GET", f"/console/collect/{phone['id']}", headers=signed_in)
    yield status("GET", f"/openrosa/key/{key}/formList")
    yield status("HEAD", f"/openrosa/key/{key}/submission?deviceID={PHONE}")
    yield status("GET", f"/openrosa/key/{key}/forms/{CADRE.name}.xml")
    yield status("POST", f"/openrosa/key/{key}/submission", content=f"<data>{CADRE.name}</data>".encode())
    yield status("GET", f"/openrosa/test/{key}/formList")
    yield status("POST", f"/api/v1/collect-keys/{phone['id']}/revocation", headers=signed_in)
    yield status("GET", f"/openrosa/key/{key}/formList")


def everything_people_do(client: httpx.AsyncClient, signed_in: dict[str, str], key: str):
    """Requests that carry what must not be printed: in bodies, headers, paths and queries."""

    async def status(method: str, url: str, **more) -> int:
        return (await client.request(method, url, **more)).status_code

    now = datetime.now(UTC).isoformat()
    visit = {"id": str(uuid4()), "channel": "call", "occurred_at": now, "household_code": "LLM-001"}
    named = visit | {"id": str(uuid4()), "note": f"{CADRE.name} 电话 {PHONE}", "companions": [CADRE.name]}
    void = {"Authorization": f"Bearer {VOID}"}
    yield status("POST", "/api/v1/sessions", json={"phone": PHONE, "password": WRONG})
    yield status("POST", "/api/v1/sessions", json={"phone": PHONE, "pass": WRONG})
    yield status("POST", "/api/v1/sessions", content=f'{{"phone": "{PHONE}", "password": "{WRONG}'.encode())
    yield status("POST", "/api/v1/visits", json=named, headers=signed_in)
    yield status("POST", "/api/v1/visits", json=named | {"note": f"{CADRE.name} 改了"}, headers=signed_in)
    yield status("POST", "/api/v1/visits", json=named | {"channel": CADRE.name}, headers=signed_in)
    yield status("POST", "/api/v1/visits", json=named, headers=void)
    yield status("GET", f"/api/v1/{CADRE.name}/{PHONE}", headers=signed_in)
    yield status("GET", f"/api/v1/visits?cursor={PHONE}", headers=signed_in)
    yield status("GET", "/openrosa/formList", auth=(PHONE, WRONG), headers={"X-OpenRosa-Version": "1.0"})
    yield status("GET", f"/openrosa/key/{key}/formList", headers={"X-OpenRosa-Version": "1.0"})
    yield status("GET", f"/openrosa/key/{VOID}/formList", headers={"X-OpenRosa-Version": "1.0"})
    yield status("POST", f"/openrosa/key/{key}/submission", content=f"<data>{CADRE.name}</data>".encode())
    yield status("GET", f"/console/map?phone={PHONE}", headers={"Cookie": f"lianxin_session={VOID}"})

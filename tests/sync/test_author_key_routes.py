"""Keys of authors over HTTP."""

import asyncio

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP384R1

from backend.core import ids
from backend.core.refusals import Refusal
from backend.sync.author_key_routes import router
from backend.sync.author_keys import MOST_KEYS, list_author_keys, register_author_key
from backend.sync.refusals import TooManyAuthorKeys
from tests.application import application
from tests.sync.signing import PhoneKey

KEYS = "/sync/author-keys"


@pytest.fixture
async def wire(cast):
    transport = httpx.ASGITransport(application(router))
    async with httpx.AsyncClient(transport=transport, base_url="http://test/api/v1") as client:
        yield client


def told(key):
    return {"id": str(key.id), "public_key": key.public}


async def test_register_nobody_wrong_shape_right_person_twice_stranger(wire, as_, cast):
    key, mine = PhoneKey(), await as_(cast.cadre)
    assert (await wire.post(KEYS, json=told(key))).status_code == 401
    for wrong in (
        {},
        told(key) | {"public_key": "AAAA"},
        told(key) | {"person_id": str(cast.cadre.person_id)},
        told(PhoneKey(SECP384R1())),
        told(key) | {"public_key": key.public[:-8]},
    ):
        assert (await wire.post(KEYS, json=wrong, headers=mine)).status_code == 400
    first = await wire.post(KEYS, json=told(key), headers=mine)
    again = await wire.post(KEYS, json=told(key), headers=mine)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert (first.json()["counts"], first.json()["public_key"]) == (True, key.public)
    assert (await wire.post(KEYS, json=told(key), headers=await as_(cast.stranger))).status_code == 409
    other = told(key) | {"public_key": PhoneKey().public}
    assert (await wire.post(KEYS, json=other, headers=mine)).status_code == 409


async def test_each_sees_his_own_keys(wire, as_, cast):
    keys = [PhoneKey(), PhoneKey()]
    for key in keys:
        await wire.post(KEYS, json=told(key), headers=await as_(cast.cadre))

    assert (await wire.get(KEYS)).status_code == 401
    listed = (await wire.get(KEYS, headers=await as_(cast.cadre))).json()
    assert [row["id"] for row in listed] == [str(key.id) for key in reversed(keys)]
    assert (await wire.get(KEYS, headers=await as_(cast.stranger))).json() == []


async def test_revoke_nobody_wrong_shape_stranger_right_person_twice(wire, as_, cast):
    key, mine = PhoneKey(), await as_(cast.cadre)
    await wire.post(KEYS, json=told(key), headers=mine)
    revocation = f"{KEYS}/{key.id}/revocation"

    assert (await wire.post(revocation)).status_code == 401
    assert (await wire.post(f"{KEYS}/{ids.uuid7()}/revocation", headers=mine)).status_code == 404
    assert (await wire.post(revocation, headers=await as_(cast.stranger))).status_code == 404
    first, again = [await wire.post(revocation, headers=mine) for _ in range(2)]
    assert (first.status_code, again.status_code) == (200, 200)
    assert first.json() == again.json()
    assert first.json()["counts"] is False


async def test_a_revoked_key_registered_again_stays_revoked(wire, as_, cast):
    key, mine = PhoneKey(), await as_(cast.cadre)
    await wire.post(KEYS, json=told(key), headers=mine)
    await wire.post(f"{KEYS}/{key.id}/revocation", headers=mine)

    again = await wire.post(KEYS, json=told(key), headers=mine)

    assert (again.status_code, again.json()["counts"]) == (200, False)


async def test_a_handful_of_keys_count_at_once_however_many_are_sent_at_once(cast):
    keys = [PhoneKey() for _ in range(MOST_KEYS + 2)]

    async def register(key):
        try:
            return await register_author_key(id=key.id, public_key=key.public, by=cast.cadre)
        except Refusal as refusal:
            return refusal

    outcomes = await asyncio.gather(*(register(key) for key in keys))

    assert sum(isinstance(outcome, TooManyAuthorKeys) for outcome in outcomes) == 2
    assert len(await list_author_keys(by=cast.cadre)) == MOST_KEYS

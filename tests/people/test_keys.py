"""Access keys: what a client that cannot sign in carries in its address."""

from uuid import uuid4

import pytest

from backend.core.database import fetch_row
from backend.core.refusals import DifferentArguments
from backend.people import actions, keys, rules, sessions
from backend.people.refusals import AccessKeyUnknown, TokenVoid


async def test_a_key_stands_for_its_holder_with_todays_roles(cast):
    key = await keys.make_access_key(person_id=cast.cadre.person_id, purpose="odk-collect")

    assert await keys.actor_of_access_key(key) == cast.cadre
    assert len(key) == 43
    assert key.replace("-", "").replace("_", "").isalnum()


async def test_only_the_hash_of_a_key_is_kept(cast):
    key = await keys.make_access_key(person_id=cast.cadre.person_id, purpose="odk-collect")

    assert (await fetch_row("SELECT key_sha256 FROM people_access_key"))["key_sha256"] == rules.sha256(key)


async def test_the_same_id_gives_the_same_key_and_other_arguments_are_refused(cast):
    id = uuid4()
    first = await keys.open_access_key(id=id, purpose="odk-collect", by=cast.cadre)
    again = await keys.open_access_key(id=id, purpose="odk-collect", by=cast.cadre)

    assert (first.created, again.created) == (True, False)
    assert again.record == first.record
    for purpose, by in (("feed", cast.cadre), ("odk-collect", cast.expert)):
        with pytest.raises(DifferentArguments):
            await keys.open_access_key(id=id, purpose=purpose, by=by)


async def test_a_revoked_key_is_dead_at_once_and_is_not_shown_again(cast):
    id = uuid4()
    key = (await keys.open_access_key(id=id, purpose="odk-collect", by=cast.cadre)).record.key
    other = await keys.make_access_key(person_id=cast.cadre.person_id, purpose="odk-collect")

    for _ in range(2):
        await keys.revoke_access_key(key_id=id, by=cast.cadre)

    with pytest.raises(TokenVoid):
        await keys.actor_of_access_key(key)
    assert (await keys.open_access_key(id=id, purpose="odk-collect", by=cast.cadre)).record.key is None
    assert await keys.actor_of_access_key(other)


async def test_nobody_revokes_another_ones_key(cast):
    id = uuid4()
    await keys.open_access_key(id=id, purpose="odk-collect", by=cast.cadre)
    with pytest.raises(AccessKeyUnknown):
        await keys.revoke_access_key(key_id=id, by=cast.expert)


@pytest.mark.parametrize("nonsense", ["", "x", "\x00", "\ud800", "a" * 10_000])
async def test_what_is_no_key_is_nobody(cast, nonsense):
    with pytest.raises(TokenVoid):
        await keys.actor_of_access_key(nonsense)


async def test_signing_out_everywhere_and_closing_the_account_end_the_keys_too(cast):
    mine = await keys.make_access_key(person_id=cast.cadre.person_id, purpose="odk-collect")
    his = await keys.make_access_key(person_id=cast.expert.person_id, purpose="odk-collect")

    await sessions.sign_out_everywhere(by=cast.cadre)
    await actions.close_account(person_id=cast.expert.person_id)

    for key in (mine, his):
        with pytest.raises(TokenVoid):
            await keys.actor_of_access_key(key)

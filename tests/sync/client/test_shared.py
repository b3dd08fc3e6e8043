"""Two people share a phone: what each did is his, whoever's session sends it."""

import pytest
from lianxin_client import SignInNeeded

from backend.core.database import fetch
from backend.people import devices
from backend.sync.author_keys import revoke_author_key


async def recorded_by():
    return {str(row["id"]): str(row["recorded_by"]) for row in await fetch("SELECT id, recorded_by FROM visits_visit")}


def visit_of(pocket, command):
    [found] = [each for each in pocket.phone.queue.all() if each.id == command]
    return found.content["arguments"]["id"]


async def test_one_sends_what_both_did_and_each_is_its_author(cast, pocket):
    cadre, other = await pocket.sign_in("cadre"), await pocket.sign_in("next_cadre")
    pocket.phone.hand_to(cadre)
    his = visit_of(pocket, pocket.contact())
    pocket.phone.hand_to(other)
    hers = visit_of(pocket, pocket.contact())
    await pocket.sync()

    assert await recorded_by() == {his: cadre, hers: other}
    assert len(pocket.line.pushed()) == 1


async def test_what_somebody_did_before_his_key_was_known_goes_in_his_own_session(cast, pocket):
    cadre = await pocket.sign_in("cadre")
    other = await pocket.sign_in("next_cadre")
    pocket.phone.store.rows("UPDATE person SET key_known = 0 WHERE id = ?", cadre)

    pocket.phone.hand_to(cadre)
    command = pocket.contact()
    assert pocket.phone.queue.to_send(holder=other, proved=[other], photos=[]) == []
    assert [each.id for each in pocket.phone.queue.to_send(holder=cadre, proved=[], photos=[])] == [command]


async def test_a_key_that_was_revoked_proves_nothing_and_its_author_sends_it_himself(cast, pocket):
    cadre = await pocket.sign_in("cadre")
    command = pocket.contact()
    visit = visit_of(pocket, command)
    [person] = pocket.phone.people
    await revoke_author_key(key_id=person.key_id, by=cast.cadre)
    await pocket.sign_in("next_cadre")
    await pocket.sync()
    assert pocket.standings() == {command: "refused"}
    assert pocket.phone.attention() == []
    await pocket.sync()
    assert len(pocket.line.pushed()) == 1
    pocket.phone.hand_to(cadre)
    await pocket.sync()

    assert await recorded_by() == {visit: cadre}
    assert pocket.standings() == {}


async def test_a_phone_that_was_revoked_keeps_what_waits_and_gets_a_new_key_with_the_next_sign_in(cast, pocket):
    await pocket.sign_in("cadre")
    command = pocket.contact()
    [person] = pocket.phone.people
    [row] = pocket.phone.store.rows("SELECT device_id FROM person")
    await devices.revoke_device(device_id=row["device_id"], by=cast.cadre)
    with pytest.raises(SignInNeeded):
        await pocket.sync()
    assert pocket.standings() == {command: "queued"}
    await pocket.sign_in("cadre")
    await pocket.sync()

    assert pocket.standings() == {}
    assert pocket.phone.holder.key_known
    assert pocket.phone.holder.key_id != person.key_id


async def test_one_who_is_signed_out_keeps_nobody_else_waiting(cast, pocket, picture):
    cadre = await pocket.sign_in("cadre")
    pocket.phone.photograph(picture)
    his = visit_of(pocket, pocket.contact())
    await pocket.sign_in("assistant")
    pocket.phone.store.rows(
        "UPDATE person SET access_token = ?, refresh_token = ? WHERE id = ?", "x" * 40, "x" * 40, cadre
    )
    await pocket.sync()

    assert await recorded_by() == {his: cadre}
    assert len(pocket.phone.photos.to_send()) == 1

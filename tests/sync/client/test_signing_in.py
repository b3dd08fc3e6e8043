"""Tokens run out in the middle of things, and answers with new ones are lost: nothing else is."""

import httpx
import pytest
from lianxin_client import NotNow, SignInNeeded

from tests.sync.client.conftest import answer_lost

VOID = "x" * 40


def spoil(pocket, **tokens):
    for column, token in tokens.items():
        pocket.phone.store.rows(f"UPDATE person SET {column} = ?", token)


def refreshments(pocket):
    return [each for each in pocket.line.sent if each.url.path.endswith("/refreshment")]


async def test_a_token_that_ran_out_is_followed_by_the_next_pair(cast, pocket):
    await pocket.sign_in("cadre")
    pocket.contact()
    spoil(pocket, access_token=VOID)
    await pocket.sync()

    assert pocket.standings() == {}
    assert len(refreshments(pocket)) == 1


async def test_a_pair_whose_answer_was_lost_is_given_again(cast, pocket):
    await pocket.sign_in("cadre")
    pocket.contact()
    spoil(pocket, access_token=VOID)
    pocket.line.fault = lambda request, deliver: (
        answer_lost(request, deliver) if request.url.path.endswith("/refreshment") else deliver(request)
    )
    with pytest.raises(NotNow):
        await pocket.sync()
    pocket.line.fault = None
    pocket.woken()
    await pocket.sync()

    assert pocket.standings() == {}


async def test_a_network_that_wants_to_be_paid_first_gives_no_tokens(cast, pocket):
    await pocket.sign_in("cadre")
    command = pocket.contact()
    spoil(pocket, access_token=VOID)
    page = httpx.Response(200, html="<h1>Pay first</h1>")
    pocket.line.fault = lambda request, deliver: page if request.url.path.endswith("/refreshment") else deliver(request)
    with pytest.raises(NotNow):
        await pocket.sync()
    pocket.line.fault = None
    await pocket.sync()

    assert command not in pocket.standings()


async def test_when_both_tokens_are_void_the_password_is_asked_for_and_everything_stays(cast, pocket):
    await pocket.sign_in("cadre")
    command = pocket.contact()
    spoil(pocket, access_token=VOID, refresh_token=VOID)
    with pytest.raises(SignInNeeded):
        await pocket.sync()
    assert pocket.standings() == {command: "queued"}
    await pocket.sign_in("cadre")
    await pocket.sync()

    assert pocket.standings() == {}


async def test_the_same_phone_signed_in_again_is_the_same_device(cast, pocket):
    await pocket.sign_in("cadre")
    [first] = pocket.phone.store.rows("SELECT device_id, key_id FROM person")
    await pocket.sign_in("cadre")
    [second] = pocket.phone.store.rows("SELECT device_id, key_id FROM person")

    assert tuple(first) == tuple(second)


async def test_before_anybody_signed_in_there_is_nobody(cast, pocket):
    with pytest.raises(SignInNeeded):
        pocket.contact()

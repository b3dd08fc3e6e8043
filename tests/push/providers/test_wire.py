"""What all providers share: connections of one loop, tokens fetched once, and no verdict lost."""

import asyncio
from contextlib import aclosing

import pytest

from backend.push.provider import Sent
from backend.push.providers.fates import Fate, each, refused, unknown
from backend.push.providers.tokens import Token
from backend.push.providers.wire import Wire


async def test_a_mistake_of_ours_costs_one_verdict_and_not_the_batch(outgoing):
    async def one(message):
        if message.address == "bad":
            raise ZeroDivisionError
        return "id"

    batch = [outgoing("a"), outgoing("bad"), outgoing("b")]
    verdicts = await each(batch, one, at_once=2)

    assert sorted((verdict.sent, verdict.reason or "") for verdict in verdicts) == [
        (Sent.ACCEPTED, ""),
        (Sent.ACCEPTED, ""),
        (Sent.UNKNOWN, "our_mistake"),
    ]


async def test_no_more_go_out_at_once_than_was_said(outgoing):
    out, most = 0, 0

    async def one(message):
        nonlocal out, most
        out += 1
        most = max(most, out)
        await asyncio.sleep(0.001)
        out -= 1

    assert len(await each([outgoing() for _ in range(40)], one, at_once=7)) == 40
    assert most == 7


async def test_an_empty_batch_has_no_verdicts():
    async def one(message):
        raise AssertionError

    assert await each([], one, at_once=7) == []


async def test_many_who_need_a_token_at_once_fetch_it_once():
    fetched = []

    async def fetch(spent):
        fetched.append(spent)
        await asyncio.sleep(0.01)
        return f"token-{len(fetched)}", 3_600

    token = Token(fetch)
    assert {*await asyncio.gather(*(token.text() for _ in range(20)))} == {"token-1"}
    assert {*await asyncio.gather(*(token.instead_of("token-1") for _ in range(20)))} == {"token-2"}
    assert fetched == [None, "token-1"]


async def test_a_token_about_to_run_out_is_fetched_before_it_does():
    fetched = []

    async def fetch(spent):
        fetched.append(spent)
        return "token", 0.0

    token = Token(fetch)
    await token.text()
    await token.text()

    assert len(fetched) == 2


async def test_a_token_that_cannot_be_had_is_asked_for_once_and_not_by_each_of_a_batch():
    fetched = []

    async def fetch(spent):
        fetched.append(spent)
        await asyncio.sleep(0.01)
        raise refused("credentials")

    token = Token(fetch)
    told = await asyncio.gather(*(token.text() for _ in range(20)), return_exceptions=True)

    assert ({str(fate) for fate in told}, len(fetched)) == ({"credentials"}, 1)


@pytest.mark.parametrize(
    ("met", "told"), [(unknown("no_answer"), Sent.RETRY_AFTER), (refused("credentials"), Sent.REFUSED)]
)
async def test_trouble_with_a_token_is_never_an_unknown_fate_for_nothing_was_sent(met, told):
    async def fetch(spent):
        raise met

    with pytest.raises(Fate) as fate:
        await Token(fetch).text()
    assert fate.value.sent is told


async def test_a_provider_used_in_another_loop_says_so_and_is_opened_anew_when_its_own_has_ended(weixin):
    wire = Wire(weixin.url, connections=1)

    async def ask():
        return (await wire.post("/nowhere", b"{}", {})).status

    def elsewhere():
        async def both():
            try:
                return await ask()
            finally:
                await wire.aclose()

        return asyncio.run(both())

    assert await asyncio.to_thread(elsewhere) == 404
    assert await ask() == 404
    with pytest.raises(RuntimeError, match="one event loop"):
        await asyncio.to_thread(lambda: asyncio.run(ask()))
    await wire.aclose()


async def test_a_proxy_is_used_where_the_environment_names_one(weixin, monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    async with aclosing(Wire(weixin.url, connections=1)) as near:
        assert (await near.post("/nowhere", b"", {})).status == 404

    async with aclosing(Wire("http://push.example", connections=1)) as far:
        with pytest.raises(Fate, match="unreachable"):
            await far.post("/", b"", {})

"""What this room forgets: words and recipients after 90 days, never the counts."""

from datetime import timedelta

from backend.core import clock
from backend.core.database import fetch, fetch_row
from backend.people import retention
from backend.push import actions as push
from backend.push.provider import AddressKind, Category

RULES = {each.name: each for each in retention.rules()}


async def after(days: int, *names: str) -> list[int]:
    with clock.stopped(clock.now() + timedelta(days=days)):
        return [(await retention.apply_rule(RULES[name])).rows for name in names]


async def test_words_recipients_and_messages_go_after_90_days_and_the_counts_stay(cast, ways, phone, work, noon):
    await phone(cast.cadre, "token-1")
    await push.notify(to=cast.cadre.person_id, text=push.Text(zh="林大山"), category=Category.INFO, dedupe_key="1")
    await work()
    names = ("push.notices", "push.deliveries", "push.recipients")
    assert await after(89, *names) == [0, 0, 0]
    assert await after(91, *names) == [1, 1, 1]
    assert await after(92, *names) == [0, 0, 0]

    assert (await fetch_row("SELECT text_zh, voice_zh, link FROM push_notice"))[:] == ("", "", None)
    rows = await fetch("SELECT state, sum(n)::int AS n FROM push_counter GROUP BY state HAVING sum(n) > 0")
    assert {row["state"]: row["n"] for row in rows} == {"accepted": 1}


async def test_an_address_goes_90_days_after_its_death_and_a_stale_token_dies(cast, phone, noon):
    await phone(cast.cadre, "token-1")
    await phone(cast.cadre, "13900000001", AddressKind.SMS)
    assert await after(269, "push.stale_tokens", "push.dead_addresses") == [0, 0]
    assert await after(271, "push.stale_tokens") == [1]
    assert (await fetch_row("SELECT dead_reason FROM push_address WHERE dead_at IS NOT NULL"))[0] == "not_confirmed"
    await fetch("UPDATE push_address SET dead_at = $1 WHERE dead_at IS NOT NULL", clock.now())
    assert await after(89, "push.dead_addresses") == [0]
    assert await after(91, "push.dead_addresses") == [1]
    assert [row["kind"] for row in await fetch("SELECT kind FROM push_address")] == ["sms"]

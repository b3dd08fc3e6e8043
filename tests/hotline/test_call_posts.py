"""What an exchange tells comes in once, from whom it says, in whatever order."""

from datetime import datetime, timedelta
from itertools import permutations

import pytest

from backend.core import clock, ids
from backend.core.database import fetch, fetch_row
from backend.core.post_signatures import PostHeaders
from backend.core.refusals import DifferentArguments, Forbidden, Invalid
from backend.hotline import call_posts, line_posts, systems
from backend.hotline.call_refusals import LinePostAgain, LinePostNotSigned, NotYourLine, SystemUnknown
from backend.hotline.call_tables import Call
from backend.hotline.line_schemas import NewLineSystem
from backend.hotline.line_tables import LinePost
from backend.hotline.words import SystemKind
from backend.people.refusals import UnitUnknown
from tests.cast import COUNTY, OTHER_COUNTY
from tests.hotline.exchange import AT_TWO, CALLER, LINE, OTHER_CALLER, Exchange, callbacks

SECOND = timedelta(seconds=1)


@pytest.fixture
async def exchange(cast):
    made = await Exchange.open(cast)
    with clock.stopped(AT_TWO):
        yield made


async def call(receipt):
    return await fetch_row("SELECT * FROM hotline_call WHERE id = $1", receipt.id)


@pytest.mark.parametrize("order", list(permutations(["ringing", "answered", "ended"])))
async def test_one_call_comes_of_its_posts_in_whatever_order(exchange, order):
    at = {"ringing": AT_TWO, "answered": AT_TWO + 8 * SECOND, "ended": AT_TWO + 98 * SECOND}
    for _ in range(2):
        for event in order:
            last = await exchange.tells(event, at=at[event])

    row = await call(last)
    assert (row["state"], row["began_at"], row["answered_at"], row["ended_at"]) == ("ended", *at.values())
    assert await Call.count() == 1
    assert await callbacks() == []


async def test_a_call_belongs_to_the_desk_of_its_exchange_and_its_number_lies_sealed(exchange):
    row = await call(await exchange.tells("ringing"))

    assert (row["unit"], row["division_code"], row["direction"]) == (exchange.unit, COUNTY, "in")
    for table in await fetch("SELECT quote_ident(tablename) AS name FROM pg_tables WHERE schemaname = 'public'"):
        for line in await fetch(f"SELECT t::text AS line FROM {table['name']} t"):
            assert CALLER.replace(" ", "") not in line["line"]


async def test_who_took_it_is_kept_where_he_is_an_operator_here_and_the_call_where_he_is_not(exchange):
    taken = await exchange.tells("answered", operator_id=str(exchange.night.person_id))
    strange = await exchange.tells("answered", "C-2", operator_id=str(ids.uuid7()))
    cadre = await exchange.tells("answered", "C-3", operator_id=str(exchange.cast.cadre.person_id))

    assert (await call(taken))["operator"] == exchange.night.person_id
    assert [(await call(each))["operator"] for each in (strange, cadre)] == [None, None]


async def test_a_withheld_number_is_a_call_and_one_told_later_is_added(exchange):
    first = await exchange.tells("ringing", caller=None)
    assert (await call(first))["caller_index"] is None
    await exchange.tells("answered")
    assert (await call(first))["caller_index"] is not None
    assert await Call.count() == 1


async def test_a_reference_that_is_used_again_for_another_caller_is_refused(exchange):
    await exchange.tells("ringing")
    with pytest.raises(DifferentArguments):
        await exchange.tells("answered", caller=OTHER_CALLER)
    with pytest.raises(DifferentArguments):
        await exchange.tells("answered", direction="out")


async def test_a_message_id_for_two_calls_is_refused_and_for_two_posts_of_one_call_loses_none(exchange):
    await exchange.post(exchange.said("ringing"), message_id="m")
    again = await exchange.post(exchange.said("answered"), message_id="m")
    assert (again.created, again.record.state) == (False, "talking")
    with pytest.raises(LinePostAgain):
        await exchange.post(exchange.said("ringing", "C-2"), message_id="m")
    assert await LinePost.count() == 1


async def test_a_forged_post_an_unknown_system_a_gateway_and_a_changed_body_get_one_and_the_same_answer(exchange):
    body, gateway = exchange.said("ringing"), await exchange.system(SystemKind.SMS)
    forged = exchange.signed(body, secret="whsec_" + "QUFB" * 8)
    right = exchange.signed(body)
    told = []
    for system_id, headers, sent in (
        (exchange.system_id, forged, body),
        (ids.uuid7(), right, body),
        (gateway.id, exchange.signed(body, secret=gateway.secret), body),
        (exchange.system_id, right, body + b" "),
        (exchange.system_id, dict.fromkeys(right, ""), body),
    ):
        with pytest.raises(LinePostNotSigned) as refused:
            await call_posts.log_call(system_id=system_id, headers=PostHeaders(*headers.values()), body=sent)
        told.append((refused.value.detail, refused.value.facts))
    assert all(each == told[0] for each in told)
    assert await Call.count() == 0


@pytest.mark.parametrize("minutes", [-5.1, 5.1])
async def test_a_post_signed_more_than_five_minutes_from_our_clock_is_refused(exchange, minutes):
    with pytest.raises(LinePostNotSigned) as refused:
        await exchange.post(exchange.said("ringing"), at=AT_TWO + timedelta(minutes=minutes))

    assert refused.value.facts["reason"] == "not_timely"
    assert await Call.count() == 0


async def test_what_nobody_needs_is_refused_and_so_is_a_moment_that_has_not_come(exchange):
    with pytest.raises(Invalid) as more:
        await exchange.tells("ringing", recording="https://pbx/1.wav")
    with pytest.raises(Invalid) as early:
        await exchange.tells("ringing", at=AT_TWO + timedelta(minutes=6))
    with pytest.raises(Invalid):
        await exchange.tells("ringing", at=datetime.fromisoformat("0001-01-01T00:00:00+08:00"))
    with pytest.raises(Invalid):
        await exchange.tells("ringing", caller="1")
    with pytest.raises(Invalid):
        await exchange.post(b"{")

    assert [each.pointer for each in more.value.errors + early.value.errors] == ["/recording", "/at"]
    assert CALLER not in str(more.value.errors)


async def test_a_system_that_was_ended_posts_no_more(exchange):
    for _ in range(2):
        ended = await systems.end_line_system(system_id=exchange.system_id, by=exchange.admin, base_url="")
    assert ended.ended_at == AT_TWO
    with pytest.raises(LinePostNotSigned):
        await exchange.tells("ringing")


async def test_a_secret_is_told_to_whoever_adds_a_system_and_never_listed(exchange):
    id = ids.uuid7()
    new = NewLineSystem(kind=SystemKind.SMS, name="短信网关", line=LINE, unit_id=exchange.unit, division_code=COUNTY)
    first, again = [
        await systems.add_line_system(id=id, new=new, by=exchange.admin, base_url="http://x") for _ in range(2)
    ]
    assert (first.created, again.created) == (True, False)
    assert first.record == again.record
    assert first.record.post_to == f"http://x/api/v1/hotline/texts/posts/{id}"
    assert {each.secret for each in await systems.list_line_systems(by=exchange.admin, base_url="")} == {None}


async def test_systems_are_an_admins_and_of_his_own_territory(exchange):
    new = NewLineSystem(kind=SystemKind.PHONE, name="x", line=LINE, unit_id=exchange.unit, division_code=OTHER_COUNTY)
    with pytest.raises(Forbidden):
        await systems.add_line_system(id=None, new=new, by=exchange.lead, base_url="")
    with pytest.raises(NotYourLine):
        await systems.add_line_system(id=None, new=new, by=exchange.admin, base_url="")
    nowhere = NewLineSystem(kind=SystemKind.PHONE, name="x", line=LINE, unit_id=ids.uuid7(), division_code=COUNTY)
    with pytest.raises(UnitUnknown):
        await systems.add_line_system(id=None, new=nowhere, by=exchange.admin, base_url="")
    with pytest.raises(SystemUnknown):
        await systems.end_line_system(system_id=ids.uuid7(), by=exchange.admin, base_url="")


async def test_ids_of_posts_are_kept_while_they_could_come_again(exchange):
    await exchange.tells("ringing")
    with clock.stopped(AT_TWO + timedelta(days=6)):
        await line_posts.forget_posts()
    assert await LinePost.count() == 1
    with clock.stopped(AT_TWO + timedelta(days=8)):
        await line_posts.forget_posts()
    assert await LinePost.count() == 0

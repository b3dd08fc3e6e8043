"""How a line does: calls, connect rate, waiting and talking, missed calls rung back in time."""

from datetime import date, timedelta

import pytest

from backend.core import clock, ids
from backend.core.database import fetch
from backend.core.refusals import Forbidden, Invalid
from backend.hotline import call_figures
from backend.hotline.call_policies import CallPolicy, call_policies, spans
from backend.hotline.call_schemas import CallFigures
from backend.hotline.words import CallbackState
from tests.cast import VILLAGE
from tests.hotline.exchange import AT_TWO, Exchange

DAY = date(2026, 11, 24)
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


@pytest.fixture
async def exchange(cast):
    made = await Exchange.open(cast)
    with clock.stopped(AT_TWO):
        yield made


async def figures(by, *, since=DAY, until=DAY, **more):
    return await call_figures.call_figures(by=by, since=since, until=until, **more)


async def a_call(exchange, number, *, at=AT_TWO, waited=None, talked=60, **more):
    caller = f"199 0001 {number:04d}"
    with clock.stopped(at + timedelta(minutes=30)):
        await exchange.tells("ringing", f"C-{number}", at=at, caller=caller, **more)
        if waited is None:
            await exchange.tells("missed", f"C-{number}", at=at + 20 * SECOND, caller=caller, **more)
            return
        begins = at + waited * SECOND
        await exchange.tells("answered", f"C-{number}", at=begins, caller=caller, **more)
        await exchange.tells("ended", f"C-{number}", at=begins + talked * SECOND, caller=caller, **more)


async def test_calls_are_counted_by_way_and_hour_with_connect_rate_and_spans(exchange):
    for number, waited in enumerate((5, 10, 15, 40), start=1):
        await a_call(exchange, number, waited=waited, talked=waited * 10)
    await a_call(exchange, 5)
    await a_call(exchange, 6, at=AT_TWO + timedelta(hours=7), waited=10, talked=100)
    await a_call(exchange, 7, direction="out", waited=9)
    await a_call(exchange, 8, direction="out")
    told = await figures(exchange.lead)

    assert (told.calls_in, told.answered, told.missed, told.connect_rate) == (6, 5, 1, 0.8333)
    assert (told.calls_out, told.out_answered) == (2, 1)
    assert (told.wait_s_p50, told.wait_s_p90, told.talk_s_p50, told.talk_s_p90) == (10, 30, 100, 300)
    hours = {each.hour: (each.calls_in, each.answered, each.missed) for each in told.hours}
    assert len(hours) == 24
    assert {hour: each for hour, each in hours.items() if any(each)} == {2: (5, 4, 1), 9: (1, 1, 0)}


async def test_a_day_is_a_day_in_shandong_and_a_place_or_desk_narrows_it(exchange):
    for number, hours in enumerate((-2.5, -1.5, 21.5, 22.5)):
        await a_call(exchange, number, at=AT_TWO + timedelta(hours=hours), waited=1)

    assert (await figures(exchange.lead)).calls_in == 2
    assert (await figures(exchange.lead, unit_id=exchange.unit)).calls_in == 2
    assert (await figures(exchange.lead, unit_id=ids.uuid7())).calls_in == 0
    assert (await figures(exchange.lead, division_code=VILLAGE)).calls_in == 0


async def test_callbacks_count_by_the_moment_the_caller_was_promised(exchange):
    for number in range(1, 6):
        with clock.stopped(AT_TWO):
            await exchange.tells("missed", f"M-{number}", caller=f"199 0002 000{number}")
    rows = await fetch("SELECT id, call FROM hotline_callback ORDER BY id")
    for row, minutes in zip(rows, (10, 31), strict=False):
        await fetch(
            "INSERT INTO hotline_callback_try (id, callback, at, recorded_at, reached, by, arguments_digest) "
            "VALUES ($1, $2, $3, $3, TRUE, $4, '')",
            *(ids.uuid7(), row["id"], AT_TWO + minutes * MINUTE, exchange.night.person_id),
        )
        await fetch(
            "UPDATE hotline_callback SET state = 'reached', closed_at = $2 WHERE id = $1",
            *(row["id"], AT_TWO + minutes * MINUTE),
        )
    await fetch("UPDATE hotline_callback SET state = 'moot', closed_at = $2 WHERE id = $1", rows[2]["id"], AT_TWO)
    told = await figures(exchange.lead)

    assert (told.rung_in_time, told.rung_late) == (2, 1)
    assert told.callbacks == {
        CallbackState.OPEN: 2,
        CallbackState.REACHED: 2,
        CallbackState.UNREACHABLE: 0,
        CallbackState.MOOT: 1,
    }


async def test_nothing_is_told_of_one_who_answers(exchange):
    await a_call(exchange, 1, waited=3, operator_id=str(exchange.night.person_id))
    told = str(await figures(exchange.lead))

    assert exchange.night.name not in told
    assert str(exchange.night.person_id) not in told
    assert not [each for each in CallFigures.__struct_fields__ if "operator" in each]


async def test_an_empty_line_has_no_rate_and_a_stranger_no_figures(exchange):
    told = await figures(exchange.lead)
    assert (told.calls_in, told.connect_rate, told.wait_s_p50) == (0, None, None)
    with pytest.raises(Forbidden):
        await figures(exchange.cast.cadre)
    for since, until in ((DAY, DAY - timedelta(days=1)), (DAY - timedelta(days=366), DAY)):
        with pytest.raises(Invalid):
            await figures(exchange.lead, since=since, until=until)


def test_a_county_s_newer_span_counts_from_its_day_on():
    ours = CallPolicy(name="ring_back_min", value=10, valid_from=DAY, valid_to=None, source="county order")
    rows = (ours, *call_policies())

    assert spans(DAY, policies=rows).ring_back == 10 * MINUTE
    assert spans(DAY - timedelta(days=1), policies=rows).ring_back == 30 * MINUTE
    assert all(each.source for each in call_policies())

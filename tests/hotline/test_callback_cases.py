"""Somebody whose call was missed is rung back, and what he wanted becomes a case."""

from typing import Any
from uuid import UUID

import pytest

from backend.cases import opening
from backend.cases.refusals import CaseUnknown
from backend.cases.schemas import NewCase
from backend.cases.words import Channel
from backend.core import clock, ids
from backend.core.refusals import DifferentArguments
from backend.hotline import call_reading, callback_recording, callbacks
from backend.hotline.callback_schemas import NewCallbackTry
from backend.hotline.callback_words import CallbackResult
from tests.cast import VILLAGE, Cast
from tests.hotline.exchange import AT_TWO, Exchange
from tests.hotline.exchange import callbacks as all_callbacks


async def a_case(exchange: Exchange) -> UUID:
    new = NewCase(
        channel=Channel.PHONE, category_code="planning_construction.water", title="断水", division_code=VILLAGE
    )
    return (await opening.open_case(new=new, by=exchange.night)).record.case.id


async def rang(exchange: Exchange, callback_id: UUID, id: UUID, case_id: UUID | None) -> Any:
    new = NewCallbackTry(reached=True, result=CallbackResult.SPOKEN, case_id=case_id)
    return await callback_recording.record_callback(callback_id=callback_id, id=id, new=new, by=exchange.night)


async def test_what_a_missed_call_became_stands_with_the_call_and_with_its_callback_once(cast: Cast) -> None:
    exchange = await Exchange.open(cast)
    with clock.stopped(AT_TWO):
        receipt = await exchange.misses()
        (row,) = await all_callbacks()
        case_id, id = await a_case(exchange), ids.uuid7()
        made = [(await rang(exchange, row["id"], id, case_id)).created for _ in range(2)]
        assert made == [True, False]
        found = await callbacks.look_at_callback(callback_id=row["id"], by=exchange.night)
        assert (found.callback.state, found.callback.case_title) == ("reached", "断水")
        call = await call_reading.seen(receipt.id, by=exchange.night)
        assert call["case_id"] == case_id
        with pytest.raises(DifferentArguments):
            await rang(exchange, row["id"], id, None)


async def test_a_case_that_one_may_not_see_is_not_what_a_call_became(cast: Cast) -> None:
    exchange = await Exchange.open(cast)
    with clock.stopped(AT_TWO):
        await exchange.misses()
        (row,) = await all_callbacks()
        with pytest.raises(CaseUnknown):
            await rang(exchange, row["id"], ids.uuid7(), ids.uuid7())
        found = await callbacks.look_at_callback(callback_id=row["id"], by=exchange.night)
        assert (found.callback.state, found.tries) == ("open", [])

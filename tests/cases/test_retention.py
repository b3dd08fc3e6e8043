from datetime import timedelta

import pytest

from backend.cases import anchors, receipts, records, retention_rules, uploads
from backend.cases.refusals import ReceiptUnknown
from backend.cases.tables import CLOSED_24_DAYS
from backend.core import clock, database, ids
from backend.core.refusals import SignInNeeded
from backend.media.openers import Knock
from backend.people import retention
from backend.territory.coordinates import Crs
from backend.territory.points import Point

assert retention_rules  # it registers


async def forget():
    for rule in retention.rules():
        if rule.name.startswith("cases."):
            await retention.apply_rule(rule)


async def test_two_years_after_it_was_closed_a_case_is_a_fact_without_a_story_and_its_chain_holds(desk):
    old, open_one = await desk.resolved(household_id=desk.cast.household), await desk.dispatched()
    with clock.stopped(clock.now() + timedelta(days=CLOSED_24_DAYS - 1)):
        await forget()
        assert (await records.read(old.id)).title
    with clock.stopped(clock.now() + timedelta(days=CLOSED_24_DAYS + 1)):
        await forget()
        forgotten, kept = await records.read(old.id), await records.read(open_one.id)

    assert (forgotten.title, forgotten.description, forgotten.has_contact) == ("", "", False)
    assert (forgotten.category, forgotten.outcome, forgotten.resolved_at) == (
        old.category,
        old.outcome,
        old.resolved_at,
    )
    assert (kept.title, kept.has_contact) == ("村东水管坏了", True)
    verdict = await anchors.verify(case_id=old.id)
    assert verdict.intact
    assert verdict.erased_n == verdict.lines_n
    assert (await anchors.verify(case_id=open_one.id)).erased_n == 0


async def test_a_point_is_precise_while_the_case_is_open_and_ninety_days_longer(desk):
    point = Point(crs=Crs.GCJ02, longitude=116.312345, latitude=36.923456, accuracy_m=6.0)
    case, open_one = await desk.resolved(point=point), await desk.dispatched(point=point)
    with clock.stopped(clock.now() + timedelta(days=91)):
        await forget()
        coarse, precise = (await records.read(case.id)).point, (await records.read(open_one.id)).point

    assert coarse.original_crs is None
    assert abs(coarse.longitude - precise.longitude) > 0.00001
    assert (precise.original_crs, precise.accuracy_m) == (Crs.GCJ02, 6.0)


async def test_tries_are_forgotten_after_a_day(desk):
    with pytest.raises(ReceiptUnknown):
        await receipts.track(number="123456789012", secret="000000", address="203.0.113.7")
    with clock.stopped(clock.now() + timedelta(days=1, seconds=1)):
        await forget()

    assert await database.fetch("SELECT 1 FROM cases_receipt_attempt") == []


async def test_a_receipts_ticket_opens_an_upload_for_half_an_hour(desk):
    case = (await desk.open()).case
    ticket = receipts.ticket_for(case.id)
    opener = await uploads.of_receipt(Knock(ticket, "203.0.113.7", is_first=True))

    assert opener.identity == opener.owner.opener == uploads.opener_of_case(case.id)
    assert opener.person_id is None
    with clock.stopped(clock.now() + timedelta(minutes=31)), pytest.raises(SignInNeeded):
        await uploads.of_receipt(Knock(ticket, "203.0.113.7", is_first=True))
    with pytest.raises(SignInNeeded):
        await uploads.of_receipt(Knock(str(ids.uuid7()), "203.0.113.7", is_first=True))

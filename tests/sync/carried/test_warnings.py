"""Warnings on a phone: what one has now, and never whom it is about."""

import msgspec
import pytest

from backend.antifraud import acting, reading
from backend.antifraud.warning_schemas import WarningHandOver
from backend.antifraud.warning_words import HandedBecause, WarningOutcome
from backend.core import clock
from backend.core.database import fetch
from backend.sync.pulling import sync_pull
from tests.antifraud.centre import AT_TWO, HOME, KNOWN, NAME, PHONE, Centre
from tests.sync.phones import Phone


@pytest.fixture
async def centre(cast):
    made = await Centre.open(cast)
    with clock.stopped(AT_TWO):
        yield made


async def test_a_warning_comes_to_whoever_has_it_and_to_nobody_else(centre):
    phone, others = Phone(centre.assistant), [Phone(each) for each in (centre.night, centre.cast.stranger)]
    for each in (phone, *others):
        await each.pull()
    warning = await centre.posted()
    [page] = await phone.pull()

    [told] = page.changes.warnings.put
    [listed] = await reading.list_my_warnings(by=centre.assistant)
    assert (told.id, told.level, told.due_acknowledge_at) == (warning.id, "high", listed.due_acknowledge_at)
    assert [await each.pull() for each in others] == [[], []]


async def test_whom_it_is_about_never_travels_with_it_and_so_no_reading_is_logged(centre):
    await centre.posted()
    page = await sync_pull(by=centre.assistant, request_id="r")

    sent = msgspec.json.encode(page).decode()
    assert page.changes.warnings.put
    assert not [secret for secret in (NAME, PHONE, HOME, KNOWN) if secret in sent]
    assert not await fetch("SELECT FROM people_access_log WHERE subject_kind = 'fraud_warning'")


async def test_a_warning_that_is_handed_on_leaves_one_phone_and_comes_to_the_other(centre):
    warning = await centre.posted()
    giver, taker = Phone(centre.assistant), Phone(centre.night)
    await giver.pull()
    await taker.pull()
    said = WarningHandOver(from_number=1, because=HandedBecause.HANDED)
    await acting.hand_over_warning(warning_id=warning.id, said=said, by=centre.assistant)
    await giver.pull()
    await taker.pull()

    assert ("warnings", str(warning.id), "not_yours") in giver.gone
    assert taker.of("warnings")[str(warning.id)]["hand_overs"] == 1


async def test_a_warning_that_is_taken_is_told_with_that_and_one_that_is_closed_goes(centre):
    warning = await centre.posted()
    phone = Phone(centre.assistant)
    await phone.pull()
    await acting.acknowledge_warning(warning_id=warning.id, by=centre.assistant)
    await phone.pull()
    assert phone.of("warnings")[str(warning.id)]["state"] == "acknowledged"
    await acting.close_warning(warning_id=warning.id, outcome=WarningOutcome.DISSUADED, by=centre.assistant)
    await phone.pull()

    assert ("warnings", str(warning.id), "ended") in phone.gone

"""Public warnings on a phone: those of one's places that are published and not over."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from backend.alerts import deciding, drafting, following_on
from backend.alerts.schemas import AlertAudience, AlertCancellation, AlertChanges
from backend.core import clock, ids
from backend.core.database import fetch
from backend.people.tables import Role
from tests.alerts.warnings import new_alert
from tests.sync.phones import Phone


@pytest.fixture
def drafted(cast):
    """`await drafted(headline=…)`: the operator writes it."""

    async def raised(**changed):
        return (await drafting.raise_alert(id=ids.uuid7(), new=new_alert(**changed), by=cast.operator)).record

    return raised


@pytest.fixture
def approved(cast):
    async def published(draft):
        return await deciding.approve_alert(alert_id=draft.id, by=cast.supervisor)

    return published


async def holding(*actors):
    """Phones that have pulled once."""
    phones = [Phone(each) for each in actors]
    for phone in phones:
        await phone.pull()
    return phones


async def test_a_warning_comes_once_it_is_published_with_what_somebody_is_shown(cast, drafted, approved):
    phone, writer = await holding(cast.cadre, cast.operator)
    draft = await drafted()
    for each in (phone, writer):
        await each.pull()
        assert each.of("alerts") == {}
    alert = await approved(draft)
    await phone.pull()
    await writer.pull()

    [told] = phone.of("alerts").values()
    assert (told["id"], told["identifier"]) == (str(alert.id), alert.identifier)
    assert (told["colour"], told["event"], told["fraud_type"]) == ("yellow", alert.event, alert.fraud_type)
    assert (told["headline"], told["instruction"]) == (alert.headline, alert.instruction)
    assert [area["description"] for area in told["areas"]] == [area.description for area in alert.areas]
    assert list(writer.of("alerts")) == [str(alert.id)]


async def test_a_stranger_of_another_county_gets_none_of_it(cast, drafted, approved):
    (stranger,) = await holding(cast.stranger)
    await approved(await drafted())
    await stranger.pull()

    assert stranger.of("alerts") == {}


async def test_a_restricted_warning_comes_to_the_roles_it_is_for(cast, drafted, approved):
    meant, not_meant = await holding(cast.cadre, cast.assistant)
    await approved(await drafted(restriction="驻村干部", audience=AlertAudience(roles=[Role.CADRE])))
    await meant.pull()
    await not_meant.pull()

    assert [told["restriction"] for told in meant.of("alerts").values()] == ["驻村干部"]
    assert not_meant.of("alerts") == {}


async def test_one_that_begins_tomorrow_is_carried_today(cast, drafted, approved):
    (phone,) = await holding(cast.cadre)
    tomorrow = clock.now() + timedelta(days=1)
    await approved(await drafted(onset=tomorrow, effective=tomorrow))
    await phone.pull()

    assert len(phone.of("alerts")) == 1


async def test_a_cancelled_warning_ends_on_every_phone_and_the_cancellation_is_none(cast, drafted, approved):
    alert = await approved(await drafted())
    (phone,) = await holding(cast.cadre)
    cancellation = AlertCancellation(description="骗子已经抓到了。")
    said = await following_on.cancel_alert(
        id=ids.uuid7(), alert_id=alert.id, cancellation=cancellation, by=cast.operator
    )
    await approved(said.record)
    await phone.pull()

    assert phone.gone == [("alerts", str(alert.id), "ended")]
    assert phone.of("alerts") == {}


async def test_an_update_stands_in_the_place_of_what_it_replaces(cast, drafted, approved):
    alert = await approved(await drafted())
    (phone,) = await holding(cast.cadre)
    with clock.stopped(clock.now() + timedelta(minutes=1)):
        said = await following_on.update_alert(
            id=ids.uuid7(), alert_id=alert.id, changes=AlertChanges(instruction="先挂电话。"), by=cast.operator
        )
        await approved(said.record)
        await phone.pull()

    assert phone.gone == [("alerts", str(alert.id), "ended")]
    [told] = phone.of("alerts").values()
    assert (told["refers_to_id"], told["instruction"]) == (str(alert.id), "先挂电话。")


async def test_one_that_is_over_goes_with_the_day(cast, drafted, approved):
    alert = await approved(await drafted(expires=clock.now() + timedelta(hours=3)))
    (phone,) = await holding(cast.cadre)
    with clock.stopped(clock.now() + timedelta(days=1)):
        await phone.pull()

    assert phone.gone == [("alerts", str(alert.id), "ended")]


async def test_whoever_serves_elsewhere_now_lets_go_of_what_goes_on_without_him(cast, drafted, approved):
    alert = await approved(await drafted())
    (phone,) = await holding(cast.cadre)
    phone.by = replace(cast.cadre, held=cast.stranger.held)
    await fetch("UPDATE people_role_assignment SET valid_to = valid_from WHERE person = $1", cast.cadre.person_id)
    await phone.pull()

    assert ("alerts", str(alert.id), "not_yours") in phone.gone

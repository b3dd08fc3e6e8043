"""A citizen may have quiet: he mutes everything but an emergency, and hears only of what he asked to hear of."""

from uuid import uuid4

import pytest

from backend.alerts.schemas import AlertAudience
from backend.alerts.words import AlertColour, AlertSeverity, AlertUrgency
from backend.core.database import fetch
from backend.push import addresses
from backend.push.provider import AddressKind, Category
from tests.cast import VILLAGE

CITIZENS = AlertAudience(citizens=True)
FRAUD = "fraud.farm_supplies_and_subsidies"
ALL = [Category.SERVICE, Category.INFO, Category.EMERGENCY]
RED = {"colour": AlertColour.RED, "severity": AlertSeverity.EXTREME, "urgency": AlertUrgency.IMMEDIATE}


async def citizen(number, *, muted=None, interests=None):
    id = uuid4()
    await addresses.register_citizen_address(
        id=uuid4(),
        citizen_id=id,
        kind=AddressKind.SMS,
        value=number,
        opted_in_text="v1",
        division_code=VILLAGE,
        interests=interests,
        muted=muted,
    )
    return id


def told(ways):
    return sorted(message.address for message in ways.sms.sent)


@pytest.mark.parametrize("later", [False, True], ids=["as he registers", "later"])
async def test_who_muted_everything_is_told_of_nothing_but_an_emergency(cast, ways, work, published, noon, later):
    quiet = await citizen("13900000001", muted=None if later else ALL)
    await citizen("13900000002")
    if later:
        assert await addresses.mute_subject(subject_id=quiet, muted=ALL) == 1

    await published(audience=CITIZENS)
    await work()
    assert told(ways) == ["13900000002"]

    await published(audience=CITIZENS, **RED)
    await work()
    assert told(ways) == ["13900000001", "13900000002", "13900000002"]
    rows = await fetch("SELECT muted FROM push_address WHERE subject = $1", quiet)
    assert sorted(rows[0]["muted"]) == ["info", "service"], "an emergency cannot be muted"


async def test_a_mute_is_taken_back_and_of_a_stranger_there_is_nothing_to_mute(cast, ways, work, published, noon):
    quiet = await citizen("13900000001", muted=ALL)
    await addresses.mute_subject(subject_id=quiet, muted=[])
    assert await addresses.mute_subject(subject_id=uuid4(), muted=ALL) == 0
    await published(audience=CITIZENS)
    await work()
    assert told(ways) == ["13900000001"]


async def test_with_interests_only_who_asked_for_that_kind_of_fraud_is_told(cast, ways, work, published, noon):
    await citizen("13900000001", interests=[FRAUD])
    await citizen("13900000002", interests=["fraud.fake_loan"])
    await citizen("13900000003")
    await published(audience=AlertAudience(citizens=True, interests=[FRAUD]))
    await work()
    assert told(ways) == ["13900000001"]

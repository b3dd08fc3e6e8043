"""Consent asked for at the door, written down once."""

import hashlib
from datetime import timedelta

from backend.core import clock
from backend.people.household_tables import Consent
from tests.sync.offline import refused, twice


def agreed(household_id, **more):
    given = {
        "household_id": household_id,
        "purpose": "photos",
        "text_version": "photos.1",
        "text_sha256": hashlib.sha256(b"words").hexdigest(),
        "channel": "visit",
        "method": "spoken",
        "given": True,
        "at": clock.now() - timedelta(days=6),
    }
    return given | more


async def test_a_line_of_last_week_is_in_the_ledger_once_with_the_moment_it_tells(cast):
    said = agreed(cast.household)
    first, _ = await twice(cast.cadre, "recordConsent", **said)

    (line,) = await Consent.select(Consent.id, Consent.at)
    assert (line["id"], line["at"]) == (first.record_id, said["at"])
    assert first.record_id == first.id


async def test_of_a_household_that_he_does_not_serve_a_stranger_writes_nothing(cast):
    assert await refused(cast.stranger, "recordConsent", **agreed(cast.household)) == "people/household-unknown"

"""A house that is put back to an earlier hour: what was done since comes again from the phones, and none is deceived.

A phone keeps what is done, and the photos that had come, for fourteen days. When it is told to start anew it sends the
deeds once more, and those photos that the house has not. A phone whose view is of before the copy, and that has not
pulled since it was answered, is not told: whoever puts a house back empties `sync_view`, and then every phone is.
"""

import asyncio
from random import Random
from typing import Any

from lianxin_client import uuid7

from backend.core import clock
from backend.core.database import fetch
from backend.sync import waiting
from tests.conftest import Kept, emptied
from tests.sync.simulation.agreement import phones_hold_what_a_fresh_one_gets, phones_hold_what_is_there
from tests.sync.simulation.conftest import Settled
from tests.sync.simulation.handset import Handset
from tests.sync.simulation.people import people_of
from tests.sync.simulation.pictures import picture
from tests.sync.simulation.test_sabotage import contact
from tests.sync.simulation.village import Stage, Village


class Copy(Kept[None]):
    """Of every row, as they are now."""

    def __init__(self) -> None:
        super().__init__(self._as_it_is)

    async def _as_it_is(self) -> None:
        """Nothing is made."""


async def put_back(copy: Copy) -> None:
    """The house is as it was when the copy was made."""
    async with emptied():
        pass
    await copy.again()


def goes_on(village: Village, handset: Handset) -> None:
    """Until nothing more is told, with what phones and house must agree on."""
    village.come_home()
    phones_hold_what_a_fresh_one_gets(village)
    phones_hold_what_is_there(village)


async def visits() -> set[str]:
    return {str(row["id"]) for row in await fetch("SELECT id FROM visits_visit")}


async def shown() -> list[tuple[str, str]]:
    """Visits with their photos, each as often as it is there."""
    rows = await fetch("SELECT v.visit, p.id FROM visits_photo v JOIN media_photo p ON p.id = v.photo")
    return sorted((str(row["visit"]), str(row["id"])) for row in rows)


def contact_with_photo(village: Village, handset: Handset, chance: Random) -> tuple[str, str]:
    """A visit and its photo, which goes up after it."""
    visit_id, photo_id = uuid7(), handset.phone.photograph(picture(chance))
    arguments = {"id": visit_id, "channel": "visit", "occurred_at": clock.now().isoformat()}
    arguments |= {"household_code": "LLM-001", "photos": [{"photo_id": photo_id, "kind": "scene"}]}
    village.note(handset, handset.phone.do("recordVisit", arguments))
    return visit_id, photo_id


async def test_phones_start_anew_on_a_house_that_was_put_back(stage: Stage, settled: Settled) -> None:
    """What waits on a phone comes, and what was acknowledged in the hour that is gone comes again."""
    async with emptied():
        cast, office = await settled.again()

        def lived() -> dict[str, set[str]]:
            village = Village(stage, people_of(cast)[:1], [people_of(cast)[:1]], office=office)
            [handset], copy = village.phones, Copy()
            seen: dict[str, set[str]] = {}
            try:
                contact(village, handset)
                goes_on(village, handset)
                stage.call(copy.again())
                seen["before"] = stage.call(visits())
                contact(village, handset)
                goes_on(village, handset)
                contact(village, handset, "LLM-002")
                stage.call(put_back(copy))
                goes_on(village, handset)
                seen["after"] = stage.call(visits())
                seen["told"] = {deed.own_id for deed in village.deeds.values()}
            finally:
                village.close()
            return seen

        seen = await asyncio.to_thread(lived)

    assert len(seen["before"]) == 1
    assert len(seen["after"]) == 3
    assert seen["after"] == seen["told"]


async def test_photos_that_had_come_in_the_hour_that_is_gone_come_again_and_only_those(
    stage: Stage, settled: Settled
) -> None:
    """One was there before the copy; of one the house knew but the visit; one it knew nothing of."""
    async with emptied():
        cast, office = await settled.again()

        def lived() -> dict[str, Any]:
            village = Village(stage, people_of(cast)[:1], [people_of(cast)[:1]], office=office)
            [handset], copy, chance = village.phones, Copy(), Random(3)
            try:
                before = contact_with_photo(village, handset, chance)
                goes_on(village, handset)
                stage.call(waiting.do_what_waited())
                between = contact_with_photo(village, handset, chance)
                handset.phone.push()
                stage.call(copy.again())
                goes_on(village, handset)
                after = contact_with_photo(village, handset, chance)
                goes_on(village, handset)
                stage.call(put_back(copy))
                left = stage.call(shown())
                goes_on(village, handset)
                stage.call(waiting.do_what_waited())
                goes_on(village, handset)
                told = sorted([before, between, after])
                return {"told": told, "left": left, "first": before, "there": stage.call(shown())}
            finally:
                village.close()

        seen = await asyncio.to_thread(lived)

    assert seen["left"] == [seen["first"]]
    assert seen["there"] == seen["told"]

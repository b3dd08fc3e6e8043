"""A house that is put back to an earlier hour: what was done since comes again from the phones, and none is deceived.

A phone keeps what is done for fourteen days and sends it once more when it is told to start anew. Photos that had come
are not kept: what names one of them waits for it. A phone whose view is of before the copy, and that has not pulled
since it was answered, is not told: whoever puts a house back empties `sync_view`, and then every phone is.
"""

import asyncio

from backend.core.database import fetch
from tests.conftest import Kept, emptied
from tests.sync.simulation.agreement import phones_hold_what_a_fresh_one_gets, phones_hold_what_is_there
from tests.sync.simulation.conftest import Settled
from tests.sync.simulation.handset import Handset
from tests.sync.simulation.people import people_of
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

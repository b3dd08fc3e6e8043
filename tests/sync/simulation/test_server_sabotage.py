"""What holds the simulation to its word: a house that leaves out, forgets, does twice or mistakes a thing is caught."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from random import Random
from typing import Any
from uuid import UUID

import msgspec
import pytest
from lianxin_client import uuid7

from backend.core import ids
from backend.core.database import fetch
from backend.sync import ledger, pulling, views
from backend.sync.command_kinds import Doing, Done
from backend.sync.commands import COMMANDS
from backend.sync.entities import Reader
from backend.sync.pulling import Difference
from tests.cast import Cast
from tests.sync.simulation.agreement import must_agree
from tests.sync.simulation.handset import Handset
from tests.sync.simulation.people import people_of
from tests.sync.simulation.pictures import picture
from tests.sync.simulation.village import Stage, Village

Patch = pytest.MonkeyPatch
Sabotage = Callable[[Patch], None]


def did(village: Village, handset: Handset, verb: str, after: str | None = None, **said: Any) -> str:
    """Somebody does it; the command's id."""
    done = handset.phone.do(verb, said, after=[after] if after else [])
    village.note(handset, done)
    return done


def a_day(village: Village) -> None:
    """A need from the door to its photo, a sick crop, a bag; a phone that is set back to noon; and a house is left."""
    [handset] = village.phones
    handset.sync(Random(1), fair=True)
    home, need = str(village.people[0].households[0]), uuid7()
    needs = [{"id": need, "category": "production", "description": "西头机井不出水"}]
    contact = {"id": uuid7(), "channel": "visit", "occurred_at": handset.now().isoformat(), "household_id": home}
    visit = did(village, handset, "recordVisit", needs=needs, **contact)
    photos = [handset.phone.photograph(picture(Random(each))) for each in (1, 2)]
    did(village, handset, "noteOnCase", visit, case_id=need, remark="阀门在村委会")
    did(village, handset, "addCasePhotos", visit, case_id=need, photo_ids=photos[:1])
    crop = {"channel": "visit", "crop_code": "maize", "symptoms": "叶子发黄", "contact_phone": "199 0000 0051"}
    did(village, handset, "requestDiagnosis", household_id=home, photo_ids=photos[1:], **crop)
    did(village, handset, "receiveSample", kind="soil", household_id=home)
    handset.backup.make(handset)
    for _ in range(2):
        handset.sync(Random(1), fair=True)
    handset.set_back()
    handset.sync(Random(1), fair=True)
    village.stage.call(_is_left(village.people[0].households[1]))


async def _is_left(household_id: UUID) -> None:
    await fetch("UPDATE people_household SET closed_at = now() WHERE id = $1", household_id)


async def play(stage: Stage, cast: Cast) -> None:
    """On one phone, whose clock is two days behind; and it comes home."""
    await fetch(_STUDIO, ids.uuid7())

    def lived() -> None:
        village = Village(stage, people_of(cast)[:1], [people_of(cast)[:1]])
        village.phones[0].ahead = timedelta(days=-2)
        try:
            a_day(village)
            must_agree(village)
        finally:
            village.close()

    await asyncio.to_thread(lived)


_STUDIO = """
INSERT INTO people_unit (id, name, kind, division, created_at)
SELECT $1, '庄稼医院', 'studio', id, now() FROM territory_division WHERE code = '371526000000'
"""


def an_entity_is_left_out(patch: Patch) -> None:
    patch.delitem(pulling.CARRIED, "cases")


def the_newest_view_is_taken_for_the_phones(patch: Patch) -> None:
    async def newest(view_id: UUID, *, by: Any) -> Any:
        rows = await fetch("SELECT held FROM sync_view WHERE person = $1 ORDER BY made_at DESC LIMIT 1", by.person_id)
        return views.unpacked(rows[0]["held"]) if rows else {}

    patch.setattr(views, "held_under", newest)


def what_is_gone_is_not_told(patch: Patch) -> None:
    honest = pulling._difference

    async def silent(entity: Any, reader: Reader, held: Any) -> Difference:
        return msgspec.structs.replace(await honest(entity, reader, held), gone=())

    patch.setattr(pulling, "_difference", silent)


def a_step_is_dropped(patch: Patch) -> None:
    async def nothing(said: Any, doing: Doing) -> Done:
        return Done(record_id=said.case_id)

    _instead(patch, "noteOnCase", nothing)


def a_bag_is_taken_in_twice(patch: Patch) -> None:
    honest = COMMANDS["receiveSample"].run
    assert honest is not None

    async def twice(said: Any, doing: Doing) -> Done:
        await honest(msgspec.structs.replace(said, id=ids.uuid7()), doing)
        return await honest(said, doing)

    _instead(patch, "receiveSample", twice)


def the_moment_is_that_of_the_arrival(patch: Patch) -> None:
    patch.setattr(Doing, "done_at", property(lambda doing: doing.captured_at))


def what_waits_is_forgotten(patch: Patch) -> None:
    honest = ledger.keep

    async def forgetful(lines: Any) -> None:
        await honest([each for each in lines if each.outcome != "waiting"])

    patch.setattr(ledger, "keep", forgetful)


def _instead(patch: Patch, verb: str, run: Any) -> None:
    patch.setitem(COMMANDS, verb, msgspec.structs.replace(COMMANDS[verb], run=run))


async def test_an_honest_house_is_not_suspected(stage: Stage, cast: Cast) -> None:
    await play(stage, cast)


@pytest.mark.parametrize(
    ("sabotage", "found_by"),
    [
        (an_entity_is_left_out, "phones_hold_what_is_there"),
        (the_newest_view_is_taken_for_the_phones, "phones_hold_what_a_fresh_one_gets"),
        (what_is_gone_is_not_told, "phones_hold_what_a_fresh_one_gets"),
        (a_step_is_dropped, "deeds_have_left_their_trace"),
        (a_bag_is_taken_in_twice, "nothing_is_made_up"),
        (the_moment_is_that_of_the_arrival, "deeds_have_left_their_trace"),
        (what_waits_is_forgotten, "photos_have_found_their_cases"),
    ],
)
async def test_what_is_wrong_with_a_house_is_caught(
    stage: Stage, cast: Cast, monkeypatch: Patch, sabotage: Sabotage, found_by: str
) -> None:
    sabotage(monkeypatch)
    with pytest.raises(AssertionError) as found:
        await play(stage, cast)

    assert found_by in {entry.name for entry in found.traceback}

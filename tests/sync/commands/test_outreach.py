"""From door to door without a signal: doors, talks, posters."""

import hashlib
from datetime import timedelta

from backend.antifraud import rounds, talks
from backend.antifraud.outreach_tables import RoundMark
from backend.core import clock, ids
from backend.media.actions import upload_photo
from tests.antifraud.outreach import planned
from tests.cast import VILLAGE
from tests.media.drawn import field, saved
from tests.sync.batches import command
from tests.sync.offline import offline, refused, sent, twice

HOUR = timedelta(hours=1)


def ago(hours: int = 1) -> str:
    return (clock.now() - hours * HOUR).isoformat()


def talk(**more):
    return {"division_code": VILLAGE, "place": "村委会大院", "headcount": 86, "at": ago()} | more


def posters(**more):
    return {"division_code": VILLAGE, "place": "村口宣传栏", "posters_n": 12, "at": ago()} | more


async def uploaded(photo_id, by):
    content = saved(field(size=(400, 300)))

    async def source():
        yield content

    digest = hashlib.sha256(content).digest()
    await upload_photo(source=source(), sha256=digest, file_name="", photo_id=photo_id, uploaded_by=by.person_id)


async def test_a_door_is_marked_once(cast):
    plan = await planned(cast)
    first, _ = await twice(
        cast.assistant, "recordOutreach", round_id=plan.id, household_id=cast.household, mark="visited", at=ago()
    )

    assert [row["id"] for row in await RoundMark.select(RoundMark.id)] == [first.record_id] == [first.id]


async def test_an_older_mark_that_comes_later_is_stored_and_told_as_superseded(cast):
    plan = await planned(cast)
    for hours, mark in ((1, "visited"), (2, "absent")):
        verdict = await offline(
            cast.assistant,
            "recordOutreach",
            round_id=plan.id,
            household_id=cast.household,
            mark=mark,
            at=ago(hours),
        )

    assert (verdict.outcome, verdict.record.outcome) == ("stored", "superseded")
    progress = await rounds.get_round(round_id=plan.id, by=cast.supervisor)
    assert progress is not None
    assert [row["mark"] for row in await RoundMark.select(RoundMark.mark)] == ["visited"]


async def test_talks_and_posters_are_there_once_with_the_commands_id(cast):
    (told, _), (hung, _) = [
        await twice(cast.assistant, verb, **said)
        for verb, said in (("recordTalk", talk()), ("recordPosters", posters()))
    ]

    (listed,) = (await talks.list_talks(by=cast.assistant)).items
    assert listed.id == told.record_id == told.id
    (listed,) = (await talks.list_posters(by=cast.assistant)).items
    assert listed.id == hung.record_id == hung.id


async def test_posters_wait_for_the_photo_of_their_place(cast):
    photo_id = ids.uuid7()
    made = command("recordPosters", posters(photo_id=str(photo_id)))
    waiting = await sent(cast.assistant, made)
    await uploaded(photo_id, cast.assistant)
    come = await sent(cast.assistant, made)

    assert (waiting.outcome, waiting.waiting_for) == ("waiting", [photo_id])
    assert come.outcome == "stored"
    (listed,) = (await talks.list_posters(by=cast.assistant)).items
    assert listed.photo_id == photo_id


async def test_a_stranger_marks_no_door_and_hangs_no_poster(cast):
    plan = await planned(cast)
    door = {"round_id": plan.id, "household_id": cast.household, "mark": "visited", "at": ago()}

    assert await refused(cast.stranger, "recordOutreach", **door) == "core/forbidden"
    assert await refused(cast.stranger, "recordTalk", **talk()) == "core/forbidden"
    assert await refused(cast.stranger, "recordPosters", **posters()) == "core/forbidden"

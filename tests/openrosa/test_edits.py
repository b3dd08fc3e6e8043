"""A record edited on the phone after it was sent (deprecatedID): the later one stands, nothing of the first is lost."""

import asyncio
from uuid import uuid5

import pytest

from backend.core.database import fetch, fetch_row
from backend.openrosa.instances import ROOM
from backend.openrosa.remapping import remap_submission
from backend.openrosa.submission_schemas import NewCorrection, SubmissionMapping
from tests.openrosa.collect import INSTANCE_ID, PHOTO, VISIT_ID, instance, message, send

EDITED = "uuid:22222222-2222-4333-8444-555555555555"
AGAIN = "uuid:33333333-2222-4333-8444-555555555555"
UNKNOWN_CARD = "<household_code>NO-999</household_code>"
ONE = "<photo>1.jpg</photo>"
TWO = f"{ONE}<photo_after>2.jpg</photo_after>"


def edit(of=INSTANCE_ID, to=EDITED, **changes) -> bytes:
    return instance(instance_id=to, meta=f"<deprecatedID>{of}</deprecatedID>", **changes)


async def states() -> list[tuple[str, str]]:
    rows = await fetch("SELECT instance_id, state FROM openrosa_submission ORDER BY received_at")
    return [tuple(row) for row in rows]


async def test_the_visit_is_amended_and_says_what_it_said_before(phone):
    await send(phone, instance())
    answer = await send(phone, edit(note="小麦出苗不齐"))

    assert (answer.status_code, message(answer, "submit_success")) == (201, "已收到，谢谢！")
    [visit] = await fetch("SELECT id, note, version FROM visits_visit")
    assert tuple(visit) == (VISIT_ID, "小麦出苗不齐", 2)
    [before] = await fetch("SELECT before::text AS said, reason FROM visits_amendment")
    assert ("小麦出苗齐" in before["said"], before["reason"]) == (True, "在手机上修改")
    assert await states() == [(INSTANCE_ID, "replaced"), (EDITED, "recorded")]


async def test_the_same_edit_sent_again_is_thanked_and_changes_nothing(phone):
    await send(phone, instance())
    answers = await asyncio.gather(*(send(phone, edit(note="改过")) for _ in range(6)))
    assert [answer.status_code for answer in answers] == [201] * 6
    assert [row["version"] for row in await fetch("SELECT version FROM visits_visit")] == [2]


async def test_an_edit_of_an_edit_stands_and_one_of_what_was_superseded_is_409(phone):
    await send(phone, instance())
    await send(phone, edit(note="second"))
    assert (await send(phone, edit(of=EDITED, to=AGAIN, note="third"))).status_code == 201
    late = await send(phone, edit(to="uuid:4", note="fourth"))
    assert (late.status_code, "以改过的为准" in message(late)) == (409, True)
    assert [row["note"] for row in await fetch("SELECT note FROM visits_visit")] == ["third"]


async def test_the_superseded_original_sent_again_is_409_and_no_second_row(phone):
    await send(phone, instance())
    await send(phone, edit(note="second"))
    assert (await send(phone, instance())).status_code == 409
    assert len(await states()) == 2


async def test_an_edit_under_an_id_that_is_taken_by_other_content_is_409(phone):
    await send(phone, instance())
    await send(phone, instance(instance_id=EDITED, note="another visit"))
    assert (await send(phone, edit(note="second"))).status_code == 409
    assert sorted(row["note"] for row in await fetch("SELECT note FROM visits_visit")) == [
        "another visit",
        "小麦出苗齐",
    ]


async def test_what_another_person_sent_cannot_be_edited(phone, phone_of, cast):
    await send(phone, instance())
    answer = await send(await phone_of(cast.next_cadre), edit(note="mine now"))
    assert (answer.status_code, "要改的那条记录不在这里" in message(answer)) == (404, True)
    assert [row["note"] for row in await fetch("SELECT note FROM visits_visit")] == ["小麦出苗齐"]


async def test_files_that_are_not_sent_again_are_carried_over_and_new_ones_come_in(phone):
    await send(phone, instance(photos=ONE), {"1.jpg": PHOTO})
    answer = await send(phone, edit(photos=TWO))
    assert message(answer, "submit_success") == "已收到，还差 1 个文件。"
    assert (await send(phone, edit(photos=TWO), {"2.jpg": PHOTO})).status_code == 201
    assert sorted(row["kind"] for row in await fetch("SELECT kind FROM visits_photo")) == ["after", "scene"]
    assert await fetch("SELECT 1 FROM openrosa_submission_file WHERE photo IS NULL") == []


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"point": "36.8 116.2 0 5"}, "point"),
        ({"more": "<need><category>production</category><description>要水</description></need>"}, "needs"),
    ],
)
async def test_what_a_visit_cannot_be_amended_in_waits_for_a_person(phone, changes, says):
    await send(phone, instance())
    answer = await send(phone, edit(**changes))
    assert (answer.status_code, says in message(answer, "submit_success")) == (201, True)
    assert [row["version"] for row in await fetch("SELECT version FROM visits_visit")] == [1]
    assert await states() == [(INSTANCE_ID, "replaced"), (EDITED, "attention")]


async def test_a_record_that_waited_is_put_right_on_the_phone(phone):
    await send(phone, instance(contact=UNKNOWN_CARD, photos=ONE), {"1.jpg": PHOTO})
    assert (await send(phone, edit(photos=ONE))).status_code == 201
    assert await states() == [(INSTANCE_ID, "replaced"), (EDITED, "recorded")]
    assert [row["kind"] for row in await fetch("SELECT kind FROM visits_photo")] == ["scene"]
    photo = await fetch_row("SELECT claimed_kind FROM media_photo")
    assert photo["claimed_kind"] == "visit"


async def remapped(cast, id=EDITED, **said):
    submission_id = uuid5(ROOM, f"visit\n{id}")
    return await remap_submission(submission_id=submission_id, said=SubmissionMapping(**said), by=cast.supervisor)


async def test_a_waiting_edit_tried_again_never_becomes_a_second_visit(phone, cast):
    await send(phone, instance(photos=ONE), {"1.jpg": PHOTO})
    await send(phone, edit(point="36 116 0 5", photos=ONE))
    told = await remapped(cast)
    assert (told.state, told.refusal.code, told.tried_n) == ("attention", "openrosa/edit-waits", 2)
    assert [row["id"] for row in await fetch("SELECT id FROM visits_visit")] == [VISIT_ID]
    assert (await fetch_row("SELECT claimed_kind FROM media_photo"))["claimed_kind"] == "visit"


async def test_a_waiting_edit_put_right_amends_the_visit_it_edits(phone, cast):
    await send(phone, instance(photos=ONE), {"1.jpg": PHOTO})
    await send(phone, edit(point="36 116 0 5", note="改过", photos=ONE))
    point = NewCorrection(path="contact/point", value="36.8966547 116.2815093 0.0 12.5")
    told = await remapped(cast, corrections=[point])
    assert (told.state, told.became.id) == ("recorded", VISIT_ID)
    assert [tuple(row) for row in await fetch("SELECT id, note FROM visits_visit")] == [(VISIT_ID, "改过")]


async def test_an_edit_of_a_waiting_edit_amends_the_visit_that_both_are_of(phone):
    await send(phone, instance())
    await send(phone, edit(point="36 116 0 5"))
    await send(phone, edit(of=EDITED, to=AGAIN, note="改过"))
    assert [tuple(row) for row in await fetch("SELECT id, note FROM visits_visit")] == [(VISIT_ID, "改过")]
    assert (await states())[-1] == (AGAIN, "recorded")

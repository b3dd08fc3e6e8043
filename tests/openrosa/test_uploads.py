"""Split uploads and odd senders: every POST is complete in itself, and nothing accepted is lost."""

import asyncio
from hashlib import sha256
from io import BytesIO
from uuid import uuid5

from PIL import Image

from backend.core.database import fetch
from backend.kits.form_questions import questions_of
from backend.kits.forms import form_of_sheet
from backend.media import looking
from backend.openrosa.instances import ROOM, NamedFile, read_instance
from tests.openrosa.collect import INSTANCE_ID, PHOTO, VISIT_ID, instance, message, send

THREE = "<photo>1.jpg</photo><photo_before>2.jpg</photo_before><photo_after>后.jpg</photo_after>"


def jpeg(colour: str) -> bytes:
    written = BytesIO()
    Image.new("RGB", (40, 30), colour).save(written, "JPEG")
    return written.getvalue()


async def kinds() -> list[str]:
    return [
        row["kind"] for row in await fetch("SELECT kind FROM visits_photo WHERE visit = $1 ORDER BY kind", VISIT_ID)
    ]


async def test_files_named_but_absent_come_in_with_a_later_post(phone):
    xml = instance(photos=THREE)
    partial = {"*isIncomplete*": b"yes"}

    first = await send(phone, xml, {"1.jpg": jpeg("red"), **partial})
    assert (first.status_code, message(first, "submit_success")) == (201, "已收到，还差 2 个文件。")
    assert await kinds() == ["scene"]

    second = await send(phone, xml, {"2.jpg": jpeg("green"), **partial})
    third = await send(phone, xml, {"后.jpg": jpeg("blue")})
    assert (second.status_code, third.status_code) == (201, 201)
    assert message(third, "submit_success") == "已收到，谢谢！"
    assert await kinds() == ["after", "before", "scene"]
    assert all(row["claimed_id"] == VISIT_ID for row in await fetch("SELECT claimed_id FROM media_photo"))
    assert len(await fetch("SELECT 1 FROM visits_visit")) == 1


async def test_the_rest_of_the_files_sent_ten_times_at_once_comes_in_once(phone):
    xml = instance(photos=THREE)
    await send(phone, xml)
    rest = {"1.jpg": jpeg("red"), "2.jpg": jpeg("green"), "后.jpg": jpeg("blue")}

    answers = await asyncio.gather(*(send(phone, xml, rest) for _ in range(10)))

    assert [answer.status_code for answer in answers] == [201] * 10
    assert await kinds() == ["after", "before", "scene"]
    assert len(await fetch("SELECT 1 FROM media_photo")) == 3


async def test_the_same_file_again_changes_nothing(phone):
    xml = instance(photos="<photo>1.jpg</photo>")
    await send(phone, xml, {"1.jpg": jpeg("red")})
    before = await fetch("SELECT id, original FROM media_photo")

    assert (await send(phone, xml, {"1.jpg": jpeg("red")})).status_code == 201
    assert await fetch("SELECT id, original FROM media_photo") == before


async def test_other_bytes_under_the_same_name_take_its_place_and_the_visit_keeps_both(phone):
    xml = instance(photos="<photo>1.jpg</photo>")
    await send(phone, xml, {"1.jpg": jpeg("red")})
    answers = await asyncio.gather(*(send(phone, xml, {"1.jpg": jpeg("blue")}) for _ in range(5)))

    assert [answer.status_code for answer in answers] == [201] * 5
    assert message(answers[0], "submit_success") == "已收到，谢谢！"
    [stands] = await fetch("SELECT p.original FROM openrosa_submission_file f JOIN media_photo p ON p.id = f.photo")
    assert stands["original"] == sha256(jpeg("blue")).digest()
    assert await kinds() == ["scene", "scene"]
    assert len(await fetch("SELECT 1 FROM media_photo")) == 2


async def test_files_that_nobody_named_are_left_out_and_the_record_stays(phone):
    strange = {"other.jpg": jpeg("red"), "../../etc/passwd": b"x", "": b"y"}
    answer = await send(phone, instance(), strange)
    assert answer.status_code == 201
    assert await fetch("SELECT 1 FROM media_photo") == []


async def test_two_questions_with_one_file_or_one_content_do_not_collide(phone):
    same_name = instance(photos="<photo>1.jpg</photo><photo_before>1.jpg</photo_before>")
    assert (await send(phone, same_name, {"1.jpg": jpeg("red")})).status_code == 201
    assert await kinds() == ["before", "scene"]

    other = "uuid:11111111-2222-4333-8444-555555555555"
    same_content = instance(instance_id=other, photos="<photo>a.jpg</photo><photo_after>b.jpg</photo_after>")
    assert (await send(phone, same_content, {"a.jpg": jpeg("blue"), "b.jpg": jpeg("blue")})).status_code == 201
    assert len(await fetch("SELECT 1 FROM media_photo")) == 4
    assert len(await fetch("SELECT 1 FROM media_original")) == 2


async def test_a_hostile_file_name_is_only_a_name(phone, photo_objects):
    name = "../../../tmp/x&amp;.jpg"
    answer = await send(phone, instance(photos=f"<photo>{name}</photo>"), {"../../../tmp/x&.jpg": jpeg("red")})
    assert answer.status_code == 201
    assert [row["file_name"] for row in await fetch("SELECT file_name FROM media_photo")] == ["../../../tmp/x&.jpg"]
    assert not any("tmp" in path for path in photo_objects())


async def test_an_empty_or_disguised_photo_does_not_cost_the_record(phone):
    xml = instance(photos="<photo>1.jpg</photo><photo_before>2.jpg</photo_before>")
    answer = await send(phone, xml, {"1.jpg": b"", "2.jpg": b"<html>"})
    assert answer.status_code == 201
    for [digest] in await fetch("SELECT sha256 FROM media_original"):
        await looking.look(looking.Look(digest.hex()))
    assert [row["state"] for row in await fetch("SELECT state FROM media_photo")] == ["refused", "refused"]


async def test_more_than_a_hundred_files_in_one_post_are_taken(phone):
    files = {f"{at}.jpg": jpeg("red") for at in range(120)}
    answer = await send(phone, instance(photos="<photo>7.jpg</photo>"), files)
    assert answer.status_code == 201
    assert await kinds() == ["scene"]


async def test_the_xml_may_be_any_part_without_a_type_in_chunks_and_behind_an_odd_boundary(phone):
    boundary = "=_odd'()+,./:=? boundary"
    head = f"--{boundary}\r\nContent-Disposition: form-data; name="
    content = (
        f'{head}"1.jpg"; filename="1.jpg"\r\nContent-Type: image/jpeg\r\n\r\n'.encode()
        + PHOTO
        + f'\r\n{head}"xml_submission_file"\r\n\r\n'.encode()
        + instance(photos="<photo>1.jpg</photo>")
        + f"\r\n--{boundary}--".encode()
    )

    async def chunks():
        for at in range(0, len(content), 777):
            yield content[at : at + 777]

    headers = {"Content-Type": f'multipart/form-data; boundary="{boundary}"'}
    answer = await phone.post("/submission", content=chunks(), headers=headers)
    assert answer.status_code == 201
    assert await kinds() == ["scene"]


async def test_an_instance_id_counts_with_and_without_its_prefix(phone):
    bare = instance().replace(b"orx:", b"").replace(b"xmlns:orx", b"xmlns")
    answers = [await send(phone, xml) for xml in (bare, bare, instance())]
    assert [answer.status_code for answer in answers] == [201, 201, 409]
    assert [row["id"] for row in await fetch("SELECT id FROM openrosa_submission")] == [
        uuid5(ROOM, f"visit\n{INSTANCE_ID}")
    ]


def test_an_audit_is_a_file_like_any_other():
    sheet = """
| survey   |       |       |       |
|          | type  | name  | label |
|          | audit | audit |       |
|          | text  | note  | 说明  |
| settings |            |         |            |
|          | form_title | form_id | version    |
|          | 试填       | tried   | 2026112201 |
"""
    asked = questions_of(form_of_sheet("tried.md", sheet.encode()).xml).files
    xml = instance(form_id="tried", meta="<orx:audit>audit.csv</orx:audit>")
    assert read_instance(xml).files(asked) == [NamedFile("meta/audit", "audit.csv")]


async def test_an_absurd_device_id_is_cut_and_the_record_taken(phone):
    answer = await send(phone, instance(), params={"deviceID": "设备\x00\x1b[31m" * 500})
    assert answer.status_code == 201
    [row] = await fetch("SELECT device_id FROM openrosa_submission")
    assert row["device_id"] == ("设备[31m" * 500)[:200]


async def test_the_same_instance_id_in_another_persons_hands_has_the_same_row_id(phone):
    await send(phone, instance())
    [row] = await fetch("SELECT id FROM openrosa_submission")
    assert row["id"] == uuid5(ROOM, f"visit\n{INSTANCE_ID}")


async def test_a_picture_of_another_visit_that_comes_late_raises_its_flag(phone):
    picture = jpeg("red")
    await send(
        phone, instance(instance_id="uuid:11111111-2222-4333-8444-555555555555", photos=THREE), {"1.jpg": picture}
    )
    xml = instance(photos="<photo>again.jpg</photo>")
    await send(phone, xml)
    assert await reused() == []

    await send(phone, xml, {"again.jpg": picture})
    await send(phone, xml, {"again.jpg": picture})
    assert [row["measured"] for row in await reused()] == [1.0]


async def reused():
    return await fetch("SELECT measured FROM visits_flag WHERE visit = $1 AND kind = 'photo_reused'", VISIT_ID)

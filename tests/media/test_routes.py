"""Photos over HTTP. Asked of every route: nobody, wrong shape, stranger, right person, twice."""

from io import BytesIO
from uuid import UUID

import pytest
from PIL import Image

from backend.core import ids
from backend.core.settings import settings
from backend.media import actions

JPEG = "image/jpeg"


def form(content: bytes, **fields) -> dict:
    return {
        "files": {"photo": ("现场.jpg", content, JPEG)},
        "data": {name: str(value) for name, value in fields.items()},
    }


async def claim(photo_id, division_code="371526101335"):
    await actions.claim_photos(
        photo_ids=[UUID(photo_id)], kind="visit", record_id=ids.uuid7(), division_code=division_code
    )


async def test_nobody_sends_or_sees_a_photo(wire, photo):
    unknown = ids.uuid7()
    answers = [await wire.post("", **form(photo)), await wire.get(f"/{unknown}"), await wire.get(f"/{unknown}/copy")]
    assert [answer.status_code for answer in answers] == [401, 401, 401]


async def test_an_upload_of_the_wrong_shape_is_named(wire, photo, cast, as_):
    signed = await as_(cast.cadre)
    multipart = signed | {"Content-Type": "multipart/form-data; boundary=abc"}
    cut = b'--abc\r\nContent-Disposition: form-data; name="photo"; filename="a"\r\n\r\n' + photo[:500]

    answers = [
        await wire.post("", headers=signed, json={"photo": "x"}),
        await wire.post("", headers=signed | {"Content-Type": "multipart/form-data"}, content=b"x"),
        await wire.post("", headers=multipart, content=cut),
        await wire.post("", headers=multipart, content=b""),
        await wire.post("", headers=signed, files={"picture": photo}),
        await wire.post("", headers=signed, files=[("photo", photo), ("photo", photo)]),
        await wire.post("", headers=signed, **form(photo, id="seven")),
        await wire.post("", headers=multipart | {"Content-Encoding": "gzip"}, content=b"\x1f\x8b"),
        await wire.post("", headers=signed, files=[("photo", photo)] + [(f"p{i}", b"") for i in range(20)]),
        await wire.get("/7", headers=signed),
        await wire.get(f"/{ids.uuid7()}/copy?size=0", headers=signed),
        await wire.get(f"/{ids.uuid7()}/copy?size=1601", headers=signed),
    ]

    assert [answer.status_code for answer in answers] == [415, 415, 400, 400, 400, 400, 400, 415, 413, 404, 400, 400]
    assert answers[2].json()["code"] == "core/multipart-broken"
    assert answers[4].json()["errors"][0]["pointer"] == "/photo"
    assert answers[6].json()["errors"][0]["pointer"] == "/id"
    assert all(answer.headers["content-type"] == "application/problem+json" for answer in answers)


async def test_an_upload_over_the_limit_is_too_large_with_and_without_a_length(wire, cast, as_, monkeypatch):
    signed = await as_(cast.cadre) | {"Content-Type": "multipart/form-data; boundary=abc"}
    head = b'--abc\r\nContent-Disposition: form-data; name="photo"; filename="a"\r\n\r\n'
    body = head + b"\0" * (settings().photo_max_bytes + 20_000) + b"\r\n--abc--\r\n"

    async def chunks():
        for at in range(0, len(body), 1_000_000):
            yield body[at : at + 1_000_000]

    told, untold = (
        await wire.post("", headers=signed, content=body),
        await wire.post("", headers=signed, content=chunks()),
    )
    assert (told.status_code, untold.status_code) == (413, 413)
    assert told.json()["code"] == "core/too-large"


async def test_a_photo_is_sent_once_however_often_it_is_sent(wire, photo, cast, as_):
    signed, photo_id = await as_(cast.cadre), ids.uuid7()

    first = await wire.post("", headers=signed, **form(photo, id=photo_id))
    again = await wire.post("", headers=signed, **form(photo, id=photo_id))
    other = await wire.post("", headers=signed, **form(photo + b"x", id=photo_id))

    assert [first.status_code, again.status_code, other.status_code] == [201, 200, 409]
    assert first.json() == again.json()
    told = first.json()
    assert (told["id"], told["state"], told["file_name"]) == (str(photo_id), "waiting", "现场.jpg")
    assert (told["verdict"], told["copy"], told["near_duplicates"]) == (None, None, [])


async def test_seconds_later_a_photo_tells_all_that_was_found_out(wire, photo, cast, as_, verdicts):
    signed, photo_id = await as_(cast.cadre), ids.uuid7()
    await wire.post("", headers=signed, **form(photo, id=photo_id))
    shown = await wire.get(f"/{photo_id}/copy", headers=signed)
    assert (shown.status_code, shown.json()["code"]) == (404, "media/no-copy")
    await verdicts()
    told = (await wire.get(f"/{photo_id}", headers=signed)).json()
    again = await wire.post("", headers=signed, **form(photo, id=photo_id))

    assert (told["state"], told["kind"], told["content_type"]) == ("accepted", "photo", JPEG)
    assert told["verdict"] == {"grade": "good", "text": "照片清楚，可以用。", "reasons": []}
    assert (told["width"], told["height"], told["taken_at"]) == (1200, 1600, "2026-11-20T07:33:12Z")
    assert told["point"]["crs"] == "wgs84"
    assert told["measured"]["sharpness"] > 1.9
    assert (again.status_code, again.json()["state"]) == (200, "accepted")


async def test_an_idempotency_key_does_the_same_for_its_owner_only(wire, photo, cast, as_):
    key = {"Idempotency-Key": "first photo of the day"}
    mine, hers = await as_(cast.cadre) | key, await as_(cast.next_cadre) | key

    first, again = await wire.post("", headers=mine, **form(photo)), await wire.post("", headers=mine, **form(photo))
    by_another = await wire.post("", headers=hers, **form(photo))

    assert (first.status_code, again.status_code, by_another.status_code) == (201, 200, 201)
    assert first.json()["id"] == again.json()["id"] != by_another.json()["id"]


async def test_a_photo_is_seen_by_its_sender_and_by_those_who_oversee_its_record(wire, photo, cast, as_, verdicts):
    mine = (await wire.post("", headers=await as_(cast.cadre), **form(photo))).json()["id"]
    await verdicts()
    supervisor, stranger = await as_(cast.supervisor), await as_(cast.stranger)

    assert (await wire.get(f"/{mine}", headers=await as_(cast.cadre))).status_code == 200
    assert (await wire.get(f"/{mine}", headers=supervisor)).status_code == 404
    await claim(mine)

    seen = [(await wire.get(f"/{mine}{tail}", headers=supervisor)).status_code for tail in ("", "/copy")]
    unseen = [(await wire.get(f"/{mine}{tail}", headers=stranger)).status_code for tail in ("", "/copy")]
    assert (seen, unseen) == ([200, 200], [404, 404])


async def test_a_copy_is_upright_bare_and_may_be_kept_for_good(wire, photo, cast, as_, verdicts):
    signed = await as_(cast.cadre)
    sent = (await wire.post("", headers=signed, **form(photo))).json()["id"]
    await verdicts()
    mine = (await wire.get(f"/{sent}", headers=signed)).json()["copy"].removeprefix("/api/v1/photos")

    large, small, odd = [await wire.get(f"{mine}{query}", headers=signed) for query in ("", "?size=320", "?size=321")]
    known = await wire.get(mine, headers=signed | {"If-None-Match": large.headers["etag"]})

    assert large.headers["content-type"] == JPEG
    assert large.headers["cache-control"] == "private, max-age=31536000, immutable"
    assert Image.open(BytesIO(large.content)).size == (1200, 1600)
    assert Image.open(BytesIO(small.content)).size == (240, 320)
    assert odd.content == large.content
    assert b"Exif" not in large.content + small.content
    assert (known.status_code, known.content) == (304, b"")
    assert small.headers["etag"] != large.headers["etag"]


@pytest.mark.parametrize(
    ("content", "reason"),
    [(b"", "not_usable"), (b"<svg onload=alert(1)>", "not_usable"), (b"\xff\xd8\xff\xe0" + b"\0" * 5000, "broken")],
)
async def test_a_disguised_photo_is_kept_refused_and_shown_to_nobody(wire, content, reason, cast, as_, verdicts):
    signed = await as_(cast.cadre)
    sent = (await wire.post("", headers=signed, **form(content))).json()["id"]
    await verdicts()
    told = (await wire.get(f"/{sent}", headers=signed)).json()
    shown = await wire.get(f"/{told['id']}/copy", headers=signed)

    assert (told["state"], told["copy"]) == ("refused", None)
    assert [each["code"] for each in told["verdict"]["reasons"]] == [reason]
    assert (shown.status_code, shown.json()["code"]) == (404, "media/no-copy")
    assert told["verdict"]["text"] in shown.json()["detail"]

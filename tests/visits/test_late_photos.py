"""Photos that come after their visit are added to it, by whoever recorded it."""

from pathlib import Path

from backend.core.ids import uuid7
from backend.visits.actions import get_visit, record_visit
from tests.cast import Cast
from tests.visits.contacts import contact, photo_of

PICTURE = (Path(__file__).parents[1] / "media" / "photos" / "orientation_6_gps.jpg").read_bytes()


async def test_photos_are_added_by_whoever_recorded_the_visit_and_twice_is_once(wire, as_, cast: Cast):
    visit = (await record_visit(new=contact(), by=cast.cadre)).record
    mine, theirs = await photo_of(cast.cadre, PICTURE), await photo_of(cast.stranger, PICTURE + b"\n")
    address, said = f"/{visit.id}/photos", {"photos": [{"photo_id": str(mine), "kind": "after"}]}
    headers = await as_(cast.cadre)

    assert (await wire.post(address, json=said)).status_code == 401
    for wrong in ({"photos": []}, {"photos": [{"photo_id": "x"}]}, {}):
        assert (await wire.post(address, json=wrong, headers=headers)).status_code == 400
    assert (await wire.post(address, json=said, headers=await as_(cast.stranger))).status_code == 404
    of_stranger = {"photos": [{"photo_id": str(theirs)}]}
    assert (await wire.post(address, json=of_stranger, headers=headers)).json()["code"] == "media/photo-unknown"

    answers = [await wire.post(address, json=said, headers=headers) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[1].json()["photos"] == [{"photo_id": str(mine), "kind": "after"}]
    assert [photo.photo_id for photo in (await get_visit(visit_id=visit.id, by=cast.cadre)).photos] == [mine]


async def test_photos_that_the_visit_has_are_left_as_they_are_beside_new_ones(wire, as_, cast: Cast):
    one, two = await photo_of(cast.cadre, PICTURE), await photo_of(cast.cadre, PICTURE + b"\n")
    visit = (await record_visit(new=contact(), by=cast.cadre)).record
    headers = await as_(cast.cadre)
    for photos in ([one], [one, two]):
        said = {"photos": [{"photo_id": str(id)} for id in photos]}
        answer = await wire.post(f"/{visit.id}/photos", json=said, headers=headers)

    assert {photo["photo_id"] for photo in answer.json()["photos"]} == {str(one), str(two)}


async def test_a_visit_that_is_not_there_takes_no_photos(wire, as_, cast: Cast):
    said = {"photos": [{"photo_id": str(await photo_of(cast.cadre, PICTURE))}]}

    answer = await wire.post(f"/{uuid7()}/photos", json=said, headers=await as_(cast.cadre))

    assert (answer.status_code, answer.json()["code"]) == (404, "visits/visit-unknown")

"""Lists of photos and the ZIP of a query: what one may see, narrowed, in order, and whole."""

import csv
from datetime import timedelta
from io import BytesIO, StringIO
from zipfile import ZIP_STORED, ZipFile

import pytest

from backend.core import clock, ids, storage
from backend.core.database import fetch
from backend.core.storage_refusals import StorageDown
from backend.media import actions, exporting
from backend.people.actors import visible_to
from tests.cast import NEXT_VILLAGE, VILLAGE
from tests.media import drawn
from tests.media.drawn import field, saved


@pytest.fixture
async def album(cast, verdicts) -> dict:
    """Ids by name: seven things of three people, sent a minute apart, the first oldest."""
    made = {
        "good": (saved(field(seed=1)), cast.cadre, VILLAGE),
        "again": (saved(field(seed=1), quality=60), cast.cadre, VILLAGE),
        "dark": (drawn.dark(), cast.cadre, VILLAGE),
        "broken": (saved(field())[:9000], cast.cadre, NEXT_VILLAGE),
        "voice": (drawn.amr(), cast.cadre, VILLAGE),
        "hers": (saved(field(seed=3)), cast.next_cadre, NEXT_VILLAGE),
        "elsewhere": (saved(field(seed=4)), cast.stranger, "370782101255"),
    }
    found = {}
    for minute, (name, (content, sender, place)) in enumerate(made.items()):
        with clock.stopped(clock.now() - timedelta(minutes=60 - minute)):
            kept = await actions.keep_photo(content=content, file_name=f"={name}.jpg", uploaded_by=sender.person_id)
        await actions.claim_photos(photo_ids=[kept.id], kind="visit", record_id=ids.uuid7(), division_code=place)
        found[name] = str(kept.id)
    await verdicts()
    waiting = await actions.keep_photo(content=saved(field(seed=9)), file_name="", uploaded_by=cast.cadre.person_id)
    return found | {"waiting": str(waiting.id)}


@pytest.fixture
def names(wire, as_, album):
    """The names of what a list answers."""
    by_id = {photo_id: name for name, photo_id in album.items()}

    async def ask(who, query="") -> list[str]:
        answer = await wire.get(f"?{query}", headers=await as_(who))
        assert answer.status_code == 200, answer.text
        return [by_id[item["id"]] for item in answer.json()["items"]]

    return ask


async def test_nobody_lists_or_exports(wire):
    assert [(await wire.get(path)).status_code for path in ("", "/export")] == [401, 401]


@pytest.mark.parametrize(
    "query",
    ["state=lost", "reason=ugly", "kind=film", "near_duplicate=perhaps", "division_code=37", "limit=0", "limit=1001",
     "record_id=7", "received_from=2026-11-20T08:00:00", "cursor=x", "record_kind=%00"],
)  # fmt: skip
async def test_a_filter_that_cannot_be_is_named(wire, cast, as_, query):
    answer = await wire.get(f"?{query}", headers=await as_(cast.cadre))
    assert answer.status_code == 400
    assert answer.json()["errors"]


async def test_each_sees_ones_own_and_what_one_oversees_the_newest_first(names, cast):
    assert await names(cast.cadre) == ["waiting", "voice", "broken", "dark", "again", "good"]
    assert await names(cast.next_cadre) == ["hers"]
    assert await names(cast.supervisor) == ["hers", "voice", "broken", "dark", "again", "good"]
    assert await names(cast.stranger) == ["elsewhere"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("state=waiting", ["waiting"]),
        ("state=refused", ["broken"]),
        ("reason=too_dark", ["dark"]),
        ("kind=voice", ["voice"]),
        ("near_duplicate=true&state=accepted", ["again", "good"]),
        ("near_duplicate=false&kind=photo&state=accepted", ["dark"]),
        (f"division_code={NEXT_VILLAGE}", ["broken"]),
        ("division_code=371526000000&reason=broken", ["broken"]),
        ("record_kind=visit&kind=voice", ["voice"]),
    ],
)
async def test_filters_narrow_it(names, cast, query, expected):
    assert await names(cast.cadre, query) == expected


async def test_pages_hold_each_photo_once_with_what_looks_alike(wire, cast, as_, album):
    signed, seen, cursor = await as_(cast.cadre), [], ""
    while cursor is not None:
        page = (await wire.get(f"?limit=2{cursor and f'&cursor={cursor}'}", headers=signed)).json()
        seen += page["items"]
        cursor = page["next_cursor"]
    assert len(seen) == len({item["id"] for item in seen}) == 6
    near = {item["id"]: [each["photo_id"] for each in item["near_duplicates"]] for item in seen}
    assert near[album["good"]] == [album["again"]]
    assert near[album["again"]] == [album["good"]]


async def test_times_narrow_it(wire, cast, as_, album):
    signed = await as_(cast.cadre)
    at = [(await wire.get(f"/{album[name]}", headers=signed)).json()["received_at"] for name in ("again", "broken")]
    answer = await wire.get("", params={"received_from": at[0], "received_to": at[1]}, headers=signed)
    assert [item["id"] for item in answer.json()["items"]] == [album["dark"], album["again"]]


async def test_a_query_comes_as_one_zip_whose_length_is_told_before(wire, cast, as_, album):
    answer = await wire.get("/export", headers=await as_(cast.supervisor))
    archive = ZipFile(BytesIO(answer.content))
    table, *pictures = archive.namelist()
    rows = list(csv.DictReader(StringIO(archive.read(table).decode("utf-8-sig"))))

    assert answer.status_code == 200
    assert int(answer.headers["content-length"]) == len(answer.content)
    assert answer.headers["x-total-count"] == "4"
    assert archive.testzip() is None
    assert [row["photo_id"] for row in rows] == [album[name] for name in ("good", "again", "dark", "hers")]
    assert [row["file"] for row in rows] == pictures == sorted(pictures)
    assert rows[2]["reasons"] == "too_dark"
    assert rows[0]["file_name"] == "'=good.jpg"
    for name in pictures:
        content = archive.read(name)
        assert content.startswith(b"\xff\xd8")
        assert b"Exif" not in content
        assert archive.getinfo(name).compress_type == ZIP_STORED


async def test_an_export_of_nothing_is_an_empty_table(wire, cast, as_):
    answer = await wire.get("/export", headers=await as_(cast.cadre))
    assert ZipFile(BytesIO(answer.content)).namelist() == ["photos.csv"]
    assert answer.headers["x-total-count"] == "0"


async def test_an_export_of_too_many_says_so_and_one_that_breaks_is_not_whole(wire, cast, as_, album, monkeypatch):
    signed = await as_(cast.supervisor)
    with monkeypatch.context() as small:
        small.setattr(exporting, "MOST", 3)
        many = await wire.get("/export", headers=signed)
    assert (many.status_code, many.json()["code"]) == (413, "core/too-large")

    async def down(path):
        raise StorageDown

    monkeypatch.setattr(storage, "get", down)
    export = await exporting.export_photos(scope=visible_to(cast.supervisor), filters=exporting.PhotoFilters())
    with pytest.raises(StorageDown):
        [chunk async for chunk in export.chunks]


async def test_photos_from_before_sizes_were_kept_come_without_a_length(wire, cast, as_, album):
    await fetch("UPDATE media_original SET copy_sizes = NULL")
    answer = await wire.get("/export", headers=await as_(cast.supervisor))
    assert "content-length" not in answer.headers
    assert len(ZipFile(BytesIO(answer.content)).namelist()) == 5

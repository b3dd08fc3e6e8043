"""What becomes of bytes: good, poor, hostile or broken, they end as their verdict, and no worker dies of it."""

import asyncio
import os
import signal
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from msgspec.structs import replace
from PIL import Image

from backend.core import clock, ids, job_worker
from backend.core.database import fetch
from backend.core.settings import settings
from backend.media import actions, content_types, darkroom, looking, photo_reading, records
from backend.media.facts import PhotoState, Reason
from backend.media.receiving import Door
from backend.people.actors import visible_to
from tests.media import drawn
from tests.media.drawn import PHOTOS, field, saved


async def keep(content: bytes, *, by, door: Door = Door.API):
    return (await actions.keep_photo(content=content, file_name="1", uploaded_by=by.person_id, door=door)).id


async def told(photo_id, *, by):
    return records.record(await photo_reading.photo_for(photo_id=photo_id, scope=visible_to(by)))


@pytest.fixture
def verdict_on(cast, verdicts):
    """Send bytes, let the pipeline look, and read the photo."""

    async def send(content: bytes):
        photo_id = await keep(content, by=cast.cadre)
        await verdicts()
        return await told(photo_id, by=cast.cadre)

    return send


def named(name: str) -> bytes:
    return (PHOTOS / name).read_bytes()


ACCEPTED = {
    "a phone's HEIC": (lambda: named("phone.heic"), "image/heic", (2592, 1944)),
    "a portrait stored lying": (lambda: named("orientation_5.jpg"), "image/jpeg", (1200, 1800)),
    "a landscape stored lying": (lambda: named("orientation_8.jpg"), "image/jpeg", (1800, 1200)),
    "PNG": (lambda: saved(field(), "PNG"), "image/png", (1200, 900)),
    "PNG in 16 bits": (lambda: saved(drawn.deep(field()), "PNG"), "image/png", (1200, 900)),
    "WebP": (lambda: saved(field(), "WEBP"), "image/webp", (1200, 900)),
    "CMYK": (lambda: saved(field().convert("CMYK")), "image/jpeg", (1200, 900)),
    "grey": (lambda: saved(field().convert("L")), "image/jpeg", (1200, 900)),
    "progressive": (lambda: saved(field(), progressive=True), "image/jpeg", (1200, 900)),
    "something behind its end": (lambda: saved(field()) + b"PK\3\4" * 500, "image/jpeg", (1200, 900)),
}


@pytest.mark.parametrize("name", ACCEPTED)
async def test_a_good_photo_of_any_kind_is_good_and_has_its_true_type_and_size(verdict_on, name):
    make, content_type, size = ACCEPTED[name]
    photo = await verdict_on(make())
    assert (photo.state, photo.verdict.grade, photo.verdict.reasons) == ("accepted", "good", [])
    assert (photo.content_type, (photo.width, photo.height)) == (content_type, size)
    assert photo.copy


async def test_what_a_phones_heic_says_of_place_and_time_becomes_fields(verdict_on):
    photo = await verdict_on(named("phone.heic"))
    assert (photo.point.longitude, photo.point.latitude) == pytest.approx((116.2815, 36.89667), abs=1e-5)
    assert photo.camera.make == "Lianxin"
    assert photo.taken_at.isoformat() == "2026-11-20T07:31:40+00:00"


POOR = {
    "dark": (drawn.dark, [Reason.TOO_DARK], "太暗"),
    "bright": (drawn.bright, [Reason.TOO_BRIGHT], "太亮"),
    "foggy": (drawn.foggy, [Reason.FLAT], "镜头"),
    "blurred": (drawn.blurred, [Reason.BLURRED], "模糊"),
    "small": (lambda: saved(field().resize((320, 240))), [Reason.SMALL], "太小"),
    "small and blurred": (
        lambda: saved(field().resize((40, 30)).resize((320, 240))),
        [Reason.BLURRED, Reason.SMALL],
        "模糊",
    ),
    "moving WebP": (lambda: drawn.moving("WEBP"), [Reason.ANIMATED], "动图"),
    "moving PNG": (lambda: drawn.moving("PNG"), [Reason.ANIMATED], "动图"),
}


@pytest.mark.parametrize("name", POOR)
async def test_a_poor_photo_is_kept_and_shown_and_says_what_to_do_better(verdict_on, name):
    make, reasons, word = POOR[name]
    photo = await verdict_on(make())
    assert (photo.state, photo.verdict.grade) == ("accepted", "poor")
    assert [reason.code for reason in photo.verdict.reasons] == reasons
    assert word in photo.verdict.text
    assert photo.copy


REFUSED = {
    "nothing": (lambda: b"", Reason.NOT_USABLE),
    "a page that calls itself a photo": (lambda: b"<html><script>alert(1)</script></html>", Reason.NOT_USABLE),
    "a program": (lambda: b"\x7fELF" + os.urandom(5000), Reason.NOT_USABLE),
    "GIF": (lambda: saved(field().convert("P"), "GIF"), Reason.NOT_USABLE),
    "TIFF": (lambda: saved(field(), "TIFF"), Reason.NOT_USABLE),
    "a film": (lambda: drawn.m4a(handler=b"vide"), Reason.NOT_USABLE),
    "a film of the browser": (lambda: drawn.webm(codec=b"V_VP80"), Reason.NOT_USABLE),
    "half a JPEG": (lambda: saved(field())[:30_000], Reason.BROKEN),
    "half a PNG": (lambda: saved(field(), "PNG")[:30_000], Reason.BROKEN),
    "half a WebP": (lambda: saved(field(), "WEBP")[:20_000], Reason.BROKEN),
    "half a HEIC": (lambda: named("phone.heic")[:60_000], Reason.BROKEN),
    "the start of a HEIC": (lambda: named("phone.heic")[:200], Reason.BROKEN),
    "a bomb": (lambda: drawn.png_that_claims(60_000, 60_000), Reason.TOO_MANY_PIXELS),
    "a bomb of zeros": (
        lambda: drawn.png_that_claims(20_000, 20_000, bytes_within=20_000_000),
        Reason.TOO_MANY_PIXELS,
    ),
    "the lens cap": (drawn.covered, Reason.NOTHING_TO_SEE),
    "a white sheet": (lambda: saved(Image.new("RGB", (800, 600), "white")), Reason.NOTHING_TO_SEE),
}


@pytest.mark.parametrize("name", REFUSED)
async def test_what_shows_nothing_is_kept_with_a_verdict_and_no_copy(verdict_on, name):
    make, reason = REFUSED[name]
    photo = await verdict_on(make())
    assert (photo.state, photo.verdict.grade) == ("refused", "unusable")
    assert [each.code for each in photo.verdict.reasons] == [reason]
    assert photo.verdict.text
    assert photo.copy is None
    assert photo.original


KINDS = {
    "AMR": (drawn.amr, "audio/amr", "voice"),
    "wide AMR": (lambda: b"#!AMR-WB\n" + b"\x44" + b"\1" * 60, "audio/amr-wb", "voice"),
    "M4A": (drawn.m4a, "audio/mp4", "voice"),
    "Ogg": (drawn.ogg, "audio/ogg", "voice"),
    "WebM": (drawn.webm, "audio/webm", "voice"),
    "MP3": (drawn.mp3, "audio/mpeg", "voice"),
    "MP3 without a tag": (lambda: drawn.mp3()[10:], "audio/mpeg", "voice"),
    "PDF": (drawn.pdf, "application/pdf", "document"),
}


@pytest.mark.parametrize("name", KINDS)
async def test_voice_notes_and_documents_travel_the_same_way_without_a_picture(verdict_on, name):
    make, content_type, kind = KINDS[name]
    note = await verdict_on(make())
    assert (note.state, note.kind, note.content_type) == ("accepted", kind, content_type)
    assert (note.verdict.grade, note.copy, note.width) == ("good", None, None)
    assert note.original


CUT = {
    "AMR": lambda: drawn.amr()[:-5],
    "M4A": lambda: drawn.m4a()[:-100],
    "PDF": lambda: drawn.pdf(pages=200)[:-40],
    "Ogg": lambda: drawn.ogg()[:40],
    "WebM": lambda: drawn.webm()[:146],
}


@pytest.mark.parametrize("name", CUT)
async def test_a_note_that_was_cut_off_is_refused(verdict_on, name):
    note = await verdict_on(CUT[name]())
    assert (note.state, [each.code for each in note.verdict.reasons]) == ("refused", [Reason.BROKEN])


def test_a_note_over_its_limit_is_refused():
    content = drawn.amr(500)
    facts = content_types.look(content, content[-100:], size_bytes=len(content), max_bytes=len(content) - 1)
    assert (facts.state, facts.reasons) == (PhotoState.REFUSED, (Reason.TOO_LARGE,))


def _with(monkeypatch, **changes):
    """Other settings, and a fresh process that heeds them."""
    chosen = replace(settings(), **changes)
    monkeypatch.setattr(darkroom, "settings", lambda: chosen)
    monkeypatch.setattr(darkroom, "_mine", type("Mine", (), {})())


async def test_a_picture_that_needs_more_memory_than_a_process_may_have_is_a_verdict(monkeypatch):
    _with(monkeypatch, photo_process_bytes=260_000_000)
    facts, copies = await darkroom.look(
        saved(Image.effect_noise((6000, 6000), 50).convert("RGB"), "PNG", compress_level=1)
    )
    assert (facts.reasons, copies) == ((Reason.TOO_HEAVY,), {})
    assert (await darkroom.look(saved(field())))[0].state == PhotoState.ACCEPTED


async def test_a_picture_that_takes_too_long_is_a_verdict_and_the_next_one_is_looked_at(monkeypatch):
    _with(monkeypatch, photo_process_s=0.3)
    slow = saved(Image.effect_noise((5500, 5500), 80).convert("RGB"), "PNG", compress_level=1)
    facts, _ = await darkroom.look(slow)
    assert facts.reasons == (Reason.TOO_HEAVY,)
    _with(monkeypatch)
    assert (await darkroom.look(saved(field())))[0].state == PhotoState.ACCEPTED


async def test_a_process_that_is_killed_under_a_picture_costs_nothing(monkeypatch):
    _with(monkeypatch)
    await darkroom.look(saved(field()))
    looking = asyncio.create_task(darkroom.look(saved(field(size=(5000, 5000)), "PNG")))
    await asyncio.sleep(0.1)
    for process in list(darkroom._running):
        os.kill(process._process.pid, signal.SIGKILL)
    assert (await looking)[0].state == PhotoState.ACCEPTED


async def test_no_process_has_what_would_open_the_house(monkeypatch):
    """What decodes strangers' bytes knows no key, no database and no store."""
    monkeypatch.setenv("FIELD_KEY", "f" * 40)
    _with(monkeypatch)
    await darkroom.look(saved(field()))
    alive = [each._process.pid for each in darkroom._running if each._process.poll() is None]
    for pid in alive:
        told = Path(f"/proc/{pid}/environ").read_bytes()
        assert not any(secret in told for secret in (b"FIELD_KEY", b"DATABASE_URL", b"STORAGE_URL", b"LIANXIN_DATA"))
    assert alive


async def test_photos_that_look_alike_find_each_other_and_others_do_not(cast, verdicts):
    image = field()
    twins = [
        saved(image),
        saved(image.resize((700, 525)), quality=60),
        saved(image.crop((10, 8, 1190, 892))),
        saved(image.point(lambda value: min(255, value * 1.12)), "WEBP"),
    ]
    alike = [await keep(content, by=cast.cadre) for content in twins]
    same = await keep(twins[0], by=cast.cadre)
    other = await keep(saved(field(seed=2)), by=cast.cadre)
    await verdicts()

    near = {photo_id: (await told(photo_id, by=cast.cadre)).near_duplicates for photo_id in (*alike, same, other)}
    assert near[other] == []
    for photo_id in (*alike, same):
        assert {each.photo_id for each in near[photo_id]} == {*alike, same} - {photo_id}
        assert all(each.distance <= 7 for each in near[photo_id])
    assert near[same][0].photo_id == alike[0]
    assert near[same][0].distance == 0


async def test_a_near_duplicate_that_one_may_not_see_is_not_told(cast, verdicts):
    mine = await keep(saved(field()), by=cast.cadre)
    hers = await keep(saved(field(), quality=70), by=cast.stranger)
    await verdicts()
    assert (await told(mine, by=cast.cadre)).near_duplicates == []
    await actions.claim_photos(photo_ids=[hers], kind="visit", record_id=ids.uuid7(), division_code="370782101255")
    assert (await told(mine, by=cast.cadre)).near_duplicates == []
    await actions.claim_photos(photo_ids=[mine], kind="visit", record_id=ids.uuid7(), division_code="371526101335")
    assert (await told(mine, by=cast.supervisor)).near_duplicates == []


async def test_two_that_look_alike_and_are_looked_at_together_find_each_other(cast):
    sent = [await keep(saved(field(), quality=quality), by=cast.cadre) for quality in (60, 70, 80, 90)]
    rows = await fetch("DELETE FROM pgqueuer RETURNING convert_from(payload, 'UTF8') AS payload")
    await asyncio.gather(*(looking.look(looking.Look(row["payload"].split('"')[3])) for row in rows))
    assert [len((await told(photo_id, by=cast.cadre)).near_duplicates) for photo_id in sent] == [3, 3, 3, 3]


@asynccontextmanager
async def working():
    stop = asyncio.Event()
    task = asyncio.create_task(job_worker.worker(stop))
    try:
        yield
    finally:
        stop.set()
        await asyncio.wait_for(task, 30)


async def test_the_worker_comes_to_a_verdict_and_looks_first_at_what_a_citizen_waits_for(cast, monkeypatch):
    order = []
    look = darkroom.look

    async def noted(content):
        order.append(len(content))
        return await look(content)

    monkeypatch.setattr(darkroom, "look", noted)
    cadres = [saved(field(seed=seed), quality=50) for seed in range(12)]
    for content in cadres:
        await keep(content, by=cast.cadre)
    citizens = saved(field(seed=99), quality=95)
    photo_id = await keep(citizens, by=cast.cadre, door=Door.STATION)
    async with working():
        async with asyncio.timeout(30):
            while (await fetch("SELECT count(*) FROM media_photo WHERE state = 'waiting'"))[0][0]:
                await asyncio.sleep(0.05)
    assert (await told(photo_id, by=cast.cadre)).state == "accepted"
    assert len(order) == 13
    assert order.index(len(citizens)) <= darkroom.processes() + 2


async def test_what_waits_for_long_is_asked_for_again(cast, verdicts):
    photo_id = await keep(saved(field()), by=cast.cadre)
    await fetch("DELETE FROM pgqueuer")
    await looking.look_again()
    assert await verdicts() == []
    with clock.stopped(clock.now() + looking.WAITS_LONG * 2):
        await looking.look_again()
    assert len(await verdicts()) == 1
    assert (await told(photo_id, by=cast.cadre)).state == "accepted"

"""What may be learnt from: photos that were given for it, labelled by experts, with nothing that leads back."""

import hashlib
from datetime import timedelta
from io import BytesIO
from zipfile import ZipFile

import msgspec
import pytest
from PIL import Image

from backend.cases import ending
from backend.core import clock, ids
from backend.core.database import fetch
from backend.core.refusals import Forbidden, TooLarge
from backend.diagnosis import learning_files, learning_set
from backend.diagnosis.learning_rules import NotBare, bare
from backend.diagnosis.tables import RequestConsent
from backend.diagnosis.words import AnswerKind, Confidence, ConsentPurpose
from backend.people import actions, sessions
from backend.people.household_tables import ConsentChannel, ConsentMethod
from backend.people.tables import Role
from tests.cast import OTHER_VILLAGE
from tests.diagnosis.sick_fields import BLIGHT, NOON, RUST, WHEAT, Fields
from tests.media.drawn import PHOTOS, field, saved

DAY = timedelta(days=1)
WORDS = "My photos may be used to teach."


@pytest.fixture
async def fields(cast):
    return await Fields.make(cast)


async def agree(request_id, *, given=True, at=NOON):
    line = RequestConsent(
        id=ids.uuid7(at),
        request=request_id,
        purpose=ConsentPurpose.LEARNING,
        text_version="door 2026-11-zh",
        text_sha256=hashlib.sha256(WORDS.encode()).digest(),
        channel=ConsentChannel.PAGE,
        method=ConsentMethod.TAPPED,
        given=given,
        at=at,
    )
    await RequestConsent.insert(line)


@pytest.fixture
async def given(fields):
    """A request with two photos, answered, and given for learning."""

    async def give(*, seeds=(1, 2), condition=BLIGHT, **said):
        request_id = await fields.sick(condition, learning=True, **said)
        await agree(request_id)
        for seed in seeds:
            await fields.photo(request_id, saved(field(seed=seed, size=(640, 480))))
        return request_id

    return give


async def opened(by=None, **asked):
    packed = await learning_set.learning_set(by=by, **asked)
    content = b"".join([chunk async for chunk in packed.chunks])
    assert packed.size_bytes == len(content)
    archive = ZipFile(BytesIO(content))
    assert archive.testzip() is None
    lines = [msgspec.json.decode(line) for line in archive.read("labels.jsonl").splitlines()]
    assert packed.photos == len(lines) == len([name for name in archive.namelist() if name.startswith("images/")])
    return archive, lines


async def labels(**asked):
    return sorted(line["label"] for line in (await opened(**asked))[1])


async def test_it_holds_photos_and_what_an_expert_said_of_them(given):
    await given()
    archive, lines = await opened()
    assert archive.namelist()[:3] == ["README.txt", "LICENCE.txt", "labels.jsonl"]
    [one, other] = lines
    assert one["group"] == other["group"]
    assert one | {"image": "", "group": ""} == {
        "image": "",
        "group": "",
        "crop": "maize",
        "crop_eppo": "ZEAMX",
        "crop_zh": "玉米",
        "crop_en": "Maize",
        "topic": "disease",
        "organ": "leaf",
        "growth_stage": "vegetative",
        "label": BLIGHT,
        "label_eppo": "SETOTU",
        "label_zh": "玉米大斑病",
        "label_en": "Northern corn leaf blight",
        "labelled_by": "expert",
        "confidence": "sure",
        "second_opinion": None,
        "remarks": one["remarks"],
        "month": "2026-07",
        "consent_text": "door 2026-11-zh",
        "consent_sha256": hashlib.sha256(WORDS.encode()).hexdigest(),
        "licence": "LicenseRef-Lianxin-Learning-1.0",
    }
    assert Image.open(BytesIO(archive.read(f"images/{one['image']}"))).size == (640, 480)


async def test_photos_carry_no_exif_no_place_and_no_name(fields, given):
    request_id = await given(seeds=())
    original = (PHOTOS / "orientation_6_gps.jpg").read_bytes()
    assert b"Exif" in original
    await fields.photo(request_id, original)
    archive, [line] = await opened()
    photo = archive.read(f"images/{line['image']}")
    assert bare(photo) == photo
    assert not [word for word in (b"Exif", b"http://ns.adobe.com", b"GPS", b"ICC_PROFILE") if word in photo]
    assert not Image.open(BytesIO(photo)).getexif()


async def test_nothing_in_it_leads_back(fields, given):
    request_id = await given(household=fields.cast.household)
    photo_ids = [str(row["id"]) for row in await fetch("SELECT id FROM media_photo")]
    archive, _ = await opened()
    said = archive.read("labels.jsonl").decode() + " ".join(archive.namelist())
    [case] = await fetch("SELECT number FROM cases_case WHERE id = $1", request_id)
    secrets = [str(request_id), case["number"], "IMG_1", "2026-07-20", "琉璃庙", "371526101", "116.30", *photo_ids]
    assert [each for each in secrets if each in said] == []


async def test_names_are_made_anew_for_each_export(given):
    await given()
    first, again = (await opened())[1], (await opened())[1]
    for name in ("image", "group"):
        assert {line[name] for line in first}.isdisjoint({line[name] for line in again})


async def test_without_his_own_consent_it_is_not_in_it_whatever_else_he_agreed_to(fields, given):
    request_id = await fields.sick(learning=False)
    await fields.photo(request_id, saved(field(seed=1)))
    never_asked = await fields.sick(learning=True)
    await fields.photo(never_asked, saved(field(seed=2)))
    assert await labels() == []

    await agree(request_id, given=False)
    assert await labels() == []


async def test_consent_taken_back_takes_it_out(fields, given):
    request_id = await given(seeds=(1,))
    await agree(request_id, given=False, at=NOON + DAY)
    assert await labels() == []
    await agree(request_id, at=NOON + 2 * DAY)
    assert await labels() == [BLIGHT]


async def test_a_withdrawn_or_erased_request_is_not_in_it(given):
    withdrawn = await given(seeds=(1,))
    erased = await given(seeds=(2,))
    await given(seeds=(3,), condition=RUST)
    with clock.stopped(NOON):
        await ending.withdraw(case_id=withdrawn, id=ids.uuid7(), by=None)
        await ending.erase_contact(case_id=erased, id=ids.uuid7(), by=None)
    assert await labels() == [RUST]


async def test_only_what_an_expert_gave_a_code_is_a_label_and_the_last_word_counts(fields, given):
    request_id = await given(seeds=(1,))
    await fields.corrected(request_id, RUST, at=NOON + DAY)
    _, [line] = await opened()
    assert (line["label"], line["labelled_by"]) == (RUST, "correction")

    await fields.corrected(request_id, None, at=NOON + 2 * DAY)
    assert await labels() == []


async def test_a_second_opinion_is_told_beside_the_label(fields, given):
    request_id = await given(seeds=(1,))
    await fields.answered(request_id, RUST, kind=AnswerKind.SECOND, confidence=Confidence.UNSURE)
    _, [line] = await opened()
    assert (line["label"], line["second_opinion"]) == (BLIGHT, {"label": RUST, "confidence": "unsure"})


async def test_a_photo_that_the_pipeline_refused_is_not_in_it_and_the_same_file_is_there_once(fields, given):
    request_id = await given(seeds=(1,))
    await fields.photo(request_id, b"\xff\xd8\xff\xe0 no photo at all")
    await fields.photo(request_id, saved(field(seed=1, size=(640, 480))))
    assert await labels() == [BLIGHT]


async def test_the_readme_says_what_was_not_done_and_the_terms_are_with_it(given):
    await given()
    archive, _ = await opened()
    readme, licence = (archive.read(name).decode() for name in ("README.txt", "LICENCE.txt"))
    assert [
        word for word in ("人脸没有打码", "Faces are not blurred", "photos: 2", "requests: 1") if word not in readme
    ] == []
    assert "LicenseRef-Lianxin-Learning-1.0" in licence


async def test_auditors_and_administrators_have_that_of_their_territory_and_it_is_logged(fields, given, cast):
    await given(seeds=(1,))
    await given(seeds=(2,), condition=RUST, division_code=OTHER_VILLAGE, by=await _province())
    assert await labels() == sorted([RUST, BLIGHT])
    for by in (cast.auditor, cast.admin):
        assert await labels(by=by) == [BLIGHT]
    assert {row["person"] for row in await fetch("SELECT person FROM people_access_log")} == {
        cast.auditor.person_id,
        cast.admin.person_id,
    }
    for by in (cast.expert, cast.supervisor, cast.cadre, cast.stranger):
        with pytest.raises(Forbidden):
            await learning_set.learning_set(by=by)


async def _province():
    person = await actions.open_account(id=ids.uuid7(), name="省里", phone="199 0000 0098")
    await actions.assign_role(
        person_id=person.id, role=Role.ADMIN, division_code="370000000000", valid_from=NOON.date() - DAY
    )
    with clock.stopped(NOON):
        return await sessions.actor(person_id=person.id)


async def test_it_is_narrowed_to_a_crop_and_too_many_at_once_are_refused(given, cast, monkeypatch):
    await given()
    await given(seeds=(3,), crop=WHEAT, condition="wheat.stripe_rust")
    assert await labels(crop_code=WHEAT) == ["wheat.stripe_rust"]
    monkeypatch.setattr(learning_set, "MOST", 2)
    with pytest.raises(TooLarge):
        await learning_set.learning_set(by=cast.auditor)
    assert len(await labels()) == 3


async def test_a_copy_that_carries_anything_breaks_the_export_off(given, monkeypatch):
    await given(seeds=(1,))
    exif = Image.Exif()
    exif[0x010E] = "somebody"

    async def telling(row, name):
        return saved(field(size=(640, 480)), exif=exif)

    monkeypatch.setattr("backend.media.contents.copy", telling)
    packed = await learning_set.learning_set(by=None)
    with pytest.raises(NotBare):
        [chunk async for chunk in packed.chunks]


def test_every_kind_of_stowaway_is_seen():
    plain = saved(field(size=(64, 48)))
    assert bare(plain) == plain
    assert bare(saved(field(size=(64, 48)), progressive=True))
    exif = Image.Exif()
    exif[0x010E] = "somebody"
    for content in (
        saved(field(size=(64, 48)), exif=exif),
        saved(field(size=(64, 48)), comment=b"somebody"),
        saved(field(size=(64, 48)), xmp=b"<x:xmpmeta/>"),
        saved(field(size=(64, 48)), icc_profile=b"profile"),
        plain + b"PK\3\4",
        plain[:-2],
        plain[: len(plain) // 2],
        saved(field(size=(64, 48)), "PNG"),
        b"",
    ):
        with pytest.raises(NotBare):
            bare(content)


async def test_the_command_writes_a_whole_file_or_none(given, tmp_path, monkeypatch):
    await given()
    file = tmp_path / "set.zip"
    said = await learning_files.write(file)
    assert "2 photos of 1 requests" in said
    assert ZipFile(file).testzip() is None

    monkeypatch.setattr("backend.media.contents.copy", _nothing)
    with pytest.raises(NotBare):
        await learning_files.write(tmp_path / "broken.zip")
    assert [each.name for each in tmp_path.iterdir()] == ["set.zip"]


async def _nothing(row, name):
    return b""

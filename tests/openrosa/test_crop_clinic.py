"""A question about a sick field from ODK Collect, from the form list to the request that an expert will see."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from hashlib import md5, sha256
from uuid import UUID

import pytest
from lxml import etree

from backend.cases import ending
from backend.core import clock, ids
from backend.core.database import fetch, fetch_row
from backend.diagnosis import gate, records
from backend.diagnosis.words import RequestState
from backend.media import looking
from backend.openrosa.form_texts import shown
from backend.people import actions
from backend.people.tables import UnitKind
from tests.cast import COUNTY, OTHER_VILLAGE, VILLAGE
from tests.media.drawn import field, m4a, saved
from tests.openrosa.collect import instance, message, send
from tests.openrosa.forms import current_form

LIST = "{http://openrosa.org/xforms/xformsList}"
INSTANCE_ID = "uuid:0f1d9a52-6f0c-4f0e-9d6a-3f9a6b1c2d3e"
REQUEST_ID = UUID(INSTANCE_ID.removeprefix("uuid:"))

NEAR, PLANT, VOICE = "near.jpg", "plant.jpg", "voice.m4a"
BOTH = f"<photo_near>{NEAR}</photo_near><photo_plant>{PLANT}</photo_plant>"


def asked(
    *,
    instance_id: str = INSTANCE_ID,
    version: str | None = None,
    asker: str = "<household_code>LLM-001</household_code>",
    asked_at: str = "2026-11-20T09:10:11.123+08:00",
    crop: str = "maize",
    trouble: str = "<symptoms>叶子上有黄斑，越来越多</symptoms>",
    photos: str = "",
    consent: str = "<handling>yes</handling><method>spoken</method><learning>no</learning>",
) -> bytes:
    """A question as Collect would write it, with what a test wants to be different."""
    return (
        f'<data id="crop_clinic" version="{version or current_form("crop_clinic").version}">'
        f"<deviceid>collect:T7mZq2VxKd0aJw4E</deviceid><asker><asked_at>{asked_at}</asked_at>{asker}</asker>"
        f"<trouble><crop>{crop}</crop>{trouble}</trouble><photos>{photos}</photos><consent>{consent}</consent>"
        f'<orx:meta xmlns:orx="http://openrosa.org/xforms"><orx:instanceID>{instance_id}</orx:instanceID></orx:meta></data>'
    ).encode()


FULL = {
    "asker": (
        "<household_code>LLM-001</household_code><division_code>371526101276</division_code>"
        "<place_note>村东洼地</place_note><point>36.8966547 116.2815093 0.0 12.5</point>"
        "<wants_call>yes</wants_call><contact_phone>199 0000 0051</contact_phone>"
    ),
    "trouble": (
        "<organ>leaf</organ><growth_stage>vegetative</growth_stage><topic>disease</topic>"
        f"<symptoms>叶子上有黄斑，越来越多</symptoms><voice>{VOICE}</voice><area_mu>3.5</area_mu>"
        "<onset_on>2026-11-15</onset_on><treatments>多菌灵，一次</treatments><weather_note>连下三天雨</weather_note>"
    ),
    "photos": BOTH,
    "consent": "<handling>yes</handling><method>witnessed</method><learning>yes</learning>",
}


def photo(seed: int) -> bytes:
    return saved(field(seed=seed))


FILES = {NEAR: photo(1), PLANT: photo(2), VOICE: m4a()}


@pytest.fixture(autouse=True)
async def studio(cast) -> UUID:
    """Experts of the county are reached through it."""
    unit = await actions.open_unit(id=ids.uuid7(), name="农技工作室", kind=UnitKind.STUDIO, division_code=COUNTY)
    return unit.id


async def request():
    return await records.read(REQUEST_ID, by=None)


async def look_at_the_photos() -> None:
    """What the worker does with them."""
    for [digest] in await fetch("SELECT sha256 FROM media_original WHERE looked_at IS NULL"):
        await looking.look(looking.Look(digest.hex()))


async def must_hold_nothing() -> None:
    for table in ("openrosa_submission", "diagnosis_request", "cases_case", "media_photo", "media_original"):
        assert await fetch(f"SELECT 1 FROM {table}") == [], table


async def test_the_list_leads_to_every_form_byte_for_byte(phone):
    listed = {each.findtext(f"{LIST}formID"): each for each in etree.fromstring((await phone.get("/formList")).content)}

    assert list(listed) == ["crop_clinic", "market_stall", "soil_and_residue", "visit"]
    names = [each.findtext(f"{LIST}name") for each in listed.values()]
    assert names == ["作物诊断", "赶集摊位", "收样登记", "走访记录"]
    for form_id, each in listed.items():
        form = await phone.get(each.findtext(f"{LIST}downloadUrl"))
        assert f"md5:{md5(form.content, usedforsecurity=False).hexdigest()}" == each.findtext(f"{LIST}hash")
        with_media = ("market_stall", "soil_and_residue")
        assert (each.find(f"{LIST}manifestUrl") is not None) == (form_id in with_media)
        root = next(etree.fromstring(form.content).iter("{http://www.w3.org/2002/xforms}instance"))[0]
        assert (root.get("id"), root.get("version")) == (form_id, each.findtext(f"{LIST}version"))


@pytest.mark.parametrize(
    ("who", "forms"),
    [
        ("cadre", ["visit", "crop_clinic", "market_stall", "soil_and_residue"]),
        *((who, ["visit", "crop_clinic", "soil_and_residue"]) for who in ("technician", "expert")),
        ("assistant", ["visit", "crop_clinic", "antifraud_visit", "soil_and_residue"]),
        *((who, ["visit", "market_stall", "soil_and_residue"]) for who in ("operator", "supervisor", "admin")),
        *((who, ["visit"]) for who in ("handler", "auditor")),
    ],
)
async def test_everybody_is_offered_the_forms_of_his_roles_and_may_send_those(phone_of, cast, who, forms):
    phone = await phone_of(getattr(cast, who))
    listed = etree.fromstring((await phone.get("/formList")).content)
    form = await phone.get("/forms/crop_clinic.xml")
    answer = await send(phone, asked(asker=f"<division_code>{VILLAGE}</division_code>"))

    assert [each.findtext(f"{LIST}formID") for each in listed] == sorted(forms)
    may = "crop_clinic" in forms
    assert (form.status_code, answer.status_code) == ((200, 201) if may else (404, 403)), answer.text
    assert len(await fetch("SELECT 1 FROM diagnosis_request")) == may


async def test_a_question_with_photos_becomes_the_request_it_tells_of(phone, cast, studio):
    answer = await send(phone, asked(**FULL), FILES)

    told = await request()
    assert answer.status_code == 201
    assert message(answer, "submit_success") == f"已收到，受理编号 {told.case.number_said}。"
    assert (told.case.channel, told.case.kind, told.case.opened_by.id) == ("visit", "diagnosis", cast.cadre.person_id)
    assert (told.case.household_code, told.case.division.code) == ("LLM-001", VILLAGE)
    assert (told.case.place_note, told.case.has_contact) == ("村东洼地", True)
    assert (told.case.point.latitude, told.case.point.longitude) == (36.8966547, 116.2815093)
    assert told.asked_at == datetime(2026, 11, 20, 1, 10, 11, 123000, UTC)
    assert (told.crop.code, told.topic, told.organ, told.growth_stage) == ("maize", "disease", "leaf", "vegetative")
    assert (told.area_mu, told.onset_on) == (3.5, date(2026, 11, 15))
    assert (told.case.description, told.treatments) == ("叶子上有黄斑，越来越多", "多菌灵，一次")
    assert (told.weather_note, told.wants_call, told.learning) == ("连下三天雨", True, True)
    assert (told.studio.id, told.photos_expected, len(told.photos)) == (studio, 3, 3)
    assert told.state is RequestState.AWAITING_PHOTO


async def test_the_submission_names_the_request_and_nothing_else(phone, cast):
    await send(phone, asked(**FULL), FILES)

    [row] = await fetch("SELECT * FROM openrosa_submission")
    assert (row["record_kind"], row["record_id"]) == ("diagnosis_request", REQUEST_ID)
    assert (row["form_id"], row["submitted_by"]) == ("crop_clinic", cast.cadre.person_id)
    assert row["xml_sha256"] == sha256(asked(**FULL)).digest()
    photos = await fetch("SELECT claimed_kind, claimed_id, division_code, household FROM media_photo")
    assert [tuple(photo) for photo in photos] == [("case", REQUEST_ID, VILLAGE, cast.household)] * 3


async def test_what_the_farmer_agreed_to_is_kept_with_the_words_that_were_read_out(phone, cast):
    await send(phone, asked(**FULL))

    form = current_form("crop_clinic")
    lines = {row["purpose"]: row for row in await fetch("SELECT * FROM diagnosis_consent")}
    assert set(lines) == {"handling", "learning"}
    for purpose, line in lines.items():
        assert line["text_sha256"] == sha256(shown(form.xml, f"consent/{purpose}").encode()).digest()
        assert line["text_version"] == f"crop_clinic {form.version}"
        assert (line["given"], line["channel"], line["method"]) == (True, "visit", "witnessed")
        assert line["recorded_by"] == cast.cadre.person_id


@pytest.mark.parametrize(("said", "lines"), [("<learning>no</learning>", [False]), ("", [])])
async def test_learning_is_the_farmers_own_choice_and_never_taken_for_granted(phone, said, lines):
    await send(phone, asked(consent=f"<handling>yes</handling><method>spoken</method>{said}"))

    assert (await request()).learning is False
    given = await fetch("SELECT given FROM diagnosis_consent WHERE purpose = 'learning'")
    assert [row["given"] for row in given] == lines


async def test_sent_again_and_ten_times_at_once_it_is_there_once(phone):
    xml = asked(**FULL)
    answers = await asyncio.gather(*(send(phone, xml, FILES) for _ in range(10)))
    answers.append(await send(phone, xml, FILES))

    assert [answer.status_code for answer in answers] == [201] * 11
    [said] = {message(answer, "submit_success") for answer in answers}
    assert said == f"已收到，受理编号 {(await request()).case.number_said}。"
    counts = {
        "openrosa_submission": 1,
        "diagnosis_request": 1,
        "cases_case": 1,
        "media_photo": 3,
        "diagnosis_consent": 2,
    }
    for table, count in counts.items():
        assert len(await fetch(f"SELECT 1 FROM {table}")) == count, table


async def test_photos_that_come_later_join_the_case_and_start_the_gate_again(phone):
    xml = asked(photos=BOTH)
    first = await send(phone, xml, {"*isIncomplete*": b"yes"})
    assert message(first, "submit_success") == "已收到，还差 2 个文件。"
    assert ((await request()).photos_expected, (await request()).photos) == (2, [])
    await gate.pass_or_ask(REQUEST_ID)
    assert (await request()).state is RequestState.AWAITING_PHOTO

    second = await send(phone, xml, {NEAR: photo(1), "*isIncomplete*": b"yes"})
    assert message(second, "submit_success") == "已收到，还差 1 个文件。"
    await look_at_the_photos()
    looks = await fetch("SELECT 1 FROM pgqueuer WHERE entrypoint = $1", gate.GATE)
    assert looks
    await gate.look(gate.Look(REQUEST_ID))
    assert (await request()).state is not RequestState.AWAITING_PHOTO

    third = await send(phone, xml, {PLANT: photo(2)})
    assert message(third, "submit_success") == f"已收到，受理编号 {(await request()).case.number_said}。"
    assert len((await request()).photos) == 2
    lines = await fetch("SELECT kind FROM cases_event WHERE kind = 'photos_added'")
    assert len(lines) == 2


async def test_the_rest_of_the_files_sent_ten_times_at_once_comes_in_once(phone):
    xml = asked(**FULL)
    await send(phone, xml)
    answers = await asyncio.gather(*(send(phone, xml, FILES) for _ in range(10)))

    assert [answer.status_code for answer in answers] == [201] * 10
    assert len((await request()).photos) == 3
    assert len(await fetch("SELECT 1 FROM media_photo")) == 3


async def test_photos_of_a_question_that_was_withdrawn_are_thanked_for_and_stay_with_the_submission(phone, cast):
    xml = asked(photos=BOTH)
    await send(phone, xml, {NEAR: photo(1)})
    await ending.withdraw(case_id=REQUEST_ID, id=ids.uuid7(), by=cast.cadre)

    answer = await send(phone, xml, {PLANT: photo(2)})

    assert answer.status_code == 201
    claims = await fetch("SELECT claimed_kind, division_code FROM media_photo ORDER BY received_at")
    assert [tuple(row) for row in claims] == [("case", VILLAGE), ("submission", VILLAGE)]


async def test_a_village_is_enough_and_a_name_and_number_go_into_the_case_sealed(phone):
    contact = "<contact_name>林小满</contact_name><contact_phone>19900000052</contact_phone>"
    await send(phone, asked(asker=f"<division_code>{VILLAGE}</division_code>{contact}"))

    told = await request()
    assert (told.case.household_code, told.case.division.code, told.case.has_contact) == (None, VILLAGE, True)
    row = await fetch_row("SELECT * FROM cases_case")
    assert not any("林小满" in str(value) or "19900000052" in str(value) for value in row.values())


async def test_a_phone_whose_clock_is_ahead_asks_now(phone):
    tomorrow = clock.now() + timedelta(days=1)
    answer = await send(phone, asked(asked_at=tomorrow.isoformat(timespec="milliseconds")))
    assert answer.status_code == 201, message(answer)
    assert (await request()).asked_at <= clock.now()


async def test_whoever_only_speaks_is_heard(phone):
    trouble = f"<symptoms/><voice>{VOICE}</voice>"
    await send(phone, asked(trouble=trouble), {VOICE: m4a()})
    await look_at_the_photos()

    [note] = (await request()).photos
    assert (note.kind, note.state) == ("voice", "accepted")
    await gate.look(gate.Look(REQUEST_ID))
    assert (await request()).state is not RequestState.AWAITING_PHOTO


async def test_the_same_instance_id_in_both_forms_is_a_visit_and_a_request(phone):
    answers = [await send(phone, asked()), await send(phone, instance(instance_id=INSTANCE_ID))]

    assert [answer.status_code for answer in answers] == [201, 201]
    rows = await fetch("SELECT form_id, record_id AS record FROM openrosa_submission")
    assert {row["form_id"]: row["record"] for row in rows} == {"visit": REQUEST_ID, "crop_clinic": REQUEST_ID}


@pytest.mark.parametrize(
    ("changes", "status", "says"),
    [
        ({"consent": ""}, 400, "同意"),
        ({"consent": "<handling>no</handling><learning>yes</learning>"}, 400, "同意"),
        ({"version": "1999"}, 404, "1999"),
        ({"consent": "", "crop": "triffid"}, 400, "同意"),
    ],
)
async def test_without_consent_or_of_no_known_version_nothing_is_kept(phone, photo_objects, changes, status, says):
    before = photo_objects()
    answer = await send(phone, asked(photos=BOTH, **changes), {NEAR: photo(1)})
    told = message(answer)

    assert answer.status_code == status, told
    assert says in told
    assert len(told) < 500
    assert photo_objects() == before
    await must_hold_nothing()


@pytest.mark.parametrize(
    ("changes", "status", "says"),
    [
        ({"asker": "<household_code>NO-999</household_code>"}, 400, "NO-999"),
        ({"asker": "<household_code>ZG-001</household_code>"}, 403, ""),
        ({"asker": f"<division_code>{OTHER_VILLAGE}</division_code>"}, 403, OTHER_VILLAGE),
        ({"asker": "<division_code>371526101999</division_code>"}, 400, ""),
        ({"asker": "<division_code>12</division_code>"}, 400, "division_code"),
        ({"asker": ""}, 400, ""),
        ({"asker": "<household_code>LLM-001</household_code><point>north of the well</point>"}, 400, "纬度"),
        ({"asker": "<household_code>LLM-001</household_code><contact_phone>don't ring</contact_phone>"}, 400, "phone"),
        ({"crop": ""}, 400, "crop_code"),
        ({"crop": "triffid"}, 400, "作物"),
        ({"trouble": "<organ>elbow</organ>"}, 400, "elbow"),
        ({"trouble": "<area_mu>a lot</area_mu>"}, 400, "数字"),
        ({"trouble": "<area_mu>nan</area_mu>"}, 400, "数字"),
        ({"trouble": "<area_mu>-1</area_mu>"}, 400, "area_mu"),
        ({"trouble": "<onset_on>2099-01-01</onset_on>"}, 400, "onset_on"),
        ({"trouble": "<onset_on>in spring</onset_on>"}, 400, "onset_on"),
        ({"trouble": f"<symptoms>{'长' * 2001}</symptoms>"}, 400, "symptoms"),
        ({"consent": "<handling>yes</handling><method>guessed</method>"}, 400, "guessed"),
        ({"asked_at": "2026-11-20T09:10:11.123"}, 400, "asked_at"),
    ],
)
async def test_a_question_that_cannot_be_asked_is_kept_with_the_reason_in_words(phone, changes, status, says):
    answer = await send(phone, asked(photos=BOTH, **changes), {NEAR: photo(1)})
    told = message(answer, "submit_success")

    assert answer.status_code == 201, told
    assert says in told
    assert len(told) < 500
    assert await fetch("SELECT 1 FROM cases_case") == []
    [row] = await fetch("SELECT state, refusal::jsonb ->> 'status' AS status FROM openrosa_submission")
    assert (row["state"], row["status"]) == ("attention", str(status))
    assert [row["claimed_kind"] for row in await fetch("SELECT claimed_kind FROM media_photo")] == ["submission"]


async def test_a_stranger_asks_nothing_of_this_county(phone_of, cast):
    answer = await send(await phone_of(cast.stranger), asked())
    assert answer.status_code == 201
    [row] = await fetch("SELECT state, division_code FROM openrosa_submission")
    assert tuple(row) == ("attention", cast.stranger.held[0].division_code)
    assert await fetch("SELECT 1 FROM cases_case") == []


async def test_other_content_under_the_same_id_is_409_and_the_first_stays(phone, phone_of, cast):
    first = await send(phone, asked())
    second = await send(phone, asked(crop="wheat"))
    by_another = await send(await phone_of(cast.next_cadre), asked())

    assert [answer.status_code for answer in (first, second, by_another)] == [201, 409, 409]
    assert (await request()).crop.code == "maize"

"""A bag of soil or produce from ODK Collect becomes the laboratory's sample, with its first hand and its consents."""

import asyncio
import csv
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from io import StringIO
from typing import Any
from uuid import UUID, uuid4

import pytest
from lxml import etree

from backend.core import clock, ids
from backend.core.database import fetch
from backend.laboratory import sample_contacts, sample_records
from backend.openrosa.form_texts import shown
from backend.openrosa.remapping import remap_submission
from backend.openrosa.submission_schemas import NewCorrection, SubmissionMapping
from backend.people import actions
from backend.people.tables import UnitKind
from tests.cast import COUNTY, NEXT_VILLAGE, OTHER_VILLAGE, TOWNSHIP, VILLAGE
from tests.openrosa.collect import PHOTO, message, send
from tests.openrosa.forms import current_form

LIST = "{http://openrosa.org/xforms/xformsList}"
FORM = "/forms/soil_and_residue"
INSTANCE_ID = "uuid:5d3c0f5e-1a3b-4a55-9c55-0d8f1f7c2b10"
SAMPLE_ID = UUID(INSTANCE_ID.removeprefix("uuid:"))
HANDED_IN = "2026-11-20T09:10:11.123+08:00"

SOIL = "<depth_top_cm>0</depth_top_cm><depth_bottom_cm>20</depth_bottom_cm><cores_n>18</cores_n>"
CARD = "<household_code>LLM-001</household_code>"
AGREED = "<handling>yes</handling><share>no</share><method>witnessed</method>"
WHO = "<contact_name>林小满</contact_name><contact_phone>199 0000 0052</contact_phone>"


@pytest.fixture(autouse=True)
async def studio(cast) -> UUID:
    """Which tests what comes in."""
    unit = await actions.open_unit(id=ids.uuid7(), name="农技工作室", kind=UnitKind.STUDIO, division_code=COUNTY)
    return unit.id


@pytest.fixture
async def station(cast, studio) -> UUID:
    """Where samples are handed in."""
    opened = await actions.open_unit(
        id=ids.uuid7(), name="农技站", kind=UnitKind.STATION, division_code=TOWNSHIP, parent_id=studio
    )
    return opened.id


def bag(
    *,
    instance_id: str = INSTANCE_ID,
    version: str | None = None,
    kind: str = "soil",
    code: str = "NY-20260501-007",
    photo: str = "",
    origin: str = f"{CARD}<plot>村东三亩</plot><crop>wheat</crop>{SOIL}",
    taking: str = "<sampled_on>2026-11-19</sampled_on><way>soil_s_shape</way>",
    desk: str = "",
    received_at: str = HANDED_IN,
    custody: str = "<travelled>ambient</travelled><temperature_c>12.5</temperature_c>",
    consent: str = "",
) -> bytes:
    """A bag as Collect would write it, with what a test wants to be different."""
    scanned = f"<barcode>{code}</barcode><typed_code/><code>{code}</code>"
    return (
        f'<data id="soil_and_residue" version="{version or current_form("soil_and_residue").version}">'
        f"<bag><kind>{kind}</kind>{scanned}<photo>{photo}</photo></bag><origin>{origin}</origin>"
        f"<taking>{taking}</taking><custody><brought_by>household</brought_by><desk>{desk}</desk>"
        f"<received_at>{received_at}</received_at>{custody}</custody><consent>{consent}</consent>"
        f'<orx:meta xmlns:orx="http://openrosa.org/xforms"><orx:instanceID>{instance_id}</orx:instanceID></orx:meta></data>'
    ).encode()


async def sample(by: Any) -> Any:
    return await sample_records.read(SAMPLE_ID, by=by)


async def waits() -> dict[str, Any]:
    """The one submission, kept without a record: why."""
    [row] = await fetch("SELECT state, record_id, refusal::jsonb ->> 'code' AS code FROM openrosa_submission")
    assert (row["state"], row["record_id"]) == ("attention", None)
    assert await fetch("SELECT 1 FROM laboratory_sample WHERE id = $1", SAMPLE_ID) == []
    return dict(row)


async def test_a_bag_of_soil_becomes_the_sample_with_its_first_hand(phone, cast, studio, station):
    custody = (
        "<taken_by>孙丽</taken_by><travelled>cooled</travelled><temperature_c>6.5</temperature_c><note>袋角破了</note>"
    )
    answer = await send(phone, bag(desk=str(station), custody=custody))

    assert answer.status_code == 201, answer.text
    assert message(answer, "submit_success") == "已收到，袋号 NY-20260501-007。袋上没有号的，请写上。"
    told = await sample(cast.cadre)
    assert (told.code, told.kind, told.run_kind, told.state) == ("NY-20260501-007", "soil", "advice", "received")
    assert (told.household_id, told.division.code) == (cast.household, VILLAGE)
    assert (told.unit.id, told.drop_off.id, told.holder.id) == (studio, station, station)
    assert (told.crop_code, told.plot, told.sampled_on) == ("wheat", "村东三亩", date(2026, 11, 19))
    assert (told.depth_top_cm, told.depth_bottom_cm, told.cores_n) == (0, 20, 18)
    assert (told.received_at, told.received_by.id) == (
        datetime(2026, 11, 20, 1, 10, 11, 123000, UTC),
        cast.cadre.person_id,
    )
    assert told.note == "采样：S 形多点混合；交样：农户本人或家人；收样：孙丽；袋角破了"
    [hand] = told.hand_overs
    assert (hand.to_unit.id, hand.temperature_c, hand.travelled) == (station, 6.5, "cooled")
    [row] = await fetch("SELECT record_kind, record_id, division_code FROM openrosa_submission")
    assert tuple(row) == ("sample", SAMPLE_ID, VILLAGE)


async def test_a_bag_without_a_code_gets_a_number_that_the_phone_is_told(phone, cast):
    answer = await send(phone, bag(code=""))

    told = await sample(cast.cadre)
    assert told.code.startswith("S26")
    assert told.code in message(answer, "submit_success")


async def test_produce_of_a_market_has_its_lot_and_nobody(phone, cast):
    origin = f"<market_lot>三号摊，11月19日</market_lot><crop>other</crop><crop_said>香椿芽</crop_said>{SOIL}"
    answer = await send(phone, bag(kind="produce", origin=origin, taking="<way>produce_packed</way>"))

    assert answer.status_code == 201, answer.text
    told = await sample(cast.cadre)
    assert (told.kind, told.market_lot, told.crop, told.household_id) == ("produce", "三号摊，11月19日", "香椿芽", None)
    assert (told.depth_bottom_cm, told.cores_n) == (None, None)  # the soil's own
    assert told.note == "采样：从包好的、筐里的抽；交样：农户本人或家人"
    assert await fetch("SELECT 1 FROM laboratory_consent") == []


async def test_what_he_agreed_to_is_kept_with_the_words_that_were_read_out(phone, cast):
    origin = f"<village>{VILLAGE}</village>{SOIL}"
    await send(phone, bag(origin=origin, consent=f"{AGREED}{WHO}<wants_call>yes</wants_call>"))

    form = current_form("soil_and_residue")
    lines = {row["purpose"]: row for row in await fetch("SELECT * FROM laboratory_consent")}
    assert {purpose: line["given"] for purpose, line in lines.items()} == {"handling": True, "share": False}
    for purpose, line in lines.items():
        assert line["text_sha256"] == sha256(shown(form.xml, f"consent/{purpose}").encode()).digest()
        assert line["text_version"] == f"soil_and_residue {form.version}"
        assert (line["channel"], line["method"]) == ("visit", "witnessed")
        assert line["recorded_by"] == cast.cadre.person_id
    [row] = await fetch("SELECT * FROM laboratory_sample")
    assert not any("林小满" in str(value) or "0052" in str(value) for value in row.values())
    assert "林小满" in str(sample_contacts.opened(row))
    assert row["wants_call"] is True


@pytest.mark.parametrize("said", ["", "<handling>no</handling><method>spoken</method>"])
async def test_without_a_yes_it_is_tested_and_neither_name_nor_number_is_kept_with_it(phone, said):
    answer = await send(phone, bag(origin=f"<village>{VILLAGE}</village>{SOIL}", consent=said + WHO))

    assert answer.status_code == 201, answer.text
    [row] = await fetch("SELECT * FROM laboratory_sample")
    assert "林小满" not in str(sample_contacts.opened(row))


async def test_a_barcode_that_is_on_another_bag_of_the_day_waits_for_a_new_one_and_loses_nothing(phone):
    assert (await send(phone, bag(instance_id=f"uuid:{uuid4()}"))).status_code == 201
    answers = [await send(phone, bag(photo="bag.jpg"), {"bag.jpg": PHOTO}) for _ in range(2)]

    for answer in answers:
        assert answer.status_code == 201, answer.text
        assert "NY-20260501-007" in message(answer, "submit_success")
    row = await fetch(
        "SELECT state, refusal::jsonb ->> 'code' AS code FROM openrosa_submission WHERE state = 'attention'"
    )
    assert [tuple(each) for each in row] == [("attention", "laboratory/sample-code-taken")]
    assert len(await fetch("SELECT 1 FROM laboratory_sample")) == 1
    assert [each["claimed_kind"] for each in await fetch("SELECT claimed_kind FROM media_photo")] == ["submission"]


async def test_a_new_code_put_on_by_a_supervisor_takes_the_bag_in_as_its_senders(phone, cast):
    await send(phone, bag(instance_id=f"uuid:{uuid4()}"))
    await send(phone, bag())
    [row] = await fetch("SELECT id FROM openrosa_submission WHERE state = 'attention'")
    said = SubmissionMapping(corrections=[NewCorrection(path="bag/code", value="NY-8")])

    done = await remap_submission(submission_id=row["id"], said=said, by=cast.supervisor)

    assert done.state == "recorded"
    told = await sample(cast.cadre)
    assert (told.code, told.received_by.id) == ("NY-8", cast.cadre.person_id)


async def test_sent_again_and_many_times_at_once_it_is_there_once(phone, cast):
    xml = bag(consent=AGREED)
    answers = await asyncio.gather(*(send(phone, xml) for _ in range(8)))
    answers.append(await send(phone, xml))

    assert [answer.status_code for answer in answers] == [201] * 9
    for table, n in (("openrosa_submission", 1), ("laboratory_sample", 1), ("laboratory_hand_over", 1)):
        assert len(await fetch(f"SELECT 1 FROM {table}")) == n, table
    assert len(await fetch("SELECT 1 FROM laboratory_consent")) == 2


async def test_other_content_under_the_same_id_leaves_the_first(phone, cast):
    assert (await send(phone, bag())).status_code == 201
    other = await send(phone, bag(code="NY-8"))
    assert other.status_code == 409
    assert (await sample(cast.cadre)).code == "NY-20260501-007"


async def test_photos_of_the_bag_stay_with_the_submission_also_when_they_come_later(phone):
    xml = bag(photo="bag.jpg")
    first = await send(phone, xml)
    assert "还差 1 个文件" in message(first, "submit_success")

    later = await send(phone, xml, {"bag.jpg": PHOTO})

    assert later.status_code == 201, message(later)
    claims = await fetch("SELECT claimed_kind, division_code FROM media_photo")
    assert [tuple(each) for each in claims] == [("submission", VILLAGE)]


async def test_a_phone_whose_clock_is_ahead_hands_it_in_now(phone, cast):
    ahead = (clock.now() + timedelta(hours=3)).isoformat(timespec="milliseconds")
    assert (await send(phone, bag(received_at=ahead))).status_code == 201
    assert (await sample(cast.cadre)).received_at <= clock.now()


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"kind": ""}, "kind"),
        ({"kind": "water"}, "water"),
        ({"code": "x" * 61}, "code"),
        ({"origin": f"<household_code>NO-999</household_code>{SOIL}"}, "NO-999"),
        ({"origin": f"<household_code>ZG-001</household_code>{SOIL}"}, ""),
        ({"origin": f"<village>{OTHER_VILLAGE}</village>{SOIL}"}, "工作室"),
        ({"origin": f"<village>12</village>{SOIL}"}, "division_code"),
        ({"origin": f"{CARD}<crop>triffid</crop>{SOIL}"}, "triffid"),
        ({"origin": f"{CARD}<depth_top_cm>20</depth_top_cm><depth_bottom_cm>5</depth_bottom_cm>"}, "depth_bottom_cm"),
        ({"origin": f"{CARD}<depth_bottom_cm>deep</depth_bottom_cm>"}, "depth_bottom_cm"),
        ({"origin": f"{CARD}<depth_bottom_cm>20.5</depth_bottom_cm>"}, "depth_bottom_cm"),
        ({"origin": f"{CARD}<land_use>car_park</land_use>{SOIL}"}, "car_park"),
        ({"taking": "<sampled_on>2099-01-01</sampled_on>"}, "sampled_on"),
        ({"taking": "<way>dowsing</way>"}, "dowsing"),
        ({"custody": "<temperature_c>500</temperature_c>"}, "temperature_c"),
        ({"custody": f"<note>{'长' * 101}</note>"}, "note"),
        ({"received_at": "2026-11-20T09:10:11"}, "received_at"),
        ({"received_at": "1999-01-01T09:10:11+08:00"}, "2000"),
        ({"desk": "6a1f0c52-0000-4000-8000-000000000000"}, "drop_off_id"),
        ({"desk": "the shed"}, "drop_off_id"),
        ({"consent": "<handling>yes</handling><method>guessed</method>"}, "guessed"),
    ],
)
async def test_a_bag_that_cannot_be_taken_in_is_kept_with_the_reason_in_words(phone, changes, says):
    answer = await send(phone, bag(**changes))
    told = message(answer, "submit_success")

    assert answer.status_code == 201, told
    assert says in told
    assert len(told) < 500
    await waits()


async def test_a_county_without_a_studio_keeps_the_bag_waiting_until_there_is_one(phone, studio):
    await fetch("DELETE FROM people_unit WHERE id = $1", studio)
    answer = await send(phone, bag())
    assert answer.status_code == 201, answer.text
    assert (await waits())["code"] == "laboratory/no-desk"


async def test_the_list_leads_to_desks_around_him_and_villages_of_his(phone, phone_of, cast, studio, station):
    listed = etree.fromstring((await phone.get("/formList?formID=soil_and_residue")).content)[0]
    assert listed.findtext(f"{LIST}name") == "收样登记"
    assert (await phone.get(listed.findtext(f"{LIST}manifestUrl"))).status_code == 200

    async def table(who: Any, name: str) -> dict[str, str]:
        text = (await who.get(f"{FORM}/media/{name}")).text
        return {row["name"]: row["label"] for row in csv.DictReader(StringIO(text))}

    assert await table(phone, "desks.csv") == {str(studio): "农技工作室", str(station): "农技站"}
    assert list(await table(phone, "villages.csv")) == [VILLAGE]
    technician = await phone_of(cast.technician)
    assert {VILLAGE, NEXT_VILLAGE} <= set(await table(technician, "villages.csv"))
    stranger = await phone_of(cast.stranger)
    assert str(station) not in await table(stranger, "desks.csv")


async def test_only_who_takes_samples_in_is_offered_it_and_may_send_it(phone_of, cast):
    may = ("cadre", "assistant", "expert", "technician", "operator", "supervisor", "admin")
    for who in (*may, "handler", "auditor"):
        phone = await phone_of(getattr(cast, who))
        offered = (await phone.get(f"{FORM}.xml")).status_code
        xml = bag(instance_id=f"uuid:{uuid4()}", code="", origin=f"<village>{VILLAGE}</village>{SOIL}")
        answer = await send(phone, xml)
        assert (offered, answer.status_code) == ((200, 201) if who in may else (404, 403)), who
    assert len(await fetch("SELECT 1 FROM laboratory_sample")) == len(may)
    assert await fetch("SELECT 1 FROM openrosa_submission WHERE state <> 'recorded'") == []


async def test_of_an_unknown_version_nothing_is_kept(phone):
    answer = await send(phone, bag(version="1999"))
    assert answer.status_code == 404
    assert await fetch("SELECT 1 FROM openrosa_submission") == []

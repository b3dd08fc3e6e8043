"""Who opens an upload without an account: a station's code, and whatever scheme a room above brings."""

import asyncio
import hashlib
import io
from datetime import UTC, datetime, timedelta
from uuid import UUID

import httpx
import pytest
from tusclient import client as tuspy

from backend.core import clock, ids
from backend.core.database import fetch, fetch_row
from backend.core.refusals import SignInNeeded
from backend.core.settings import settings
from backend.media import actions, openers, signed_addresses
from backend.media.openers import Knock, Limits, Opener, opens
from backend.media.receiving import Door, Owner
from backend.media.refusals import PhotoUnknown
from backend.people import actions as people
from backend.people import sessions, station_codes
from backend.people.policies import station_policy
from backend.people.tables import Role, UnitKind
from tests.cast import SINCE, TOWNSHIP, VILLAGE
from tests.media.uploads.phone import BYTES, Phone, metadata

NOON = datetime(2026, 5, 1, 4, tzinfo=UTC)


@pytest.fixture
async def station(cast) -> UUID:
    return await open_station(UnitKind.STATION)


@pytest.fixture
async def code(station, cast) -> str:
    return await station_codes.make_station_code(unit_id=station, by=cast.admin)


@pytest.fixture
def farmer_with(client):
    def opening(credential: str) -> Phone:
        return Phone(client, {"Upload-Opener": credential})

    return opening


@pytest.fixture
def farmer(farmer_with, code) -> Phone:
    return farmer_with(f"station {code}")


async def open_station(kind=UnitKind.STATION) -> UUID:
    return (await people.open_unit(id=ids.uuid7(), name="农技站", kind=kind, division_code=TOWNSHIP)).id


async def send(phone: Phone, content: bytes, **headers) -> str:
    address = await phone.open(len(content), **headers)
    assert (await phone.send(address, 0, content)).status_code == 204
    return address


async def test_without_anybody_and_with_a_wrong_or_revoked_code_nothing_opens(client, farmer_with, code, cast, station):
    revoked = await station_codes.make_station_code(unit_id=station, by=cast.admin)
    listed = await station_codes.list_station_codes(unit_id=station, by=cast.admin)
    await station_codes.revoke_station_code(code_id=listed[0].id, by=cast.admin)

    answers = [
        await Phone(client, {}).ask("POST", "/uploads", Upload_Length="5"),
        *[
            await farmer_with(words).ask("POST", "/uploads", Upload_Length="5")
            for words in ("station 7K3M-9QXT-0ABC-DEFG", f"station {revoked}", "station", "", "receipt 12", code)
        ],
    ]

    assert [answer.status_code for answer in answers] == [401] * 7
    assert answers[1].json()["code"] == answers[2].json()["code"] == "people/station-code-void"
    assert "station" in answers[-1].json()["detail"]
    assert await fetch("SELECT 1 FROM media_upload") == []


async def test_a_stations_code_brings_a_photo_that_is_the_stations(farmer, photo, station):
    address = await farmer.open(len(photo), Upload_Metadata=metadata(filename="病叶.jpg"))
    await farmer.send(address, 0, photo[:30_000])
    assert await farmer.offset(address) == 30_000
    await farmer.send(address, 30_000, photo[30_000:])

    row = await fetch_row("SELECT * FROM media_photo")
    assert (str(row["id"]), row["unit"], row["opener"]) == (address.rpartition("/")[2], station, f"station:{station}")
    assert (row["uploaded_by"], row["division_code"], row["door"]) == (None, TOWNSHIP, "station")


async def test_it_is_looked_at_before_what_cadres_sent(farmer, phone, photo, verdicts):
    await send(phone, photo)
    await send(farmer, photo + b"1")

    assert await verdicts() == [0, 10]


async def test_the_same_upload_again_is_the_same_one(farmer, photo):
    said = metadata(id=str(ids.uuid7()), filename="1.jpg")
    addresses = {await farmer.open(len(photo), Upload_Metadata=said) for _ in range(2)}
    addresses |= {await send(farmer, photo, Upload_Metadata=said)}
    keyed = {await farmer.open(7, Idempotency_Key="a phone's own random key") for _ in range(2)}

    assert (len(addresses), len(keyed)) == (1, 1)


async def test_a_newer_code_of_the_station_goes_on_with_what_an_older_one_began(farmer, farmer_with, cast, station):
    address = await farmer.open(10)
    newer = await station_codes.make_station_code(unit_id=station, by=cast.admin)

    assert await farmer_with(f"station {newer}").offset(address) == 0


async def test_another_stations_upload_is_not_there(farmer, farmer_with, phone, cast, photo):
    other = farmer_with(
        f"station {await station_codes.make_station_code(unit_id=await open_station(UnitKind.STUDIO), by=cast.admin)}"
    )
    address = await farmer.open(len(photo))
    for somebody in (other, phone):
        answers = [
            await somebody.ask("HEAD", address),
            await somebody.send(address, 0, photo),
            await somebody.ask("DELETE", address),
        ]
        assert [answer.status_code for answer in answers] == [404] * 3
    assert await farmer.offset(address) == 0


async def test_the_header_counts_and_not_the_sign_in_beside_it(client, as_, cast, code, station):
    both = Phone(client, await as_(cast.cadre) | {"Upload-Opener": f"station {code}"})
    await both.open(5)

    assert (await fetch_row("SELECT opener FROM media_upload"))["opener"] == f"station:{station}"


async def test_it_may_be_smaller_only_and_is_abandoned_sooner(farmer, phone):
    limit = settings().station_upload_max_bytes
    assert (await farmer.ask("POST", "/uploads", Upload_Length=str(limit + 1))).status_code == 413
    await phone.open(limit + 1)

    hours, opened_at = settings().station_upload_hours, clock.now()
    with clock.stopped(opened_at):
        address = await farmer.open(limit)
    with clock.stopped(opened_at + timedelta(hours=hours - 0.1)):
        await farmer.send(address, 0, b"x")
    with clock.stopped(opened_at + timedelta(hours=2 * hours - 0.2)):
        assert await farmer.offset(address) == 1
    with clock.stopped(opened_at + timedelta(hours=2 * hours)):
        assert (await farmer.ask("HEAD", address)).status_code == 410


async def test_too_many_from_one_address_are_told_when_to_come_again_and_what_was_begun_goes_on(farmer, photo):
    allowed = station_policy(NOON.date()).openings_per_address
    with clock.stopped(NOON):
        addresses = [await farmer.open(len(photo)) for _ in range(allowed.at_once)]
        refused = await farmer.ask("POST", "/uploads", Upload_Length="5")
        assert (refused.status_code, refused.headers["retry-after"]) == (429, "30")
        assert refused.json()["code"] == "people/station-busy"
        assert (await farmer.send(addresses[0], 0, photo)).status_code == 204
    with clock.stopped(NOON + timedelta(seconds=30)):
        await farmer.open(5)


async def test_wrong_codes_from_one_address_are_slowed_down(farmer_with):
    guess = farmer_with("station 7K3M-9QXT-0ABC-DEFG")
    with clock.stopped(NOON):
        answers = [await guess.ask("HEAD", f"/uploads/{ids.uuid7()}") for _ in range(21)]

    assert [answer.status_code for answer in answers] == [401] * 20 + [429]
    assert answers[-1].headers["retry-after"] == "90"


# Who may see it


async def test_the_stations_people_and_overseers_see_it_and_nobody_else(farmer, photo, cast, station, client, as_):
    photo_id = (await send(farmer, photo)).rpartition("/")[2]
    technician = await at_the(station, cast.technician)

    async def seen(actor):
        signed = await as_(actor)
        one = await client.get(f"/api/v1/photos/{photo_id}", headers=signed)
        listed = await client.get("/api/v1/photos", headers=signed)
        return one.status_code, len(listed.json()["items"])

    assert [await seen(each) for each in (technician, cast.supervisor)] == [(200, 1), (200, 1)]
    assert [await seen(each) for each in (cast.cadre, cast.expert, cast.stranger)] == [(404, 0)] * 3


async def test_who_opened_it_is_shown_no_list_and_no_photo(farmer, client, photo, code):
    address = await send(farmer, photo)
    header = {"Upload-Opener": f"station {code}"}
    photo_id = address.rpartition("/")[2]

    for path in ("", f"/{photo_id}", f"/{photo_id}/copy", f"/{photo_id}/original"):
        assert (await client.get(f"/api/v1/photos{path}", headers=header)).status_code == 401
    token = signed_addresses.signed_address(photo_id=UUID(photo_id), longest=320, valid_for=timedelta(minutes=5))
    assert token.startswith("/media/shown/")


async def test_a_record_that_claims_it_decides_who_sees_it_from_then_on(farmer, photo, cast, station, client, as_):
    photo_id = UUID((await send(farmer, photo)).rpartition("/")[2])
    technician = await at_the(station, cast.technician)
    claim = {"photo_ids": [photo_id], "kind": "case", "record_id": ids.uuid7(), "division_code": VILLAGE}
    for guard in ({"uploaded_by": cast.cadre.person_id}, {"opener": f"station:{ids.uuid7()}"}):
        with pytest.raises(PhotoUnknown):
            await actions.claim_photos(**claim, **guard)

    await actions.claim_photos(**claim, opener=f"station:{station}")

    for actor, status in ((technician, 404), (cast.supervisor, 200)):
        answer = await client.get(f"/api/v1/photos/{photo_id}", headers=await as_(actor))
        assert answer.status_code == status
    listed = await client.get("/api/v1/photos", headers=await as_(technician))
    assert listed.json()["items"] == []


async def at_the(station: UUID, somebody):
    await people.assign_role(
        person_id=somebody.person_id, role=Role.TECHNICIAN, division_code=TOWNSHIP, unit_id=station, valid_from=SINCE
    )
    return await sessions.actor(person_id=somebody.person_id)


# The plain form


def form(content: bytes, **fields) -> dict:
    return {"files": {"photo": ("1.jpg", content, "image/jpeg")}, "data": fields}


async def test_the_plain_form_takes_a_code_as_header_or_field(client, photo, code, station):
    header = {"Upload-Opener": f"station {code}"}
    answers = [
        await client.post("/api/v1/photos", **form(photo), headers=header),
        await client.post("/api/v1/photos", **form(photo + b"1", station_code=code)),
    ]

    assert [answer.status_code for answer in answers] == [201, 201]
    rows = await fetch("SELECT unit, door, uploaded_by FROM media_photo")
    assert {tuple(row) for row in rows} == {(station, "station", None)}


async def test_the_plain_form_is_idempotent_for_a_station_too(client, photo, code):
    key = {"Idempotency-Key": "a phone's own random key"}
    with_id = form(photo, station_code=code, id=str(ids.uuid7()))
    answers = [
        *[await client.post("/api/v1/photos", **with_id) for _ in range(2)],
        *[await client.post("/api/v1/photos", **form(photo, station_code=code), headers=key) for _ in range(2)],
        await client.post("/api/v1/photos", **form(photo + b"1", station_code=code), headers=key),
    ]

    assert [answer.status_code for answer in answers] == [201, 200, 201, 200, 409]


async def test_the_plain_form_refuses_nobody_wrong_codes_and_what_is_too_large(client, photo, code, as_, cast):
    large = photo + bytes(settings().station_upload_max_bytes)
    answers = [
        await client.post("/api/v1/photos", **form(photo)),
        await client.post("/api/v1/photos"),
        await client.post("/api/v1/photos", **form(photo, station_code="7K3M-9QXT-0ABC-DEFG")),
        await client.post("/api/v1/photos", **form(photo, station_code=code), headers={"Upload-Opener": "x"}),
        await client.post("/api/v1/photos", **form(large, station_code=code)),
        await client.post("/api/v1/photos", **form(large, station_code=code), headers=await as_(cast.cadre)),
    ]

    assert [answer.status_code for answer in answers] == [401, 401, 401, 401, 413, 201]


async def test_another_stations_photo_is_not_sent_again_by_guessing_its_id(client, photo, code, cast):
    id = str(ids.uuid7())
    other = await station_codes.make_station_code(unit_id=await open_station(), by=cast.admin)
    answers = [await client.post("/api/v1/photos", **form(photo, station_code=each, id=id)) for each in (code, other)]

    assert [answer.status_code for answer in answers] == [201, 409]


# Unfinished uploads


async def test_a_person_with_too_many_unfinished_uploads_is_told_so_until_one_is_finished_or_ended(
    phone, phone_of, cast, photo, monkeypatch
):
    monkeypatch.setattr(openers, "persons_limits", lambda: Limits(**FEW))
    first, second = await phone.open(len(photo)), await phone.open(9, Idempotency_Key="2")
    refused = await phone.ask("POST", "/uploads", Upload_Length="9")

    assert (refused.status_code, refused.headers["retry-after"]) == (429, "60")
    assert refused.json()["code"] == "media/too-many-open-uploads"
    assert refused.json()["detail"] == "您已有 2 个上传没有传完，请先传完或取消一些。"
    assert await phone.open(9, Idempotency_Key="2") == second
    await (await phone_of(cast.stranger)).open(9)

    await phone.send(first, 0, photo)
    third = await phone.open(9)
    assert (await phone.ask("POST", "/uploads", Upload_Length="9")).status_code == 429
    await phone.ask("DELETE", third)
    await phone.open(9)


FEW = {"max_bytes": 1_000_000, "most_open": 2, "open_for": timedelta(hours=1)}


async def test_an_abandoned_upload_does_not_count_and_a_partial_one_that_is_whole_does_not_either(phone, monkeypatch):
    monkeypatch.setattr(openers, "persons_limits", lambda: Limits(**FEW))
    with clock.stopped(clock.now() - timedelta(hours=2)):
        for _ in range(2):
            await phone.open(9)

    parts = []
    for content in (b"123", b"456", b"789"):
        parts.append(await phone.open(3, Upload_Concat="partial"))
        await phone.send(parts[-1], 0, content)
    whole = await phone.ask("POST", "/uploads", Upload_Concat=f"final;{' '.join(parts)}")

    assert whole.status_code == 201
    assert (await fetch_row("SELECT original FROM media_photo"))[0] == hashlib.sha256(b"123456789").digest()


# Schemes that rooms above bring


@pytest.fixture
def knocks_heard(monkeypatch):
    monkeypatch.setattr(openers, "_verifiers", dict(openers._verifiers))

    @opens("ticket")
    async def of_ticket(knock: Knock) -> Opener:
        if knock.credential != "number 7":
            raise SignInNeeded("No such ticket.")
        knocks.append(knock)
        return Opener(
            identity="ticket:7",
            owner=Owner(opener="ticket:7", division_code=VILLAGE),
            door=Door.RECEIPT,
            limits=Limits(**FEW),
        )

    knocks: list[Knock] = []
    return knocks


async def test_a_room_above_says_how_its_own_credential_opens_an_upload(
    knocks_heard, farmer_with, photo, cast, client, as_
):
    holder = farmer_with("Ticket  number 7")
    address = await send(holder, photo)

    assert [(knock.is_first, knock.address) for knock in knocks_heard] == [(True, "127.0.0.1"), (False, "127.0.0.1")]
    row = await fetch_row("SELECT opener, unit, division_code, door FROM media_photo")
    assert tuple(row) == ("ticket:7", None, VILLAGE, "receipt")
    assert (await farmer_with("ticket number 8").ask("HEAD", address)).status_code == 401
    seen = await client.get(f"/api/v1/photos/{row and address.rpartition('/')[2]}", headers=await as_(cast.supervisor))
    assert seen.status_code == 200


async def test_two_schemes_of_one_name_are_a_mistake_of_ours(knocks_heard):
    with pytest.raises(RuntimeError):
        opens("station")(openers.of_station)


async def test_phones_of_one_ipv6_network_are_one_address(knocks_heard, app, photo, cast):
    for host in ("2001:db8:1:2::7", "2001:db8:1:2:ffff::1", "2001:db8:1:3::7", "not an address"):
        transport = httpx.ASGITransport(app, client=(host, 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://phones.test") as one:
            await send(Phone(one, {"Upload-Opener": "ticket number 7"}), photo, Content_Type=BYTES)

    told = [knock.address for knock in knocks_heard if knock.is_first]
    assert told == ["2001:db8:1:2::", "2001:db8:1:2::", "2001:db8:1:3::", "not an address"]


# A client that people use


async def test_tuspy_sends_a_photo_with_a_stations_code(nodes, code, photo, station):
    url = f"http://127.0.0.1:{await asyncio.to_thread(nodes.start)}"
    client = tuspy.TusClient(f"{url}/uploads", headers={"Upload-Opener": f"station {code}"})
    uploader = client.uploader(file_stream=io.BytesIO(photo), chunk_size=30_000, metadata={"filename": "病叶.jpg"})
    await asyncio.to_thread(uploader.upload)

    row = await fetch_row("SELECT original, unit, file_name FROM media_photo")
    assert tuple(row) == (hashlib.sha256(photo).digest(), station, "病叶.jpg")

"""What came in, from whom, what it became, and what waits: as the desk sees it, and how it is put right."""

import csv
from hashlib import sha256
from io import StringIO
from uuid import UUID, uuid5

import pytest

from backend.core.database import fetch, fetch_row
from backend.core.words import language
from backend.openrosa import submission_routes
from backend.openrosa.instances import ROOM
from tests.antifraud.outreach import client_of, signed_in
from tests.cast import OTHER_COUNTY, TOWNSHIP
from tests.openrosa.collect import INSTANCE_ID, PHOTO, VISIT_ID, instance, send

UNKNOWN_CARD = "<household_code>NO-999</household_code>"
OTHER = "uuid:11111111-2222-4333-8444-555555555555"
WAITING = uuid5(ROOM, f"visit\n{INSTANCE_ID}")
CARD = {"corrections": [{"path": "contact/household_code", "value": "LLM-001"}]}
REFUSED = instance(contact=UNKNOWN_CARD, photos="<photo>1.jpg</photo><photo_after>2.jpg</photo_after>")


@pytest.fixture
async def desk(cast):
    async with client_of(submission_routes.router) as opened:
        yield opened


async def listed(desk, who, **asked):
    answer = await desk.get("/submissions", params=asked, headers=await signed_in(who))
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


async def remapped(desk, who, said=None, id=WAITING):
    return await desk.post(f"/submissions/{id}/mapping", json=said or {}, headers=await signed_in(who))


async def test_nobody_reads_and_nobody_maps(desk):
    assert (await desk.get("/submissions")).status_code == 401
    assert (await desk.get(f"/submissions/{WAITING}")).status_code == 401
    assert (await desk.post(f"/submissions/{WAITING}/mapping", json={})).status_code == 401


async def test_a_list_says_who_sent_what_and_what_became_of_it(desk, phone, cast):
    await send(phone, instance(instance_id=OTHER))
    await send(phone, REFUSED, {"1.jpg": PHOTO})

    waiting, recorded = await listed(desk, cast.supervisor)

    assert recorded["became"] == {"kind": "visit", "id": OTHER.removeprefix("uuid:"), "number": None}
    assert (recorded["state"], recorded["refusal"], recorded["sender"]["name"]) == ("recorded", None, "李秀兰")
    assert (waiting["state"], waiting["became"], waiting["files_n"], waiting["missing_n"]) == ("attention", None, 2, 1)
    assert "NO-999" in waiting["refusal"]["errors"][0]["detail"]
    assert (waiting["division_code"], waiting["division_name"]) == (cast.cadre.held[0].division_code, "琉璃庙村村委会")


async def test_whoever_reads_english_is_told_why_in_english(desk, phone, cast):
    await send(phone, REFUSED)
    spoken = language.set("en")
    [row] = await listed(desk, cast.supervisor)
    language.reset(spoken)
    assert row["refusal"]["detail"].isascii()


@pytest.mark.parametrize(
    ("who", "sees"),
    [
        *((who, 1) for who in ("cadre", "supervisor", "auditor", "admin")),
        *((who, 0) for who in ("next_cadre", "stranger", "operator", "handler", "expert")),
    ],
)
async def test_one_sees_ones_own_and_those_of_the_territory_one_oversees(desk, phone, cast, who, sees):
    await send(phone, REFUSED)
    assert len(await listed(desk, getattr(cast, who))) == sees
    answer = await desk.get(f"/submissions/{WAITING}", headers=await signed_in(getattr(cast, who)))
    assert answer.status_code == (200 if sees else 404)


async def test_a_list_asks_by_form_state_sender_and_place(desk, phone, cast):
    await send(phone, instance(instance_id=OTHER))
    await send(phone, REFUSED)
    for asked, n in (
        ({"form_id": "visit"}, 2),
        ({"form_id": "crop_clinic"}, 0),
        ({"only": "attention"}, 1),
        ({"sender_id": str(cast.cadre.person_id)}, 2),
        ({"sender_id": str(cast.stranger.person_id)}, 0),
        ({"division_code": TOWNSHIP}, 2),
        ({"division_code": OTHER_COUNTY}, 0),
        ({"received_from": "2099-01-01T00:00:00+08:00"}, 0),
    ):
        assert len(await listed(desk, cast.supervisor, **asked)) == n, asked


@pytest.mark.parametrize(
    "asked", [{"only": "lost"}, {"limit": "0"}, {"cursor": "x"}, {"division_code": "37"}, {"received_from": "today"}]
)
async def test_a_list_asked_for_nonsense_is_refused(desk, cast, asked):
    answer = await desk.get("/submissions", params=asked, headers=await signed_in(cast.supervisor))
    assert answer.status_code == 400


async def test_pages_follow_one_another_without_a_gap(desk, phone, cast):
    for n in range(5):
        await send(phone, instance(instance_id=f"visit {n}"))
    headers, seen, cursor = await signed_in(cast.supervisor), [], ""
    for _ in range(3):
        page = (await desk.get("/submissions", params={"limit": 2, "cursor": cursor}, headers=headers)).json()
        seen += [item["instance_id"] for item in page["items"]]
        cursor = page["next_cursor"]
    assert (seen, cursor) == ([f"visit {n}" for n in (4, 3, 2, 1, 0)], None)


async def test_one_of_them_whole_says_every_answer_and_the_digest_of_every_file_that_arrived(desk, phone, cast):
    await send(phone, REFUSED, {"1.jpg": PHOTO})
    whole = (await desk.get(f"/submissions/{WAITING}", headers=await signed_in(cast.supervisor))).json()

    assert {"path": "contact/household_code", "value": "NO-999"} in whole["answers"]
    assert (whole["xml_sha256"], whole["xml_bytes"]) == (sha256(REFUSED).hexdigest(), len(REFUSED))
    arrived = {file["file_name"]: (file["sha256"], file["size_bytes"]) for file in whole["files"]}
    assert arrived == {"1.jpg": (sha256(PHOTO).hexdigest(), len(PHOTO)), "2.jpg": (None, None)}


async def test_reading_what_another_sent_is_written_down_reading_ones_own_is_not(desk, phone, cast):
    await send(phone, REFUSED)
    for who in (cast.cadre, cast.supervisor):
        await desk.get(f"/submissions/{WAITING}", headers=await signed_in(who))
    rows = await fetch("SELECT person FROM people_access_log WHERE subject_kind = 'submission'")
    assert [row["person"] for row in rows] == [cast.supervisor.person_id]


async def test_a_slip_put_right_becomes_the_visit_of_whoever_sent_it_with_its_photos(desk, phone, cast):
    await send(phone, REFUSED, {"1.jpg": PHOTO})
    answer = await remapped(desk, cast.supervisor, CARD)

    assert answer.status_code == 200, answer.text
    assert (answer.json()["state"], answer.json()["became"]["id"]) == ("recorded", str(VISIT_ID))
    visit = await fetch_row("SELECT recorded_by FROM visits_visit WHERE id = $1", VISIT_ID)
    assert visit["recorded_by"] == cast.cadre.person_id
    assert [row["kind"] for row in await fetch("SELECT kind FROM visits_photo")] == ["scene"]
    assert (await fetch_row("SELECT claimed_kind FROM media_photo"))["claimed_kind"] == "visit"

    late = await send(phone, REFUSED, {"2.jpg": PHOTO})
    assert late.status_code == 201
    assert sorted(row["kind"] for row in await fetch("SELECT kind FROM visits_photo")) == ["after", "scene"]


async def test_what_was_put_right_stands_beside_what_was_sent_which_never_changes(desk, phone, cast):
    await send(phone, REFUSED)
    await remapped(desk, cast.supervisor, CARD)
    whole = (await desk.get(f"/submissions/{WAITING}", headers=await signed_in(cast.supervisor))).json()

    assert {"path": "contact/household_code", "value": "NO-999"} in whole["answers"]
    [mended] = whole["corrections"]
    assert (mended["path"], mended["value"], mended["corrected_by"]) == ("contact/household_code", "LLM-001", "王建国")
    assert whole["xml_sha256"] == sha256(REFUSED).hexdigest()


async def test_once_the_household_is_known_it_maps_as_it_came(desk, phone, cast):
    await send(phone, REFUSED)
    await fetch("UPDATE people_household SET code = 'NO-999' WHERE code = 'LLM-001'")
    assert (await remapped(desk, cast.cadre)).json()["state"] == "recorded"


async def test_refused_again_it_waits_on_and_says_why_with_its_files(desk, phone, cast):
    await send(phone, REFUSED, {"1.jpg": PHOTO})
    said = {"corrections": [{"path": "contact/household_code", "value": "NO-888"}]}
    told = (await remapped(desk, cast.supervisor, said)).json()
    assert (told["state"], told["tried_n"], told["became"]) == ("attention", 2, None)
    assert "NO-888" in told["refusal"]["errors"][0]["detail"]
    assert (await fetch_row("SELECT claimed_id FROM media_photo"))["claimed_id"] == WAITING
    assert await fetch("SELECT 1 FROM visits_visit") == []


async def test_mapped_twice_it_is_one_visit(desk, phone, cast):
    await send(phone, REFUSED)
    first, second = [await remapped(desk, cast.supervisor, CARD) for _ in range(2)]
    assert first.json() == second.json()
    assert len(await fetch("SELECT 1 FROM visits_visit")) == 1


@pytest.mark.parametrize(
    ("who", "status"), [("stranger", 404), ("operator", 404), ("next_cadre", 404), ("auditor", 403)]
)
async def test_who_may_not_map_is_told_so(desk, phone, cast, who, status):
    await send(phone, REFUSED)
    assert (await remapped(desk, getattr(cast, who), CARD)).status_code == status
    assert await fetch("SELECT 1 FROM visits_visit") == []


@pytest.mark.parametrize(
    "said",
    [
        {"corrections": [{"path": "contact/no_such", "value": "x"}]},
        {"corrections": [{"path": "contact", "value": "x"}]},
        {"corrections": [{"path": "meta/instanceID", "value": "uuid:1"}]},
        {"corrections": [{"path": "contact/household_code", "value": "x", "nth": 1}]},
        {"corrections": "all"},
        {"form": "visit"},
    ],
)
async def test_a_correction_of_no_field_of_it_is_refused_and_nothing_is_written(desk, phone, cast, said):
    await send(phone, REFUSED)
    assert (await remapped(desk, cast.supervisor, said)).status_code == 400
    assert await fetch("SELECT 1 FROM openrosa_correction") == []


async def test_nothing_is_mapped_out_of_what_was_forgotten(desk, phone, cast):
    await send(phone, REFUSED)
    await fetch("UPDATE openrosa_submission SET xml_sealed = '', key_sealed = NULL")
    assert (await remapped(desk, cast.supervisor, CARD)).status_code == 410
    whole = (await desk.get(f"/submissions/{WAITING}", headers=await signed_in(cast.supervisor))).json()
    assert (whole["answers"], whole["xml_bytes"], whole["xml_sha256"]) == ([], None, sha256(REFUSED).hexdigest())
    assert isinstance(UUID(whole["submission"]["id"]), UUID)


SETTLED = {"outcome": "struck_out", "note": "试填的，不算"}


async def settled(desk, who, said=SETTLED, id=WAITING):
    return await desk.post(f"/submissions/{id}/settlement", json=said, headers=await signed_in(who))


async def test_what_is_worth_nothing_is_struck_out_and_does_not_come_back(desk, phone, cast):
    await send(phone, REFUSED)
    first, second = [await settled(desk, cast.supervisor) for _ in range(2)]
    assert (first.status_code, first.json()) == (200, second.json())
    told = first.json()
    assert (told["state"], told["settled"]["by"], told["settled"]["note"]) == ("deleted", "王建国", "试填的，不算")
    assert (await send(phone, REFUSED)).status_code == 409
    assert await listed(desk, cast.supervisor, only="attention") == []


async def test_an_edit_carried_over_by_hand_has_the_record_of_what_it_edits(desk, phone, cast):
    await send(phone, instance())
    await send(
        phone, instance(instance_id=OTHER, meta=f"<deprecatedID>{INSTANCE_ID}</deprecatedID>", point="36 116 0 5")
    )
    waits = uuid5(ROOM, f"visit\n{OTHER}")
    said = {"outcome": "carried_over", "note": "位置不改，已和李秀兰说过"}
    told = (await settled(desk, cast.supervisor, said, waits)).json()
    assert (told["state"], told["became"]["id"], told["replaces"]) == ("recorded", str(VISIT_ID), str(WAITING))


@pytest.mark.parametrize(
    ("who", "said", "status"),
    [
        ("cadre", SETTLED, 403),
        ("auditor", SETTLED, 403),
        ("stranger", SETTLED, 404),
        ("supervisor", {"outcome": "lost", "note": "x"}, 400),
        ("supervisor", {"outcome": "struck_out", "note": "  "}, 400),
        ("supervisor", {}, 400),
    ],
)
async def test_nobody_else_and_nothing_else_ends_its_waiting(desk, phone, cast, who, said, status):
    await send(phone, REFUSED)
    assert (await settled(desk, getattr(cast, who), said)).status_code == status
    assert len(await listed(desk, cast.supervisor, only="attention")) == 1


async def test_what_is_a_record_already_is_not_struck_out(desk, phone, cast):
    await send(phone, instance())
    assert (await settled(desk, cast.supervisor)).status_code == 409


async def exported(desk, who, kind="csv", **asked):
    asked = {"form_id": "visit"} | asked
    return await desk.get(f"/submissions/export.{kind}", params=asked, headers=await signed_in(who))


async def test_a_table_has_a_row_a_submission_and_a_column_a_question(desk, phone, cast, monkeypatch):
    monkeypatch.setattr("backend.openrosa.exporting.AT_ONCE", 2)
    for n in range(5):
        await send(phone, instance(instance_id=f"visit {n}", note=f"=1+{n}"))
    answer = await exported(desk, cast.supervisor)
    assert answer.content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(StringIO(answer.content.decode("utf-8-sig"))))
    assert [row["instance_id"] for row in rows] == [f"visit {n}" for n in range(5)]
    assert [row["findings/note"] for row in rows] == [f"'=1+{n}" for n in range(5)]
    assert {(row["sender"], row["became"], row["contact/household_code"]) for row in rows} == {
        ("李秀兰", "visit", "LLM-001")
    }


async def test_points_are_geojson_and_after_ninety_days_the_middle_of_a_cell(desk, phone, cast):
    await send(phone, instance())
    [feature] = (await exported(desk, cast.supervisor, "geojson")).json()["features"]
    assert feature["geometry"]["coordinates"] == [116.2815093, 36.8966547]
    assert feature["properties"]["findings/note"] == "小麦出苗齐"

    await fetch("UPDATE openrosa_submission SET received_at = received_at - interval '91 days'")
    [later] = (await exported(desk, cast.supervisor, "geojson")).json()["features"]
    assert later["geometry"]["coordinates"] != feature["geometry"]["coordinates"]
    assert "116.2815093" not in (await exported(desk, cast.supervisor)).text
    whole = await desk.get(f"/submissions/{WAITING}", headers=await signed_in(cast.supervisor))
    assert ("116.2815093" in whole.text, "小麦出苗齐" in whole.text) == (False, True)


async def test_whoever_takes_a_table_is_written_down_and_who_oversees_nothing_gets_none(desk, phone, cast):
    await send(phone, instance())
    assert (await exported(desk, cast.cadre)).status_code == 403
    assert (await exported(desk, cast.supervisor, form_id="antifraud_visit")).status_code == 404
    assert (await exported(desk, cast.supervisor, form_id="census")).status_code == 404
    assert (await desk.get("/submissions/export.csv", params={"form_id": "visit"})).status_code == 401
    await exported(desk, cast.supervisor)
    rows = await fetch("SELECT person FROM people_access_log WHERE subject_kind = 'submissions'")
    assert [row["person"] for row in rows] == [cast.supervisor.person_id]

"""A round from ODK Collect: what the form chooses from, what a record becomes, and that it goes dark with its round."""

import asyncio
import csv
from datetime import timedelta
from hashlib import md5, sha256
from io import StringIO
from uuid import UUID, uuid4

import pytest
from lxml import etree

from backend.antifraud import round_ends, rounds
from backend.antifraud.round_lists import cards_of
from backend.core import cipher, clock
from backend.core.database import fetch, fetch_row
from backend.core.refusals import Forbidden
from backend.openrosa.submission_rows import XML_PURPOSE
from backend.people.tables import Role
from tests.antifraud.outreach import DAY, planned, somebody
from tests.cast import NEXT_VILLAGE, VILLAGE
from tests.openrosa.collect import message, must_be_openrosa, send
from tests.openrosa.round_doors import door, give_letters, stock

LIST = "{http://openrosa.org/xforms/xformsList}"
MANIFEST = "{http://openrosa.org/xforms/xformsManifest}"
FORM = "/forms/antifraud_visit"
FILES = ["rounds.csv", "villages.csv", "households.csv", "letters.csv"]


@pytest.fixture
async def plan(cast):
    return await planned(cast)


@pytest.fixture
async def phone(phone_of, cast):
    """The assistant's."""
    return await phone_of(cast.assistant)


async def marks():
    return [tuple(row) for row in await fetch("SELECT household, mark, age_band FROM antifraud_round_mark ORDER BY at")]


async def must_hold_nothing():
    for table in ("openrosa_submission", "antifraud_round_mark"):
        assert await fetch(f"SELECT 1 FROM {table}") == [], table


async def table(phone, name) -> list[dict[str, str]]:
    answer = await phone.get(f"{FORM}/media/{name}")
    assert answer.status_code == 200, answer.text
    return list(csv.DictReader(StringIO(answer.text)))


async def test_the_list_leads_to_the_manifest_and_it_to_every_file_with_its_hash(phone, plan):
    listed = etree.fromstring((await phone.get("/formList?formID=antifraud_visit")).content)[0]
    answer = await phone.get(listed.findtext(f"{LIST}manifestUrl"))

    must_be_openrosa(answer)
    assert answer.headers["content-type"] == "text/xml; charset=utf-8"
    root = etree.fromstring(answer.content)
    assert root.tag == f"{MANIFEST}manifest"
    assert [each.findtext(f"{MANIFEST}filename") for each in root] == FILES
    for each in root:
        address = each.findtext(f"{MANIFEST}downloadUrl")
        assert address.startswith(str(phone.base_url).rstrip("/")), "his own key is in it"
        media = await phone.get(address)
        must_be_openrosa(media)
        assert f"md5:{md5(media.content, usedforsecurity=False).hexdigest()}" == each.findtext(f"{MANIFEST}hash")
    assert (await phone.get(f"{FORM}/manifest")).content == answer.content


async def test_the_tables_hold_his_running_rounds_villages_and_card_numbers_and_nobody_s_name(phone, cast, plan):
    over = await planned(cast, name="上一次")
    await rounds.close_round(round_id=over.id, by=cast.supervisor)

    [told] = await table(phone, "rounds.csv")
    assert (told["name"], told["label"], told["prefix"]) == (str(plan.id), plan.name, "371526")
    assert (told["begins_on"], told["ends_on"]) == (plan.begins_on.isoformat(), plan.ends_on.isoformat())
    villages = {row["name"]: row["label"] for row in await table(phone, "villages.csv")}
    assert villages[VILLAGE] == "琉璃庙村村委会"
    cards = await table(phone, "households.csv")
    assert {row["name"]: row["village"] for row in cards} == {
        "LLM-001": VILLAGE, "LLM-002": VILLAGE, "LLM-003": VILLAGE, "DYL-001": NEXT_VILLAGE,
    }  # fmt: skip
    assert {key for row in cards for key in row} == {"name", "label", "village"}


async def test_a_round_through_one_village_brings_its_cards_only_and_no_round_brings_none(phone, cast, phone_of):
    assert await table(phone, "households.csv") == []
    await planned(cast, division_code=NEXT_VILLAGE)
    elsewhere = await phone_of(await somebody(Role.ASSISTANT, VILLAGE))

    assert [row["name"] for row in await table(phone, "households.csv")] == ["DYL-001"]
    for name in FILES:
        assert await table(elsewhere, name) == []


async def test_the_letters_of_his_villages_are_told_as_they_lie_there(phone, cast, plan):
    await give_letters(cast)
    await give_letters(cast, "GX2026-000201", "0210", village=NEXT_VILLAGE)
    await send(phone, door(plan.id, letter="signed", serial="GX2026-000007"))

    told = [
        (row["village"], row["prefix"], row["width"], row["first"], row["last"])
        for row in await table(phone, "letters.csv")
    ]

    assert told == [
        (NEXT_VILLAGE, "GX2026-", "6", "201", "210"),
        (VILLAGE, "GX2026-", "6", "1", "6"),
        (VILLAGE, "GX2026-", "6", "8", "50"),
    ]


async def test_a_table_changes_its_hash_when_its_rows_do_and_never_by_a_mark(phone, cast, plan):
    async def hashes():
        root = etree.fromstring((await phone.get(f"{FORM}/manifest")).content)
        return {each.findtext(f"{MANIFEST}filename"): each.findtext(f"{MANIFEST}hash") for each in root}

    before = await hashes()
    assert (await send(phone, door(plan.id))).status_code == 201
    assert await hashes() == before
    await planned(cast, name="冬季反诈大走访")
    after = await hashes()
    assert {name for name in after if after[name] != before[name]} == {"rounds.csv"}


async def test_a_table_is_not_fetched_again_while_it_is_the_same(phone, plan):
    media = await phone.get(f"{FORM}/media/rounds.csv")
    again = await phone.get(f"{FORM}/media/rounds.csv", headers={"If-None-Match": media.headers["etag"]})

    assert (again.status_code, again.content) == (304, b"")
    must_be_openrosa(again)


@pytest.mark.parametrize("path", ["/manifest", "/media/households.csv"])
async def test_nobody_else_gets_them(served, phone_of, cast, path):
    for who in (cast.cadre, cast.supervisor, cast.admin, cast.stranger):
        answer = await (await phone_of(who)).get(FORM + path)
        assert answer.status_code == 404
        message(answer)
    phone = await phone_of(cast.assistant)
    wrong_key = await phone.get(f"{served}/openrosa/key/no-such-key{FORM}{path}")
    assert wrong_key.status_code == 403
    assert (await phone.get(f"{served}/openrosa{FORM}{path}")).status_code == 401
    with pytest.raises(Forbidden):
        await cards_of(cast.cadre)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/forms/census/manifest", 404),
        ("GET", f"{FORM}/media/names.csv", 404),
        ("POST", f"{FORM}/manifest", 405),
        ("DELETE", f"{FORM}/media/rounds.csv", 405),
    ],
)
async def test_other_addresses_and_methods_answer_in_an_envelope_too(phone, method, path, status):
    answer = await phone.request(method, path)
    assert answer.status_code == status
    message(answer)


async def test_a_form_without_files_has_an_empty_manifest(phone):
    assert len(etree.fromstring((await phone.get("/forms/visit/manifest")).content)) == 0


async def test_a_door_becomes_its_mark_and_its_letter_is_signed_for(phone, cast, plan):
    await give_letters(cast)

    answer = await send(phone, door(plan.id, letter="signed", serial="GX2026-000007"))

    assert answer.status_code == 201, message(answer)
    assert message(answer, "submit_success") == "已收到，谢谢！"
    assert await marks() == [(cast.household, "visited", "over_65")]
    left = await stock(cast)
    assert (left.given_n, left.signed_n, left.stock_n) == (50, 1, 49)
    [row] = await fetch("SELECT * FROM openrosa_submission")
    assert (row["record_kind"], row["record_id"]) == ("antifraud_round", plan.id)


@pytest.mark.parametrize(
    ("changes", "mark"),
    [
        (
            {"mark": "declined", "age_band": "", "letter": "declined", "serial": "ＧＸ2026-000008"},
            "declined unsaid",
        ),
        ({"mark": "absent", "age_band": "<age_band/>", "letter": ""}, "absent unsaid"),
        ({"age_band": "<age_band>18_40</age_band>", "serial": "GX2026-000009"}, "visited 18_40"),
    ],
)
async def test_nobody_is_pressed_and_a_letter_that_was_not_handed_over_stays_where_it_is(
    phone, cast, plan, changes, mark
):
    await give_letters(cast)

    answer = await send(phone, door(plan.id, **changes))

    assert answer.status_code == 201, message(answer)
    assert await marks() == [(cast.household, *mark.split())]
    assert (await stock(cast)).declined_n == (changes.get("letter") == "declined")


async def test_sent_again_and_ten_times_at_once_it_is_there_once(phone, cast, plan):
    await give_letters(cast)
    xml = door(plan.id, letter="signed", serial="GX2026-000007")

    answers = await asyncio.gather(*(send(phone, xml) for _ in range(10)))
    answers.append(await send(phone, xml))

    assert [answer.status_code for answer in answers] == [201] * 11
    assert len(await marks()) == len(await fetch("SELECT 1 FROM openrosa_submission")) == 1
    assert (await stock(cast)).signed_n == 1


async def test_other_content_under_the_same_id_is_409_and_an_edit_is_the_later_word_on_the_door(phone, plan):
    instance_id = f"uuid:{uuid4()}"
    first = await send(phone, door(plan.id, instance_id=instance_id))
    other = await send(phone, door(plan.id, instance_id=instance_id, mark="absent"))
    deprecated = f"<orx:deprecatedID>{instance_id}</orx:deprecatedID>"
    edit = await send(phone, door(plan.id, mark="declined", at=clock.now(), more=deprecated))

    assert [answer.status_code for answer in (first, other, edit)] == [201, 409, 201], message(edit)
    assert [mark for _, mark, _ in await marks()] == ["declined"]


async def test_a_slip_is_put_right_by_a_later_record_in_whatever_order_they_come(phone, cast, plan):
    now = clock.now()
    for mark, ago in (("declined", 5), ("visited", 30)):
        assert (await send(phone, door(plan.id, mark=mark, at=now - timedelta(minutes=ago)))).status_code == 201

    assert await marks() == [(cast.household, "declined", "over_65")]


async def test_a_phone_whose_clock_is_ahead_knocks_now(phone, plan):
    answer = await send(phone, door(plan.id, at=clock.now() + timedelta(hours=3)))
    assert answer.status_code == 201, message(answer)


@pytest.mark.parametrize(
    ("changes", "status", "says"),
    [
        ({"household": "NO-999"}, 400, "NO-999"),
        ({"household": ""}, 400, "household_code"),
        ({"household": "ZG-001"}, 404, "ZG-001"),
        ({"mark": "gullible"}, 400, "mark"),
        ({"mark": ""}, 400, "mark"),
        ({"age_band": "<age_band>73</age_band>"}, 400, "age_band"),
        ({"at": "2026-11-20T09:10:11.123"}, 400, "occurred_at"),
        ({"at": "2026-01-02T09:10:11.123+08:00"}, 400, "走访"),
        ({"letter": "signed"}, 400, "编号"),
        ({"letter": "signed", "serial": "no number"}, 400, "first"),
        ({"letter": "signed", "serial": "GX2026-000051"}, 409, "GX2026-000051"),
        ({"letter": "given", "serial": "GX2026-000001"}, 400, "签收"),
        ({"letter": "lost", "serial": "GX2026-000001"}, 400, "签收"),
        ({"letter": "burnt", "serial": "GX2026-000001"}, 400, "letter"),
    ],
)
async def test_a_door_that_says_what_cannot_be_is_refused_in_words_and_the_letter_with_it(
    phone, cast, plan, changes, status, says
):
    await give_letters(cast)
    answer = await send(phone, door(plan.id, **changes))
    told = message(answer)

    assert answer.status_code == status, told
    assert says in told
    assert str(cast.strangers_household) not in told
    assert (await stock(cast)).stock_n == 50
    await must_hold_nothing()


async def test_a_letter_is_handed_over_once_and_the_second_door_is_told_which(phone, cast, plan):
    await give_letters(cast)
    await send(phone, door(plan.id, letter="signed", serial="GX2026-000007"))

    again = await send(phone, door(plan.id, household="LLM-002", letter="declined", serial="GX2026-000007"))

    assert (again.status_code, "GX2026-000007" in message(again)) == (409, True)
    assert await marks() == [(cast.household, "visited", "over_65")]


@pytest.mark.parametrize(
    ("round_id", "status"), [("0e0f27d5-a634-469b-a7d9-5c4d65711f4c", 404), ("autumn", 400), ("", 400)]
)
async def test_a_round_that_is_none_is_refused(phone, round_id, status):
    answer = await send(phone, door(round_id))
    assert answer.status_code == status, message(answer)
    await must_hold_nothing()


async def test_only_assistants_send_it_and_only_of_their_villages(phone_of, cast, plan):
    for who in (cast.cadre, cast.supervisor, cast.stranger):
        assert (await send(await phone_of(who), door(plan.id))).status_code == 403
    elsewhere = await phone_of(await somebody(Role.ASSISTANT, NEXT_VILLAGE))
    answer = await send(elsewhere, door(plan.id))

    assert (answer.status_code, "LLM-001" in message(answer)) == (404, True)
    await must_hold_nothing()


async def test_what_was_sent_is_kept_sealed_while_the_round_runs_and_goes_dark_with_it(phone, cast, plan):
    xml = door(plan.id)
    await send(phone, xml)
    other = await planned(cast, name="另一次")
    await send(phone, door(other.id))

    row = await fetch_row("SELECT * FROM openrosa_submission WHERE record_id = $1", plan.id)
    key = cipher.open_key(row["key_sealed"], purpose=XML_PURPOSE)
    assert cipher.unseal_bytes(row["xml_sealed"], key=key, purpose=XML_PURPOSE) == xml
    await rounds.close_round(round_id=plan.id, by=cast.supervisor)

    dark = await fetch_row("SELECT * FROM openrosa_submission WHERE record_id = $1", plan.id)
    gone = ("xml_sealed", "key_sealed", "device_id", "user_agent")
    assert {name: dark[name] for name in gone} == dict.fromkeys(gone) | {"xml_sealed": b""}
    assert dark["xml_sha256"] == sha256(xml).digest()
    still = await fetch_row("SELECT key_sealed FROM openrosa_submission WHERE record_id = $1", other.id)
    assert still["key_sealed"] is not None


async def test_it_goes_dark_with_the_round_or_the_round_stays_open(phone, cast, plan, monkeypatch):
    await send(phone, door(plan.id))
    monkeypatch.setitem(round_ends._statements, "openrosa.doors", "SELECT 1 / 0, $1::uuid")

    with pytest.raises(Exception, match="division by zero"):
        await rounds.close_round(round_id=plan.id, by=cast.supervisor)

    assert len(await marks()) == 1
    assert (await rounds.get_round(round_id=plan.id, by=cast.supervisor)).closed_at is None


async def test_a_room_forgets_a_thing_under_one_name():
    with pytest.raises(RuntimeError, match=r"openrosa\.doors"):
        round_ends.forget("openrosa.doors", statement="SELECT $1::uuid")


async def test_a_phone_that_sends_a_door_again_after_the_round_is_still_answered(phone, cast, plan):
    instance_id = f"uuid:{uuid4()}"
    xml = door(plan.id, instance_id=instance_id)
    await send(phone, xml)
    await rounds.close_round(round_id=plan.id, by=cast.supervisor)

    again = await send(phone, xml)
    other = await send(phone, door(plan.id, instance_id=instance_id, mark="declined"))

    assert [answer.status_code for answer in (again, other)] == [201, 409]
    assert await marks() == []


async def test_a_door_that_comes_after_the_round_is_not_thanked_for_but_told_what_to_do(phone, cast, plan):
    await give_letters(cast)
    await rounds.close_round(round_id=plan.id, by=cast.supervisor)

    late = await send(phone, door(plan.id, letter="signed", serial="GX2026-000007"))

    assert late.status_code == 409
    assert "这一户不再计入" in message(late)
    assert "登记编号" in message(late)
    assert (await stock(cast)).stock_n == 50
    await must_hold_nothing()


async def test_a_door_that_comes_the_day_after_counts_while_the_round_is_not_closed(phone, cast, plan):
    with clock.stopped(clock.now() + 4 * DAY):
        await rounds.close_ended_rounds()
        answer = await send(phone, door(plan.id, at=clock.now() - 2 * DAY))

    assert answer.status_code == 201, message(answer)


async def test_doors_that_come_while_a_round_closes_are_dark_or_not_there(phone, cast, plan):
    xmls = [door(plan.id, household=card) for card in ("LLM-001", "LLM-002", "LLM-003")]
    *answers, _ = await asyncio.gather(
        *(send(phone, xml) for xml in xmls), rounds.close_round(round_id=plan.id, by=cast.supervisor)
    )

    assert {answer.status_code for answer in answers} <= {201, 409}
    rows = await fetch("SELECT xml_sealed, key_sealed FROM openrosa_submission")
    assert len(rows) == sum(answer.status_code == 201 for answer in answers)
    assert all((row["xml_sealed"], row["key_sealed"]) == (b"", None) for row in rows)
    assert await marks() == []


async def test_a_record_without_a_uuid_of_its_own_is_one_door_too(phone, cast, plan):
    xml = door(plan.id, instance_id="door 7 of the day")
    assert [(await send(phone, xml)).status_code for _ in range(2)] == [201, 201]
    [row] = await fetch("SELECT id FROM antifraud_round_mark")
    assert isinstance(row["id"], UUID)

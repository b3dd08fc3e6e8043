"""A market stall from ODK Collect: each matter becomes a case with its own time and slip, and no number loses one."""

import asyncio
import csv
from datetime import timedelta
from io import StringIO
from typing import Any
from uuid import uuid4

import pytest
from lxml import etree

from backend.cases import contacts, records
from backend.core import clock, ids
from backend.core.database import fetch
from backend.hotline import flow_slips
from backend.hotline.flow_slip_schemas import NewFlowSlips, TypedFlowSlip
from backend.people import actions
from backend.people.tables import UnitKind
from tests.cast import NEXT_VILLAGE, OTHER_VILLAGE, TOWNSHIP, VILLAGE
from tests.openrosa.collect import PHOTO, message, send
from tests.openrosa.forms import current_form

LIST = "{http://openrosa.org/xforms/xformsList}"
FORM = "/forms/market_stall"
WATER = "planning_construction.water"


@pytest.fixture
async def station(cast) -> Any:
    return await actions.open_unit(id=ids.uuid7(), name="张庄大集", kind=UnitKind.STATION, division_code=TOWNSHIP)


@pytest.fixture
async def slips(cast, station) -> list[str]:
    """Numbers of three that were printed for it yesterday."""
    with clock.stopped(clock.now() - timedelta(days=1)):
        new = NewFlowSlips(unit_id=station.id, slips_n=3)
        printed = await flow_slips.print_flow_slips(id=ids.uuid7(), new=new, by=cast.supervisor)
    return [each.number for each in printed.record.slips]


def matter(**said: str) -> str:
    """One as Collect would write it, in the form's order; empty answers are there too."""
    given = {
        "slip_number": "",
        "begun_at": (clock.now() - timedelta(hours=2)).isoformat(timespec="milliseconds"),
        "kind": "request",
        "category": WATER,
        "title": "村东水管坏了",
        "words": "两天没水了",
        "village": VILLAGE,
    } | said
    return f"<matter>{''.join(f'<{name}>{value}</{name}>' for name, value in given.items())}</matter>"


def stall(*matters: str, market: str = "", place: str = "集南头", instance_id: str | None = None) -> bytes:
    return (
        f'<data id="market_stall" version="{current_form("market_stall").version}"><damm>0317</damm>'
        f"<stall><market>{market}</market><place>{place}</place><held_by>李秀兰、周敏</held_by></stall>{''.join(matters)}"
        f'<orx:meta xmlns:orx="http://openrosa.org/xforms"><orx:instanceID>{instance_id or f"uuid:{uuid4()}"}'
        f"</orx:instanceID></orx:meta></data>"
    ).encode()


async def cases() -> list[Any]:
    """In the order in which they were written down."""
    rows = await fetch("SELECT id FROM cases_case ORDER BY opened_at, number")
    return [await records.read(row["id"]) for row in rows]


async def test_a_matter_on_a_slip_is_the_slips_case_at_the_papers_time_and_the_station_answers_for_it(
    phone, station, slips
):
    written = clock.now() - timedelta(hours=5)
    told = matter(slip_number=f"{slips[0][:6]} {slips[0][6:]}", begun_at=written.isoformat(), way="in_person")

    answer = await send(phone, stall(told, market=str(station.id)))

    assert answer.status_code == 201, message(answer)
    assert message(answer, "submit_success") == "已收到，1 件事都已登记。"
    [case] = await cases()
    assert (case.channel, case.opened_at, case.owner_unit.name) == ("market_stall", written, "张庄大集")
    assert (case.title, case.kind, case.category.code, case.division.code) == (
        "村东水管坏了",
        "request",
        WATER,
        VILLAGE,
    )
    assert case.description == "两天没水了\n赶集摊位：张庄大集；摊位人员：李秀兰、周敏；希望见面反馈"
    [slip] = await fetch('SELECT number, begun_at, "case" FROM hotline_flow_slip WHERE "case" IS NOT NULL')
    assert tuple(slip) == (slips[0], written, case.id)
    [row] = await fetch("SELECT record_kind, record_id, id, division_code FROM openrosa_submission")
    assert tuple(row) == ("market_stall", row["id"], row["id"], VILLAGE)


async def test_every_kind_of_matter_of_one_day_becomes_what_it_is(phone, station):
    now = clock.now()

    def at(hours: int) -> str:
        return (now - timedelta(hours=hours)).isoformat()

    told = [
        matter(begun_at=at(4), kind="question", category="", title="补贴怎么领", answer="带身份证到村委会登记"),
        matter(begun_at=at(3), kind="question", category="", title="医保异地怎么报"),
        matter(begun_at=at(2), kind="suggestion", category="", title="集上该有个公厕", way="posted_notice"),
        matter(begun_at=at(1), kind="expert", category="production.crop_disease", title="玉米叶子发黄"),
    ]

    answer = await send(phone, stall(*told))

    assert answer.status_code == 201, message(answer)
    answered, asked, suggested, expert = await cases()
    assert (answered.kind, answered.state, answered.outcome) == ("question", "answered", "answered_on_spot")
    assert answered.category.code == asked.category.code == "other.policy_question"
    assert (asked.state, suggested.kind, suggested.category.code) == ("received", "suggestion", "other.suggestion")
    assert "赶集摊位：集南头" in suggested.description
    assert "希望张榜反馈" in suggested.description
    assert (expert.kind, expert.category.code) == ("request", "production.crop_disease")
    assert "想请专家看" in expert.description


async def test_name_and_number_come_along_only_if_he_agreed(phone):
    left = {"contact_name": "林大山", "contact_phone": "199 0000 0051"}
    told = [matter(contact_agreed=said, title=said or "没问", **left) for said in ("yes", "no", "")]

    assert (await send(phone, stall(*told))).status_code == 201

    assert {each.title: each.has_contact for each in await cases()} == {"yes": True, "no": False, "没问": False}
    [row] = await fetch("SELECT * FROM cases_case WHERE title = 'yes'")
    assert "林大山" in str(contacts.opened(row))


@pytest.mark.parametrize("fate", ["mistyped", "unknown", "voided", "used", "too_early", "elsewhere", "twice"])
async def test_a_number_that_fits_no_open_slip_loses_nothing_and_the_phone_is_told_which(
    phone, cast, slips, fate, station
):
    number, words, more = slips[0], "纸上编号", {}
    told = [matter()]
    if fate == "mistyped":
        number = f"GZ{int(number[2:]) ^ 1:08d}"
    elif fate == "unknown":
        number = flow_slips.said(flow_slips.SLIP, 9_000_000)
    elif fate == "voided":
        await flow_slips.void_flow_slip(number=number, by=cast.supervisor)
    elif fate == "used":
        paper = TypedFlowSlip(begun_at=clock.now(), category_code=WATER, title="水管", division_code=VILLAGE)
        before = (await flow_slips.type_in_flow_slip(number=number, typed=paper, by=cast.supervisor)).record.case
        words = before.number
    elif fate == "too_early":
        more = {"begun_at": (clock.now() - timedelta(days=40)).isoformat()}
    elif fate == "elsewhere":
        unit = await actions.open_unit(id=ids.uuid7(), name="别县", kind=UnitKind.STATION, division_code=OTHER_VILLAGE)
        new = NewFlowSlips(unit_id=unit.id, slips_n=1)
        [slip] = (await flow_slips.print_flow_slips(id=ids.uuid7(), new=new, by=cast.stranger)).record.slips
        number = slip.number
    elif fate == "twice":
        told = [matter(slip_number=number, title="第一件")]
    told.append(matter(slip_number=number, title="对不上的", **more))

    answer = await send(phone, stall(*told))

    assert answer.status_code == 201, message(answer)
    said = message(answer, "submit_success")
    assert "2 件事都已登记" in said
    assert number in said
    [odd] = [each for each in await cases() if each.title == "对不上的"]
    assert "纸上编号" in odd.description
    assert number in odd.description
    assert words in odd.description


async def test_sent_again_and_many_times_at_once_each_matter_is_there_once(phone, slips):
    xml = stall(matter(slip_number=slips[0]), matter(slip_number=slips[1], title="另一件"), matter(title="没有转单"))

    answers = await asyncio.gather(*(send(phone, xml) for _ in range(6)))
    answers.append(await send(phone, xml))

    assert [answer.status_code for answer in answers] == [201] * 7
    assert len(await cases()) == 3
    assert len(await fetch("SELECT 1 FROM openrosa_submission")) == 1


async def test_other_content_under_the_same_id_leaves_the_first(phone):
    instance_id = f"uuid:{uuid4()}"
    assert (await send(phone, stall(matter(), instance_id=instance_id))).status_code == 201
    other = await send(phone, stall(matter(title="别的事"), instance_id=instance_id))
    assert other.status_code == 409
    assert [each.title for each in await cases()] == ["村东水管坏了"]


async def test_photos_go_to_the_matter_they_were_taken_of_also_when_they_come_later(phone, slips):
    told = [
        matter(slip_number=slips[0], title="一", photo="a.jpg"),
        matter(title="二", photo="b.jpg"),
        matter(title="三", kind="question", category="", answer="当场讲清了", photo="c.jpg"),
    ]
    xml = stall(*told)

    first = await send(phone, xml, {"b.jpg": PHOTO})
    assert "还差 2 个文件" in message(first, "submit_success")
    later = await send(phone, xml, {"a.jpg": PHOTO + b"\0", "c.jpg": PHOTO + b"\0\0"})

    assert later.status_code == 201, message(later)
    photos = {each.title: len(each.photo_ids) for each in await cases()}
    assert (photos["一"], photos["二"]) == (1, 1)
    assert await fetch("SELECT 1 FROM openrosa_submission_file WHERE photo IS NULL") == []


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"title": ""}, "title"),
        ({"kind": ""}, "哪一种"),
        ({"kind": "gossip"}, "kind"),
        ({"category": "no.such"}, "no.such"),
        ({"category": ""}, "category_code"),
        ({"village": ""}, "division_code"),
        ({"village": OTHER_VILLAGE}, OTHER_VILLAGE),
        ({"begun_at": "昨天"}, "begun_at"),
        ({"begun_at": "1999-01-01T00:00:00+08:00"}, "2000"),
        ({"way": "pigeon"}, "way"),
        ({"contact_agreed": "yes", "contact_phone": "打给我"}, "contact_phone"),
    ],
)
async def test_one_matter_that_cannot_be_so_keeps_the_whole_record_with_its_reason(phone, slips, changes, says):
    xml = stall(matter(slip_number=slips[0]), matter(**changes), matter(photo="p.jpg"))
    answers = [await send(phone, xml, {"p.jpg": PHOTO}) for _ in range(2)]

    for answer in answers:
        assert answer.status_code == 201, answer.text
        assert says in message(answer, "submit_success")
    [row] = await fetch("SELECT state, record_id FROM openrosa_submission")
    assert tuple(row) == ("attention", None)
    assert await cases() == []
    assert await fetch('SELECT 1 FROM hotline_flow_slip WHERE "case" IS NOT NULL') == []


async def test_a_day_on_which_nobody_came_is_taken_too(phone):
    answer = await send(phone, stall())
    assert answer.status_code == 201, message(answer)
    assert await cases() == []


async def test_a_phone_whose_clock_is_ahead_writes_it_down_now(phone):
    ahead = (clock.now() + timedelta(hours=3)).isoformat()
    assert (await send(phone, stall(matter(begun_at=ahead)))).status_code == 201
    [case] = await cases()
    assert case.opened_at <= case.received_at


async def test_the_list_leads_to_markets_around_him_and_villages_of_his(phone, phone_of, cast, station):
    listed = etree.fromstring((await phone.get("/formList?formID=market_stall")).content)[0]
    assert (await phone.get(listed.findtext(f"{LIST}manifestUrl"))).status_code == 200

    async def table(who: Any, name: str) -> dict[str, str]:
        text = (await who.get(f"{FORM}/media/{name}")).text
        return {row["name"]: row["label"] for row in csv.DictReader(StringIO(text))}

    assert await table(phone, "markets.csv") == {str(station.id): "张庄大集"}
    assert list(await table(phone, "villages.csv")) == [VILLAGE]
    operator = await phone_of(cast.operator)
    assert {VILLAGE, NEXT_VILLAGE} <= set(await table(operator, "villages.csv"))
    stranger = await phone_of(cast.stranger)
    assert str(station.id) not in await table(stranger, "markets.csv")


async def test_only_who_holds_a_stall_is_offered_it_and_may_send_it(phone_of, cast):
    for who, may in (("cadre", True), ("operator", True), ("assistant", False), ("expert", False), ("auditor", False)):
        phone = await phone_of(getattr(cast, who))
        offered = (await phone.get(f"{FORM}.xml")).status_code
        answer = await send(phone, stall(matter()))
        assert (offered, answer.status_code) == ((200, 201) if may else (404, 403)), who


async def test_a_market_that_is_none_of_his_is_no_reason_to_lose_a_matter(phone):
    answer = await send(phone, stall(matter(), market=str(uuid4()), place=""))
    assert answer.status_code == 201, message(answer)
    [case] = await cases()
    assert (case.owner_unit, case.division.code) == (None, VILLAGE)
    assert case.description == "两天没水了\n摊位人员：李秀兰、周敏"

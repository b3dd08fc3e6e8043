"""What happened in the sixty days before the county was planted: a pure function of the first day.

Four hundred contacts in all four channels, needs in every state, and at the end of it the cases that flags are for.
"""

import random
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from typing import NamedTuple, TypeVar
from uuid import UUID

from backend.core.clock import SHANGHAI
from backend.territory.coordinates import Crs, from_wgs84
from backend.territory.points import Point
from backend.visits.schemas import NewNeed, NewVisit, NewVisitPhoto
from backend.visits.tables import Channel, NeedState, PhotoKind
from seed import made_id
from seed.cast import CADRES, Member
from seed.households import NewHousehold

Word = TypeVar("Word", Channel, NeedState)

DAYS = 60
CONTACTS = 400
METRES_PER_DEGREE = 111_320

CHANNELS = {Channel.VISIT: 46, Channel.CALL: 27, Channel.WECHAT: 17, Channel.SMS: 10}
ENDINGS = {
    NeedState.SOLVED: 44,
    NeedState.PASSED_ON: 20,
    NeedState.RECEIVED: 21,
    NeedState.UNREASONABLE: 8,
    NeedState.EXPLAINED: 4,
    NeedState.WITHDRAWN: 3,
}
WATER_TOPICS = frozenset({"production.irrigation", "planning_construction.water_power"})
WATER_UNIT = made_id("unit/water")


class Matter(NamedTuple):
    """What a contact was about, and what was asked for."""

    topic: str
    note: str
    need: str | None = None


MATTERS = (
    Matter("production.crop_disease", "看了麦田，下部叶片有少量锈斑，已讲了用药时间。", "请农技员来看小麦锈病"),
    Matter("production.crop_disease", "问了玉米收成，秸秆已还田。"),
    Matter("production.irrigation", "田头水渠有一段塌了，浇不上水。", "修东地塌了的水渠"),
    Matter("production.soil_fertilizer", "讲了测土配方的好处，愿意送土样。", "想免费测一次土"),
    Matter("production.sales", "萝卜下来了，问能不能联系收购。", "帮忙联系收购萝卜的客商"),
    Matter("production.loans", "说明了农业保险怎么报。"),
    Matter("livelihood_security.minimum_income", "家里收入减少，讲了低保怎么申请。", "申请低保，需要指导材料"),
    Matter("livelihood_security.medical", "提醒了医保缴费的最后日期。"),
    Matter("livelihood_security.elderly", "老人独自在家，身体还好，电话可以打通。"),
    Matter("livelihood_security.housing", "西屋屋顶漏雨，拍了照。", "危房鉴定"),
    Matter("employment.jobs", "儿子想在县里找活，给了招聘会的日期。", "介绍附近的零工"),
    Matter("employment.training", "想学电焊，记下了。", "报名电焊培训班"),
    Matter("planning_construction.roads", "村口路灯两盏不亮，晚上不好走。", "修村口两盏路灯"),
    Matter("planning_construction.water_power", "自来水早上水压小。", "查自来水早上没水压的原因"),
    Matter("planning_construction.environment", "胡同里的垃圾桶满了两天。", "垃圾桶清运勤一些"),
    Matter("justice_rights.disputes", "和邻居为一棵树的事，双方都愿意谈。"),
    Matter("justice_rights.fraud", "有陌生电话说中奖，没有转钱，讲了防骗。"),
    Matter("other.thanks", "说上次的路灯修好了，感谢。"),
)
SAID = {
    NeedState.SOLVED: "已办好。",
    NeedState.UNREASONABLE: "规定里没有这一项，已当面说明理由。",
    NeedState.EXPLAINED: "今年没有这项资金，已当面说明，明年再报。",
    NeedState.WITHDRAWN: "家里自己解决了。",
}


class Move(NamedTuple):
    """One step of a need, `after` the visit. `by_handler`: by the department's handler, else by the cadre.

    unit_id   to whom it is passed on; None: the cadre does it himself
    """

    to_state: NeedState
    after: timedelta
    by_handler: bool
    remark: str | None = None
    unit_id: UUID | None = None


class Told(NamedTuple):
    """One contact of the story: recorded by `by`, received by the server at `received_at`, then its need moves."""

    by: Member
    received_at: datetime
    new: NewVisit
    moves: tuple[Move, ...] = ()


class Photos(NamedTuple):
    """Ids of the two photos, and of the second sending of one of them."""

    culvert: UUID = made_id("photo/culvert")
    wheat_rust: UUID = made_id("photo/wheat_rust")
    culvert_again: UUID = made_id("photo/culvert again")


PHOTOS = Photos()


def tell(begins_on: date, households: list[NewHousehold]) -> list[Told]:
    """Every contact, in the order in which the server received them."""
    dice = random.Random(3713)  # noqa: S311 - a story, not a secret
    served = {cadre: _served(cadre, households) for cadre in CADRES}
    ordinary = [_contact(number, begins_on, served, dice) for number in range(CONTACTS)]
    odd = _odd_ones(begins_on + timedelta(days=DAYS - 4), {household.code: household for household in households})
    return sorted([*ordinary, *odd], key=lambda told: (told.received_at, str(told.new.id)))


def _served(cadre: Member, households: list[NewHousehold]) -> list[NewHousehold]:
    return [household for household in households if household.village.code in cadre.division_codes]


def _contact(number: int, begins_on: date, served: Mapping[Member, list[NewHousehold]], dice: random.Random) -> Told:
    """An ordinary one. Each has a quarter of an hour of its own, so that nobody is in two places too fast."""
    cadre = CADRES[number % len(CADRES)]
    turn = number // len(CADRES)
    day, hour = turn * (DAYS - 5) * len(CADRES) // CONTACTS, 8 + (turn * 5) % 10
    occurred_at = _at(begins_on + timedelta(days=1 + day), hour, dice.randrange(0, 50))
    households = served[cadre]
    household = households[int(len(households) * 0.85 * dice.random() ** 1.3)]
    channel = _one_of(CHANNELS, dice)
    matter = dice.choice(MATTERS)
    late = timedelta(days=2, hours=3) if dice.random() < 0.05 else timedelta(minutes=dice.randrange(1, 9))
    new = NewVisit(
        id=made_id(f"visit/{number}"),
        channel=channel,
        occurred_at=occurred_at,
        household_id=household.id,
        point=_beside(household, occurred_at, dice) if channel is Channel.VISIT else None,
        campaign_code="people" if channel is Channel.VISIT and dice.random() < 0.5 else None,
        service_team=33 if dice.random() < 0.2 else None,
        topics=[matter.topic],
        note=matter.note,
        companions=["村会计"] if dice.random() < 0.1 else [],
        needs=_needs(f"need/{number}", matter, dice),
    )
    return Told(cadre, occurred_at + late, new, _moves(matter, dice) if new.needs else ())


def _needs(name: str, matter: Matter, dice: random.Random) -> list[NewNeed]:
    if matter.need is None or dice.random() < 0.35:
        return []
    return [NewNeed(id=made_id(name), category=matter.topic, description=matter.need)]


def _moves(matter: Matter, dice: random.Random) -> tuple[Move, ...]:
    """What concerns water goes to the department; the rest the cadre sees to himself."""
    ending, water = _one_of(ENDINGS, dice), matter.topic in WATER_TOPICS
    unit_id = WATER_UNIT if water else None
    passed_on = Move(NeedState.PASSED_ON, timedelta(hours=dice.randrange(1, 30)), by_handler=False, unit_id=unit_id)
    done_after = timedelta(days=dice.randrange(2, 4), hours=dice.randrange(0, 20))
    if ending is NeedState.RECEIVED:
        return ()
    if ending is NeedState.PASSED_ON:
        return (passed_on,)
    by_handler = water and ending is not NeedState.WITHDRAWN
    return passed_on, Move(ending, done_after, by_handler, SAID[ending])


def _odd_ones(begins_on: date, household: Mapping[str, NewHousehold]) -> Iterator[Told]:
    """One for each flag, a photo that belongs there, a village and a firm visited, and what the examples look for."""
    cadre = CADRES[0]
    lin, other, far = household["LLM-001"], household["LLM-002"], household["HQ-007"]
    yield _odd("photo", cadre, lin, _at(begins_on, 8), photo=PHOTOS.culvert, note="田头涵管塌了，水排不出去。")
    yield _odd("rust", cadre, other, _at(begins_on, 9, 30), photo=PHOTOS.wheat_rust, note="小麦叶片有锈斑，拍了照。")
    yield _odd("far", cadre, other, _at(begins_on, 11), east_m=3200, note="在镇上集市碰到户主，聊了几句。")
    yield _odd("mock", cadre, lin, _at(begins_on, 14), mock=True)
    yield _odd("zero", cadre, lin, _at(begins_on, 15, 30), accuracy_m=0.0)
    yield _odd("clock", cadre, lin, _at(begins_on, 17), phone_ahead=timedelta(minutes=47))
    yield _odd("first", cadre, lin, _at(begins_on + timedelta(days=1), 9))
    yield _odd("too fast", cadre, far, _at(begins_on + timedelta(days=1), 9, 0, 30))
    yield _odd("photo again", cadre, far, _at(begins_on + timedelta(days=1), 11), photo=PHOTOS.culvert_again)
    yield _village_visited(cadre, _at(begins_on + timedelta(days=2), 9))
    yield _firm_visited(CADRES[4], _at(begins_on + timedelta(days=2), 10))


def odd_id(name: str) -> UUID:
    """The id of one of the visits that are told for their own sake."""
    return made_id(f"visit/{name}")


def _odd(
    name: str,
    cadre: Member,
    household: NewHousehold,
    at: datetime,
    *,
    photo: UUID | None = None,
    note: str = "入户走访，一切正常。",
    east_m: float = 4.0,
    accuracy_m: float = 9.0,
    mock: bool = False,
    phone_ahead: timedelta | None = None,
) -> Told:
    point = Point(
        crs=Crs.WGS84,
        longitude=round(household.point.longitude + east_m / METRES_PER_DEGREE / 0.8, 6),
        latitude=household.point.latitude,
        accuracy_m=accuracy_m,
        fixed_at=at,
        provider="gps",
        mock=mock,
    )
    new = NewVisit(
        id=odd_id(name),
        channel=Channel.VISIT,
        occurred_at=at,
        household_id=household.id,
        point=point,
        campaign_code="people",
        topics=["production.irrigation" if photo == PHOTOS.culvert else "other"],
        note=note,
        photos=[NewVisitPhoto(photo_id=photo, kind=PhotoKind.BEFORE)] if photo else [],
        sent_at=at + timedelta(minutes=1) + phone_ahead if phone_ahead else None,
    )
    return Told(cadre, at + timedelta(minutes=1), new)


def _village_visited(cadre: Member, at: datetime) -> Told:
    new = NewVisit(
        id=odd_id("village"),
        channel=Channel.VISIT,
        occurred_at=at,
        division_code=cadre.division_codes[0],
        place_note="村委会",
        campaign_code="villages",
        service_team=33,
        topics=["planning_construction.roads"],
        note="和村两委商量路灯和排水沟。",
    )
    return Told(cadre, at + timedelta(minutes=5), new)


def _firm_visited(cadre: Member, at: datetime) -> Told:
    new = NewVisit(
        id=odd_id("firm"),
        channel=Channel.VISIT,
        occurred_at=at,
        division_code=cadre.division_codes[0],
        place_note="演示面粉厂",
        campaign_code="enterprises",
        topics=["production.loans"],
        note="问了用工和流动资金。",
        needs=[NewNeed(id=made_id("need/firm"), category="employment.jobs", description="帮忙招十名包装工")],
    )
    return Told(cadre, at + timedelta(minutes=5), new)


def _beside(household: NewHousehold, at: datetime, dice: random.Random) -> Point:
    """Where the phone was: some metres off, now and then in the coordinates of a Chinese map."""
    longitude = household.point.longitude + dice.gauss(0, 0.00015)
    latitude = household.point.latitude + dice.gauss(0, 0.00012)
    crs = Crs.GCJ02 if dice.random() < 0.15 else Crs.WGS84
    longitude, latitude = from_wgs84(longitude, latitude, crs)
    return Point(
        crs=crs,
        longitude=round(longitude, 6),
        latitude=round(latitude, 6),
        accuracy_m=round(dice.uniform(4, 35), 1),
        fixed_at=at,
        provider="gps",
        mock=False,
    )


def _one_of(weights: Mapping[Word, int], dice: random.Random) -> Word:
    return dice.choices(list(weights), weights=list(weights.values()))[0]


def _at(day: date, hour: int, minute: int = 0, second: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute, second), SHANGHAI)

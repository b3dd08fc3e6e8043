"""Contacts that look odd, one of each flag, and visits to a village and a firm for their campaigns."""

import random
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from uuid import UUID

from backend.core.clock import SHANGHAI
from backend.territory.coordinates import Crs, from_wgs84
from backend.territory.points import Point
from backend.visits.schemas import NewNeed, NewVisit, NewVisitPhoto
from backend.visits.tables import Channel, PhotoKind
from seed import made_id
from seed.cast import CADRES, Member
from seed.households import NewHousehold
from seed.story_words import PHOTOS, Told

METRES_PER_DEGREE = 111_320


def odd_ones(begins_on: date, household: Mapping[str, NewHousehold]) -> Iterator[Told]:
    """One for each flag, a photo that belongs there, a village and a firm visited, and what the examples look for."""
    cadre = CADRES[0]
    lin, other, far = household["LLM-001"], household["LLM-002"], household["HQ-007"]
    yield _odd("photo", cadre, lin, moment_at(begins_on, 8), photo=PHOTOS.culvert, note="田头涵管塌了，水排不出去。")
    yield _odd(
        "rust", cadre, other, moment_at(begins_on, 9, 30), photo=PHOTOS.wheat_rust, note="小麦叶片有锈斑，拍了照。"
    )
    yield _odd("far", cadre, other, moment_at(begins_on, 11), east_m=3200, note="在镇上集市碰到户主，聊了几句。")
    yield _odd("mock", cadre, lin, moment_at(begins_on, 14), mock=True)
    yield _odd("zero", cadre, lin, moment_at(begins_on, 15, 30), accuracy_m=0.0)
    yield _odd("clock", cadre, lin, moment_at(begins_on, 17), phone_ahead=timedelta(minutes=47))
    yield _odd("first", cadre, lin, moment_at(begins_on + timedelta(days=1), 9))
    yield _odd("too fast", cadre, far, moment_at(begins_on + timedelta(days=1), 9, 0, 30))
    yield _odd("photo again", cadre, far, moment_at(begins_on + timedelta(days=1), 11), photo=PHOTOS.culvert_again)
    yield _village_visited(cadre, moment_at(begins_on + timedelta(days=2), 9))
    yield _firm_visited(CADRES[4], moment_at(begins_on + timedelta(days=2), 10))


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


def beside(household: NewHousehold, at: datetime, dice: random.Random) -> Point:
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


def moment_at(day: date, hour: int, minute: int = 0, second: int = 0) -> datetime:
    """A moment of that day in Shandong."""
    return datetime.combine(day, time(hour, minute, second), SHANGHAI)

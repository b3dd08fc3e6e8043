"""Three hundred made-up households: thirty in each village. The first is 林大山's, which every example uses."""

import random
from typing import NamedTuple
from uuid import UUID

from backend.territory.coordinates import Crs
from backend.territory.points import Point
from seed import made_id
from seed.places import VILLAGES, Village

PER_VILLAGE = 30
SPREAD_DEGREES = 0.0016
"""Of the scatter around a village's point: most houses lie within some 300 m."""

SURNAMES = "林高石田柳白岳汤尹邢路江段孟侯秦贺龚万雷"
GIVEN = ("桂香", "长顺", "玉兰", "春喜", "守义", "秋菊", "满仓", "翠英", "铁柱", "来福", "秀云", "广田", "腊梅", "丰年")
NEEDS = ("minimum_income", "elderly", "medical", "crop_disease", "irrigation", "training")


class NewHousehold(NamedTuple):
    """A household to register. `division_code` is the village's, or a cell's where the village has cells."""

    code: str
    village: Village
    division_code: str
    contact_name: str
    contact_phone: str
    address_note: str
    point: Point
    service_needs: tuple[str, ...]

    @property
    def id(self) -> UUID:
        return made_id(f"household/{self.code}")


def three_hundred() -> list[NewHousehold]:
    """All of them, the same at every call."""
    dice = random.Random(371526)  # noqa: S311 - a story, not a secret
    return [_household(village, number, dice) for village in VILLAGES for number in range(1, PER_VILLAGE + 1)]


def _household(village: Village, number: int, dice: random.Random) -> NewHousehold:
    code = f"{village.letters}-{number:03}"
    first = code == "LLM-001"
    return NewHousehold(
        code=code,
        village=village,
        division_code=_division(village, number),
        contact_name="林大山" if first else dice.choice(SURNAMES) + dice.choice(GIVEN),
        contact_phone=f"154 0{VILLAGES.index(village) + 1:03} {number:04}",
        address_note=f"{village.name}{number}号",
        point=_point(village, dice, 0.0 if first else SPREAD_DEGREES),
        service_needs=tuple(sorted(dice.sample(NEEDS, dice.choice((0, 0, 0, 1, 1, 2))))),
    )


def _division(village: Village, number: int) -> str:
    """The village in its first household's case: not everybody has been put into a cell yet."""
    if not village.cells or number == 1:
        return village.code
    return f"{village.code}{1 + number % village.cells:03}"


def _point(village: Village, dice: random.Random, spread: float) -> Point:
    longitude = village.longitude + dice.gauss(0, spread)
    latitude = village.latitude + dice.gauss(0, spread * 0.8)
    return Point(crs=Crs.WGS84, longitude=round(longitude, 6), latitude=round(latitude, 6), accuracy_m=10.0)

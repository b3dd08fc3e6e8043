"""Ten villages of the demo county. Codes and names are real; the points are made up around the county seat."""

from datetime import date
from pathlib import Path
from typing import NamedTuple

from backend.territory.coordinates import Crs
from backend.territory.points import Point

DIVISIONS = Path(__file__).parent / "divisions.csv"
DIVISIONS_SOURCE = (
    "National Bureau of Statistics of China, public list of 2023, as redistributed by china-division 2.7.0 (WTFPL)"
)
DIVISIONS_SINCE = date(2023, 1, 1)
"""The list says no day; the year is its own."""

MADE_UP = "made up for the demo county"
COUNTY_SEAT = Point(crs=Crs.WGS84, longitude=116.231, latitude=36.865)


class Village(NamedTuple):
    """A village: `letters` begin its households' card numbers; `cells` are the grid cells opened below it."""

    code: str
    letters: str
    name: str
    longitude: float
    latitude: float
    cells: int = 0

    @property
    def point(self) -> Point:
        return Point(crs=Crs.WGS84, longitude=self.longitude, latitude=self.latitude)


VILLAGES = (
    Village("371526101335", "LLM", "琉璃庙村", 116.2815, 36.8967, cells=3),
    Village("371526101336", "HQ", "黄圈村", 116.2962, 36.9041, cells=2),
    Village("371526101250", "CP", "茶棚村", 116.2604, 36.9125),
    Village("371526101331", "DGQ", "董姑桥村", 116.2731, 36.9262),
    Village("371526101340", "JT", "军屯村", 116.3079, 36.8873),
    Village("371526101371", "HZ", "韩寨村", 116.3186, 36.9118),
    Village("371526102248", "TZ", "田寨新村", 116.1612, 36.7934),
    Village("371526102292", "LWZ", "老王寨新村", 116.1447, 36.8046),
    Village("371526103218", "CS", "仓上新村", 116.0893, 36.7521),
    Village("371526104243", "DH", "大华村", 116.3312, 36.8355),
)

CELL_NAMES = ("东片", "中片", "西片")

"""The demo's stations, their hours, markets and deputies: names and hours invented, townships as they are called.

A deputies' home (代表之家) in the county and in each township, liaison points in villages, a point at each market.
"""

from typing import NamedTuple

from backend.people.tables import UnitKind
from backend.rosters.station_words import MarketRuleKind, Office, ShortMonth
from seed.cast import CADRES, COUNTY, EXPERTS, LIANGCUN, OTHERS, VILLAGE, Member, NewUnit

YINJI, QINGPING = "371526102000", "371526103000"
TOWNSHIPS = {
    "371526001000": "鱼邱湖街道",
    "371526002000": "汇鑫街道",
    "371526003000": "人和街道",
    LIANGCUN: "梁村镇",
    YINJI: "尹集镇",
    QINGPING: "清平镇",
    "371526104000": "固河镇",
    "371526105000": "三十里铺镇",
    "371526106000": "琉璃寺镇",
    "371526107000": "赵寨子镇",
    "371526108000": "姜店镇",
    "371526109000": "杨屯镇",
}
LIAISON = {
    VILLAGE: "琉璃庙村",
    "371526101340": "军屯村",
    "371526102248": "田寨新村",
    "371526103218": "仓上新村",
}


def _unit(key: str, name: str, division_code: str, phone: int, parent: str | None = None) -> NewUnit:
    number = f"0635-154{phone:04}"
    return NewUnit(key, f"{name}（演示）", UnitKind.STATION, division_code, number, parent=parent)


def home(division_code: str) -> str:
    """The key of a place's deputies' home."""
    return f"home/{division_code}"


HOMES = (
    _unit(home(COUNTY), "高唐县代表之家", COUNTY, 100),
    *(
        _unit(home(code), f"{name}代表之家", code, 101 + number, home(COUNTY))
        for number, (code, name) in enumerate(TOWNSHIPS.items())
    ),
)
POINTS = tuple(
    _unit(f"liaison/{code}", f"{name}代表联络点", code, 121 + number, home(f"{code[:9]}000"))
    for number, (code, name) in enumerate(LIAISON.items())
)
MARKETS = tuple(
    _unit(f"market/{code}", f"{TOWNSHIPS[code][:-1]}大集流动联络点", code, 131 + number, home(code))
    for number, code in enumerate((LIANGCUN, YINJI, QINGPING))
)
STATIONS = (*HOMES, *POINTS, *MARKETS)

Week = tuple[tuple[int, str, str], ...]
"""Weekday (0 a market day), from, to."""

OFFICE: Week = tuple((day, *span) for day in range(1, 6) for span in (("08:30", "11:30"), ("13:30", "17:30")))
TWICE_A_WEEK: Week = ((2, "08:30", "11:00"), (5, "14:00", "17:00"))
EVERY_MORNING: Week = tuple((day, "07:30", "10:30") for day in range(1, 8))
MARKET_MORNING: Week = ((0, "07:00", "11:30"),)
HOURS: dict[str, Week] = {
    "studio": OFFICE,
    "centre": (*OFFICE, (6, "09:00", "11:30")),
    "point": EVERY_MORNING,
    **{unit.key: OFFICE for unit in HOMES},
    **{unit.key: TWICE_A_WEEK for unit in POINTS},
    **{unit.key: MARKET_MORNING for unit in MARKETS},
}


class Market(NamedTuple):
    """On which lunar days a township holds market, and its days at the deputies' home in even months.

    announced   whether the township has confirmed its next stalls, so that they are announced
    """

    code: str
    digits: tuple[int, int]
    short_month: ShortMonth
    station_day: int
    announced: bool

    @property
    def key(self) -> str:
        return f"market/{self.code}"


KIND = MarketRuleKind.LUNAR_DIGIT
MARKET_RULES = (
    Market(LIANGCUN, (3, 8), ShortMonth.SKIP, 10, announced=False),
    Market(YINJI, (5, 10), ShortMonth.DAY_29, 1, announced=True),
    Market(QINGPING, (1, 6), ShortMonth.SKIP, 28, announced=True),
)
SOURCE = "演示县的集日和代表活动安排（虚构）"
STALL_HOURS, STATION_HOURS = ("08:00", "11:00"), ("09:00", "11:30")
ANNOUNCED_DAYS_BEFORE = 30
"""So that something is always announced: between two of these days lie thirty at most."""
NOT_HELD = "集场修路，这一集停一次"


class Serves(NamedTuple):
    """Who serves which place, in which office, found at which station."""

    who: Member
    office: Office
    division_code: str
    station: str


HOME_101 = home(LIANGCUN)
SERVICES = (
    Serves(CADRES[0], Office.DEPUTY_COUNTY, f"{VILLAGE}001", f"liaison/{VILLAGE}"),
    Serves(OTHERS[0], Office.OBSERVER, f"{VILLAGE}002", f"liaison/{VILLAGE}"),
    Serves(EXPERTS[3], Office.DEPUTY_TOWNSHIP, f"{VILLAGE}003", f"liaison/{VILLAGE}"),
    Serves(CADRES[0], Office.DEPUTY_COUNTY, "371526101336001", HOME_101),
    Serves(EXPERTS[3], Office.DEPUTY_TOWNSHIP, "371526101336002", HOME_101),
    Serves(CADRES[1], Office.DEPUTY_TOWNSHIP, "371526101250", HOME_101),
    Serves(CADRES[1], Office.OBSERVER, "371526101331", HOME_101),
    Serves(CADRES[2], Office.DEPUTY_CITY, "371526101340", "liaison/371526101340"),
    Serves(CADRES[3], Office.PARTY_REPRESENTATIVE, "371526102248", "liaison/371526102248"),
    Serves(CADRES[4], Office.DEPUTY_COUNTY, "371526103218", "liaison/371526103218"),
    Serves(CADRES[5], Office.DEPUTY_TOWNSHIP, "371526104243", home("371526104000")),
)

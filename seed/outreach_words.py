"""What the demo's assistants did in two months: doors, letters, talks, posters, counts of the app, and checks of it."""

from typing import NamedTuple

from backend.antifraud.outreach_words import LetterMove
from seed.warning_words import CP, DGQ, HQ, HZ, JT, LLM

TZ, LWZ, CS, DH = "371526102248", "371526102292", "371526103218", "371526104243"
GIVEN, SIGNED, DECLINED, LOST, RETURNED = LetterMove


class Doors(NamedTuple):
    """Of a village's thirty doors, in the order of their numbers: so many were opened, nobody was in, declined."""

    village: str
    visited: int
    absent: int
    declined: int


CLOSED_DOORS = (
    Doors(LLM, 26, 3, 1),
    Doors(HQ, 28, 2, 0),
    Doors(CP, 24, 4, 2),
    Doors(DGQ, 27, 2, 1),
    Doors(JT, 19, 9, 0),
    Doors(HZ, 25, 4, 1),
)
RUNNING_DOORS = (
    Doors(LLM, 17, 3, 1),
    Doors(HQ, 27, 2, 1),
    Doors(CP, 11, 3, 0),
    Doors(DGQ, 23, 2, 1),
    Doors(HZ, 6, 2, 0),
)
"""The round that runs has not come to 军屯."""


class Letters(NamedTuple):
    """A move of letters of the book GT2026, so many days before the planting."""

    days_ago: int
    move: LetterMove
    village: str
    first: int
    last: int


LETTERS = (
    Letters(56, GIVEN, LLM, 1, 400),
    Letters(56, GIVEN, HQ, 401, 800),
    Letters(56, GIVEN, CP, 801, 1100),
    Letters(56, GIVEN, DGQ, 1101, 1400),
    Letters(56, GIVEN, JT, 1401, 1700),
    Letters(56, GIVEN, HZ, 1701, 2000),
    Letters(55, GIVEN, TZ, 2001, 2600),
    Letters(50, SIGNED, LLM, 1, 127),
    Letters(50, DECLINED, LLM, 128, 128),
    Letters(47, SIGNED, HQ, 401, 520),
    Letters(47, DECLINED, HQ, 521, 522),
    Letters(45, SIGNED, DGQ, 1101, 1312),
    Letters(42, SIGNED, CP, 801, 900),
    Letters(40, SIGNED, LLM, 129, 200),
    Letters(33, DECLINED, DGQ, 1313, 1315),
    Letters(22, LOST, LLM, 201, 250),
    Letters(20, RETURNED, LLM, 251, 260),
    Letters(18, GIVEN, HQ, 251, 260),
    Letters(12, SIGNED, HZ, 1701, 1740),
    Letters(9, SIGNED, TZ, 2001, 2180),
    Letters(5, SIGNED, LLM, 261, 277),
    Letters(5, DECLINED, LLM, 278, 278),
    Letters(4, SIGNED, HQ, 523, 549),
)
"""One book of fifty is lost; ten came back and went to the next village."""


class Talk(NamedTuple):
    """At an hour, so many days before; `fraud_type` is what it was about."""

    days_ago: int
    hour: float
    village: str
    place: str
    headcount: int
    fraud_type: str


TALKS = (
    Talk(52, 19.0, LLM, "村委会大院", 64, "fake_investment"),
    Talk(46, 9.5, HQ, "小学操场，家长会后", 87, "game_trade"),
    Talk(41, 16.0, DGQ, "大集东口", 42, "fake_shopping"),
    Talk(34, 19.5, CP, "文化广场", 118, "brushing_rebates"),
    Talk(24, 10.0, LLM, "幸福院食堂", 23, "fake_authorities"),
    Talk(16, 15.0, JT, "合作社仓库", 31, "fake_loan"),
    Talk(10, 19.0, HZ, "村卫生室门前", 27, "fake_credit_record"),
    Talk(3, 18.5, LLM, "村委会大院", 71, "fake_customer_service"),
)


class Posters(NamedTuple):
    """How many hang where since so many days."""

    days_ago: int
    village: str
    place: str
    number: int


POSTERS = (
    Posters(54, LLM, "村委会公示栏", 4),
    Posters(54, LLM, "琉璃庙超市门口", 2),
    Posters(53, HQ, "快递代收点", 3),
    Posters(48, CP, "文化广场宣传栏", 6),
    Posters(39, DGQ, "大集东口", 5),
    Posters(15, JT, "农村信用社自助点", 2),
    Posters(8, HZ, "公交站牌旁", 3),
)


class Coverage(NamedTuple):
    """How many of those asked said they have the app, so many days before."""

    days_ago: int
    village: str
    with_app: int
    asked: int


COVERAGES = (
    *(Coverage(170, village, *counted) for village, counted in {LLM: (96, 214), HQ: (71, 168), CP: (88, 231)}.items()),
    *(
        Coverage(110, village, *counted)
        for village, counted in {LLM: (121, 218), DGQ: (94, 197), TZ: (210, 402)}.items()
    ),
    *(
        Coverage(48, village, *counted)
        for village, counted in {LLM: (147, 221), HQ: (109, 170), CP: (141, 229)}.items()
    ),
    *(Coverage(6, village, *counted) for village, counted in {LLM: (163, 224), DGQ: (138, 199), HZ: (52, 121)}.items()),
    *(Coverage(5, village, *counted) for village, counted in {HQ: (127, 171), LWZ: (176, 288), DH: (65, 143)}.items()),
)
"""Rising towards the 71.93 % that Guan county tells of its residents; 军屯 and 仓上 have not counted."""

COUNTED_HOW = "村民小组长挨户口头问，自愿回答，只记数"


class Check(NamedTuple):
    """What a supervision group found; `fix_within` days, put right after so many, or not yet."""

    days_ago: int
    group: int
    village: str
    finding: str
    fix_within: int | None = None
    fixed_after: int | None = None
    fixed_how: str = ""


CHECKS = (
    Check(43, 1, LLM, "公示栏的核验网址贴得太低，老人看不清。", 7, 4, "换到齐眉高处，字号加大一倍。"),
    Check(31, 3, DGQ, "抽问十人，九人知道 96110，入户登记与实际相符。"),
    Check(
        21,
        2,
        LLM,
        "有一本提醒函（五十封）对不上数，村里说找不到了。",
        5,
        3,
        "查明丢失，已登记作废，余下各本当面清点交接。",
    ),
    Check(19, 4, JT, "提醒函领回三百封，一封也没有发；村里没有助理的值班电话。", 13),
    Check(5, 6, HZ, "宣讲只讲了一种骗术，没讲冒充客服，请补一场。", 14),
)
"""One of them is overdue."""

"""What the demo's hotline heard: calls beside those that became cases, texts with their short codes. All invented."""

from typing import NamedTuple

from backend.hotline.callback_words import CallbackResult
from seed.case_story import ROADS, Moment
from seed.hotline_case_words import R, Rung

WITHHELD = ""
STRANGER = "154 0099 0001"


class Called(NamedTuple):
    """A call: when it began, who rang (a household's number, else his own), and what became of it.

    answered_after, talked   seconds; a call that was not answered rang so long and became nothing
    case                     of the seed's stories
    """

    name: str
    at: Moment
    caller: str
    code: str | None = None
    answer: str | None = None
    case: str | None = None
    answered_after: int = 9
    talked: int = 150
    out: bool = False


SEED_INSURANCE = "小麦保险每亩保费里农户交四块五，找村里的协保员登记，交到十二月底。"
HEATING = "清洁取暖的电价补贴按户走电表，不用申请；电表过户还没办的先去供电所。"
FERRY = "县城到梁村的公交头班六点二十，末班十八点，每半小时一班。"
CARD = "老年证年满六十周岁，带身份证和一寸照片两张，到镇便民服务中心当天办。"
WELL = "浇地的机井卡在水利站充值，上午八点半到十一点半，村里周五也有人来。"
SCHOOL = "转学材料是户口本、房产证明和学籍表，开学前十天到县教体局一楼办。"

CALLS = (
    Called("bus", (6, 8.7), "CP-021", "answered_on_spot", FERRY, answered_after=6, talked=70),
    Called("well card", (6, 14.2), "JT-022", "answered_on_spot", WELL, answered_after=11, talked=110),
    Called("wrong", (6, 15.3), WITHHELD, "wrong_number", answered_after=4, talked=18),
    Called("heating", (5, 10.4), "LWZ-023", "answered_on_spot", HEATING, answered_after=8, talked=190),
    Called("silent", (5, 20.6), WITHHELD, "silent", answered_after=5, talked=12),
    Called("school", (4, 9.6), "TZ-024", "answered_on_spot", SCHOOL, answered_after=14, talked=240),
    Called("wages again", (4, 20.3), "CP-010", "transferred", case="wages", answered_after=7, talked=320),
    Called("not needed", (4, 16.1), "DH-025", "withdrawn", answered_after=10, talked=40),
    Called("insurance of wheat", (3, 9.1), "CS-026", "answered_on_spot", SEED_INSURANCE, answered_after=12, talked=160),
    Called("how far", (3, 10.6), "CP-012", "case_asked_about", case="overdue", answered_after=9, talked=130),
    Called("came through", (3, 11.2), "HZ-027", "answered_on_spot", FERRY, answered_after=6, talked=65),
    Called("broke off", (2, 17.4), "DGQ-028", "broke_off", answered_after=8, talked=31),
    Called("card", (2, 9.3), "HQ-027", "answered_on_spot", CARD, answered_after=7, talked=95),
    Called("shots", (1, 22.4), "HZ-018", "transferred", answered_after=3, talked=75),
    Called("lamp", (1, 10.2), "LLM-002", "case_asked_about", case="receipt", answered_after=13, talked=88),
    Called("well card again", (1, 15.8), "JT-026", "answered_on_spot", WELL, answered_after=10, talked=72),
    Called("rang about it", (2, 10), "LLM-010", "rung_back", answered_after=15, talked=84, out=True),
    Called("rang in vain", (2, 16), "LLM-014", "not_reached", answered_after=0, talked=40, out=True),
    Called("rang about the ditch", (3, 9.5), "HQ-011", "rung_back", answered_after=12, talked=210, out=True),
)
"""Beside these every case of the last two weeks that somebody rang about has its call (`hotline_calls`)."""

FIGHT, PAID = "shots", "wages again"
"""The two that are handed to another line."""


class Missed(NamedTuple):
    """A call that nobody took, and the tries to ring back; the case it became, once he was reached."""

    name: str
    at: Moment
    caller: str
    tries: tuple[Rung, ...] = ()
    case: str | None = None


MISSED = (
    Missed("in vain", (4, 12.1), "HQ-020", (Rung((4, 12.3)), Rung((4, 12.6)), Rung((4, 14)))),
    Missed("came through", (3, 11.0), "HZ-027"),
    Missed("spoken", (2, 18.5), "DH-019", (Rung((2, 18.7), CallbackResult.SPOKEN, "问公交末班几点，已告诉。"),)),
    Missed("became a case", (1, 19.3), "LLM-005", (Rung((1, 19.4), R.SPOKEN, "停水的事，登记了。"),), "water_off"),
    Missed("long due", (1, 18.1), "TZ-029", (Rung((1, 18.3)),)),
)
"""Unreachable; rang again himself; spoken; became a case; tried once and forgotten. One more is missed just now."""


class Wrote(NamedTuple):
    """A text message: from whom, and what it says."""

    name: str
    at: Moment
    sender: str
    body: str


TEXTS = (
    Wrote("request", (3, 8.4), "LLM-016", "MQ 村东头路口的垃圾三天没人拉了"),
    Wrote("question", (2, 12.5), "TZ-017", "ZX今年小麦保险怎么交"),
    Wrote("track", (1, 9.2), "LLM-016", "cx"),
    Wrote("stop", (1, 13.7), "LWZ-018", "TD"),
    Wrote("unroutable", (1, 20.1), "154 0099 0003", "俺家门口路灯好几天不亮了，啥时候给修修"),
)
"""Each short code once, and one that a person has to read."""

SLIPS_N = 20


class Slip(NamedTuple):
    """What stands on a paper that was typed in later."""

    number: int
    written: Moment
    typed_in: Moment
    where: str
    category: str
    title: str
    words: str


SLIPS = (
    Slip(
        0,
        (3, 9.2),
        (2, 15.1),
        "LLM-020",
        "production.sales",
        "想联系收购白萝卜的客商",
        "地里还有四亩萝卜，一斤一毛五就卖。",
    ),
    Slip(1, (3, 10.1), (2, 15.3), "HQ-021", ROADS, "村北生产路雨后进不去", "机收的车进不来，想垫点砖渣。"),
)
SHIFT_NOTE = (
    "一、县道护栏那件已办结，今天八点半以后回访。二、网络短信有一条没认出是哪个村，要人看一下。"
    "三、110 那边转过去的打架一事还没回话，记得问结果。"
)
FIGHT_REASON, FIGHT_DESK, FIGHT_NUMBER = "邻里动手，有人受伤，要出警", "县公安局指挥中心", "演示-110-2207"
PAID_REASON, PAID_BACK = "拖欠工资，想问怎么走法律援助", "已讲了法律援助的条件，要先由劳动监察立案，请热线继续跟办"
PAID_NUMBER = "演示-12348-0316"
TALK_OFFICE = "分管副局长"
TALK_REASON = "机井一个月不上水，催办三次没有结果"
TALK_AGREED = "两天内换泵试水，换不上就先从五号井接管子浇地；以后每天下午四点前报进度。"

"""Matters of the demo that somebody was rung about, or still has to be: each with what he said. All invented."""

from typing import NamedTuple

from backend.cases.words import Channel, Satisfaction
from backend.hotline.callback_words import CallbackResult
from seed.case_story import CLEAN, ROADS, WELLS, Moment, Told, answered, case_id, done, said, sent, taken

RUNG = (
    Told(
        *("rung_satisfied", Channel.PHONE, ROADS, "LLM-010", (5, 9), "desk"),
        "胡同口的井盖一压就响",
        "半夜过车响得睡不着。",
        (sent((5, 9.2)), taken((5, 14), "construction"), done((3, 16), "construction", "井圈垫了胶条，盖子换了新的。")),
    ),
    Told(
        *("rung_dissatisfied", Channel.PHONE, CLEAN, "HQ-011", (6, 10), "desk"),
        "村后排水沟堵了，一院子臭味",
        "堵了半个月，沟里全是秸秆。",
        (taken((6, 11), "centre"), done((4, 11), "centre", "沟清了一遍，秸秆拉走两车。")),
    ),
    Told(
        *("rung_in_vain", Channel.PHONE, WELLS, "JT-012", (8, 9), "desk"),
        "机井的电表箱门坏了",
        "门关不上，怕孩子碰着。",
        (sent((8, 9.3)), taken((8, 15), "water"), done((6, 16), "water", "换了新箱门，上了锁。")),
    ),
    Told(
        *("to_ring", Channel.PHONE, ROADS, "DGQ-013", (4, 9), "desk"),
        "桥头护栏缺了两根",
        "骑车拐弯容易冲下去。",
        (sent((4, 9.3)), taken((4, 14), "construction"), done((1, 21), "construction", "两根都补焊上，刷了漆。")),
    ),
    Told(
        *("rude", Channel.PHONE, "justice_rights.conduct", "LLM-014", (6, 9), "desk"),
        "办事窗口说话难听",
        "去问医保，说了两句就让我回家自己看。",
        (
            sent((6, 9.5), to="centre"),
            taken((6, 10), "centre"),
            done((2, 15), "centre", "窗口人员已当面道歉，重新讲了一遍，材料一次收齐。"),
        ),
    ),
    Told(
        *("firm", Channel.PHONE, ROADS, "CS-028", (9, 9), "desk"),
        "面粉厂门口的路积水，货车进不来",
        "厂门口八十米，一下雨就陷车，客户不肯来拉货。",
        (
            sent((9, 9.5)),
            taken((9, 14), "construction"),
            done((5, 16), "construction", "坑里填了石子。"),
            answered((4, 9), "desk", "坑已经填上，请看看。"),
            said((4, 10), Satisfaction.DISSATISFIED, "填的石子三天就压没了", by="desk"),
        ),
    ),
)


class Rung(NamedTuple):
    """One try to ring about a case: when, and what he said; None where nobody answered."""

    at: Moment
    result: CallbackResult | None = None
    words: str = ""


class Asked(NamedTuple):
    """A resolution whose callback was opened at a moment, and the tries since."""

    case: str
    at: Moment
    tries: tuple[Rung, ...] = ()


R = CallbackResult
ASKED = (
    Asked("rung_in_vain", (6, 16.1), (Rung((5, 9.5)), Rung((5, 16)), Rung((4, 12.5)))),
    Asked(
        "rung_dissatisfied", (4, 11.1), (Rung((3, 9.5), R.DISSATISFIED, "只清了路边的，院后头还堵着，味一点没少。"),)
    ),
    Asked("rung_satisfied", (3, 16.1), (Rung((2, 10), R.SATISFIED, "不响了，能睡着了。"),)),
    Asked("rude", (2, 15.1), (Rung((2, 16)),)),
    Asked("late_slip", (2, 10.1), (Rung((1, 9), R.SPOKEN, "等化验结果出来再说。"),)),
    Asked("explained_only", (1, 15.1)),
    Asked("to_be_told", (1, 16.1)),
    Asked("to_ring", (1, 21.1)),
)
"""Satisfied; dissatisfied, so that it is open again and supervised; unreachable; due this morning; long due."""

FIRM = case_id("firm")
FIRM_NAME = "高唐县演示面粉有限公司"
FIRM_SAYS = "填石子不管用，要的是把这八十米硬化。为这事跑了两趟，耽误了三车货。"
FIRM_AT: Moment = (1, 17)

"""Cases that have ended, well or not, and what citizens said of it."""

from backend.cases import ending, merging, working
from backend.cases.words import CaseKind, Channel
from seed.case_story import (
    CLEAN,
    DANGER,
    LAND,
    OLD_AGE,
    QUESTION,
    RELIEF,
    ROADS,
    WELLS,
    S,
    Then,
    Told,
    answered,
    case_id,
    done,
    said,
    sent,
    taken,
    told,
)
from seed.case_words_open import INSURANCE, LOST_DEED

ENDED = (
    Told(
        *("emergency", Channel.PHONE, DANGER, "LWZ-018", (2, 2), "desk"),
        "大树倒在县道上，挡住一半路",
        "夜里两点，有车差点撞上。",
        (
            sent((2, 2.05)),
            taken((2, 2.2), "construction"),
            told((2, 2.7), "construction", "人已经到，先摆了警示灯，正在锯。"),
            done((2, 4.5), "construction", "树已锯开拉走，路通了。"),
            answered((2, 8.5), "desk", "凌晨四点半路已经通了，谢谢您报得及时。"),
            said((2, 9), S.SATISFIED, "来得快"),
        ),
    ),
    Told(
        *("explained", Channel.WEB, RELIEF, "DH-019", (12, 9), ""),
        "申请低保",
        "今年收成不好，想申请。",
        (
            sent((12, 10)),
            taken((12, 14), "civil"),
            Then(
                *(working.explain, (9, 15), "civil"),
                {
                    "reason_code": "over_the_limit",
                    "remark": "按上半年核算，人均收入高出标准。另有临时救助可以申请，材料已送到家里。",
                },
            ),
            answered((9, 16), "civil", "见面讲过，材料留下了。"),
            said((8, 9), S.SATISFIED),
        ),
    ),
    Told(
        *("explained_only", Channel.PHONE, LAND, "HZ-012", (8, 15), "desk"),
        "想在承包地里盖看护房",
        "看大棚用，二十平方。",
        (
            sent((8, 15.5)),
            taken((7, 9), "construction"),
            Then(
                *(working.explain, (1, 15), "construction"),
                {
                    "reason_code": "basic_farmland",
                    "remark": "那块是基本农田，不能盖。可以用十五平方以内的活动板房，要先备案。",
                },
            ),
        ),
    ),
    Told(
        *("contested", Channel.PHONE, "production.sales", "CS-020", (10, 9), "desk"),
        "要镇里按去年的价把萝卜全收了",
        "今年价低，一斤才一毛二。",
        (
            sent((10, 10)),
            Then(working.reject, (8, 10), "farming", {"reason": "政府不能定收购价。已把三家收购商的电话给您。"}),
            Then(ending.contest, (3, 9), "", {"reason": "三家都打了，有一家说满了，两家不接。"}),
            sent((3, 10), to="farming"),
            taken((3, 15), "farming"),
        ),
    ),
    Told(
        *("rejected", Channel.APP, "employment.training", "TZ-021", (7, 21), ""),
        "要求培训一天发五百块误工费",
        "去年隔壁县发过。",
        (
            sent((6, 9), to="centre"),
            Then(working.reject, (5, 9), "centre", {"reason": "培训免费，管午饭。误工费没有这项规定。"}),
        ),
    ),
    Told(
        *("reopened", Channel.WECHAT, CLEAN, "LLM-022", (14, 8), ""),
        "坑塘里漂着垃圾",
        "夏天味大，水面上一层。",
        (
            taken((14, 9), "centre"),
            done((12, 9), "centre", "捞了一遍，拉走两车。"),
            answered((12, 10), "centre", "已清理，请到现场看看。"),
            said((11, 9), S.DISSATISFIED, "只捞了一边"),
            Then(ending.reopen, (2, 9), "", {"reason": "西边没捞，又漂回来了。"}),
        ),
    ),
    Told(
        *("merged_into", Channel.APP, ROADS, "HZ-023", (4, 19), ""),
        "韩寨村到镇上那段路灯全不亮",
        "八盏灯，上周还亮。",
        (sent((4, 20)), taken((3, 8), "construction")),
    ),
    Told(
        *("merged", Channel.WECHAT, ROADS, "HZ-024", (3, 20), ""),
        "韩寨村去镇上的路灯不亮",
        "一路上八盏全黑。",
        (
            Then(
                *(merging.merge, (3, 21), "desk"),
                {"into_case_id": case_id("merged_into"), "reason": "和前一天报的是同一段路灯，一起办，两个号都能查。"},
            ),
        ),
    ),
    Told(
        *("on_the_spot", Channel.PHONE, QUESTION, "DGQ-025", (3, 10), "desk"),
        "土地承包证在哪里补办",
        "证找不到了。",
        more={"kind": CaseKind.QUESTION, "answer": LOST_DEED},
    ),
    Told(
        *("insurance", Channel.PHONE, QUESTION, "LWZ-026", (6, 11), "desk"),
        "医保最晚哪天缴",
        "手机上缴不进去。",
        (said((5, 9), S.SATISFIED, by="desk"),),
        {"kind": CaseKind.QUESTION, "answer": INSURANCE},
    ),
    Told(
        *("late_slip", Channel.MARKET_STALL, "production.soil_fertilizer", "CS-027", (6, 9.5), "centre"),
        "想免费测一次土",
        "大集上填的纸单，补录。",
        (
            sent((4, 9), "centre"),
            taken((4, 14), "farming"),
            done((2, 10), "farming", "土样已取，三块地各一袋。"),
            answered((1, 10), "farming", "结果出来后送到家里，一周内。"),
        ),
        typed_in=(4, 8.5),
    ),
    Told(
        *("old_age", Channel.VISIT, OLD_AGE, "LLM-003", (7, 10), "cadre"),
        "老人的养老金没到账",
        "上个月起没到。",
        (
            sent((7, 10.5), "cadre"),
            taken((7, 15), "civil"),
            done((5, 11), "civil", "是银行卡过期，已陪着换了卡，两个月的一起补发。"),
            answered((4, 9), "cadre", "入户说过了，钱已到。"),
            said((4, 9.5), S.SATISFIED, "跑了一趟就好了", by="cadre"),
        ),
    ),
    Told(
        *("to_be_told", Channel.PHONE, ROADS, "JT-028", (3, 9), "desk"),
        "村牌被撞歪了",
        "拐弯处，歪向路中间。",
        (sent((3, 9.5)), taken((3, 14), "construction"), done((1, 16), "construction", "扶正，底下打了混凝土。")),
    ),
    Told(
        *("unreachable", Channel.PHONE, WELLS, "HQ-029", (15, 9), "desk"),
        "浇地的闸门关不严",
        "漏水，下游的地泡着。",
        (
            sent((15, 10)),
            taken((15, 14), "water"),
            done((13, 16), "water", "换了闸板和密封条。"),
            answered((12, 9), "desk", "已修好。"),
            said((9, 10), S.UNREACHABLE, by="desk"),
        ),
    ),
    Told(
        *("withdrawn", Channel.APP, "justice_rights.disputes", "DH-030", (5, 12), ""),
        "邻居的树枝伸到我家屋顶",
        "怕刮风砸瓦。",
        (Then(ending.withdraw, (5, 18), "", {"remark": "已经说好了，他自己锯。"}),),
    ),
)
"""Nobody works on it any more, or it came back."""

"""The demo's cases: thirty matters, invented, each with what became of it.

A moment is (days before the planting, hour of that day in Shandong). Every step is a verb of the room of cases with
what it is given, so that a reader sees how each would be called.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, NamedTuple
from uuid import UUID

from backend.cases import dispatching, ending, loops, merging, working
from backend.cases.schemas import SpotAnswer
from backend.cases.words import CaseKind, Channel, Satisfaction
from backend.deadlines.tables import SuspensionReason
from seed import made_id

Moment = tuple[int, float]
S = Satisfaction


class Then(NamedTuple):
    """One step: which verb, when, who takes it (a key of `cases.WHO`; "": the citizen with his receipt), given what."""

    verb: Callable[..., Awaitable[Any]]
    at: Moment
    by: str
    given: Mapping[str, Any]


class Told(NamedTuple):
    """One case: where (the number of a household), by whom it was opened, what happened then.

    typed_in   when a slip came into the computer; the moment before is when it was written
    due        the province's own deadline, days from the planting on
    """

    name: str
    channel: Channel
    category: str
    where: str
    at: Moment
    by: str
    title: str
    description: str
    steps: tuple[Then, ...] = ()
    more: Mapping[str, Any] = {}
    typed_in: Moment | None = None
    due: Moment | None = None

    @property
    def id(self) -> UUID:
        return case_id(self.name)


def case_id(name: str) -> UUID:
    """The id of one of the cases."""
    return made_id(f"case/{name}")


def unit(key: str) -> UUID:
    """The id of a unit of the cast."""
    return made_id(f"unit/{key}")


def sent(at: Moment, by: str = "desk", to: str | None = None) -> Then:
    """Dispatched: to the unit that the routing table proposes, or to one that the desk chose."""
    return Then(dispatching.dispatch, at, by, {"unit_id": unit(to) if to else None})


def taken(at: Moment, by: str) -> Then:
    return Then(dispatching.take_in_hand, at, by, {})


def _told(at: Moment, by: str, remark: str) -> Then:
    return Then(working.respond, at, by, {"remark": remark})


def done(at: Moment, by: str, remark: str) -> Then:
    return Then(working.resolve, at, by, {"remark": remark})


def answered(at: Moment, by: str, remark: str) -> Then:
    return Then(ending.answer, at, by, {"remark": remark})


def said(at: Moment, satisfaction: Satisfaction, remark: str = "", by: str = "") -> Then:
    return Then(ending.evaluate, at, by, {"satisfaction": satisfaction, "remark": remark})


def _handed_over(at: Moment, by: str, to: str, reason: str) -> Then:
    return Then(dispatching.transfer, at, by, {"to_unit_id": unit(to), "reason": reason})


def _up(at: Moment, by: str, to_loop: int, reason: str) -> Then:
    return Then(loops.escalate, at, by, {"to_loop": to_loop, "reason": reason})


WATER, WELLS = "planning_construction.water", "production.irrigation"
ROADS, DANGER = "planning_construction.roads", "planning_construction.road_danger"
CLEAN, LAND = "planning_construction.environment", "planning_construction.land"
RELIEF, OLD_AGE, QUESTION = (
    "livelihood_security.minimum_income",
    "livelihood_security.elderly",
    "other.policy_question",
)
LOST_DEED = SpotAnswer(
    words="不用跑县里。带身份证和土地承包合同，到镇便民服务中心二号窗口办，当场能取。", knowledge_code="land-contract-1"
)
INSURANCE = SpotAnswer(words="居民医保缴到十二月三十一日。手机上缴不了的，到镇便民服务中心三号窗口。")

NEW = (
    Told(
        *("water_off", Channel.PHONE, WATER, "LLM-005", (1, 19.5), "desk"),
        "琉璃庙村东头停水",
        "从下午三点起没水，东头二十来户都这样。",
        (taken((1, 20), "water"),),
    ),
    Told(
        *("water_off_too", Channel.SMS, WATER, "LLM-006", (1, 20.5), ""),
        "琉璃庙村东头没水",
        "东头停水了，二十来户下午三点起没水，做不了饭。",
    ),
    Told(
        *("pigsty", Channel.WECHAT, "production.livestock", "DH-007", (1, 9), ""),
        "猪圈进了水，想请人看看",
        "前天下雨，圈里进水，怕猪生病。",
    ),
    Told(
        *("shop_signs", Channel.OPEN311, ROADS, "HZ-008", (2, 17), ""),
        "村口路牌倒了",
        "路牌倒在沟边，晚上看不见。",
    ),
    Told(
        *("bins", Channel.QR, CLEAN, "JT-009", (1, 15), ""),
        "垃圾桶满了没人拉",
        "扫墙上的码报的。村南头四个桶都满了，两天没拉。",
    ),
    Told(
        *("wages", Channel.WEB, "employment.wages", "CP-010", (4, 20), ""),
        "在镇上工地干活，三个月工资没给",
        "一共九个人，老板电话打不通。",
    ),
)
"""Just come in. Two of them look like one case, and one has no unit in the routing table."""

UNDER_WAY = (
    Told(
        *("green", Channel.VISIT, WELLS, "LLM-001", (2, 10), "cadre"),
        "田头涵管塌了，水排不出去",
        "涵管塌了两节，下雨就淹地，约四亩。",
        (sent((2, 10.2), "cadre"), taken((2, 15), "water")),
        {"photo_ids": [made_id("photo/case culvert")]},
    ),
    Told(
        *("yellow", Channel.PHONE, ROADS, "DGQ-011", (5, 9), "desk"),
        "村西路面有个大坑",
        "桥头往西一百米，坑有脸盆大，三轮车颠翻过一次。",
        (sent((5, 9.3)), taken((5, 14), "construction")),
    ),
    Told(
        *("overdue", Channel.APP, WELLS, "CP-012", (8, 10), ""),
        "机井不上水，麦子浇不了",
        "三号机井一个月不出水，后头的地都等着。",
        (sent((8, 10.5)), taken((8, 16), "water")),
    ),
    Told(
        *("suspended", Channel.PHONE, ROADS, "TZ-013", (6, 9), "desk"),
        "胡同里铺一段砖",
        "一下雨就踩泥，小学生上学走这里。",
        (
            sent((6, 10)),
            taken((6, 14), "construction"),
            Then(
                *(working.suspend, (4, 9), "construction"),
                {
                    "reason_code": SuspensionReason.WEATHER_OR_SEASON,
                    "remark": "砖和沙已备好。地还湿，等土干了再铺，预计一周。",
                },
            ),
        ),
    ),
    Told(
        *("two_hops", Channel.PHONE, CLEAN, "HQ-014", (3, 8), "desk"),
        "排水沟又臭又堵",
        "沟通到村后的河，堵了就往院里倒灌。",
        (
            _handed_over((3, 14), "centre", "construction", "沟出了村，村外的归住建局"),
            _handed_over((2, 9), "construction", "water", "堵在河闸，是水利局的闸"),
        ),
    ),
    Told(
        *("fake_seed", Channel.PHONE, "production.fake_inputs", "CS-015", (11, 9), "desk"),
        "买的麦种出苗不到三成",
        "二月买的，有袋子和收据，种了六亩。",
        (
            sent((11, 9.5)),
            taken((11, 14), "farming"),
            Then(working.note, (10, 10), "farming", {"remark": "和市场监管局约了周五一起去门店取样"}),
            _told((9, 16), "farming", "已到地里看过，取了种子样送检，十天左右出结果。请留好袋子和收据。"),
        ),
    ),
    Told(
        *("homestead", Channel.WALK_IN, LAND, "JT-016", (6, 9), "centre"),
        "宅基地和邻居差一墙，想重新量",
        "两家都同意量，请来个懂的。",
        (sent((6, 9.5), "centre", "construction"), taken((6, 15), "construction")),
    ),
    Told(
        *("province", Channel.PROVINCE, "justice_rights.consumer", "HQ-017", (4, 15), "desk"),
        "网上买的农机配件不给退",
        "省平台转来。配件型号不对，店在本县。",
        (sent((4, 15.5)), taken((3, 9), "market")),
        {"upstream_number": "SZ-演示-0042"},
        due=(-1, 12),
    ),
    Told(
        *("receipt", Channel.WALK_IN, ROADS, "LLM-002", (3, 9), "centre"),
        "村口两盏路灯不亮",
        "晚上接孩子看不清路。",
        (
            sent((3, 9.2), "centre"),
            taken((3, 14), "construction"),
            _told((2, 10), "construction", "已查明是线断了。灯杆要用升降车，约在后天上午来修。"),
        ),
    ),
)
"""Somebody works on it: green, yellow, overdue, standing still, sent on twice, from the province."""

ENDED = (
    Told(
        *("emergency", Channel.PHONE, DANGER, "LWZ-018", (2, 2), "desk"),
        "大树倒在县道上，挡住一半路",
        "夜里两点，有车差点撞上。",
        (
            sent((2, 2.05)),
            taken((2, 2.2), "construction"),
            _told((2, 2.7), "construction", "人已经到，先摆了警示灯，正在锯。"),
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

LOOPS = (
    Told(
        *("canal", Channel.PHONE, WELLS, "CP-004", (13, 9), "desk"),
        "支渠过路的涵洞太小，年年淹",
        "渠归水利，路归住建，两边都说要对方先改。",
        (
            sent((13, 10)),
            taken((13, 15), "water"),
            _told((12, 10), "water", "看过现场：涵洞要加宽，但在路下面，得和住建局一起定。"),
            _up((11, 9), "water", 2, "涵洞在路下面，水利局一家定不了"),
        ),
        {"policy_code": "complex"},
    ),
    Told(
        *("underpass", Channel.WEB, ROADS, "CP-005", (12, 20), ""),
        "茶棚村过路涵洞一下雨就没膝盖",
        "学生绕两里路。",
        (
            sent((11, 9)),
            taken((11, 14), "construction"),
            _up((10, 9), "construction", 2, "积水是从支渠来的，要和水利局一起定"),
        ),
        {"policy_code": "complex"},
    ),
    Told(
        *("suggestion", Channel.WALK_IN, "other.suggestion", "DGQ-006", (9, 9), "centre"),
        "建议在董姑桥小学门口划斑马线、装减速带",
        "上学放学车多，去年蹭过两个孩子。建议划线、装减速带，放学时有人值守。",
        (
            sent((9, 10), "centre", "construction"),
            taken((9, 15), "construction"),
            _told((8, 9), "construction", "建议收到，先请三方签字，再到校门口当面定。"),
        ),
        {"kind": CaseKind.SUGGESTION},
    ),
)
"""Two that a joint meeting takes up; a suggestion, half-way through its nine steps."""

CASES = (*NEW, *UNDER_WAY, *ENDED, *LOOPS)

MEETING = "茶棚村过路涵洞加宽"
MINUTES = (
    "到场看了涵洞。一致意见：由水利局牵头，今冬加宽到一米二，路面由住建局恢复。"
    "镇便民服务中心负责告知两边的户，施工期间学生改走北门。"
)
SUB_TASKS = {
    "water": "出涵洞加宽的图和预算",
    "construction": "定路面开挖和恢复的日子",
    "centre": "在村口贴出施工告示",
}
OFFICES = {"county_leader": "县人大常委会分管副主任", "bureau_head": "县住房和城乡建设局局长"}
HEARING_MINUTES = "三方在校门口当面谈。住建局同意划线、装两条减速带；放学时段的值守由村里和学校排班。建议人同意。"

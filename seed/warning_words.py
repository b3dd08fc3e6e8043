"""The demo's fraud warnings: whom they are about, all invented, and what became of each.

Nobody of them is in the register of households, and no number of theirs can ring.
"""

from typing import NamedTuple
from uuid import UUID

from backend.antifraud.warning_schemas import WarnedPerson
from backend.antifraud.warning_words import AttemptHow, WarningOutcome
from backend.antifraud.words import WarningLevel
from seed import made_id
from seed.clinic_words import NOW, Moment

LLM, HQ, CP, DGQ, JT, HZ = (f"371526101{number}" for number in (335, 336, 250, 331, 340, 371))
HIGH, MEDIUM, LOW = WarningLevel
CALL, SMS, VISIT = AttemptHow
O = WarningOutcome  # noqa: E741 - a column of words


class Step(NamedTuple):
    """What whoever has it does so many minutes after it came: `what` is take, try, close, hand_over, or not_taken."""

    after: int
    what: str
    how: AttemptHow | None = None
    reached: bool = False
    note: str | None = None
    outcome: WarningOutcome | None = None


class Told(NamedTuple):
    """One warning. `at`: days before the planting, and the hour; or (NOW, so many minutes ago).

    posted   by the police centre's system; else typed at its desk
    """

    name: str
    at: Moment
    level: WarningLevel
    village: str
    fraud_type: str
    person: WarnedPerson
    steps: tuple[Step, ...]
    posted: bool = False

    @property
    def id(self) -> UUID:
        return made_id(f"warning/{self.name}")


def _person(name: str, number: int, address_note: str, known: str) -> WarnedPerson:
    return WarnedPerson(name=name, phone=f"154 9900 {number:04}", address_note=address_note, known=known)


def took(after: int) -> Step:
    """收到."""
    return Step(after, "take")


def tried(after: int, how: AttemptHow, reached: bool, note: str | None = None) -> Step:
    """打了、发了、去了."""
    return Step(after, "try", how, reached, note)


def ended(after: int, outcome: WarningOutcome) -> Step:
    """结果."""
    return Step(after, "close", outcome=outcome)


PURGED = (
    Told(
        "purged",
        (45, 9.5),
        HIGH,
        LLM,
        "fake_investment",
        _person("范麦熟", 1, "村南第二排", "跟着“老师”炒股，下午要再转一笔"),
        (took(2), tried(5, CALL, True, "半信半疑，同意先不转"), tried(21, VISIT, True), ended(48, O.DISSUADED)),
    ),
    Told(
        "purged too",
        (45, 15.2),
        LOW,
        HQ,
        "fake_shopping",
        _person("阚小溪", 2, "小学东边", "点过一个低价农具的广告"),
        (took(25), tried(31, SMS, True), ended(40, O.MISTAKEN)),
    ),
)
"""Of a day whose key has been destroyed: only what happened is left of them."""

ENDED = (
    Told(
        "refund",
        (26, 10.1),
        HIGH,
        LLM,
        "fake_customer_service",
        _person("卞巧云", 3, "村委会西第三户", "正和“快递客服”通话，屏幕已共享"),
        (
            took(3),
            tried(6, CALL, False, "一直占线"),
            tried(19, VISIT, True, "到时正在输验证码，当面挂断"),
            ended(58, O.TRANSFER_STOPPED),
        ),
        posted=True,
    ),
    Told(
        "orders",
        (23, 20.6),
        MEDIUM,
        CP,
        "brushing_rebates",
        _person("褚满意", 4, "茶棚村北头", "进了点赞返利的群，已收过两次小钱"),
        (took(9), tried(14, CALL, True, "说清楚了，当场退群"), ended(25, O.DISSUADED)),
    ),
    Told(
        "loan",
        (17, 14.3),
        MEDIUM,
        HQ,
        "fake_loan",
        _person("郗成林", 5, "黄圈村小卖部后院", "填过网上贷款，对方要先交保证金"),
        (
            took(12),
            tried(20, CALL, False, "关机"),
            tried(24, SMS, False),
            tried(70, VISIT, False, "外出打工，家里没人"),
            ended(240, O.UNREACHABLE),
        ),
    ),
    Told(
        "subsidy",
        (15, 8.9),
        LOW,
        JT,
        "fake_authorities",
        _person("逯有粮", 6, "军屯村西街", "接到“社保停用”的电话"),
        (took(30), tried(38, SMS, True), tried(95, CALL, True), ended(101, O.DISSUADED)),
    ),
    Told(
        "sweetheart",
        (12, 19.2),
        HIGH,
        DGQ,
        "online_romance",
        _person("荀晓月", 7, "董姑桥村东头", "要给没见过面的网友转“路费”"),
        (took(4), tried(8, CALL, True, "不愿听，挂断"), tried(27, VISIT, True, "见了面，仍不信"), ended(75, O.REFUSED)),
    ),
    Told(
        "shares",
        (9, 11.4),
        HIGH,
        LLM,
        "fake_investment",
        _person("靳稳当", 8, "村东机井旁", "两小时内转出三笔"),
        (
            took(1),
            tried(4, CALL, True, "前一天已转，陪同报案并申请止付"),
            tried(18, VISIT, True),
            ended(52, O.ALREADY_LOST),
        ),
    ),
    Told(
        "game",
        (7, 16.5),
        LOW,
        LLM,
        "game_trade",
        _person("缪明明家长", 9, "村中卫生室对面", "手机下过买卖游戏账号的软件"),
        (took(40), tried(44, SMS, True), tried(60, CALL, True, "是正规软件"), ended(63, O.MISTAKEN)),
    ),
    Told(
        "credit",
        (4, 13.1),
        MEDIUM,
        HZ,
        "fake_credit_record",
        _person("佘新民", 10, "韩寨村南头", "有人说他的校园贷要注销，不然影响征信"),
        (took(7), tried(15, CALL, True), tried(80, VISIT, True), ended(96, O.DISSUADED)),
        posted=True,
    ),
    Told(
        "night",
        (3, 2.3),
        HIGH,
        LLM,
        "fake_authorities",
        _person("苑守信", 11, "村西水塔下", "“公检法”要他去旅馆独处、不许告诉家人"),
        (
            Step(5, "not_taken"),
            took(7),
            tried(9, CALL, True, "先让他开门，别挂我的电话"),
            tried(33, VISIT, True, "和家人一起听完劝，没有转"),
            ended(60, O.DISSUADED),
        ),
    ),
    Told(
        "parcel",
        (2, 20.5),
        HIGH,
        LLM,
        "fake_customer_service",
        _person("宓春苗", 12, "琉璃庙村幼儿园西", "“客服”说开通了直播会员，每月扣八百"),
        (took(2), tried(5, CALL, True, "挂了骗子的电话"), tried(24, VISIT, True), ended(40, O.DISSUADED)),
    ),
)
"""Of the past weeks: every outcome once at least, one that its first hand slept through."""

RUNNING = (
    Told(
        "handed",
        (NOW, 190),
        MEDIUM,
        LLM,
        "brushing_rebates",
        _person("戚小满", 13, "琉璃庙村北头", "垫付任务从五十元做到了三千元"),
        (
            took(6),
            tried(15, CALL, False, "没人接"),
            Step(60, "hand_over"),
            took(66),
            tried(100, VISIT, False, "锁着门，邻居说傍晚回来"),
        ),
    ),
    Told(
        "tried",
        (NOW, 38),
        MEDIUM,
        LLM,
        "fake_loan",
        _person("栾应急", 14, "村东养殖场", "贷款“账户冻结”，对方要八千元解冻费"),
        (took(5), tried(12, CALL, False, "没接，可能在开车"), tried(14, SMS, False)),
    ),
    Told(
        "today",
        (NOW, 20),
        LOW,
        LLM,
        "fake_shopping",
        _person("邸种田", 15, "村北大棚", "在短视频里看中了低价旋耕机，卖家让加微信付定金"),
        (),
    ),
)
"""Begun and not ended: handed on, tried without luck, for today."""

FRESH = WarnedPerson(
    name="演练对象",
    phone="154 9900 0000",
    address_note="琉璃庙村村委会大院（演练点）",
    known="演练：不用真打电话。点“收到”，钟就停；五分钟没人点，就转给派出所值班的人",
)

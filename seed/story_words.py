"""What contacts of the demo are about, and what one of them is: told, with what became of its needs."""

from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from backend.visits.schemas import NewVisit
from backend.visits.tables import Channel, NeedState
from seed import made_id
from seed.cast import Member

CHANNELS = {Channel.VISIT: 46, Channel.CALL: 27, Channel.WECHAT: 17, Channel.SMS: 10}

ENDINGS = {
    NeedState.SOLVED: 44,
    NeedState.PASSED_ON: 20,
    NeedState.RECEIVED: 21,
    NeedState.UNREASONABLE: 8,
    NeedState.EXPLAINED: 4,
    NeedState.WITHDRAWN: 3,
}

WATER_TOPICS = frozenset({"production.irrigation", "planning_construction.water_power"})
WATER_UNIT = made_id("unit/water")


class Matter(NamedTuple):
    """What a contact was about, and what was asked for."""

    topic: str
    note: str
    need: str | None = None


MATTERS = (
    Matter("production.crop_disease", "看了麦田，下部叶片有少量锈斑，已讲了用药时间。", "请农技员来看小麦锈病"),
    Matter("production.crop_disease", "问了玉米收成，秸秆已还田。"),
    Matter("production.irrigation", "田头水渠有一段塌了，浇不上水。", "修东地塌了的水渠"),
    Matter("production.soil_fertilizer", "讲了测土配方的好处，愿意送土样。", "想免费测一次土"),
    Matter("production.sales", "萝卜下来了，问能不能联系收购。", "帮忙联系收购萝卜的客商"),
    Matter("production.loans", "说明了农业保险怎么报。"),
    Matter("livelihood_security.minimum_income", "家里收入减少，讲了低保怎么申请。", "申请低保，需要指导材料"),
    Matter("livelihood_security.medical", "提醒了医保缴费的最后日期。"),
    Matter("livelihood_security.elderly", "老人独自在家，身体还好，电话可以打通。"),
    Matter("livelihood_security.housing", "西屋屋顶漏雨，拍了照。", "危房鉴定"),
    Matter("employment.jobs", "儿子想在县里找活，给了招聘会的日期。", "介绍附近的零工"),
    Matter("employment.training", "想学电焊，记下了。", "报名电焊培训班"),
    Matter("planning_construction.roads", "村口路灯两盏不亮，晚上不好走。", "修村口两盏路灯"),
    Matter("planning_construction.water_power", "自来水早上水压小。", "查自来水早上没水压的原因"),
    Matter("planning_construction.environment", "胡同里的垃圾桶满了两天。", "垃圾桶清运勤一些"),
    Matter("justice_rights.disputes", "和邻居为一棵树的事，双方都愿意谈。"),
    Matter("justice_rights.fraud", "有陌生电话说中奖，没有转钱，讲了防骗。"),
    Matter("other.thanks", "说上次的路灯修好了，感谢。"),
)

SAID = {
    NeedState.SOLVED: "已办好。",
    NeedState.UNREASONABLE: "规定里没有这一项，已当面说明理由。",
    NeedState.EXPLAINED: "今年没有这项资金，已当面说明，明年再报。",
    NeedState.WITHDRAWN: "家里自己解决了。",
}


class Move(NamedTuple):
    """One step of a need, `after` the visit. `by_handler`: by the department's handler, else by the cadre.

    unit_id   to whom it is passed on; None: the cadre does it himself
    """

    to_state: NeedState
    after: timedelta
    by_handler: bool
    remark: str | None = None
    unit_id: UUID | None = None


class Told(NamedTuple):
    """One contact of the story: recorded by `by`, received by the server at `received_at`, then its need moves."""

    by: Member
    received_at: datetime
    new: NewVisit
    moves: tuple[Move, ...] = ()


class Photos(NamedTuple):
    """Ids of the two photos, and of the second sending of one of them."""

    culvert: UUID = made_id("photo/culvert")
    wheat_rust: UUID = made_id("photo/wheat_rust")
    culvert_again: UUID = made_id("photo/culvert again")


PHOTOS = Photos()

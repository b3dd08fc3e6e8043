"""The demo's sick fields: who answers what, and what farmers asked, invented all of it, each with what became of it.

A moment is (days before the planting, hour of that day in Shandong), as in `case_words`; or (NOW, minutes ago), for
what the first visitor finds waiting.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from backend.cases.words import Channel
from backend.diagnosis.answer_schemas import Advice, Differential, NewAnswer, NewOutcome
from backend.diagnosis.words import Confidence, GrowthStage, Organ, OutcomeResult, Tier, Topic
from backend.people.tables import Role
from seed import made_id
from seed.cast import COUNTY, EXPERTS, LIANGCUN, ON_DUTY, Member, holder

Moment = tuple[int, float]
NOW = -1

FIELD_CROPS = ("maize", "wheat", "soybean", "peanut", "millet", "sorghum")
GREENHOUSE = ("tomato", "cucumber", "pepper", "eggplant", "zucchini", "strawberry", "chinese_cabbage")
INDUSTRIAL = ("cotton", "peanut", "soybean", "sweet_potato", "garlic")
ORCHARD = ("apple", "pear", "peach", "grape", "jujube", "sweet_cherry")
ALL_DAY = "00:00-24:00"
CHIEF, FIELD_EXPERT, FRUIT_EXPERT, LOCAL = EXPERTS
LU, CHENG = holder(Role.EXPERT), next(member for member in ON_DUTY if member.role is Role.EXPERT)


class Answering(NamedTuple):
    """One expert: how farmers see him, and what he is able for. crops empty: all of them."""

    member: Member
    tier: Tier
    title: str
    portrait: str
    crops: tuple[str, ...] = ()
    division_code: str = COUNTY
    place: tuple[float, float] = (116.231, 36.865)
    able_per_day: int = 8
    staffed: str = "08:00-12:00,13:30-20:00"


ANSWERING = (
    Answering(CHIEF, Tier.CHIEF, "首席专家 · 推广研究员", "expert_mu", able_per_day=4, staffed=ALL_DAY),
    Answering(LU, Tier.EXPERT, "农艺师 · 粮食作物", "expert_lu", FIELD_CROPS, able_per_day=10, staffed=ALL_DAY),
    Answering(
        CHENG, Tier.EXPERT, "高级农艺师 · 大棚蔬菜", "expert_cheng", GREENHOUSE, able_per_day=10, staffed=ALL_DAY
    ),
    Answering(FIELD_EXPERT, Tier.EXPERT, "农艺师 · 棉花与花生", "expert_miao", INDUSTRIAL),
    Answering(FRUIT_EXPERT, Tier.EXPERT, "果树技师", "expert_guo", ORCHARD),
    Answering(
        LOCAL,
        Tier.LOCAL,
        "土专家 · 种粮三十年",
        "expert_jiang",
        ("maize",),
        LIANGCUN,
        (116.2815, 36.8967),
        3,
    ),
)


class Then(NamedTuple):
    """One step: what happened (a name that `clinic` knows), when, who (a member; None: the farmer), given what."""

    what: str
    at: Moment
    by: Member | None = None
    given: Any = None


class Asked(NamedTuple):
    """One request: the household's card, when, what. `photos`: files in `photos/`; `phoned`: told at the desk."""

    name: str
    where: str
    at: Moment
    crop: str
    symptoms: str
    photos: Sequence[str] = ()
    phoned: bool = False
    more: Mapping[str, Any] = {}
    steps: Sequence[Then] = ()

    @property
    def id(self) -> UUID:
        return made_id(f"diagnosis/{self.name}")

    @property
    def channel(self) -> Channel:
        return Channel.PHONE if self.phoned else Channel.QR


FLOOD = NewAnswer(
    diagnosis="玉米涝害：根泡在水里透不过气，叶子从下往上发黄。",
    condition_code="maize.waterlogging",
    confidence=Confidence.SURE,
    advice=Advice(
        steps=[
            "今天就排水：先挖通地头的排水沟，再在田里隔几垄开一条浅沟。",
            "水退后趁地皮发白，浅锄一遍散墒透气，倒了的扶起来培土。",
            "叶片还绿的地块，喷一遍叶面肥，过七天再喷一遍。",
            "发黄不返青、根已发黑的地块不要再投钱，改种晚熟绿豆或秋菜。",
        ],
        timing="排水越早越好，泡水超过三天减产会很重。",
        warning="下地注意漏电的泵线。",
    ),
    visit_proposed=True,
)
GREY_MOULD = NewAnswer(
    diagnosis="番茄灰霉病：棚里又冷又潮，从花和残叶开始烂，长灰毛。",
    condition_code="tomato.grey_mould",
    confidence=Confidence.SURE,
    differential=[Differential(words="晚疫病的斑边上长白霉，不是灰毛。", condition_code="tomato.late_blight")],
    advice=Advice(
        steps=[
            "把长灰毛的花、果、叶轻轻摘下装进袋子，带出棚外埋掉，别抖。",
            "中午放风，把湿气放出去；浇水改在晴天上午，浇膜下。",
            "三天后再看，新叶不长灰毛就不用打药。",
        ],
        timing="连阴天前后最容易发病，提早放风。",
        protection=["戴口罩", "戴手套"],
    ),
)
MILDEW = NewAnswer(
    diagnosis="黄瓜霜霉病：叶脉围成的黄色多角斑，潮湿时叶背有灰黑霉。",
    condition_code="cucumber.downy_mildew",
    confidence=Confidence.LIKELY,
    differential=[Differential(words="细菌性角斑病叶背不长霉，有时有水渍和白痂。")],
    advice=Advice(
        steps=[
            "摘掉底部病叶，带出棚外。",
            "早晨先放湿气再闭棚升温。",
            "按标签用一种登记在黄瓜霜霉病上的药，叶背喷到。",
        ],
        protection=["戴口罩和手套", "顺风打药"],
    ),
)
RUST = NewAnswer(
    diagnosis="玉米南方锈病：叶面密布橙黄小疱，手一抹一层黄粉。",
    condition_code="maize.southern_rust",
    confidence=Confidence.SURE,
    advice=Advice(
        steps=["先看棒三叶：上面没有疱，先不打药，三天看一次。", "棒三叶也有了，和邻居约好同一天统防。"],
        timing="下过雨又热的天传得最快。",
    ),
)

WHEAT = {"growth_stage": GrowthStage.SEEDLING, "organ": Organ.LEAF}
FRUITING = {"growth_stage": GrowthStage.FRUITING}

ASKED = (
    Asked(
        "flooded",
        "HQ-001",
        (52, 7.2),
        "maize",
        "一夜大雨，全村一千二百多亩玉米地进了水，水到小腿，叶子发黄，请专家来看。",
        phoned=True,
        more={"area_mu": 1275.0, "topic": Topic.WEATHER, "organ": Organ.WHOLE_PLANT, "contact_phone": "154 0000 0061"},
        steps=(
            Then("claim", (52, 7.4), CHIEF),
            Then("answer", (52, 8.1), CHIEF, FLOOD),
            Then("tell", (52, 8.3), holder(Role.OPERATOR)),
            Then(
                "outcome",
                (38, 9.0),
                None,
                NewOutcome(
                    result=OutcomeResult.BETTER,
                    area_mu=1275.0,
                    value_saved_yuan=240_000.0,
                    value_method="村支书按每亩少损失约 190 元估算（本人口述）",
                    words="水当天排下去了，大部分返青。",
                ),
            ),
            Then("helped", (38, 9.1)),
        ),
    ),
    Asked(
        "tomato",
        "LLM-003",
        (6, 8.5),
        "tomato",
        "大棚西红柿花上长灰毛，果子从蒂那里烂。",
        ("tomato_mould",),
        more={"area_mu": 1.2, "topic": Topic.DISEASE, "organ": Organ.FRUIT, "learning": True, **FRUITING},
        steps=(
            Then("claim", (6, 9.0), CHENG),
            Then("answer", (6, 9.4), CHENG, GREY_MOULD),
            Then("helped", (5, 19.0)),
        ),
    ),
    Asked(
        "cucumber",
        "CP-002",
        (1, 9.2),
        "cucumber",
        "黄瓜叶子一块一块黄，一格一格的。",
        ("cucumber_mildew",),
        more={"area_mu": 0.8, "organ": Organ.LEAF, "learning": True, **FRUITING},
        steps=(Then("claim", (1, 9.7), CHENG), Then("answer", (1, 10.1), CHENG, MILDEW)),
    ),
    Asked(
        "asked_back",
        "JT-004",
        (1, 14.2),
        "pepper",
        "辣椒秧一片一片蔫，早上还好，中午就耷拉。",
        more={"area_mu": 2.0, "organ": Organ.WHOLE_PLANT, **FRUITING},
        steps=(
            Then("claim", (1, 14.6), CHENG),
            Then("ask", (1, 14.9), CHENG, "请拔一棵蔫了的，把根洗净拍一张；茎基部发黑吗？最近浇过大水吗？"),
        ),
    ),
    Asked(
        "walk_in",
        "TZ-002",
        (1, 10.0),
        "wheat",
        "麦苗叶尖发黄，一溜一溜的，问是不是冻的。",
        phoned=True,
        more={"area_mu": 6.0, "contact_phone": "154 0000 0062", **WHEAT},
        steps=(
            Then("claim", (1, 10.3), LU),
            Then(
                "answer",
                (1, 10.8),
                LU,
                NewAnswer(
                    diagnosis="像是播得过深加上缺氮，不是冻害。",
                    confidence=Confidence.LIKELY,
                    advice=Advice(
                        steps=["扒开看看播深，超过五厘米的先别急着浇。", "返青时随水追一次氮肥，亩用量等测土结果。"]
                    ),
                ),
            ),
        ),
    ),
    Asked("dark", "DGQ-001", (NOW, 150), "wheat", "麦叶上有黄点。", ("too_dark",), more=WHEAT),
    Asked(
        "wheat_yellow",
        "LLM-001",
        (NOW, 36),
        "wheat",
        "麦叶上一道一道黄粉，手一抹就掉，东地最重。",
        ("wheat_yellow",),
        more={"area_mu": 4.5, "topic": Topic.DISEASE, **WHEAT},
    ),
    Asked(
        "borer",
        "TZ-003",
        (NOW, 24),
        "maize",
        "存的青贮玉米叶子上好些窟窿，里面有虫粪。",
        ("maize_borer",),
        more={"area_mu": 3.0, "topic": Topic.PEST, "organ": Organ.LEAF},
        steps=(Then("claim", (NOW, 0), LU),),
    ),
    Asked(
        "urgent",
        "DH-001",
        (NOW, 18),
        "wheat",
        "打完除草剂第三天，一百六十亩麦子发白打卷，邻居的没事。",
        phoned=True,
        more={"area_mu": 160.0, "topic": Topic.CHEMICAL_DAMAGE, "contact_phone": "154 0000 0063", **WHEAT},
    ),
)

RUSTY = tuple(
    Asked(
        f"rust {number}",
        where,
        (9 - number, 9.0 + number / 3),
        "maize",
        "晚玉米叶子上全是黄粉疱。",
        ("maize_rust",),
        more={
            "area_mu": 3.0 + number,
            "topic": Topic.DISEASE,
            "organ": Organ.LEAF,
            "learning": number % 2 == 0,
            "contact_phone": f"154 0000 007{number}",
        },
        steps=(
            Then("claim", (9 - number, 9.5 + number / 3), LU),
            Then("answer", (9 - number, 9.9 + number / 3), LU, RUST),
        ),
    )
    for number, where in enumerate(("LLM-005", "LLM-008", "HQ-004", "HQ-006", "DGQ-005", "JT-007"), 3)
)
"""Six households in one week: an outbreak is raised."""

SECOND_OPINION = ("flooded", CHIEF, LU)
"""Of which request, who asks, who answers: blind, and not yet answered."""

RECEIPT = "cucumber"
"""Whose receipt demo.json shows: answered, and the farmer has not said yet whether it helped."""

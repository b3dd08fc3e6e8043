"""The demo's sick fields: what farmers asked, invented all of it, each with what became of it.

A moment is (days before the planting, hour of that day in Shandong), as in `case_story`; or (NOW, minutes ago), for
what the first visitor finds waiting.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from backend.cases.words import Channel
from backend.diagnosis.answer_schemas import Advice, NewAnswer, NewOutcome
from backend.diagnosis.words import Confidence, GrowthStage, Organ, OutcomeResult, Topic
from backend.people.tables import Role
from seed import made_id
from seed.cast import Member, holder
from seed.clinic_answer_words import FLOOD, GREY_MOULD, MILDEW, RUST
from seed.clinic_expert_words import CHENG, CHIEF, LU

Moment = tuple[int, float]
NOW = -1


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

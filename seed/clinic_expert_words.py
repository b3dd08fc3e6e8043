"""Who answers in the crop clinic: crops, hours and how many a day."""

from typing import NamedTuple

from backend.diagnosis.words import Tier
from backend.people.tables import Role
from seed.cast import COUNTY, EXPERTS, LIANGCUN, ON_DUTY, Member, holder

CHIEF, FIELD_EXPERT, FRUIT_EXPERT, LOCAL = EXPERTS
LU, CHENG = holder(Role.EXPERT), next(member for member in ON_DUTY if member.role is Role.EXPERT)
FIELD_CROPS = ("maize", "wheat", "soybean", "peanut", "millet", "sorghum")
GREENHOUSE = ("tomato", "cucumber", "pepper", "eggplant", "zucchini", "strawberry", "chinese_cabbage")
INDUSTRIAL = ("cotton", "peanut", "soybean", "sweet_potato", "garlic")
ORCHARD = ("apple", "pear", "peach", "grape", "jujube", "sweet_cherry")
ALL_DAY = "00:00-24:00"


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

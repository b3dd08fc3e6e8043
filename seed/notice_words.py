"""What the demo's notices say."""

from datetime import datetime, timedelta

from backend.people.tables import Role
from backend.push.provider import Category
from backend.push.schemas import NewNotice
from backend.push.wording import Text
from seed.cast import COUNTY

WELCOME = Text(
    title_zh="这是演示县",
    title_en="This is a demo county",
    zh="这里的人和事都是虚构的，可以放心试：登记、办任务、换班、发通知都行，不会发到真的手机上。",
    en="Everybody and everything here is invented. Try whatever you like: nothing reaches a real phone.",
)
MEETING = Text(
    title_zh="周五下午两点碰头会",
    title_en="Meeting on Friday at two",
    zh="周五下午两点，县群众工作办公室二楼。各单位带本周没办结的事项清单，每家三分钟。",
    en="Friday at two, second floor. Bring the list of what is open; three minutes each.",
)
RAINSTORM = Text(
    title_zh="暴雨橙色预警",
    title_en="Orange rainstorm warning",
    zh="今天中午前后有大到暴雨。请马上看一遍低洼处的户和沟口，有险先撤人，再报值班室。看到请点“知道了”。",
    en="Heavy rain at noon. Check low-lying houses and ditches now: people first, then report.",
)


def over() -> NewNotice:
    """For cadres, citizens and groups of the whole county."""
    return NewNotice(
        division_codes=[COUNTY],
        category=Category.SERVICE,
        title_zh="周五看苗讲课",
        title_en="Look at the seedlings on Friday",
        text_zh="周五上午九点到十一点，县农技员在各村村委会门口看苗、讲返青前的管理。可以带一把土、几棵苗来。来不了的，把照片发给驻村干部。",
        text_en="Friday 9 to 11, at the village office. Bring soil or seedlings.",
        roles=[Role.CADRE],
        citizens=True,
        groups=True,
        public=True,
    )


def on_its_way(morning: datetime) -> NewNotice:
    """Counts for another week."""
    return NewNotice(
        division_codes=[COUNTY],
        category=Category.SERVICE,
        title_zh="下周停水检修",
        title_en="No water next week",
        text_zh="下周二早八点到晚八点，梁村镇、汇鑫街道检修水管，停水。请提前接两桶水。有卧床老人的户，打电话给驻村干部，我们送水上门。",
        text_en="Tuesday 8 to 20: no water. Fill two buckets.",
        roles=[Role.CADRE, Role.ASSISTANT],
        citizens=True,
        groups=True,
        public=True,
        expires_at=morning + timedelta(days=7),
    )

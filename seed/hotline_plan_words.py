"""What the demo's units promised everybody, and what households are asked by telephone. All invented."""

from typing import NamedTuple

from backend.hotline.survey_schemas import SurveyChoice, SurveyQuestion
from backend.hotline.words import PledgeState


class Pledged(NamedTuple):
    """One pledge: days from the planting until it is due, and what became of it (days ago)."""

    title: str
    unit: str
    office: str
    due: int
    state: PledgeState = PledgeState.UNDERWAY
    done: int | None = None
    note: str | None = None


S = PledgeState
SPRING = "第一批民生实事（演示）"
AUTUMN = "第二批民生实事（演示）"
BATCHES = {
    SPRING: (
        Pledged("梁村镇六个村的巷道路灯全部点亮", "construction", "村镇建设股", -30, S.DONE, 41),
        Pledged(
            "给一百二十户危房做完鉴定", "construction", "房屋安全股", -25, S.DONE, 19, "下雨停了六天，晚了六天完成。"
        ),
        Pledged("十二个镇街都有一处老年食堂", "civil", "养老服务股", -10),
        Pledged("二十个村的机井换上智能电表", "water", "农村水利股", 9),
        Pledged(
            "在县城建一处大货车停车场",
            "construction",
            "市政股",
            -15,
            S.DROPPED,
            None,
            "选址压在管线上，安全不允许，改到明年另选。",
        ),
    ),
    AUTUMN: (
        Pledged("给三百户免费测土，一户一张施肥单", "farming", "土肥站", 18),
        Pledged("集市上每月有一次农产品快检", "market", "食品流通股", 25, S.DONE, 3),
        Pledged("梁村镇便民服务中心周六上午有人值班", "centre", "镇便民服务中心", 30, S.DONE, 8),
        Pledged("把五条断头水渠接通", "water", "农村水利股", 35),
    ),
}


def _asked(code: str, text: str, *choices: tuple[str, str, bool]) -> SurveyQuestion:
    return SurveyQuestion(
        code=code, text=text, choices=[SurveyChoice(code=each, text=said, counted=good) for each, said, good in choices]
    )


QUESTIONS = [
    _asked(
        *("content", "您对本镇干部今年办事，总的满意不满意？"),
        *(
            ("very", "很满意", True),
            ("fairly", "比较满意", True),
            ("not_really", "不太满意", False),
            ("no", "不满意", False),
        ),
    ),
    _asked(
        *("visited", "这三个月里，有没有干部到您家来过？"),
        *(("yes", "来过", True), ("no", "没来过", False), ("unsure", "记不清", False)),
    ),
    _asked(
        *("helped", "您反映过的事，办得怎么样？"),
        *(("settled", "办好了", True), ("under_way", "还在办", False), ("none", "没反映过", False)),
    ),
]
ANSWERS = (
    {"content": "very", "visited": "yes", "helped": "settled"},
    {"content": "fairly", "visited": "yes", "helped": "none"},
    {"content": "very", "visited": "yes", "helped": "under_way"},
    {"content": "not_really", "visited": "no", "helped": "under_way"},
    {"content": "fairly", "visited": "unsure", "helped": "none"},
    {"content": "very", "visited": "yes", "helped": "settled"},
    {"content": "no", "visited": "no"},
)
"""Given in turn; whoever would not answer a question is left out there."""

"""What the demo's people are asked to do on the day the county was planted, so that their front page has something.

The rooms that ask for such things in earnest come later; here the seed asks in their place.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from backend.core import clock
from backend.people.actors import Actor
from backend.people.tables import Role
from backend.tasks.actions import ask, complete_task
from backend.tasks.schemas import NewTask
from backend.tasks.tables import TaskKind, Urgency
from seed import made_id
from seed.cast import Member, holder
from seed.households import NewHousehold

READY_TEXT = (
    "各位乡亲：明天上午九点到十一点，县农技员在村委会门口免费看苗、讲小麦返青前的管理。\n"
    "可以带一把土、几棵苗来。来不了的，把照片发给驻村干部。"
)


async def ask_around(cast: Mapping[Member, Actor], households: list[NewHousehold], morning: datetime) -> None:
    """Ask them the evening before this `morning`; one thing is done before seven, and one ran out in the night."""
    with clock.stopped(morning - timedelta(hours=12)):
        for task in [*_of_the_cadre(households, morning), *_of_others(morning)]:
            await ask(task=task)
    with clock.stopped(morning - timedelta(minutes=20)):
        await complete_task(task_id=made_id("task/water"), by=cast[holder(Role.CADRE)], remark="群里有人问时间，已回")


def _of_the_cadre(households: list[NewHousehold], morning: datetime) -> list[NewTask]:
    houses = {household.code: household.id for household in households}
    me = holder(Role.CADRE).id
    return [
        _task(
            "warning",
            TaskKind.VISIT,
            "上门核实：这户可能接到了诈骗电话",
            "Go and see: this household may have had a fraud call",
            detail_zh="先打电话，打不通就上门。请对方不要转账。",
            household_id=houses["LLM-001"],
            urgency=Urgency.EMERGENCY,
            due_at=morning + timedelta(hours=2),
        ),
        _task(
            "studio",
            TaskKind.CALL,
            "给县农技工作室回电话，约测土的日子",
            "Call the county studio back about the soil test",
            assignee_id=me,
            office_phone="0635-1540001",
            urgency=Urgency.HIGH,
            due_at=morning + timedelta(hours=9),
        ),
        _task(
            "seedlings",
            TaskKind.VISIT,
            "入户看补种后的麦苗",
            "Look at the reseeded wheat",
            household_id=houses["LLM-003"],
            due_at=morning + timedelta(hours=34),
        ),
        _task(
            "roof",
            TaskKind.VISIT,
            "回访：西屋屋顶修好了没有",
            "Ask again whether the roof is mended",
            household_id=houses["LLM-002"],
            due_at=morning + timedelta(hours=34),
        ),
        _task(
            "group",
            TaskKind.FORWARD_TEXT,
            "把这段话发到琉璃庙村民群",
            "Post this text to the village group",
            assignee_id=me,
            detail_zh=READY_TEXT,
            headcount=113,
        ),
        _task(
            "photo",
            TaskKind.OTHER,
            "补一张东地水渠修好后的照片",
            "Add a photo of the mended ditch",
            assignee_id=me,
            link="/console/photos",
            urgency=Urgency.LOW,
        ),
        _task(
            "insurance",
            TaskKind.CALL,
            "提醒这户缴医保，昨晚截止",
            "Remind this household of the insurance, due last night",
            household_id=houses["LLM-004"],
            expires_at=morning - timedelta(hours=7),
        ),
        _task(
            "water",
            TaskKind.FORWARD_TEXT,
            "把停水通知发到琉璃庙村民群",
            "Post the notice about the water to the village group",
            assignee_id=me,
            headcount=113,
        ),
    ]


def _of_others(morning: datetime) -> list[NewTask]:
    return [
        _task(
            "shift",
            TaskKind.CONFIRM_SHIFT,
            "确认周六晚上的值班",
            "Confirm the Saturday night shift",
            assignee_id=holder(Role.OPERATOR).id,
            due_at=morning + timedelta(days=1),
        ),
        _task(
            "ditch",
            TaskKind.EXPEDITE,
            "东地水渠：快到期限，请回复进度",
            "The ditch: nearly due, say how far it is",
            assignee_id=holder(Role.HANDLER).id,
            urgency=Urgency.HIGH,
            due_at=morning + timedelta(hours=5),
        ),
    ]


def _task(name: str, kind: TaskKind, title_zh: str, title_en: str, **more: Any) -> NewTask:
    return NewTask(
        id=made_id(f"task/{name}"),
        kind=kind,
        title_zh=title_zh,
        title_en=title_en,
        origin_room="seed",
        origin_id=made_id(f"asked/{name}"),
        **more,
    )

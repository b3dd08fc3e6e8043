"""Words and shapes of notices. A sign or a pattern stands with every colour, so that colour never tells alone."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from itertools import groupby

from msgspec import Struct

from backend.console import labels, task_labels
from backend.core.words import say
from backend.people.tables import Role
from backend.push.campaign_schemas import Door, Posted
from backend.push.provider import Category
from backend.push.schemas import InboxNotice
from backend.push.states import CampaignState, DeliveryState
from backend.tasks.tables import TaskState

_CATEGORIES = {
    Category.EMERGENCY: ("▲ Emergency notice", "bad", "Now, on every way at once, day and night; it rings on."),
    Category.SERVICE: ("◆ About a service", "warn", "What somebody waits for: one way after another, not at night."),
    Category.INFO: ("○ For information", "", "Good to know: one way after another, unhurried, not at night."),
}

_CAMPAIGNS = {
    CampaignState.SCHEDULED: ("◷ Begins later", "warn"),
    CampaignState.RUNNING: ("▶ Being sent", "good"),
    CampaignState.PAUSED: ("‖ Paused", "warn"),
    CampaignState.CANCELLED: ("✕ Called off", "bad"),
    CampaignState.FINISHED: ("✓ All sent", ""),
}

_DELIVERIES = {
    DeliveryState.SHOWN: "Shown on the phone",
    DeliveryState.DELIVERED: "Arrived on the phone",
    DeliveryState.ACCEPTED: "Handed to the carrier",
    DeliveryState.PENDING: "Waiting to go out",
    DeliveryState.SCHEDULED: "Held back until later",
    DeliveryState.MUTED: "Muted by the recipient",
    DeliveryState.EXPIRED: "Too late to be sent",
    DeliveryState.DENIED: "Not sent any more",
    DeliveryState.FAILED: "Not delivered",
}
"""In the order of the bar: the farthest first, then what waits, then what did not come through."""

_POSTED = {
    TaskState.DONE: ("✓ Posted", "good"),
    TaskState.OPEN: ("○ Not posted yet", "warn"),
    TaskState.ACKNOWLEDGED: ("◐ Will be posted", "warn"),
    TaskState.HANDED_OVER: ("→ Given to a colleague", ""),
    TaskState.DECLINED: ("✕ Cannot be posted", "bad"),
    TaskState.EXPIRED: ("□ Not posted in time", "bad"),
    TaskState.WITHDRAWN: ("– No longer needed", ""),
}

moment, place = task_labels.moment, labels.place


class Segment(Struct, frozen=True):
    """One piece of a bar of 1,000 units: from where, how wide, and the words beside it."""

    state: str
    label: str
    n: str
    begins: int
    width: int


def categories() -> list[tuple[str, str, str]]:
    """Each category's code, its word, and what it means for whoever gets it."""
    return [(category.value, say(label), say(meaning)) for category, (label, _, meaning) in _CATEGORIES.items()]


def category(value: str) -> tuple[str, str]:
    """Sign and word with their tone."""
    label, tone, _ = _CATEGORIES[Category(value)]
    return say(label), tone


def meaning(value: str) -> str:
    """What a category means for whoever gets it."""
    return say(_CATEGORIES[Category(value)][2])


def campaign(state: str) -> tuple[str, str]:
    """Where a campaign stands: sign and word with their tone."""
    label, tone = _CAMPAIGNS[CampaignState(state)]
    return say(label), tone


def segments(states: Mapping[DeliveryState, int]) -> list[Segment]:
    """The bar's pieces, those that are not empty; a piece of one message in a million can still be seen."""
    total, begins = sum(states.values()), 0
    found = []
    for state, label in _DELIVERIES.items():
        if n := states.get(state, 0):
            width = max(6, round(1000 * n / total))
            found.append(Segment(state.value, say(label), number(n), begins, width))
            begins += width
    return found


def delivery(state: DeliveryState) -> str:
    """How far one message came."""
    return say(_DELIVERIES[state])


def posted(groups: Iterable[Posted]) -> list[tuple[str, str, str]]:
    """Groups by what became of them: sign and word, tone, and how many of how many people."""
    tallies = {TaskState(each.state): each for each in groups}
    return [
        (say(label), tone, say("{groups} groups, {people} people", groups=number(t.groups), people=number(t.people)))
        for state, (label, tone) in _POSTED.items()
        if (t := tallies.get(state))
    ]


def number(n: int) -> str:
    """With its thousands apart."""
    return f"{n:,}"


def percent(part: int, whole: int) -> int:
    """Whole per cent; all of nothing is nothing."""
    return 100 * part // whole if whole else 0


def role(value: str) -> str:
    """A role's name."""
    return say(value)


def roles() -> list[tuple[str, str]]:
    """Each role's code and name."""
    return [(each.value, say(each.value)) for each in Role]


def urgent(notice: InboxNotice, now: datetime) -> bool:
    """An emergency that still asks for an answer."""
    over = notice.expires_at is not None and notice.expires_at <= now
    return notice.category is Category.EMERGENCY and notice.acknowledged_at is None and not over


def by_server(doors: list[Door]) -> list[tuple[str | None, list[Door]]]:
    """Who should knock, and where; None: nobody serves these households."""
    ordered = sorted(doors, key=lambda door: (door.served_by is None, door.served_by or "", door.household_code))
    return [(name, list(those)) for name, those in groupby(ordered, key=lambda door: door.served_by)]

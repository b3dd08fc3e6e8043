"""The words of outreach as people read them. A sign stands with every colour, so that colour never tells alone."""

from datetime import date

from backend.antifraud.library_files import shipped_types
from backend.antifraud.outreach_schemas import SupervisionCheckRecord
from backend.antifraud.round_schemas import RoundRecord
from backend.console import labels
from backend.core import clock
from backend.core.words import say

GROUPS = tuple(range(1, 7))
"""督导组: the county has six."""

_GAPS = {
    "visits": "nobody visited",
    "talks": "no talk held",
    "posters": "no poster up",
    "letters": "no letter handed out",
}
_KINDS = {"visits": "Visits made", "talks": "Talks", "posters": "Posters", "letters": "Letters"}

place = labels.place


def fraud_types(on: date) -> list[tuple[str, str]]:
    """Each type's code and name, as the list stands on a day."""
    return [(each.code, _name(each.name_zh, each.name_en)) for each in shipped_types() if each.valid_from <= on]


def fraud_type(code: str | None) -> str:
    """A type's name; what names none is about all of them."""
    if code is None:
        return say("all kinds of fraud")
    return next((_name(each.name_zh, each.name_en) for each in shipped_types() if each.code == code), code)


def _name(zh: str, en: str) -> str:
    return labels.topic(zh, en)


def number(n: int) -> str:
    """With its thousands apart."""
    return f"{n:,}"


def percent(part: int, whole: int) -> int:
    """Whole per cent; all of nothing is nothing."""
    return 100 * part // whole if whole else 0


def stands(one: RoundRecord) -> tuple[str, str]:
    """Where a round stands: sign and word with their tone."""
    today = clock.today()
    if one.closed_at is not None:
        return say("✓ Closed"), ""
    if today < one.begins_on:
        return say("◷ Not begun yet"), ""
    if today > one.ends_on:
        return say("! Its last day is over"), "warn"
    return say("▶ Under way"), "good"


def days_left(one: RoundRecord) -> int:
    """Days until the last one, which counts."""
    return (one.ends_on - clock.today()).days + 1


def fix(one: SupervisionCheckRecord) -> tuple[str, str]:
    """Where a finding stands: sign and word with their tone."""
    if one.fixed_on is not None:
        return say("✓ Put right"), "good"
    if one.fix_by is None:
        return say("○ Nothing to put right"), ""
    late = (clock.today() - one.fix_by).days
    if late > 0:
        return say("▲ Overdue by {n} days", n=late), "bad"
    if late == 0:
        return say("◆ Due today"), "warn"
    return say("◇ {n} days left", n=-late), "warn"


def gap(kind: str) -> str:
    """What is missing in a village."""
    return say(_GAPS[kind])


def kind(value: str) -> str:
    """What is counted in a village."""
    return say(_KINDS[value])

"""How it stands with what was agreed in a talk: by word and shape, so that no colour has to be seen."""

from typing import NamedTuple

from backend.core import clock
from backend.core.words import say
from backend.hotline.unit_talk_schemas import UnitTalkRecord

SOON_DAYS = 3
"""So many days before its day it is told as near."""


class Standing(NamedTuple):
    """A sign, a tone and a word."""

    sign: str
    tone: str
    word: str


def standing(one: UnitTalkRecord) -> Standing:
    """Today."""
    if one.fix_by is None:
        return (
            Standing("✓", "good", say("Put right")) if one.fixed_on else Standing("○", "", say("Nothing to put right"))
        )
    if one.fixed_on is not None:
        late = (one.fixed_on - one.fix_by).days
        return Standing("▲", "warn", say("Put right {n} days late", n=late)) if late > 0 else _in_time()
    left = (one.fix_by - clock.today()).days
    if left < 0:
        return Standing("■", "bad", say("Overdue for {n} days", n=-left))
    if left <= SOON_DAYS:
        return Standing("▲", "warn", say("To be put right today") if left == 0 else say("{n} days left", n=left))
    return Standing("●", "good", say("{n} days left", n=left))


def _in_time() -> Standing:
    return Standing("✓", "good", say("Put right in time"))

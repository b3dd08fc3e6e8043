"""What a farmer ticks to hear of, as pictures and signs, and how it reads as wishes and back."""

from msgspec import Struct

from backend.antifraud.library_lists import list_fraud_types
from backend.console.typed import Typed
from backend.core import clock
from backend.core.words import language
from backend.diagnosis.reference import crops
from backend.push.citizen_schemas import CitizenWarnings, Wishes

FRAUD, CROP = "fraud", "crop."
ONLY_EMERGENCIES = "only_emergencies"
IN_PICTURES = 11
ANOTHER = "other"


class Choice(Struct, frozen=True):
    """One tile: `value` as the form sends it, the crop whose picture it shows, its name."""

    value: str
    code: str
    name: str


async def tiles() -> tuple[list[Choice], list[Choice]]:
    """Crops with a picture of their own, and all others."""
    found = [
        Choice(f"{CROP}{each.code}", each.code, each.name_zh if language.get() == "zh" else each.name_en)
        for each in (await crops()).on(clock.today())
        if each.code != ANOTHER
    ]
    return found[:IN_PICTURES], found[IN_PICTURES:]


async def wishes_of(form: Typed) -> Wishes:
    """What was ticked; a value that nobody offers is left out. Fraud stands for all its kinds of today."""
    pictured, others = await tiles()
    ticked = form.all("interests")
    chosen = [each.value for each in [*pictured, *others] if each.value in ticked]
    if FRAUD in ticked:
        chosen += [f"{FRAUD}.{each.code}" for each in list_fraud_types()]
    return Wishes(interests=chosen, only_emergencies=form.get(ONLY_EMERGENCIES) == "yes")


def ticked_of(wishes: Wishes | CitizenWarnings) -> list[str]:
    """The tiles that wishes stand for."""
    fraud = [FRAUD] if any(each.startswith(f"{FRAUD}.") for each in wishes.interests) else []
    return [*fraud, *(each for each in wishes.interests if each.startswith(CROP))]

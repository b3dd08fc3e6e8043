"""Where a draft begins: an empty form, a usual kind of warning, or an approved story or bulletin of the library."""

from typing import Any

from msgspec.structs import replace

from backend.alerts.messages import MOST_EVENT_CHARACTERS
from backend.alerts.words import AlertCategory, AlertCertainty, AlertColour, AlertUrgency
from backend.antifraud.library_lists import list_fraud_types, list_library
from backend.antifraud.library_schemas import LibraryItemRecord
from backend.console.alerts.form import MOST_HEADLINE, OWN, AlertForm, quick_ends
from backend.core.ids import uuid7
from backend.core.words import Term
from backend.push.wording import said

_DAY, _WEEK = 2, 4
"""Of the quick choices."""

_DIAL = Term("96110, the police against fraud")
_PRESETS: dict[str, dict[str, Any]] = {
    "fraud": {
        "event": Term("Telephone and online fraud"),
        "category": AlertCategory.SECURITY,
        "colour": AlertColour.YELLOW,
        "urgency": AlertUrgency.EXPECTED,
        "certainty": AlertCertainty.OBSERVED,
        "instruction": Term("Transfer nothing and tell nobody a code. Ring 96110 first."),
        "contact": _DIAL,
        "ends": _WEEK,
    },
    "rain": {
        "event": Term("Heavy rain"),
        "category": AlertCategory.MET,
        "colour": AlertColour.BLUE,
        "urgency": AlertUrgency.EXPECTED,
        "certainty": AlertCertainty.LIKELY,
        "instruction": Term("Stay away from ditches and low places. Clear drains; bring animals and grain to safety."),
        "ends": _DAY,
    },
    "pests": {
        "event": Term("Pests and diseases of crops"),
        "category": AlertCategory.ENV,
        "colour": AlertColour.BLUE,
        "urgency": AlertUrgency.FUTURE,
        "certainty": AlertCertainty.LIKELY,
        "instruction": Term("Look at your fields these days. If you see it, ask the crop clinic before you spray."),
        "ends": _WEEK,
    },
}
NAMES = {"fraud": "Fraud", "rain": "Heavy rain", "pests": "Pests and diseases", "": "Something else"}
"""What can be begun with, by the code in the address."""


def begun(preset: str) -> AlertForm:
    """A form of that kind, in Chinese whatever the writer's language; an empty one for a code nobody knows."""
    given = dict(_PRESETS.get(preset, {}))
    ends = given.pop("ends", None)
    words = {name: said("zh", value) if isinstance(value, Term) else str(value) for name, value in given.items()}
    return replace(AlertForm(id=str(uuid7())), **words, expires=quick_ends()[ends][0] if ends else "")


async def items() -> list[LibraryItemRecord]:
    """Stories and bulletins that the police have approved."""
    return await list_library()


async def from_item(name: str) -> AlertForm:
    """A form with an approved item's own words; the usual one of a fraud where there is none of that name."""
    item = next((each for each in await items() if each.name == name), None)
    if item is None:
        return begun("fraud")
    kinds = {each.code: each.name_zh for each in list_fraud_types()}
    form = begun("fraud")
    return replace(
        form,
        event=kinds.get(item.fraud_type, form.event)[:MOST_EVENT_CHARACTERS],
        headline=item.title[:MOST_HEADLINE],
        description=item.text,
        instruction=f"{item.stop_sentence}\n{item.if_money_gone}",
        say_on_phone=item.say_on_phone,
        fraud_type=item.fraud_type,
    )


def with_shown_end(form: AlertForm) -> AlertForm:
    """A moment that is no longer among the quick choices is shown as one's own."""
    if form.expires in ("", OWN) or form.expires in dict(quick_ends()):
        return form
    return replace(form, expires=OWN, expires_own=form.expires)

"""What a page says of a warning beside its own words: how long a text message is, what an update changes, the chain."""

from math import ceil
from uuid import UUID

from msgspec import Struct

from backend.alerts import lists
from backend.alerts.looking import AlertLook
from backend.alerts.refusals import AlertUnknown
from backend.alerts.schemas import AlertRecord
from backend.antifraud.library_rules import sms_length
from backend.console.alerts import labels
from backend.console.alerts.form import EVERYBODY, AlertForm, form_of, severity_of
from backend.console.alerts.places import named
from backend.core.words import say
from backend.people.actors import Actor

ONE_MESSAGE, ONE_OF_SEVERAL = 70, 67
"""Characters of a text message in UCS-2: alone, and as a part of a longer one (3GPP TS 23.040)."""
LONGEST_CHAIN = 20


class Change(Struct, frozen=True):
    """One thing that an update says otherwise."""

    what: str
    before: str
    after: str


class TextMessage(Struct, frozen=True):
    """How long it is for a phone that has nothing but text messages."""

    characters: int
    parts: int


def text_message(look: AlertLook) -> TextMessage:
    """Its title and its words."""
    n = sms_length(f"{look.title}\n{look.body}")
    return TextMessage(n, 1 if n <= ONE_MESSAGE else ceil(n / ONE_OF_SEVERAL))


async def changed(former: AlertForm, later: AlertForm) -> list[Change]:
    """What stands otherwise in the later one, in the order of the form."""
    before, after = await _lines(former), await _lines(later)
    return [Change(what, before[what], after[what]) for what in before if before[what] != after[what]]


async def changed_by(one: AlertRecord, former: AlertRecord) -> list[Change]:
    """The same of two messages."""
    return await changed(form_of(former, id=""), form_of(one, id=""))


async def _lines(form: AlertForm) -> dict[str, str]:
    places = "、".join(each.name for each in await named(sorted(form.places)))
    severity = severity_of(form)
    return {
        say("Colour"): labels.colour(form.colour or None)[0],
        say("How bad"): labels.severity(severity) if severity else "",
        say("When to act"): labels.urgency(form.urgency) if form.urgency else "",
        say("How sure"): labels.certainty(form.certainty) if form.certainty else "",
        say("Headline"): form.headline,
        say("What happens"): form.description,
        say("What to do"): form.instruction,
        say("What to say on the phone"): form.say_on_phone,
        say("Whom to ask"): form.contact,
        say("Where"): places,
        say("For whom"): _audience(form),
        say("Counts until"): form.ends.replace("T", " "),
        say("Begins"): (form.onset or form.effective).replace("T", " "),
    }


def _audience(form: AlertForm) -> str:
    if form.audience == EVERYBODY:
        parts = [say("everybody there: citizens, village groups, all staff")]
    else:
        parts = [say(role) for role in form.roles]
        parts += [say("citizens who asked to be told")] if form.citizens else []
        parts += [say("village groups")] if form.groups else []
    return "、".join([*parts, *form.interests, *([form.described] if form.described else [])])


async def chain(one: AlertRecord, by: Actor) -> list[AlertRecord]:
    """What it refers to, itself, and what came after it: the first one first."""
    before, after = await _before(one, by), await _after(one, by)
    return [*before, one, *after] if before or after else []


async def _before(one: AlertRecord, by: Actor) -> list[AlertRecord]:
    found: list[AlertRecord] = []
    at = await seen(one.refers_to_id, by)
    while at is not None and len(found) < LONGEST_CHAIN:
        found.insert(0, at)
        at = await seen(at.refers_to_id, by)
    return found


async def _after(one: AlertRecord, by: Actor) -> list[AlertRecord]:
    found: list[AlertRecord] = []
    at = await seen(one.ended_by_id, by)
    while at is not None and len(found) < LONGEST_CHAIN:
        found.append(at)
        at = await seen(at.ended_by_id, by)
    return found


async def seen(alert_id: UUID | None, by: Actor) -> AlertRecord | None:
    """One that he may see, else none."""
    try:
        return await lists.get_alert(alert_id=alert_id, by=by) if alert_id else None
    except AlertUnknown:
        return None

"""What somebody typed as a warning, and the records it makes. Whatever is missing is said at once, field by field."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import msgspec
from msgspec import Struct

from backend.alerts.messages import MOST_EVENT_CHARACTERS
from backend.alerts.schemas import AlertChanges, AlertRecord, NewAlert
from backend.alerts.words import SEVERITY_OF, AlertColour, AlertScope
from backend.console.alerts.labels import is_everybody
from backend.console.form_refusals import at_field, fitting
from backend.console.typed import Typed
from backend.core import clock
from backend.core.refusals import FieldError, Invalid
from backend.core.words import say
from backend.people.tables import Role

MOST_HEADLINE, MOST_TEXT, MOST_LINE = 150, 4000, 200
EVERYBODY, CHOSEN, OWN = "everybody", "chosen", "own"
_PLACE = re.compile(r"\d{12}(\d{3})?")
MANY = ("places", "roles", "interests", "open")
LINES = ("say_on_phone", "contact", "note")
"""An update that leaves one of them empty leaves it as it was."""


class AlertForm(Struct, frozen=True, kw_only=True):
    """The form as a browser sends it. `id` was made with the page, so that a second tap is the same draft.

    expires      a moment among the quick choices, or `own` and then `expires_own` (a wall clock's time in Shandong)
    severity     empty: as the colour says
    audience     everybody, or chosen: `roles`, `citizens`, `groups`, `interests`
    open         divisions whose villages are shown; `search`: a name looked for
    """

    id: str
    event: str = ""
    category: str = ""
    colour: str = ""
    severity: str = ""
    urgency: str = ""
    certainty: str = ""
    fraud_type: str = ""
    headline: str = ""
    description: str = ""
    instruction: str = ""
    say_on_phone: str = ""
    contact: str = ""
    note: str = ""
    expires: str = ""
    expires_own: str = ""
    effective: str = ""
    onset: str = ""
    status: str = "Actual"
    scope: str = "Public"
    restriction: str = ""
    audience: str = EVERYBODY
    citizens: str = ""
    groups: str = ""
    described: str = ""
    search: str = ""
    places: list[str] = []
    roles: list[str] = []
    interests: list[str] = []
    open: list[str] = []

    @property
    def ends(self) -> str:
        """The moment of its end as it was chosen or typed."""
        return self.expires_own if self.expires in (OWN, "") else self.expires


def read(form: Typed) -> AlertForm:
    """As it was sent; a field that was not sent is empty."""
    one = {name: form.get(name).replace("\r\n", "\n") for name in AlertForm.__struct_fields__ if name not in MANY}
    many = {name: list(dict.fromkeys(form.all(name))) for name in MANY}
    opened = set(many["open"]) ^ set(form.all("unfold"))
    defaults = {"audience": EVERYBODY, "status": "Actual", "scope": "Public"}
    settings = {name: one[name] or usual for name, usual in defaults.items()}
    return msgspec.convert(one | many | settings | {"open": sorted(opened)}, AlertForm)


def new_alert(form: AlertForm) -> NewAlert:
    """The draft it asks for. Raises Invalid (400) with everything that is missing."""
    _must_be_filled(form)
    return fitting(NewAlert, _given(form), wrong=_WRONG)


def _given(form: AlertForm) -> dict[str, Any]:
    words = ("id", "event", "category", "colour", "urgency", "certainty", "fraud_type", "headline", "description")
    more = ("instruction", "say_on_phone", "contact", "note", "status")
    return {name: getattr(form, name) or None for name in (*words, *more)} | {
        "severity": severity_of(form),
        "restriction": form.restriction if form.scope == AlertScope.RESTRICTED else None,
        "areas": [{"division_codes": sorted(form.places)}],
        "audience": _audience(form),
        "expires": _moment(form.ends),
        "effective": _moment(form.effective),
        "onset": _moment(form.onset),
    }


def severity_of(form: AlertForm) -> str | None:
    """How bad it is: as chosen, else as the colour says."""
    if form.severity or form.colour not in tuple(AlertColour):
        return form.severity or None
    return SEVERITY_OF[AlertColour(form.colour)].value


def _audience(form: AlertForm) -> dict[str, Any]:
    described = {"described": form.described} if form.described else {}
    if form.audience == EVERYBODY:
        return {"roles": [role.value for role in Role], "citizens": True, "groups": True} | described
    ticked = {"citizens": bool(form.citizens or form.interests), "groups": bool(form.groups)}
    return {"roles": form.roles, "interests": form.interests} | ticked | described


def _moment(text: str) -> str | None:
    """A browser's wall clock, as Shandong's."""
    return f"{text}:00+08:00" if len(text) == len("2026-11-30T09:00") else text or None


def _must_be_filled(form: AlertForm) -> None:
    wrong = list(_missing(form))
    if wrong:
        raise Invalid("Please look at the marked fields.", errors=wrong)


def _missing(form: AlertForm) -> Iterator[FieldError]:
    for name, words in _ASKED.items():
        if not getattr(form, name):
            yield at_field(name, say(words))
    if not all(_PLACE.fullmatch(code) for code in form.places):
        yield at_field("places", say("Choose at least one place."))
    if not (form.severity or form.colour):
        yield at_field("severity", say("Choose a colour, or how bad it is."))
    if not form.ends:
        yield at_field("expires", say("Say until when it counts: every warning ends."))
    if form.audience == CHOSEN and not (form.roles or form.citizens or form.groups or form.interests):
        yield at_field("audience", say("Name roles, citizens or groups: at least one of them."))
    if form.scope == AlertScope.RESTRICTED and not form.restriction:
        yield at_field("restriction", say("Say for which circle it is."))
    yield from _too_long(form)


def _too_long(form: AlertForm) -> Iterator[FieldError]:
    for name, most in _MOST.items():
        if (n := len(getattr(form, name))) > most:
            yield at_field(name, say("At most {most} characters; there are {n}.", most=most, n=n))


_ASKED = {
    "event": "Name what it is about.",
    "category": "Choose what kind of thing it is.",
    "urgency": "Choose when to act.",
    "certainty": "Choose how sure it is.",
    "headline": "Write one sentence that everybody understands.",
    "description": "Write what happens.",
    "instruction": "Write what to do.",
    "places": "Choose at least one place.",
}
_MOST = {
    "event": MOST_EVENT_CHARACTERS,
    "headline": MOST_HEADLINE,
    "description": MOST_TEXT,
    "instruction": MOST_TEXT,
    "say_on_phone": MOST_TEXT,
    "contact": MOST_LINE,
    "note": MOST_LINE,
    "restriction": MOST_LINE,
    "described": MOST_LINE,
}
_WRONG = {
    "id": "The page is too old. Load it again.",
    "expires": "A day and a time look like this: 2026-11-30 09:00.",
    "effective": "A day and a time look like this: 2026-11-30 09:00.",
    "onset": "A day and a time look like this: 2026-11-30 09:00.",
}


# -- an update


def form_of(one: AlertRecord, *, id: str) -> AlertForm:
    """A warning as the form would have written it."""
    words = ("event", "category", "colour", "urgency", "certainty", "fraud_type", "headline", "description")
    more = ("instruction", "say_on_phone", "contact", "status", "scope", "restriction")
    ticked = one.audience
    return msgspec.structs.replace(
        AlertForm(id=id, **{name: str(getattr(one, name) or "") for name in (*words, *more)}),  # type: ignore[arg-type]
        expires=OWN,
        expires_own=_wall(one.expires),
        effective=_wall(one.effective) if one.effective else "",
        onset=_wall(one.onset) if one.onset else "",
        audience=EVERYBODY if is_everybody(ticked) else CHOSEN,
        citizens="yes" if ticked.citizens else "",
        groups="yes" if ticked.groups else "",
        described=ticked.described or "",
        places=places_of(one),
        roles=[role.value for role in ticked.roles],
        interests=list(ticked.interests),
    )


def places_of(one: AlertRecord) -> list[str]:
    """The codes of its divisions."""
    return list(dict.fromkeys(code.ljust(12, "0") for area in one.areas for code in area.geocodes))


def _wall(at: Any) -> str:
    return f"{clock.local(at):%Y-%m-%dT%H:%M}"


def changes(form: AlertForm, former: AlertForm) -> AlertChanges:
    """What an update says anew. Raises Invalid (400) with everything that is missing, or where nothing is new."""
    form = settled(form, former)
    _must_be_filled(form)
    given, old = _given(form), _given(former)
    said = {name: given[name] for name in AlertChanges.__struct_fields__ if given.get(name) != old.get(name)}
    moments = {name: given[name] for name in ("effective", "onset", "note")}
    if not said.keys() - {"id", "note"}:
        raise Invalid("Nothing is new in it. Change something, or leave it as it is.")
    return fitting(AlertChanges, said | moments | {"id": form.id}, wrong=_WRONG)


def settled(form: AlertForm, former: AlertForm) -> AlertForm:
    """With what an update cannot change, and what it left empty, as it was."""
    fixed = ("event", "category", "fraud_type", "status", "scope", "restriction")
    empty = [name for name in LINES if not getattr(form, name)]
    return msgspec.structs.replace(form, **{name: getattr(former, name) for name in (*fixed, *empty)})


def quick_ends() -> list[tuple[str, timedelta]]:
    """Usual ends from now, as moments of the clock on the wall: a second tap of the same page means the same moment."""
    now = clock.local(clock.now()).replace(second=0, microsecond=0)
    hour = now.replace(minute=0) + timedelta(hours=1)
    return [(f"{hour + span:%Y-%m-%dT%H:%M}", span) for span in _SPANS]


_SPANS = (timedelta(hours=3), timedelta(hours=12), timedelta(days=1), timedelta(days=3), timedelta(days=7))

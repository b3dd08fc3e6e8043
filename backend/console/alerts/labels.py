"""Words and shapes of warnings. A colour always has its word and a shape of its own beside it."""

from datetime import datetime

from backend.alerts.schemas import AlertAudience, AlertRecord
from backend.alerts.words import (
    AlertCategory,
    AlertCertainty,
    AlertColour,
    AlertSeverity,
    AlertState,
    AlertStatus,
    AlertUrgency,
    MessageType,
)
from backend.console import labels, task_labels
from backend.core.words import say
from backend.people.tables import Role

Choice = tuple[str, str, str]
"""A code, its words, and one line that explains it."""

_COLOURS = {
    AlertColour.RED: ("▲", "Red", "Extreme: lives or everything people own are in danger."),
    AlertColour.ORANGE: ("◆", "Orange", "Severe: great damage, people may be hurt."),
    AlertColour.YELLOW: ("●", "Yellow", "Moderate: some will be harmed who do nothing."),
    AlertColour.BLUE: ("■", "Blue", "Minor: take care, little damage."),
}
_CATEGORIES = {
    AlertCategory.SECURITY: ("Safety from crime", "fraud, theft: the police"),
    AlertCategory.MET: ("Weather", "rain, hail, heat, frost, wind"),
    AlertCategory.ENV: ("Environment and crops", "pests, diseases of plants, water, air"),
    AlertCategory.HEALTH: ("Health", "epidemics, food, medicine, animals' diseases"),
    AlertCategory.FIRE: ("Fire", "fields, woods, straw, houses"),
    AlertCategory.SAFETY: ("General safety", "crowds, ice, wells, school ways"),
    AlertCategory.TRANSPORT: ("Roads", "closed roads, bridges, fog"),
    AlertCategory.INFRA: ("Water, power, networks", "cut off or dangerous"),
    AlertCategory.GEO: ("Earth", "earthquake, landslide, flood of a river"),
    AlertCategory.RESCUE: ("Rescue", "somebody is missing or has to be saved"),
    AlertCategory.CBRNE: ("Poison and explosions", "chemicals, radiation, gas"),
    AlertCategory.OTHER: ("Something else", "what fits nowhere above"),
}
_URGENCIES = {
    AlertUrgency.IMMEDIATE: ("Act at once", "With red or orange every phone rings, at night too."),
    AlertUrgency.EXPECTED: ("Act within the hour", "It comes soon."),
    AlertUrgency.FUTURE: ("Act in the next days", "There is time to prepare."),
    AlertUrgency.PAST: ("Nothing to do any more", "It is over."),
}
_SEVERITIES = {
    AlertSeverity.EXTREME: ("Extreme", "as red"),
    AlertSeverity.SEVERE: ("Severe", "as orange"),
    AlertSeverity.MODERATE: ("Moderate", "as yellow"),
    AlertSeverity.MINOR: ("Minor", "as blue"),
}
_CERTAINTIES = {
    AlertCertainty.OBSERVED: ("It has happened", "Seen, or happening now."),
    AlertCertainty.LIKELY: ("It is likely", "More likely than not."),
    AlertCertainty.POSSIBLE: ("It is possible", "Perhaps, less likely than not."),
    AlertCertainty.UNLIKELY: ("It is hardly to be expected", "Said all the same, to be safe."),
}
_STATUSES = {
    AlertStatus.ACTUAL: ("It is meant", "A real warning."),
    AlertStatus.EXERCISE: ("An exercise", "Everybody reads that it is practice; citizens' phones do not ring."),
    AlertStatus.TEST: ("A test", "Only whether the ways work; everybody reads that it is a test."),
}
_MARKS = {
    AlertStatus.EXERCISE: "◇ Exercise: not a real warning",
    AlertStatus.TEST: "◇ Test: not a real warning",
    AlertStatus.SYSTEM: "◇ About the system: not a warning",
}
_TYPES = {
    MessageType.ALERT: "Public warning",
    MessageType.UPDATE: "Update",
    MessageType.CANCEL: "All-clear",
}
_STATES = {
    AlertState.DRAFT: ("◷ Waits for a second person", "warn"),
    AlertState.REFUSED: ("✕ Refused", "bad"),
    AlertState.DROPPED: ("– Taken back", ""),
}

moment, place = task_labels.moment, labels.place


def colours() -> list[Choice]:
    """The four, the worst first: code, shape and word, meaning."""
    return [(one.value, f"{sign} {say(word)}", say(means)) for one, (sign, word, means) in _COLOURS.items()]


def colour(value: str | None) -> tuple[str, str]:
    """Shape and word with the class that paints it; a warning may have none."""
    if not value:
        return say("○ Without a colour"), ""
    sign, word, _ = _COLOURS[AlertColour(value)]
    return f"{sign} {say('{colour} warning', colour=say(word))}", f"c-{value}"


def categories() -> list[Choice]:
    """What kind of thing."""
    return [(one.value, say(word), say(means)) for one, (word, means) in _CATEGORIES.items()]


def urgencies() -> list[Choice]:
    """When to act; that it is over only a cancellation says."""
    return [(one.value, say(word), say(means)) for one, (word, means) in _URGENCIES.items() if one.value != "Past"]


def severities() -> list[Choice]:
    """How bad."""
    return [(one.value, say(word), say(means)) for one, (word, means) in _SEVERITIES.items()]


def certainties() -> list[Choice]:
    """How sure."""
    return [(one.value, say(word), say(means)) for one, (word, means) in _CERTAINTIES.items()]


def statuses() -> list[Choice]:
    """Meant, an exercise, a test."""
    return [(one.value, say(word), say(means)) for one, (word, means) in _STATUSES.items()]


def category(value: str) -> str:
    """Its word."""
    return say(_CATEGORIES[AlertCategory(value)][0])


def urgency(value: str) -> str:
    """Its word."""
    return say(_URGENCIES[AlertUrgency(value)][0])


def severity(value: str) -> str:
    """Its word."""
    return say(_SEVERITIES[AlertSeverity(value)][0])


def certainty(value: str) -> str:
    """Its word."""
    return say(_CERTAINTIES[AlertCertainty(value)][0])


def mark(status: str) -> str | None:
    """What stands above everything that is not meant."""
    found = _MARKS.get(AlertStatus(status))
    return found and say(found)


def kind(value: str) -> str:
    """A warning, an update, an all-clear."""
    return say(_TYPES[MessageType(value)])


def stands(one: AlertRecord) -> tuple[str, str]:
    """Where it stands: sign and word with their tone."""
    if one.state is not AlertState.PUBLISHED:
        label, tone = _STATES[one.state]
        return say(label), tone
    if one.in_force:
        return say("✓ In force"), "good"
    if one.type is MessageType.CANCEL:
        return say("✓ Published"), ""
    return (say("□ Replaced or cancelled") if one.ended_by_id else say("□ Over")), ""


def until(at: datetime) -> str:
    """Its end."""
    return say("until {moment}", moment=moment(at))


def roles() -> list[tuple[str, str]]:
    """Each role's code and name."""
    return [(each.value, say(each.value)) for each in Role]


def is_everybody(given: AlertAudience) -> bool:
    """Whether nobody there is left out."""
    return given.citizens and given.groups and set(given.roles) == set(Role) and not given.interests


def audience(given: AlertAudience) -> str:
    """Whom it is for, in one line."""
    if is_everybody(given):
        return say("everybody there: citizens, village groups, all staff")
    parts = [say(role.value) for role in given.roles]
    if given.citizens:
        parts.append(say("citizens who chose it") if given.interests else say("citizens who asked to be told"))
    if given.groups:
        parts.append(say("village groups"))
    return "、".join(parts)

"""What this room refuses."""

from collections.abc import Iterable

from backend.alerts.message_rules import Wrong
from backend.alerts.words import AlertState
from backend.core.refusals import FieldError, Forbidden, Invalid, Refusal, Unknown
from backend.core.words import Term


class AlertUnknown(Unknown):
    """No such warning, or none that this person may see."""

    code, title = "alerts/alert-unknown", "No such warning"


class OutsideTerritory(Forbidden):
    """A division of it lies outside the territory of the roles that this asks for."""

    code, title = "alerts/outside-territory", "Another territory"


class SecondPersonNeeded(Forbidden):
    """Whoever wrote it does not decide about it."""

    code, title = "alerts/second-person-needed", "A second person decides"


class AlertDecided(Refusal):
    """A decision stays."""

    status, code, title = 409, "alerts/alert-decided", "Decided already"


class AlertOver(Refusal):
    """It was never published, is over, or a later message has ended it."""

    status, code, title = 409, "alerts/alert-over", "The warning no longer holds"


class AlertWrong(Invalid):
    """It may not go out as it stands; every mistake with its place."""

    code, title = "alerts/alert-wrong", "The warning may not go out like this"


class NotSent(Refusal):
    """Nobody was told of it by push."""

    status, code, title = 409, "alerts/not-sent", "Not sent to anybody"


class ReachForgotten(Refusal):
    """Push has forgotten whom it told, and nobody counted in time."""

    status, code, title = 410, "alerts/reach-forgotten", "Nobody knows any more"


def decided(state: str) -> AlertDecided:
    """The refusal of a second decision."""
    return AlertDecided(
        "It is {state}; that stays. Write a new one if it must be said.", state=_STATES[AlertState(state)]
    )


def wrong(found: Iterable[Wrong]) -> AlertWrong:
    """The refusal of all mistakes at once."""
    return AlertWrong(
        errors=[FieldError(pointer=each.pointer, code=each.code, detail=_SAID[each.code]) for each in found]
    )


_STATES = {
    AlertState.DRAFT: Term("still a draft"),
    AlertState.PUBLISHED: Term("published already"),
    AlertState.REFUSED: Term("refused by a second person"),
    AlertState.DROPPED: Term("taken back by its writer"),
}
_SAID = {
    "identifier_wrong": Term("Not an identifier of the standard."),
    "sender_wrong": Term("A sender is one word."),
    "reference_missing": Term("Say which warning it speaks of."),
    "reference_of_a_first_alert": Term("A first warning speaks of no other."),
    "refers_to_itself": Term("It cannot speak of itself."),
    "refers_to_the_future": Term("It cannot speak of a later one."),
    "restriction_missing": Term("Say for which circle it is."),
    "restriction_of_a_public": Term("What is for everybody has no circle."),
    "restricted_beyond_staff": Term("What is for a circle of staff goes to no citizens and no groups."),
    "colour_contradicts_severity": Term("Red is extreme, orange severe, yellow moderate, blue minor."),
    "expires_before_it_begins": Term("It would be over before it begins."),
    "expires_too_late": Term("At most a month; after that write a new one."),
    "event_too_long": Term("At most 35 characters: longer names are cut off on screens."),
    "event_missing": Term("Name what it is about."),
    "words_missing": Term("Write something here."),
    "link_in_fraud_text": Term("A warning of fraud carries no link: fraudsters copy it."),
    "fraud_type_unknown": Term("No such kind of fraud: take a code from the list of fraud types."),
    "letter_wrong": Term("There is an invisible control character in it; type the words again."),
    "area_missing": Term("Say where."),
    "area_empty": Term("Name a division, a polygon or a circle."),
    "geocode_wrong": Term("A division's code has 6, 9, 12 or 15 digits."),
    "polygon_open": Term("A polygon has at least four corners and ends where it begins."),
    "polygon_nowhere": Term("A corner is outside the world; longitude comes first."),
    "polygon_crosses_itself": Term("The polygon's sides cross."),
    "circle_wrong": Term("A circle has a centre, longitude first, and a radius of up to 500 km."),
}

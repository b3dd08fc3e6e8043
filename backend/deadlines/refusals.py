"""Every way in which the room's verbs say no; the rules' own stand beside them."""

from backend.core.refusals import Refusal, Unknown


class PolicyUnknown(Unknown):
    """No limit of this class is in force on that day."""

    code, title = "deadlines/policy-unknown", "No such deadline policy"


class ClockUnknown(Unknown):
    """No such clock."""

    code, title = "deadlines/clock-unknown", "No such clock"


class ClockStopped(Refusal):
    """What was stopped neither stands still nor runs on; it can only be started anew."""

    status, code, title = 409, "deadlines/clock-stopped", "The clock was stopped"


class NotInOrder(Refusal):
    """A moment before the clock was opened, before what happened to it last, or in the future."""

    status, code, title = 400, "deadlines/not-in-order", "The moment does not fit"


class CalendarUnknown(Unknown):
    """No version of the calendar speaks of that year."""

    code, title = "deadlines/calendar-unknown", "No calendar for this year"


class CalendarWrong(Refusal):
    """A list of days that contradicts itself or the law."""

    status, code, title = 400, "deadlines/calendar-wrong", "The list of days has mistakes"


class RecalculationUnknown(Unknown):
    """No such proposal, or none that this person may see."""

    code, title = "deadlines/recalculation-unknown", "No such proposal"


class RecalculationStale(Refusal):
    """Since it was proposed a clock of it changed, or a newer calendar came; nothing was applied."""

    status, code, title = 409, "deadlines/recalculation-stale", "The proposal is out of date"


class AnotherTerritory(Refusal):
    """The division lies outside the territory of the roles that this asks for."""

    status, code, title = 403, "deadlines/another-territory", "Another territory"

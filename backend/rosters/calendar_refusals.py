"""What is refused of calendars."""

from backend.core.refusals import Refusal, Unknown


class CalendarFeedUnknown(Unknown):
    """No calendar has this address or id; one that was revoked is told from none by nobody."""

    code, title = "rosters/calendar-unknown", "No such calendar"


class TooManyCalendars(Refusal):
    """So many of one person count already."""

    status, code, title = 409, "rosters/too-many-calendars", "Too many calendars"

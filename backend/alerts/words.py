"""The vocabulary of CAP 1.2 (OASIS, 1 July 2010, chapter 3.2), as far as a publisher uses it, and China's colours.

What only receivers say (`Ack`, `Error`) and what helps nobody (`Unknown`) is left out, as WMO's composer does.
"""

from enum import StrEnum


class AlertStatus(StrEnum):
    """Whether it is meant. An exercise and a test say so wherever they are shown."""

    ACTUAL = "Actual"
    EXERCISE = "Exercise"
    SYSTEM = "System"
    TEST = "Test"


class MessageType(StrEnum):
    """A message is never changed: an update or a cancel refers to it."""

    ALERT = "Alert"
    UPDATE = "Update"
    CANCEL = "Cancel"


class AlertScope(StrEnum):
    """For everybody, for a named circle (`restriction`), or for addresses."""

    PUBLIC = "Public"
    RESTRICTED = "Restricted"
    PRIVATE = "Private"


class AlertCategory(StrEnum):
    """What kind of thing; a fraud is Security."""

    GEO = "Geo"
    MET = "Met"
    SAFETY = "Safety"
    SECURITY = "Security"
    RESCUE = "Rescue"
    FIRE = "Fire"
    HEALTH = "Health"
    ENV = "Env"
    TRANSPORT = "Transport"
    INFRA = "Infra"
    CBRNE = "CBRNE"
    OTHER = "Other"


class AlertUrgency(StrEnum):
    """When to act: at once, within the hour, later, or it is over."""

    IMMEDIATE = "Immediate"
    EXPECTED = "Expected"
    FUTURE = "Future"
    PAST = "Past"


class AlertSeverity(StrEnum):
    """How bad for life and property."""

    EXTREME = "Extreme"
    SEVERE = "Severe"
    MODERATE = "Moderate"
    MINOR = "Minor"


class AlertCertainty(StrEnum):
    """How sure: seen, more likely than not, possible, not expected."""

    OBSERVED = "Observed"
    LIKELY = "Likely"
    POSSIBLE = "Possible"
    UNLIKELY = "Unlikely"


class AlertColour(StrEnum):
    """The four grades of an early warning in China: 红 I、橙 II、黄 III、蓝 IV."""

    RED = "red"
    ORANGE = "orange"
    YELLOW = "yellow"
    BLUE = "blue"


SEVERITY_OF = {
    AlertColour.RED: AlertSeverity.EXTREME,
    AlertColour.ORANGE: AlertSeverity.SEVERE,
    AlertColour.YELLOW: AlertSeverity.MODERATE,
    AlertColour.BLUE: AlertSeverity.MINOR,
}
"""The usual reading of four colours in CAP's words."""


class AlertState(StrEnum):
    """draft: one person wrote it. published: a second one approved it. refused: he did not. dropped: its writer."""

    DRAFT = "draft"
    PUBLISHED = "published"
    REFUSED = "refused"
    DROPPED = "dropped"

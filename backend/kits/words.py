"""The words of this room."""

from enum import StrEnum


class KitOrigin(StrEnum):
    """Where a version came from: ours as shipped, the county's folder over ours, or sent in through `publishKit`."""

    SHIPPED = "shipped"
    COUNTY = "county"
    SENT = "sent"


class FormState(StrEnum):
    """What a form still does.

    open      phones are offered it, and what they send is taken
    closing   phones are offered it no more; what they still hold is taken
    closed    neither
    """

    OPEN = "open"
    CLOSING = "closing"
    CLOSED = "closed"


class PublishOutcome(StrEnum):
    """What became of a kit that somebody published. duplicate: this very version was there; checked: a dry run."""

    STORED = "stored"
    DUPLICATE = "duplicate"
    CHECKED = "checked"

"""How photos say no."""

from backend.core.refusals import Refusal


class PhotoUnknown(Refusal):
    """No such photo, or not one that this person sent or may see."""

    status, code, title = 404, "media/photo-unknown", "No such photo"


class NoCopy(Refusal):
    """The photo waits, was refused or purged, or is no picture, so there is no copy of it."""

    status, code, title = 404, "media/no-copy", "There is no picture to show"


class PhotoClaimed(Refusal):
    """A photo belongs to one record."""

    status, code, title = 409, "media/photo-claimed", "This photo belongs to another record"

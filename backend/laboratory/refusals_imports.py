"""Every way in which taking in an instrument's file says no."""

from backend.core.refusals import Forbidden, Invalid, Refusal, Unknown


class ImportUnknown(Unknown):
    """No such import, or none that this reader may see."""

    code, title = "laboratory/import-unknown", "No such import"


class NotThisDesk(Forbidden):
    """Files are taken in by those who test at the desk, and by who leads its territory."""

    code, title = "laboratory/not-this-desk", "Not your desk"


class DeskNeeded(Invalid):
    """Somebody without a desk of his own says for which one the file is."""

    code, title = "laboratory/desk-needed", "Say for which desk the file is"


class ProfileUnknown(Invalid):
    """No parser profile is called so."""

    code, title = "laboratory/profile-unknown", "No such profile"


class RunOfAnother(Invalid):
    """The run is not on file, or is not one of this desk's."""

    code, title = "laboratory/run-of-another", "No such run at this desk"


class InstrumentOfAnother(Invalid):
    """The instrument is not on file, or does not stand at this desk."""

    code, title = "laboratory/instrument-of-another", "No such instrument at this desk"


class OriginalGone(Refusal):
    """Its key was destroyed when its time was over; nothing opens it any more."""

    status, code, title = 410, "laboratory/original-gone", "The original is gone"

"""What is said no to about notes at shift change."""

from backend.core.refusals import Refusal, Unknown


class ShiftNoteUnknown(Unknown):
    """No such note, or none of this person's desk."""

    code, title = "hotline/shift-note-unknown", "No such note"


class OwnShiftNote(Refusal):
    """A note is for the next one."""

    status, code, title = 409, "hotline/own-shift-note", "It is your own note"

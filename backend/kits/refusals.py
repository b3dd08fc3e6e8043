"""What this room refuses."""

from collections.abc import Iterable

from backend.core.refusals import FieldError, Invalid, Refusal
from backend.kits.mistakes import Mistake


class KitUnknown(Refusal):
    """No such kit, version or form, or none that this person carries."""

    status, code, title = 404, "kits/unknown", "There is no such kit"


class KitWrong(Invalid):
    """A kit with mistakes; `errors` has each, its pointer is file and line."""

    code, title = "kits/wrong", "The kit has mistakes"


class ZipBroken(Refusal):
    """What was sent is no ZIP, or one that nobody should open."""

    status, code, title = 400, "kits/zip-broken", "The ZIP cannot be used"


class SheetOfNoForm(Refusal):
    """A sheet that takes the place of none of a kit's forms."""

    status, code, title = 400, "kits/sheet-of-no-form", "Which form is this?"


class VersionTaken(Refusal):
    """A version never changes; another kit's form keeps its name."""

    status, code, title = 409, "kits/version-taken", "Raise the version"


class LetterUnknown(Refusal):
    """No such letter in the version of the kit that is asked for, or no such kit."""

    status, code, title = 404, "kits/letter-unknown", "There is no such letter"


class LetterBroken(Refusal):
    """A letter that could be set with sample data, and not with these."""

    status, code, title = 409, "kits/letter-broken", "The letter cannot be printed"


class TooManySheets(Refusal):
    """More than one file holds, or none."""

    status, code, title = 400, "kits/too-many-sheets", "So many sheets cannot be printed at once"


def kit_wrong(mistakes: Iterable[Mistake]) -> KitWrong:
    """The refusal of a kit with these mistakes."""
    errors = [
        FieldError(pointer=mistake.where, code="kit", detail=mistake.says, facts=mistake.facts) for mistake in mistakes
    ]
    return KitWrong("Put right what is listed, and send the kit again.", errors=errors)

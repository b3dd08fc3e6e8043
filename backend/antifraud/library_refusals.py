"""Every way in which the library says no, and what keeps an item from being sent, in words."""

from collections.abc import Iterable

from backend.antifraud.library_rules import Wrong
from backend.core.refusals import FieldError, Forbidden, Refusal, Unknown
from backend.core.words import Term

WHY = {
    "type_unknown": Term("There is no such type of fraud, or not yet."),
    "source_missing": Term("It names no public document."),
    "link_in_text": Term("It holds an address on the web. What the police send holds none."),
    "number_in_text": Term("It holds a number that may be somebody's. Only 96110, 110 and 12381 may be named."),
    "read_aloud_missing": Term("It needs a text to be read aloud."),
    "read_aloud_has_digits_or_letters": Term("What is read aloud has neither digits nor letters."),
    "sms_too_long": Term("The short message is longer than sixty characters."),
    "audience_missing": Term("It does not say for whom it is."),
    "audience_by_age": Term("Nobody is chosen by age: say in what situation he is."),
    "audience_by_opinion": Term("Nobody is chosen by what he thinks or believes."),
    "ends_before_it_begins": Term("Its last day lies before its first."),
    "not_yet_valid": Term("Its first day is still to come."),
    "expired": Term("Its last day is over: look through it again."),
    "not_approved": Term("The police have not approved it yet."),
    "changed_since_approval": Term("It was changed after it was approved."),
}
"""By the codes of `library_rules`."""


class LibraryItemUnknown(Unknown):
    """No file of this name."""

    code, title = "antifraud/library-item-unknown", "No such story or bulletin"


class NotYoursToApprove(Forbidden):
    """What goes to a whole county is approved by somebody of the whole county."""

    code, title = "antifraud/not-yours-to-approve", "Not yours to approve"


class LibraryItemChanged(Refusal):
    """The words that were read are not the words that are there."""

    status, code, title = 409, "antifraud/library-item-changed", "It was changed meanwhile"


class LibraryItemWrong(Refusal):
    """Approved or not, it could not be sent."""

    status, code, title = 409, "antifraud/library-item-wrong", "It cannot be sent as it is"

    def __init__(self, wrongs: Iterable[Wrong]) -> None:
        errors = [FieldError(pointer=each.pointer, code=each.code, detail=WHY[each.code]) for each in wrongs]
        super().__init__("Have the file put right, then read and approve it again.", errors=errors)

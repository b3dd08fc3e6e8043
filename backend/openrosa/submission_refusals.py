"""What is refused of submissions."""

from backend.core.refusals import Refusal, Unknown


class SubmissionUnknown(Unknown):
    """No such submission, or none that this person may see."""

    code, title = "openrosa/submission-unknown", "No such submission"


class SubmissionGone(Refusal):
    """Its XML was purged: there is nothing left to read."""

    status, code, title = 410, "openrosa/submission-gone", "What was sent is no longer kept"


class NoSuchAnswer(Refusal):
    """A correction of a field that the submission does not have."""

    status, code, title = 400, "openrosa/no-such-answer", "There is no such field in it"


class NothingToMap(Refusal):
    """It was replaced by an edit, or struck out."""

    status, code, title = 409, "openrosa/nothing-to-map", "This submission counts no more"

"""What is said no to about talks with units."""

from backend.core.refusals import Forbidden, Refusal, Unknown


class UnitTalkUnknown(Unknown):
    """No such talk, or none that this person may see."""

    code, title = "hotline/unit-talk-unknown", "No such talk with a unit"


class NotYourTalk(Forbidden):
    """It is for a supervisor of the place, or, to say that it was put right, for the unit."""

    code, title = "hotline/not-your-talk", "This talk is not yours"


class PutRightBefore(Refusal):
    """It was written down before that it was put right, on another day or in other words."""

    status, code, title = 409, "hotline/put-right-before", "It was put right before"

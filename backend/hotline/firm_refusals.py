"""What is said no to about dissatisfied firms."""

from backend.core.refusals import Forbidden, Refusal, Unknown


class FirmCaseUnknown(Unknown):
    """No such matter of a firm, or none that this person may see."""

    code, title = "hotline/enterprise-case-unknown", "No such matter of a firm"


class CaseNotClosed(Refusal):
    """The unit still works on it: there is nothing yet to be dissatisfied with, or to settle."""

    status, code, title = 409, "hotline/case-not-closed", "The case is still being worked on"


class FirmCaseOpen(Refusal):
    """A case goes to the leader's desk once."""

    status, code, title = 409, "hotline/enterprise-case-open", "The case is on the leader's desk already"


class FirmCaseNotOpen(Refusal):
    """From where it is, this cannot follow."""

    status, code, title = 409, "hotline/enterprise-case-not-open", "This cannot follow now"


class LeadersDeskNeeded(Refusal):
    """The county has no government unit, or several: nobody can guess whose desk it is."""

    status, code, title = 409, "hotline/leaders-desk-needed", "Say whose desk it is"


class NotYourDesk(Forbidden):
    """It lies on somebody else's desk."""

    code, title = "hotline/not-your-desk", "Not on your desk"

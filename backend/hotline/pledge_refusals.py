"""What is said no to about public pledges."""

from backend.core.refusals import Forbidden, Refusal, Unknown


class PledgeUnknown(Unknown):
    """No such pledge, or none that this person may change."""

    code, title = "hotline/pledge-unknown", "No such pledge"


class NotYourPledges(Forbidden):
    """The place, or the unit that promised, is somebody else's."""

    code, title = "hotline/not-your-pledges", "Not your pledges"


class PledgeBatchTaken(Refusal):
    """This batch of the year was published already."""

    status, code, title = 409, "hotline/pledge-batch-taken", "The batch was published already"


class PledgeSettled(Refusal):
    """It is done or dropped, and everybody has read so."""

    status, code, title = 409, "hotline/pledge-settled", "The pledge is settled"

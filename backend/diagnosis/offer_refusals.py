"""Every way in which offers and profiles of experts say no."""

from backend.core.refusals import Refusal, Unknown


class ExpertUnknown(Unknown):
    """No such expert, or none that this reader may see."""

    code, title = "diagnosis/expert-unknown", "No such expert"


class NotAnExpert(Refusal):
    """The account holds no role of an expert today, or has no profile in force."""

    status, code, title = 409, "diagnosis/not-an-expert", "This is no expert"


class ExpertAway(Refusal):
    """He is on leave, or has paused."""

    status, code, title = 409, "diagnosis/expert-away", "This expert is away"


class TakenAlready(Refusal):
    """Somebody was faster, or it went on. It names nobody."""

    status, code, title = 409, "diagnosis/taken-already", "Somebody else has it"


class OfferOver(Refusal):
    """It is not before him any more."""

    status, code, title = 409, "diagnosis/offer-over", "It is not before you any more"

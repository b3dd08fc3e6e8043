"""Every way in which asking, waiting and asking back say no."""

from backend.core.refusals import Forbidden, Invalid, Refusal, Unknown


class RequestUnknown(Unknown):
    """No such request, or none that this reader may see."""

    code, title = "diagnosis/request-unknown", "No such request"


class QuestionUnknown(Unknown):
    """Nothing of the kind was asked about this request."""

    code, title = "diagnosis/question-unknown", "No such question"


class CropUnknown(Invalid):
    """The crop is not in the list of today."""

    code, title = "diagnosis/crop-unknown", "No such crop"


class ConsentNeeded(Invalid):
    """Somebody without an account says himself that we may use what he sends."""

    code, title = "diagnosis/consent-needed", "We need your consent"


class NoStudio(Refusal):
    """Nobody in this place answers questions about crops yet."""

    status, code, title = 409, "diagnosis/no-studio", "There is no studio for this place"


class NotNow(Refusal):
    """The request stands somewhere else: somebody was faster, or it has ended."""

    status, code, title = 409, "diagnosis/not-now", "The request stands elsewhere now"


class NotYours(Forbidden):
    """He sees the request, and somebody else has it."""

    code, title = "diagnosis/not-yours", "Somebody else has this request"


class NothingSaid(Invalid):
    """An answer without a word and without a photo."""

    code, title = "diagnosis/nothing-said", "Nothing was said"

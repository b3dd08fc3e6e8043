"""What loops, meetings, briefings, suggestions, pairs and hot spots say no with."""

from backend.core.refusals import Forbidden, Invalid, Refusal, Unknown


class LoopSkipped(Refusal):
    """One goes up one at a time; only an emergency may skip."""

    status, code, title = 409, "cases/loop-skipped", "One step up at a time"


class NotUp(Refusal):
    """The loop or level asked for is not above the one the case is in: somebody may have been there first."""

    status, code, title = 409, "cases/not-up", "It is there already, or higher"


class UnitNeeded(Refusal):
    """No unit, or more than one, could take the case at that level: name it."""

    status, code, title = 409, "cases/unit-needed", "Say which unit"


class MeetingUnknown(Unknown):
    """No such meeting, or none that this person may see."""

    code, title = "cases/meeting-unknown", "No such meeting"


class MeetingConcluded(Refusal):
    """The meeting was concluded with other words; they stay."""

    status, code, title = 409, "cases/meeting-concluded", "The meeting is over"


class BriefingUnknown(Unknown):
    """No such briefing, or none that this person may see."""

    code, title = "cases/briefing-unknown", "No such briefing"


class BriefingNotThere(Refusal):
    """A briefing goes from draft to submitted, endorsed and executed, one after the other."""

    status, code, title = 409, "cases/briefing-not-there", "This is not the briefing's next step"


class NotASuggestion(Refusal):
    """Signatures, hearing and reports belong to suggestions."""

    status, code, title = 409, "cases/not-a-suggestion", "Only a suggestion takes these steps"


class TextChanged(Refusal):
    """What he read is no longer what the suggestion says."""

    status, code, title = 409, "cases/text-changed", "The text has changed"


class NotSignedYet(Refusal):
    """The hearing comes after the three signatures, the reports after the hearing."""

    status, code, title = 409, "cases/not-signed-yet", "Another step comes first"


class HeardBefore(Refusal):
    """A suggestion has one hearing."""

    status, code, title = 409, "cases/heard-before", "The hearing was held"


class ReportedBefore(Refusal):
    """One report to each of three."""

    status, code, title = 409, "cases/reported-before", "This report was made"


class PersonalInPublic(Invalid):
    """What is meant for everybody holds numbers or names of people; each place is told."""

    code, title = "cases/personal-in-public", "Names and numbers of people do not become public"


class ProofNeeded(Invalid):
    """A posted notice needs a photo and its place, a message its picture."""

    code, title = "cases/proof-needed", "Show that he was told"


class PairUnknown(Unknown):
    """No such pair, or none that this person may see."""

    code, title = "cases/pair-unknown", "No such pair"


class PairDecided(Refusal):
    """Somebody decided otherwise; his word stands."""

    status, code, title = 409, "cases/pair-decided", "This pair has been decided"


class CannotMerge(Refusal):
    """A case merges into another that is open and is not merged itself."""

    status, code, title = 409, "cases/cannot-merge", "These two cannot be merged"


class HotSpotUnknown(Unknown):
    """No such hot spot, or none that this person may see."""

    code, title = "cases/hot-spot-unknown", "No such hot spot"


class HotSpotDecided(Refusal):
    """It was taken up, dropped, or it expired."""

    status, code, title = 409, "cases/hot-spot-decided", "This hot spot has been decided"


class NotYourArea(Forbidden):
    """It is for a supervisor of the whole division."""

    code, title = "cases/not-your-area", "Not your area"

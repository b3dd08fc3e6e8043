"""What a receipt shows of a request for advice on a crop: where it stands, the expert, his answer, what to do."""

from typing import Any

from msgspec import Struct

from backend.cases.ending import ERASED_TITLE
from backend.cases.public import PublicCase
from backend.cases.words import CaseState
from backend.console import case_labels, diagnosis_labels, labels, photo_advice, receipt_steps
from backend.core import clock
from backend.core.words import Term, say
from backend.diagnosis.public import PublicDiagnosis
from backend.diagnosis.request_schemas import RequestPhoto
from backend.diagnosis.words import Confidence, OutcomeResult, RequestState
from backend.media.facts import Kind, PhotoState

STEPS = (Term("Step: received"), Term("Step: an expert is asked"), Term("Step: he looks"), Term("Step: answer"))
STANDS: dict[RequestState, tuple[int, Term]] = {
    RequestState.AWAITING_PHOTO: (0, Term("Received; the photos are being looked at")),
    RequestState.ROUTING: (1, Term("An expert is being asked")),
    RequestState.OFFERED: (1, Term("An expert is being asked")),
    RequestState.POOLED: (1, Term("An expert is being asked")),
    RequestState.CLAIMED: (2, Term("An expert is looking at it")),
    RequestState.ASKED: (2, Term("The expert asks you something")),
    RequestState.ANSWERED: (3, Term("There is an answer")),
    RequestState.ENDED: (0, Term("It has ended")),
}
ANSWERED_LATE = frozenset({RequestState.AWAITING_PHOTO, RequestState.ASKED, RequestState.CLAIMED})
"""In which he may still answer what was asked: an expert who waited long enough goes on, and is glad of it yet."""

CLEARER = Term("We wait for a clearer photo from you")
SURE = {
    Confidence.SURE: ("●", Term("The expert is sure of it.")),
    Confidence.LIKELY: ("◐", Term("The expert thinks it very likely.")),
    Confidence.UNSURE: ("○", Term("The expert is not sure yet.")),
}
RESULTS = {
    OutcomeResult.BETTER: ("↗", Term("Outcome: better")),
    OutcomeResult.SAME: ("→", Term("Outcome: the same")),
    OutcomeResult.WORSE: ("↘", Term("Outcome: worse")),
}


class PhotoShown(Struct, frozen=True):
    """A photo with its verdict in a word, told by sign too."""

    photo: RequestPhoto
    sign: str
    tone: str
    verdict: str


def shown(one: PublicDiagnosis, case: PublicCase) -> dict[str, Any]:
    """What the template asks for, beside what every receipt's page shows."""
    photos = [_photo(each) for each in one.photos]
    return {
        "one": one,
        "says": diagnosis_labels,
        "stands": stands(one, case),
        "steps": [(say(name), look) for name, look in zip(STEPS, _looks(one), strict=True)],
        "photos": [each for each in photos if each.photo.kind is not Kind.VOICE],
        "voices": [each for each in photos if each.photo.kind is Kind.VOICE],
        "better": photo_advice.better(one.question.reasons if one.question else []),
        "always": photo_advice.always(),
        "sure": sure(),
        "results": [(result.value, sign, say(name)) for result, (sign, name) in RESULTS.items()],
        "may": open_to(one, case),
        "gone": case.title == ERASED_TITLE,
        "today": clock.today(),
    }


def sure() -> dict[Confidence, tuple[str, str]]:
    """How sure the expert is, by sign and sentence."""
    return {confidence: (sign, say(name)) for confidence, (sign, name) in SURE.items()}


def stands(one: PublicDiagnosis, case: PublicCase) -> str:
    """Where it stands, in a few plain words."""
    if one.state is RequestState.ENDED:
        return case_labels.state(case.state)
    if one.state is RequestState.AWAITING_PHOTO and one.question is not None and not _looked_at_now(one):
        return say(CLEARER)
    return say(STANDS[one.state][1])


def open_to(one: PublicDiagnosis, case: PublicCase) -> dict[str, bool]:
    """Which of the forms the page shows."""
    may = receipt_steps.open_to(case)
    return may | {
        "evaluation": may["evaluation"] or (bool(one.answers) and case.state is CaseState.RESOLVED),
        "reopening": (may["reopening"] or may["contest"]) and bool(one.answers),
        "contest": may["contest"] and not one.answers,
        "reply": one.question is not None and one.state in ANSWERED_LATE and not _looked_at_now(one),
        "outcome": one.asks_outcome,
        "erasure": case.title != ERASED_TITLE,
    }


def _looked_at_now(one: PublicDiagnosis) -> bool:
    """Whether a photo came that nobody has judged yet: he is not asked for another one meanwhile."""
    waits = one.state is RequestState.AWAITING_PHOTO
    return waits and any(each.received_at > one.state_since for each in one.photos)


def _looks(one: PublicDiagnosis) -> list[str]:
    """Each of the steps: done, now or to come."""
    if one.state is RequestState.ENDED:
        return ["done"] + ["to-come"] * 3
    at, _ = STANDS[one.state]
    return ["done" if n < at or n == at == len(STEPS) - 1 else "now" if n == at else "to-come" for n in range(4)]


def _photo(photo: RequestPhoto) -> PhotoShown:
    reasons = dict(labels.photo_reasons())
    why = "、".join(reasons[each] for each in photo.reasons if each in reasons)
    if photo.state is PhotoState.WAITING:
        return PhotoShown(photo, "…", "", say("Being looked at"))
    if photo.state is PhotoState.REFUSED:
        return PhotoShown(photo, "✕", "bad", why or say("Refused"))
    if photo.reasons:
        return PhotoShown(photo, "△", "warn", why)
    return PhotoShown(photo, "✓", "good", say("Clear"))

"""What is written for everybody: nothing in it by which a person could be found."""

from collections.abc import Sequence

from backend.cases.lint import lint, redacted
from backend.cases.lint_shapes import HitKind
from backend.cases.loop_refusals import PersonalInPublic
from backend.core.refusals import FieldError
from backend.core.words import Term

KINDS = {
    HitKind.MOBILE: Term("a mobile number"),
    HitKind.LANDLINE: Term("a telephone number"),
    HitKind.ID_NUMBER: Term("an identity number"),
    HitKind.BANK_CARD: Term("a bank card number"),
    HitKind.PLATE: Term("a licence plate"),
    HitKind.NAME: Term("a name"),
}


def publishable(text: str, *, pointer: str, names: Sequence[str], redact: bool) -> str:
    """The text, fit to be posted: as it is, or with `redact` covered where it names somebody.

    Raises PersonalInPublic (400) with the place of each hit.
    """
    text = text.strip()
    if redact:
        return redacted(text, names=names)
    wrong = [
        FieldError(
            pointer=pointer,
            detail="Characters {start} to {end} are {kind}. Leave it out, or let it be covered.",
            code=hit.kind.value,
            facts={"start": hit.start + 1, "end": hit.end, "kind": KINDS[hit.kind]},
        )
        for hit in lint(text, names=names)
    ]
    if wrong:
        raise PersonalInPublic("This would be read by everybody; see errors for each place.", errors=wrong)
    return text

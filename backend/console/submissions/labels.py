"""Words and shapes for where a submission stands and what it became."""

from backend.core.words import Term, say
from backend.openrosa.submission_schemas import SubmissionBecame, SubmissionRecord
from backend.openrosa.words import RecordKind, SubmissionState

STATES = {
    SubmissionState.ATTENTION: ("!", "bad", Term("Needs attention")),
    SubmissionState.RECORDED: ("✓", "good", Term("Recorded")),
    SubmissionState.REPLACED: ("↻", "", Term("A later edit stands")),
    SubmissionState.DELETED: ("✕", "", Term("Struck out")),
}
KINDS = {
    RecordKind.VISIT: (Term("a visit"), "/console/visits/{id}"),
    RecordKind.DIAGNOSIS_REQUEST: (Term("a question to the clinic"), "/console/clinic/{id}"),
    RecordKind.ANTIFRAUD_ROUND: (Term("a door of a round"), "/console/outreach/rounds/{id}"),
    RecordKind.MARKET_STALL: (Term("a market stall"), "/console/stations/stalls/{id}"),
    RecordKind.SAMPLE: (Term("a sample"), "/console/bench/samples/{id}"),
}


def state(one: SubmissionRecord) -> tuple[str, str, str]:
    """A sign, a tone and a word."""
    sign, tone, word = STATES[one.state]
    if one.settled and one.state == SubmissionState.RECORDED:
        return sign, tone, say("Carried over by hand")
    return sign, tone, say(word)


def became(record: SubmissionBecame) -> tuple[str, str]:
    """What it became in words, and where that is to be seen."""
    word, address = KINDS[record.kind]
    return " ".join(part for part in (say(word), record.number) if part), address.format(id=record.id)


def why(one: SubmissionRecord) -> list[str]:
    """Why it waits: a sentence for each refused answer, or for the whole."""
    if one.refusal is None:
        return []
    return list(dict.fromkeys(error.detail for error in one.refusal.errors)) or [
        one.refusal.detail or one.refusal.title
    ]


def is_edit(one: SubmissionRecord) -> bool:
    """Whether it waits because it was edited on the phone, and no verb carries that over."""
    return one.refusal is not None and one.refusal.code == "openrosa/edit-waits"

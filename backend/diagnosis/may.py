"""What a reader may do with a request now: for buttons. The verbs look again. Pure."""

from msgspec import Struct

from backend.diagnosis.words import OPEN_STATES, RequestState

S = RequestState


class Standing(Struct, frozen=True, kw_only=True):
    """How a request stands, and how the reader stands to it.

    told      whether the farmer has heard the answer
    is_mine   he has it before him, or has claimed it
    is_chief  he has the last word: the studio's chief expert, or who leads the place
    is_able   it is in the pool and he is able for it
    answers   he is in the list of experts today
    is_blind  he owes it a second opinion, and must not hear of the first
    speaks    he may speak with the farmer: anybody but an auditor
    """

    state: str
    told: bool
    is_mine: bool
    is_chief: bool
    is_able: bool
    answers: bool
    is_blind: bool
    speaks: bool


def may(stands: Standing) -> list[str]:
    """The words of `DiagnosisRecord.may`, in the order in which one thinks of them."""
    state = RequestState(stands.state)
    has = stands.is_mine and state in (S.CLAIMED, S.ASKED)
    possible = {
        "claim": _claim(stands, state, has=has),
        "decline": stands.is_mine and state is S.OFFERED,
        "ask": has and state is S.CLAIMED,
        "answer": has or (stands.answers and stands.is_chief and state in (S.CLAIMED, S.ASKED)),
        "hand_over": has or (stands.is_chief and state in OPEN_STATES - {S.AWAITING_PHOTO}),
        "second_opinion": (stands.is_mine or stands.is_chief) and state in (S.CLAIMED, S.ASKED, S.ANSWERED),
        "correct": stands.is_chief and stands.answers and state is S.ANSWERED,
        "tell": stands.speaks and state is S.ANSWERED and not stands.told and not stands.is_blind,
        "outcome": stands.speaks and state is S.ANSWERED and not stands.is_blind,
    }
    return [name for name, open_to_him in possible.items() if open_to_him]


def _claim(stands: Standing, state: RequestState, *, has: bool) -> bool:
    if state is S.OFFERED and stands.is_mine:
        return True
    if state is S.POOLED and stands.is_able:
        return True
    return stands.answers and stands.is_chief and state in OPEN_STATES and not has

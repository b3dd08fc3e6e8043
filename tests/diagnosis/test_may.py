"""What is offered to a reader is what the verbs let him do."""

import pytest

from backend.diagnosis.may import Standing, may
from backend.diagnosis.words import RequestState

S = RequestState
NOBODY = {"is_mine": False, "is_chief": False, "is_able": False, "answers": False, "is_blind": False, "speaks": False}
EXPERT = {"answers": True, "speaks": True}
CHIEF = EXPERT | {"is_chief": True}


def told(state, *, told=False, **stands):
    return may(Standing(**({"state": state.value, "told": told} | NOBODY | stands)))


@pytest.mark.parametrize(
    ("state", "stands", "words"),
    [
        (S.OFFERED, EXPERT | {"is_mine": True}, ["claim", "decline"]),
        (S.OFFERED, EXPERT, []),
        (S.POOLED, EXPERT | {"is_able": True}, ["claim"]),
        (S.CLAIMED, EXPERT | {"is_mine": True}, ["ask", "answer", "hand_over", "second_opinion"]),
        (S.ASKED, EXPERT | {"is_mine": True}, ["answer", "hand_over", "second_opinion"]),
        (S.ANSWERED, EXPERT | {"is_mine": True}, ["second_opinion", "tell", "outcome"]),
        (S.AWAITING_PHOTO, CHIEF, ["claim"]),
        (S.ROUTING, CHIEF, ["claim", "hand_over"]),
        (S.CLAIMED, CHIEF, ["claim", "answer", "hand_over", "second_opinion"]),
        (S.ANSWERED, CHIEF, ["second_opinion", "correct", "tell", "outcome"]),
        (S.CLAIMED, {"is_chief": True, "speaks": True}, ["hand_over", "second_opinion"]),
        (S.ANSWERED, {"speaks": True}, ["tell", "outcome"]),
        (S.ANSWERED, EXPERT | {"is_blind": True}, []),
        (S.ANSWERED, {}, []),
        (S.ENDED, CHIEF | {"is_mine": True}, []),
    ],
)
def test_each_state_offers_each_reader_his_own(state, stands, words):
    assert told(state, **stands) == words


def test_what_was_told_is_not_told_again():
    assert told(S.ANSWERED, told=True, speaks=True) == ["outcome"]

"""Our states in GeoReport's two words, and in mySociety's further ones, which FixMyStreet shows to people."""

from backend.cases.rules import OPEN
from backend.cases.words import CaseOutcome, CaseState

S = CaseState

FURTHER: dict[CaseState, str] = {
    S.RECEIVED: "OPEN",
    S.REOPENED: "OPEN",
    S.DISPATCHED: "INVESTIGATING",
    S.IN_HAND: "IN_PROGRESS",
    S.SUSPENDED: "ACTION_SCHEDULED",
    S.RESOLVED: "FIXED",
    S.EXPLAINED: "NO_FURTHER_ACTION",
    S.UNREASONABLE: "NO_FURTHER_ACTION",
    S.MERGED: "DUPLICATE",
    S.WITHDRAWN: "CLOSED",
    S.ANSWERED: "CLOSED",
    S.EVALUATED: "CLOSED",
}
ENDED_AS: dict[CaseOutcome, str] = {
    CaseOutcome.SOLVED: "FIXED",
    CaseOutcome.EXPLAINED: "NO_FURTHER_ACTION",
    CaseOutcome.UNREASONABLE: "NO_FURTHER_ACTION",
}
AFTER: dict[str, str] = {
    "opened": "OPEN",
    "answered_on_spot": "CLOSED",
    "dispatched": "INVESTIGATING",
    "taken_in_hand": "IN_PROGRESS",
    "transferred": "INVESTIGATING",
    "suspended": "ACTION_SCHEDULED",
    "resumed": "IN_PROGRESS",
    "responded": "IN_PROGRESS",
    "resolved": "FIXED",
    "explained": "NO_FURTHER_ACTION",
    "rejected": "NO_FURTHER_ACTION",
    "answered": "",
    "evaluated": "CLOSED",
    "contested": "OPEN",
    "reopened": "OPEN",
    "merged": "DUPLICATE",
    "unmerged": "OPEN",
    "withdrawn": "CLOSED",
}
"""What a case is after a line of each kind, for `servicerequestupdates`; '': as it ended."""

OFFICES = frozenset(
    {
        *("answered_on_spot", "suspended", "resumed", "responded", "resolved", "explained", "rejected", "answered"),
        "transferred",
    }
)
"""Lines in which an office speaks. What a citizen says on his receipt is not published."""

STILL_OPEN = frozenset({"OPEN", "INVESTIGATING", "IN_PROGRESS", "ACTION_SCHEDULED"})
NOW_CLOSED = frozenset(
    {"FIXED", "CLOSED", "NO_FURTHER_ACTION", "DUPLICATE", "INTERNAL_REFERRAL", "NOT_COUNCILS_RESPONSIBILITY"}
)
TAKEN = STILL_OPEN | NOW_CLOSED
"""What a partner may send as a status. We ourselves never say INTERNAL_REFERRAL: who asked us is answered by us."""


def plain(state: str) -> str:
    """GeoReport's own: open while somebody still has to work on it."""
    return "open" if CaseState(state) in OPEN else "closed"


def further(state: str, outcome: str | None) -> str:
    """mySociety's.

    >>> further("in_hand", None), further("answered", "explained"), further("resolved", "solved")
    ('IN_PROGRESS', 'NO_FURTHER_ACTION', 'FIXED')
    """
    known = CaseState(state)
    if known in (S.ANSWERED, S.EVALUATED) and outcome:
        return ENDED_AS.get(CaseOutcome(outcome), "CLOSED")
    return FURTHER[known]


def after(kind: str, outcome: str | None) -> str:
    """What it was after a line of this kind."""
    return AFTER[kind] or (ENDED_AS.get(CaseOutcome(outcome), "CLOSED") if outcome else "CLOSED")

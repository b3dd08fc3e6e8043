"""Callers handed to another line, as people read them: which line, who has him now, what may follow."""

from backend.core.words import Term, say
from backend.hotline.transfer_schemas import Responsible, TransferRecord
from backend.hotline.words import Line, TransferState

LINES = {
    Line.POLICE_110: Term("110, police"),
    Line.FIRE_119: Term("119, fire brigade"),
    Line.AMBULANCE_120: Term("120, ambulance"),
    Line.LEGAL_12348: Term("12348, legal advice"),
    Line.FRAUD_96110: Term("96110, against fraud"),
}
STATES = {
    TransferState.OFFERED: ("▲", "warn", Term("Being handed over: stay on the line")),
    TransferState.ACCEPTED: ("●", "good", Term("They have him")),
    TransferState.RETURNED: ("■", "bad", Term("Came back: go on with him")),
    TransferState.CLOSED: ("✓", "", Term("They settled it")),
}
SETTLED_BY_US = ("✓", "", Term("Came back, and we settled it"))
FOLLOWS = {
    TransferState.OFFERED: ("acceptance", "return"),
    TransferState.ACCEPTED: ("closure", "return"),
    TransferState.RETURNED: ("closure",),
    TransferState.CLOSED: (),
}
GROUP = 4


def lines() -> list[tuple[str, str]]:
    """All lines: value and name."""
    return [(line.value, say(name)) for line, name in LINES.items()]


def line(one: TransferRecord) -> str:
    """The line he was handed to."""
    return say(LINES[one.line])


def state(one: TransferRecord) -> tuple[str, str, str]:
    """Its sign, tone and word."""
    over = one.state is TransferState.RETURNED and one.closed_at is not None
    sign, tone, word = SETTLED_BY_US if over else STATES[one.state]
    return sign, tone, say(word)


def responsible(one: TransferRecord) -> str:
    """Who has him now."""
    return line(one) if one.responsible is Responsible.THE_LINE else one.responsible_name


def reference(number: str) -> str:
    """Ours as it is read out: two letters, then digits by fours.

    >>> reference("ZJ00000174")
    'ZJ 0000 0174'
    """
    letters, digits = number[:2], number[2:]
    return " ".join([letters, *(digits[at : at + GROUP] for at in range(0, len(digits), GROUP))])


def follows(one: TransferRecord) -> tuple[str, ...]:
    """The steps that may follow."""
    return () if one.closed_at is not None else FOLLOWS[one.state]

"""The demo's fraud warnings: whom they are about, all invented, and what became of each.

Nobody of them is in the register of households, and no number of theirs can ring.
"""

from typing import NamedTuple
from uuid import UUID

from backend.antifraud.warning_schemas import WarnedPerson
from backend.antifraud.warning_words import AttemptHow, WarningOutcome
from backend.antifraud.words import WarningLevel
from seed import made_id
from seed.clinic_words import NOW, Moment

LLM, HQ, CP, DGQ, JT, HZ = (f"371526101{number}" for number in (335, 336, 250, 331, 340, 371))
HIGH, MEDIUM, LOW = WarningLevel
CALL, SMS, VISIT = AttemptHow
O = WarningOutcome  # noqa: E741 - a column of words


class Step(NamedTuple):
    """What whoever has it does so many minutes after it came: `what` is take, try, close, hand_over, or not_taken."""

    after: int
    what: str
    how: AttemptHow | None = None
    reached: bool = False
    note: str | None = None
    outcome: WarningOutcome | None = None


class Told(NamedTuple):
    """One warning. `at`: days before the planting, and the hour; or (NOW, so many minutes ago).

    posted   by the police centre's system; else typed at its desk
    """

    name: str
    at: Moment
    level: WarningLevel
    village: str
    fraud_type: str
    person: WarnedPerson
    steps: tuple[Step, ...]
    posted: bool = False

    @property
    def id(self) -> UUID:
        return made_id(f"warning/{self.name}")


def person(name: str, number: int, address_note: str, known: str) -> WarnedPerson:
    return WarnedPerson(name=name, phone=f"154 9900 {number:04}", address_note=address_note, known=known)


def took(after: int) -> Step:
    """收到."""
    return Step(after, "take")


def tried(after: int, how: AttemptHow, reached: bool, note: str | None = None) -> Step:
    """打了、发了、去了."""
    return Step(after, "try", how, reached, note)


def ended(after: int, outcome: WarningOutcome) -> Step:
    """结果."""
    return Step(after, "close", outcome=outcome)


RUNNING = (
    Told(
        "handed",
        (NOW, 190),
        MEDIUM,
        LLM,
        "brushing_rebates",
        person("戚小满", 13, "琉璃庙村北头", "垫付任务从五十元做到了三千元"),
        (
            took(6),
            tried(15, CALL, False, "没人接"),
            Step(60, "hand_over"),
            took(66),
            tried(100, VISIT, False, "锁着门，邻居说傍晚回来"),
        ),
    ),
    Told(
        "tried",
        (NOW, 38),
        MEDIUM,
        LLM,
        "fake_loan",
        person("栾应急", 14, "村东养殖场", "贷款“账户冻结”，对方要八千元解冻费"),
        (took(5), tried(12, CALL, False, "没接，可能在开车"), tried(14, SMS, False)),
    ),
    Told(
        "today",
        (NOW, 20),
        LOW,
        LLM,
        "fake_shopping",
        person("邸种田", 15, "村北大棚", "在短视频里看中了低价旋耕机，卖家让加微信付定金"),
        (),
    ),
)
"""Begun and not ended: handed on, tried without luck, for today."""

FRESH = WarnedPerson(
    name="演练对象",
    phone="154 9900 0000",
    address_note="琉璃庙村村委会大院（演练点）",
    known="演练：不用真打电话。点“收到”，钟就停；五分钟没人点，就转给派出所值班的人",
)

"""The shapes of registered cases on the wire."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from backend.core.shapes import NO_NUL, Code, DivisionCode

Yuan = Annotated[float, Meta(ge=0, lt=1e11)]


class NewFraudCase(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A case that the police registered: a day, a type, a sum. No victim, no story.

    occurred_on    when it happened; days without an incident are counted by it
    registered_on  when it was registered; cases of a year are counted by it
    division_code  a county or a township: a village would point at a house
    """

    occurred_on: date
    registered_on: date
    fraud_type: Code
    loss_yuan: Yuan
    division_code: DivisionCode
    id: UUID | None = None


class FraudCaseRecord(Struct, frozen=True, kw_only=True):
    """A case. `withdrawn_at`: it was a mistake, and is counted nowhere."""

    id: UUID
    occurred_on: date
    registered_on: date
    fraud_type: str
    loss_yuan: float
    division_code: str
    recorded_at: datetime
    recorded_by: UUID
    withdrawn_at: datetime | None
    withdrawn_note: str | None


class FraudCaseWithdrawal(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why it counts no more, such as 重复登记; no name."""

    note: Annotated[str, Meta(min_length=1, max_length=200, pattern=NO_NUL)]

"""The two clocks of a case, moved by its steps: `response` until an answer in substance, `handling` until resolved.

Limits are limits to report back (反馈情况): an answer in substance stops the first, and the second runs on.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from backend.cases.rules import Step
from backend.cases.schemas import ClockShown
from backend.people.actors import Actor

if TYPE_CHECKING:
    from backend.cases.steps import Held

RESPONSE, HANDLING = "response", "handling"

RESOLVES = frozenset({"resolved", "explained", "rejected", "answered_on_spot"})
"""What resolves the matter, and so stops both clocks."""

ANSWERS = RESOLVES | {"responded", "answered"}
"""What is an answer in substance."""

ENDS = RESOLVES | {"merged", "withdrawn"}


async def start(
    *,
    case_id: UUID,
    number: str,
    unit_id: UUID | None,
    division_code: str,
    policy_code: str,
    opened_at: datetime,
    upstream_due_at: datetime | None,
    by: Actor | None,
) -> None:
    """Start both clocks of a new case, from when it was said."""


async def follow(step: Step, case: "Held", *, changes: Mapping[str, Any], by: Actor | None, at: datetime) -> None:
    """Move the clocks as a step asks."""


async def shown(case_id: UUID) -> list[ClockShown]:
    """The clocks of a case."""
    return []

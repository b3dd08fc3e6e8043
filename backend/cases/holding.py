"""A case whose row a transaction holds, so that nobody else moves it meanwhile."""

from datetime import datetime
from uuid import UUID

import msgspec

from backend.cases import queries
from backend.cases.refusals import CaseUnknown
from backend.cases.visibility import Seen
from backend.cases.words import CaseKind, CaseState


class Held(Seen, frozen=True, kw_only=True):
    """A case whose row this transaction holds, as it was before the step.

    end     number and digest of its last line
    step_*  what stands under the step's id already, in whichever case
    """

    id: UUID
    number: str
    state: CaseState
    kind: CaseKind
    category_code: str
    policy_code: str
    division: UUID
    household: UUID | None
    hops: int
    loop: int
    reopened_n: int
    opened_at: datetime
    received_at: datetime
    upstream_due_at: datetime | None
    responded_at: datetime | None
    closed_at: datetime | None
    merged_into: UUID | None
    origin_room: str | None
    end: tuple[int, bytes]
    step_case: UUID | None
    step_kind: str | None
    step_payload: str | None


async def hold(case_id: UUID, *, step_id: UUID | None = None) -> Held:
    """A case, held until the transaction ends, and what stands under a step's id. Raises CaseUnknown (404)."""
    await queries.lock(case_id)  # read afterwards: what is joined to a row one waits for is as old as the waiting
    row = await queries.held(case_id, step_id=step_id)
    if row is None:
        raise unknown(case_id)
    facts = dict(row)
    return msgspec.convert(facts | {"end": (facts.pop("seq"), facts.pop("digest"))}, Held)


def unknown(case_id: UUID) -> CaseUnknown:
    """The refusal for a case that is not there, or not for this reader."""
    return CaseUnknown("There is no case {id} that you may see.", id=str(case_id))

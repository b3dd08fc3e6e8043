"""Which steps a page offers to somebody: those that start from the state of the case, and are his."""

from uuid import UUID

import msgspec

from backend.cases import queries
from backend.cases.holding import Held, unknown
from backend.cases.refusals import NotYourStep
from backend.cases.rules import STEPS
from backend.cases.step_rights import check_whose
from backend.cases.visibility import sight
from backend.people.actors import Actor


async def open_to(*, case_id: UUID, by: Actor) -> list[str]:
    """The names of the steps, those too that belong elsewhere. The verb asks again. Raises CaseUnknown (404)."""
    row = await queries.held(case_id)
    if row is None:
        raise unknown(case_id)
    facts = dict(row)
    held = msgspec.convert(facts | {"end": (facts.pop("seq"), facts.pop("digest"))}, Held)
    if not sight(by).sees(held):
        raise unknown(case_id)
    return [name for name, step in STEPS.items() if held.state in step.start and _is_his(name, held, by)]


def _is_his(name: str, held: Held, by: Actor) -> bool:
    try:
        check_whose(STEPS[name].whose, held, by)
    except NotYourStep:
        return False
    return True

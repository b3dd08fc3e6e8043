"""What the farmer may do on the page of a request for advice, beside what every receipt's holder may do."""

from collections.abc import Awaitable, Callable
from uuid import uuid5

from backend.cases import ending
from backend.cases.public import public_case
from backend.console import receipt_steps
from backend.console.forms import Filled
from backend.console.receipt_steps import Holder
from backend.core.database import transaction
from backend.core.words import Term
from backend.diagnosis import forgetting


@transaction
async def _erase(holder: Holder, _: Filled) -> None:
    """Nobody goes on with it, and all that is his goes: on the case, its timeline, and in the request."""
    case = await public_case(case_id=holder.case_id)
    if "withdrawn" in case.steps:
        await ending.withdraw(case_id=holder.case_id, id=uuid5(holder.id, "withdrawn"), by=None)
    await ending.erase_contact(case_id=holder.case_id, id=holder.id, by=None)
    await forgetting.erase(request_id=holder.case_id)


STEPS: dict[str, Callable[[Holder, Filled], Awaitable[None]]] = receipt_steps.STEPS | {"erasure": _erase}

DID = receipt_steps.DID | {
    "reopening": ("reopened", Term("Your question is with the expert.")),
    "contest": ("contested", Term("Your question is with the expert.")),
    "erasure": ("contact_erased", Term("What was yours is deleted.")),
}
"""The line that a step leaves, and what the page says after it."""

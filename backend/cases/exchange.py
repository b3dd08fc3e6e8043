"""What passes between a case and systems outside: what a partner relays, and what was given to one.

The room of the doors above calls these; who may relay, and what may be given, it has looked at.
"""

from collections.abc import Mapping, Sequence
from uuid import UUID

from backend.cases.steps import take
from backend.core.database import transaction


@transaction
async def relay(*, case_id: UUID, id: UUID, remark: str, partner: str) -> None:
    """What the citizen adds through the system in which he filed it. Raises what `steps.take` raises."""
    await take("relayed", case_id=case_id, id=id, by=None, said={"words": remark.strip(), "partner": partner})


@transaction
async def disclose(*, case_id: UUID, id: UUID, words: str, partner: str, purpose: str, fields: Sequence[str]) -> None:
    """Write down, for the citizen to read, to whom which fields went and what for. By a rule of ours.

    words   the same as a sentence, for a page that knows no more
    Raises what `steps.take` raises.
    """
    said = {"words": words, "partner": partner, "purpose": purpose, "fields": list(fields)}
    await take("disclosed", case_id=case_id, id=id, by=None, said=said, by_rule=True)


@transaction
async def note_origin(*, case_id: UUID, id: UUID, facts: Mapping[str, object]) -> None:
    """What staff alone read of how a case came in: by which partner, a link to its photo. Raises what `take` raises."""
    await take("noted", case_id=case_id, id=id, by=None, said=facts, by_rule=True)

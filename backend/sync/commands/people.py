"""What a phone does offline about people: write down that a household agreed to something, or withdrew it."""

from msgspec.structs import asdict

from backend.people import consents
from backend.people.household_schemas import NewConsent
from backend.sync.bodies import made
from backend.sync.command_kinds import CommandKind, Doing, Done, offer


async def _consent(said: NewConsent, doing: Doing) -> Done:
    """Without `id` the line has the command's."""
    outcome = await consents.record_consent(**asdict(said) | {"id": said.id or doing.command_id}, by=doing.by)
    return made(outcome, outcome.record.id)


offer(CommandKind(verb="recordConsent", arguments=NewConsent, run=_consent))

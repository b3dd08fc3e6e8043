"""The household that an answer names by the number of its card: the same for every form."""

from uuid import UUID

from msgspec import Struct, convert

from backend.core.refusals import FieldError
from backend.openrosa import queries
from backend.openrosa.answers import wrong


class Home(Struct, frozen=True):
    """A household and where it is."""

    id: UUID
    division_code: str


async def home_of(code: str) -> Home:
    """The household whose card has this number. Raises Invalid (400)."""
    found = await queries.household_of_card(code)
    if found is None:
        detail = "No household has the card {value}."
        raise wrong(FieldError(pointer="/household_code", code="unknown", detail=detail, facts={"value": code}))
    return convert(dict(found), Home)

"""Over which units, roles and accounts an administrator may act. `by=None` is the command line or the seed."""

from uuid import UUID

from backend.people import role_queries
from backend.people.actors import Actor, visible_to
from backend.people.refusals import OtherTerritory, PersonUnknown
from backend.people.tables import Person, Role


def must_cover(division_code: str, by: Actor | None) -> None:
    """A unit or a role lies in the administrator's territory. Raises Forbidden, OtherTerritory (403)."""
    if by is None:
        return
    by.must_have(Role.ADMIN)
    if not visible_to(by, roles=[Role.ADMIN]).covers(division_code):
        raise OtherTerritory(division_code)


async def must_administer(person_id: UUID, by: Actor | None) -> None:
    """An administrator acts on accounts all of whose roles lie in his territory, so nobody takes over a superior.

    Raises Forbidden (403), PersonUnknown (404).
    """
    if not await Person.exists().where((Person.id == person_id) & Person.closed_at.is_null()):
        raise PersonUnknown("There is no open account {person_id}.", person_id=str(person_id))
    if by is None:
        return
    by.must_have(Role.ADMIN)
    scope = visible_to(by, roles=[Role.ADMIN])
    if not all(map(scope.covers, await role_queries.persons_division_codes(person_id=person_id))):
        raise PersonUnknown("There is no open account {person_id}.", person_id=str(person_id))

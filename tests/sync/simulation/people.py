"""Who carries phones: of the cast, three who share five; and whoever else has one."""

from uuid import UUID

from msgspec import Struct

from backend.people.actors import Actor
from tests.cast import Cast, phone_of


class Somebody(Struct, frozen=True):
    """A person of the village, the phone number he signs in with, and the households he began with."""

    actor: Actor
    number: str
    households: tuple[UUID, ...] = ()

    @property
    def id(self) -> str:
        return str(self.actor.person_id)


def people_of(cast: Cast) -> list[Somebody]:
    """Two cadres of one township, and an assistant."""
    return [
        Somebody(cast.cadre, phone_of("cadre"), (cast.household, cast.second_household, cast.third_household)),
        Somebody(cast.next_cadre, phone_of("next_cadre"), (cast.next_household,)),
        Somebody(cast.assistant, phone_of("assistant")),
    ]


def six_phones(people: list[Somebody]) -> list[list[Somebody]]:
    """Two of them are one person's alone; the last is of whoever handles for the water station, and the assistant's."""
    cadre, next_cadre, assistant, plumber = people
    shared = [[cadre, next_cadre], [cadre], [next_cadre], [assistant, cadre], [next_cadre, assistant]]
    return [*shared, [plumber, assistant]]

"""What a phone carries: each entity says how its records are read for one person, and why one is gone.

The modules of `carried/` call `carry` when they are imported; the package brings them all in, in the order in which
they are sent.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any, TypeAlias

from msgspec import Struct

from backend.core.clock import SHANGHAI
from backend.people.actors import Actor
from backend.sync.policies import SyncPolicy
from backend.sync.words import EntityName, GoneWhy


class Reader(Struct, frozen=True):
    """Who reads, on which day, under which policy. `request_id` for the access log, where a name is shown."""

    by: Actor
    day: date
    policy: SyncPolicy
    request_id: str

    @property
    def day_began(self) -> datetime:
        """Windows are reckoned from here and not from now, so that nothing leaves a phone by the minute."""
        return datetime.combine(self.day, time(), SHANGHAI)


class Found(Struct, frozen=True):
    """A record as it is now, and the bytes of what is shown with it only when it is sent (`Entity.finished`)."""

    record: Any
    secret: bytes = b""


Records: TypeAlias = Mapping[str, Found]
"""By the record's id, what is most worth carrying first."""


async def as_they_are(_: Reader, found: Mapping[str, Any]) -> Mapping[str, Any]:
    """Nothing to add when they are sent."""
    return found


class Entity(Struct, frozen=True, kw_only=True):
    """One kind of record.

    read      all that this person carries of it now, at most `policy.most_records`, with nothing in the records that
              changes by the clock alone (a distance, "overdue"): the phone reckons those itself
    why_gone  for ids that the phone holds and `read` did not find; what it leaves out counts as deleted
    finished  records by id as they are sent: what was read late because reading it is logged
    """

    name: EntityName
    read: Callable[[Reader], Awaitable[Records]]
    why_gone: Callable[[Reader, Sequence[str]], Awaitable[Mapping[str, GoneWhy]]]
    finished: Callable[[Reader, Mapping[str, Any]], Awaitable[Mapping[str, Any]]] = as_they_are


CARRIED: dict[EntityName, Entity] = {}
"""What phones carry; filled by `carry`."""


def carry(entity: Entity) -> None:
    """Make an entity known."""
    if entity.name in CARRIED:
        raise RuntimeError(f"Two entities are called {entity.name}")
    CARRIED[entity.name] = entity

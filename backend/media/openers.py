"""Who may open an upload: today a signed-in person. A station's code and a receipt will be asked here too."""

from typing import Any
from uuid import UUID

from litestar import Request
from litestar.di import NamedDependency, Provide
from litestar.params import SkipValidation
from msgspec import Struct

from backend.people.guards import signed_in


class Opener(Struct, frozen=True):
    """Who opens an upload and alone may go on with it. `person_id` is null where it is not an account of ours."""

    identity: str
    person_id: UUID | None


async def opener_of(request: Request[Any, Any, Any]) -> Opener:
    """Whoever this request comes from. Raises SignInNeeded (401), CrossSite (403)."""
    actor = await signed_in(request)
    return Opener(identity=f"person:{actor.person_id}", person_id=actor.person_id)


Opening = NamedDependency[SkipValidation[Opener]]
"""The type of a handler's `opener`."""

NEEDS_OPENER = {"opener": Provide(opener_of)}
"""For a Router's `dependencies`."""

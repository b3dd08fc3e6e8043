"""How a telephone exchange says who it is: `Authorization: Bearer` with an access key, which never runs out by itself.

An access token has two dots in it, a key has none. HTTP Basic works too, for exchanges that know nothing else.
"""

from typing import Any

from litestar import Request
from litestar.di import Provide

from backend.people.actors import Actor
from backend.people.basic import actor_of_basic, is_basic
from backend.people.guards import signed_in
from backend.people.keys import actor_of_access_key


async def signed_in_or_keyed(request: Request[Any, Any, Any]) -> Actor:
    """The actor of a token, cookie, access key or password. Raises SignInNeeded, TokenVoid (401)."""
    if is_basic(request):
        return await actor_of_basic(request)
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and key.strip() and "." not in key:
        return await actor_of_access_key(key.strip())
    return await signed_in(request)


NEEDS_SIGN_IN_OR_KEY = {"by": Provide(signed_in_or_keyed)}
"""For a route's `dependencies`."""

"""Who may open an upload: somebody signed in, or whoever shows a credential that a room has told us how to read.

    Upload-Opener: station 7K3M-9QXT-0ABC-DEFG

opens an upload and goes with every further request for it. Rooms above bring schemes of their own by being imported:

    @opens("receipt")
    async def of_receipt(knock: Knock) -> Opener: ...
"""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from ipaddress import IPv6Address, ip_address
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from litestar import Request
from litestar.di import NamedDependency, Provide
from litestar.params import SkipValidation
from msgspec import Struct

from backend.core import ids
from backend.core.refusals import SignInNeeded
from backend.core.settings import settings
from backend.media.receiving import Door, Owner
from backend.people import station_codes
from backend.people.guards import SESSION_COOKIE, signed_in

HEADER = "Upload-Opener"
NETWORK_BITS = 64
"""Of an IPv6 address: a phone has a network of its own, and any number of addresses in it."""


class Limits(Struct, frozen=True, kw_only=True):
    """How much one opener may bring. `most_open` uploads that are not whole at once, each for `open_for` a piece."""

    max_bytes: int
    most_open: int
    open_for: timedelta


class Opener(Struct, frozen=True, kw_only=True):
    """Who opens an upload and alone may go on with it.

    identity  `person:<id>`, `station:<unit>`: the same for every credential that stands for the same one
    owner     whose photo it is where it is not an account's
    """

    identity: str
    person_id: UUID | None = None
    owner: Owner | None = None
    door: Door = Door.UPLOAD
    limits: Limits

    def id_of_key(self, operation: str, key: str) -> UUID:
        """The id that an Idempotency-Key stands for. Who shares a credential with others makes keys nobody guesses."""
        return ids.from_key(self.person_id or uuid5(NAMESPACE_URL, self.identity), operation, key)


class Knock(Struct, frozen=True):
    """A credential as it came.

    address   where from, for counting
    is_first  whether it is to open something new, which counts against a limit, or to go on with it
    """

    credential: str
    address: str
    is_first: bool


Verifier = Callable[[Knock], Awaitable[Opener]]
"""Refuses with 401 what it cannot read, with 429 and Retry-After what comes too often."""

_verifiers: dict[str, Verifier] = {}


def opens(scheme: str) -> Callable[[Verifier], Verifier]:
    """Register how a scheme of `Upload-Opener` is read. Its name is lower case, of one word."""

    def register(verifier: Verifier) -> Verifier:
        if scheme in _verifiers:
            raise RuntimeError(f"Two schemes of {HEADER} are called {scheme}")
        _verifiers[scheme] = verifier
        return verifier

    return register


@opens("station")
async def of_station(knock: Knock) -> Opener:
    """A station's code. Raises StationCodeVoid (401), StationBusy (429)."""
    station = await station_codes.unit_of_station_code(knock.credential, address=knock.address)
    if knock.is_first:
        await station_codes.let_in(station, address=knock.address)
    identity = f"station:{station.unit_id}"
    return Opener(
        identity=identity,
        owner=Owner(opener=identity, unit_id=station.unit_id, division_code=station.division_code),
        door=Door.STATION,
        limits=Limits(
            max_bytes=settings().station_upload_max_bytes,
            most_open=settings().station_open_uploads,
            open_for=timedelta(hours=settings().station_upload_hours),
        ),
    )


async def opener_of(request: Request[Any, Any, Any]) -> Opener:
    """Whoever this request comes from. Raises SignInNeeded (401), CrossSite (403), and what a scheme raises."""
    given = request.headers.get(HEADER)
    if given is not None:
        scheme, _, credential = given.strip().partition(" ")
        return await opener_by(request, scheme, credential)
    actor = await signed_in(request)
    return Opener(identity=f"person:{actor.person_id}", person_id=actor.person_id, limits=persons_limits())


async def opener_by(request: Request[Any, Any, Any], scheme: str, credential: str) -> Opener:
    """Whoever a credential of a scheme stands for. Raises SignInNeeded (401) and what the scheme raises."""
    verifier = _verifiers.get(scheme.lower())
    if verifier is None:
        raise SignInNeeded("Upload-Opener is one of {schemes} and a credential.", schemes=sorted(_verifiers))
    return await verifier(Knock(credential.strip(), _address(request), is_first=request.method == "POST"))


def names_nobody(request: Request[Any, Any, Any]) -> bool:
    """Whether neither a header nor a cookie says who asks."""
    return not ({HEADER.lower(), "authorization"} & set(request.headers)) and SESSION_COOKIE not in request.cookies


def persons_limits() -> Limits:
    """Of somebody signed in."""
    chosen = settings()
    return Limits(
        max_bytes=chosen.photo_max_bytes,
        most_open=chosen.open_uploads,
        open_for=timedelta(hours=chosen.upload_hours),
    )


def _address(request: Request[Any, Any, Any]) -> str:
    host = request.client.host if request.client else ""
    try:
        address = ip_address(host)
    except ValueError:
        return host
    if isinstance(address, IPv6Address):
        return str(IPv6Address(int(address) >> (128 - NETWORK_BITS) << (128 - NETWORK_BITS)))
    return str(address)


Opening = NamedDependency[SkipValidation[Opener]]
"""The type of a handler's `opener`."""

NEEDS_OPENER = {"opener": Provide(opener_of)}
"""For a Router's `dependencies`."""

OPENERS: list[dict[str, list[str]]] = [{"bearer": []}, {"upload_opener": []}]
"""For a handler's `security`: either one."""

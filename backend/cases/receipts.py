"""Receipts: how a citizen without an account comes back to his case, with a number and a secret of six digits.

An unknown number, a wrong secret and a lock are one answer after the same work: nobody learns which numbers there are.
Only `track` looks at a secret; an address that is merely fetched (a link's preview) never costs a try.
"""

import hashlib
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from datetime import UTC, datetime
from enum import StrEnum
from struct import Struct as Layout
from uuid import UUID

from msgspec import Struct

from backend.cases import attempts, numbers, receipt_queries, steps
from backend.cases.policies import case_policy
from backend.cases.public import PublicCase, public_case
from backend.cases.refusals import ReceiptUnknown, TicketExpired
from backend.core import clock, ids
from backend.core.cipher import blind_index
from backend.core.creates import Outcome
from backend.core.database import transaction
from backend.core.settings import settings
from backend.people.actors import Actor

_NOBODY = UUID(int=0)
_LAYOUT = Layout(">16sI")
_SIGNATURE_BYTES = 16


class Recognised(StrEnum):
    """How whoever lost his receipt was recognised by the one who makes a new secret."""

    KNOWN_PERSONALLY = "known_personally"
    IDENTITY_CARD = "identity_card"
    HOUSEHOLD_BOOK = "household_book"
    CALLED_BACK = "called_back"
    WITNESSED = "witnessed"


class NewSecret(Struct, frozen=True, kw_only=True):
    """A receipt made anew. `secret` is told once: on a repeat it is null."""

    case_id: UUID
    number: str
    number_said: str
    secret: str | None
    receipt_url: str


class Ticket(Struct, frozen=True, kw_only=True):
    """What stands for the secret until then, so that nobody enters it twice."""

    ticket: str
    valid_until: datetime


class ReceiptPhotos(Struct, frozen=True, kw_only=True):
    """All photos that a case has now."""

    number: str
    photo_ids: list[UUID]


async def track(*, number: str, secret: str, address: str) -> PublicCase:
    """What the holder of a receipt may read. Raises ReceiptUnknown (404); call it outside a transaction."""
    return await public_case(case_id=await opened_by(number=number, secret=secret, address=address))


async def opened_by(*, number: str, secret: str, address: str) -> UUID:
    """The case that a number and a secret open. Raises ReceiptUnknown (404); call it outside a transaction.

    number   as it was typed: blanks, dashes and full-width digits are forgiven
    address  where it comes from, to slow down guessing; kept by a keyed hash for a day
    """
    plain, said = numbers.plain(number), numbers.plain(secret)
    keys = attempts.Keys(number=plain, address=address)
    locked = await attempts.count(keys)
    found = await receipt_queries.valid(plain[:16])
    case_id, kept = found or (_NOBODY, bytes(32))
    fits = hmac.compare_digest(secret_mac(case_id, said), kept)
    if locked or found is None or not fits:
        raise ReceiptUnknown(ReceiptUnknown.SAID)
    await attempts.forgive(keys)
    return case_id


@transaction
async def recover(*, case_id: UUID, id: UUID, recognised: Recognised, by: Actor) -> Outcome[NewSecret]:
    """Make a new secret for somebody who lost his receipt; the old one opens nothing any more.

    For the desk of the place, whoever opened the case, and the cadre who serves the household today. How he was
    recognised stands on the timeline, where the citizen reads it too.

    Raises what `steps.take` raises.
    """
    taken = await steps.take("receipt_renewed", case_id=case_id, id=id, by=by, said={"recognised": recognised.value})
    secret = None
    if taken.new:
        receipt_id = ids.uuid7(taken.at)
        secret = secret_of(receipt_id)
        await receipt_queries.renew(
            id=receipt_id, case_id=case_id, mac=secret_mac(case_id, secret), by=by.person_id, at=taken.at
        )
    number = taken.before.number
    renewed = NewSecret(
        case_id=case_id,
        number=number,
        number_said=numbers.grouped(number),
        secret=secret,
        receipt_url=receipt_url(number),
    )
    return Outcome(renewed, created=taken.new)


async def tell_again(case_id: UUID) -> str | None:
    """The secret of a case's receipt once more; None where it was made before secrets followed from their ids.

    Only for the phone that made the case's id and sends the same again, because it never heard the first answer.
    """
    found = await receipt_queries.valid_of(case_id)
    if found is None:
        return None
    receipt_id, kept = found
    secret = secret_of(receipt_id)
    return secret if hmac.compare_digest(secret_mac(case_id, secret), kept) else None


def secret_of(receipt_id: UUID) -> str:
    """Six digits that nobody guesses who has not the server's key. They follow from the receipt's id, which nobody is
    told: so they can be said again without being stored.
    """
    return f"{int.from_bytes(blind_index(str(receipt_id), column='cases_receipt.id')) % 1_000_000:06d}"


def secret_mac(case_id: UUID, secret: str) -> bytes:
    """What is kept of a secret: useless without the key, and for any other case."""
    return blind_index(f"{case_id} {secret}", column="cases_receipt.secret")


def receipt_url(number: str) -> str:
    """Where a receipt is shown. There is no secret in it; without PUBLIC_URL it is a path."""
    return f"{settings().public_url.rstrip('/')}/r/{number}"


async def open_receipt(*, number: str, secret: str, address: str) -> Ticket:
    """A ticket for number and secret. Raises ReceiptUnknown (404); call it outside a transaction."""
    case_id = await opened_by(number=number, secret=secret, address=address)
    valid_until = clock.now() + case_policy(clock.today()).ticket_valid_for
    return Ticket(ticket=ticket_for(case_id), valid_until=valid_until.replace(microsecond=0))


def ticket_for(case_id: UUID) -> str:
    """What lets a citizen go on for half an hour after he gave the secret: for a cookie, never for an address."""
    until = int((clock.now() + case_policy(clock.today()).ticket_valid_for).timestamp())
    said = _LAYOUT.pack(case_id.bytes, until)
    return urlsafe_b64encode(said + _signature(said)).decode().rstrip("=")


def case_of_ticket(ticket: str) -> UUID:
    """The case of a ticket. Raises TicketExpired (404)."""
    try:
        raw = urlsafe_b64decode(ticket + "=" * (-len(ticket) % 4))
    except (NotBase64, ValueError) as error:
        raise TicketExpired from error
    said, signature = raw[: _LAYOUT.size], raw[_LAYOUT.size :]
    if len(said) != _LAYOUT.size or not hmac.compare_digest(signature, _signature(said)):
        raise TicketExpired
    case, until = _LAYOUT.unpack(said)
    if datetime.fromtimestamp(until, UTC) <= clock.now():
        raise TicketExpired
    return UUID(bytes=case)


def _signature(said: bytes) -> bytes:
    key = hashlib.sha256(b"lianxin receipt tickets\n" + settings().secret_key.encode()).digest()
    return hmac.digest(key, said, "sha256")[:_SIGNATURE_BYTES]

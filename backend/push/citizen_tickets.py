"""What lets a citizen go on for half an hour after he proved his number: for a cookie or a header, never an address."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from datetime import UTC, datetime
from uuid import UUID

from backend.core import clock
from backend.core.cipher import SealBroken, seal, unseal
from backend.push.citizen_policies import citizen_policy
from backend.push.citizen_refusals import CitizenTicketExpired

COLUMN = "push_address.ticket"


def ticket_for(address_id: UUID) -> tuple[str, datetime]:
    """A ticket, and until when it counts."""
    until = (clock.now() + citizen_policy(clock.today()).ticket_valid_for).replace(microsecond=0)
    sealed = seal(f"{address_id} {int(until.timestamp())}", column=COLUMN)
    return urlsafe_b64encode(sealed).decode().rstrip("="), until


def address_of_ticket(ticket: str) -> UUID:
    """The address that it opens. Raises CitizenTicketExpired (403)."""
    try:
        address_id, until = unseal(urlsafe_b64decode(ticket + "=" * (-len(ticket) % 4)), column=COLUMN).split()
    except (NotBase64, ValueError, SealBroken) as error:
        raise CitizenTicketExpired("Half an hour is over. Have a code sent once more.") from error
    if datetime.fromtimestamp(int(until), UTC) <= clock.now():
        raise CitizenTicketExpired("Half an hour is over. Have a code sent once more.")
    return UUID(address_id)

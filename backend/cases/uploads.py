"""A receipt opens an upload: `Upload-Opener: receipt <ticket>`, the ticket that the secret was exchanged for."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from backend.cases import numbers, receipt_queries, working
from backend.cases.receipts import ReceiptPhotos, case_of_ticket
from backend.cases.refusals import TicketExpired
from backend.core.refusals import SignInNeeded
from backend.core.settings import settings
from backend.media.openers import Knock, Limits, Opener, opens
from backend.media.receiving import Door, Owner


def opener_of_case(case_id: UUID) -> str:
    """Whose the photos are that come with a case's receipt, until `working.add_photos` takes them up."""
    return f"receipt:{case_id}"


async def add_receipt_photos(*, number: str, ticket: str, id: UUID, photo_ids: Sequence[UUID]) -> ReceiptPhotos:
    """Take up what was uploaded with a ticket. Sent again under the same id it changes nothing.

    Raises TicketExpired (404), StepNotOpen, PhotoClaimed, DifferentArguments (409), PhotoUnknown (404).
    """
    case_id = case_of_ticket(ticket)
    opener = opener_of_case(case_id)
    if await receipt_queries.number_of(case_id) != numbers.plain(number):
        raise TicketExpired  # of another receipt
    case = await working.add_photos(case_id=case_id, id=id, photo_ids=photo_ids, by=None, opener=opener)
    return ReceiptPhotos(number=case.number, photo_ids=case.photo_ids)


@opens("receipt")
async def of_receipt(knock: Knock) -> Opener:
    """A ticket of the last half hour. Raises SignInNeeded (401)."""
    try:
        case_id = case_of_ticket(knock.credential)
    except TicketExpired as error:
        raise SignInNeeded("Enter the receipt's secret again.") from error
    identity = opener_of_case(case_id)
    return Opener(
        identity=identity,
        owner=Owner(opener=identity),
        door=Door.RECEIPT,
        limits=Limits(
            max_bytes=settings().station_upload_max_bytes,
            most_open=settings().open_uploads,
            open_for=timedelta(hours=settings().station_upload_hours),
        ),
    )

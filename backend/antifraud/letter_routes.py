"""Over HTTP: reminder letters by ranges of serials."""

from datetime import date
from typing import Annotated
from uuid import UUID

from litestar import Response, Router, get, post
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from msgspec.structs import replace

from backend.antifraud import letters, letters_printing
from backend.antifraud.letter_schemas import LettersRecord, LetterStock, NewLetters
from backend.antifraud.letters_printing import PrintedLetters
from backend.antifraud.outreach_words import LetterMove
from backend.cases.parameters import id_of
from backend.core.creates import Key, answered
from backend.core.paging import CursorQuery, LimitQuery, Page
from backend.people.guards import NEEDS_SIGN_IN, SignedIn
from backend.territory.parameters import Division

PDF = "application/pdf"
Village = Annotated[str, QueryParameter(description="the village", pattern=r"^[0-9]{12}$")]
SerialQuery = Annotated[str | None, QueryParameter(description="all that happened to one letter", max_length=40)]


@post(
    "/antifraud/letters",
    operation_id="issueLetters",
    summary="Write down what happened to letters: given, signed, declined, lost, returned",
    description="By serials, from first to last. `given` by supervisors and administrators; the others by the "
    "village's assistant too, and only with letters that lie in the village. 409 names those of which it cannot be.",
    responses={200: ResponseSpec(LettersRecord, generate_examples=False, description="Written down before")},
)
async def issue_letters(
    data: JSONBody[NewLetters], by: SignedIn, idempotency_key: Key = None
) -> Response[LettersRecord]:
    """A range is one row, however many letters it is."""
    new = replace(data, id=id_of(data.id, idempotency_key, operation="issueLetters", by=by))
    return answered(await letters.issue_letters(new=new, by=by))


@post(
    "/antifraud/letters/{letters_id:uuid}/withdrawal",
    operation_id="withdrawLetters",
    summary="It was a mistake, or the lost book was found",
    description="By whoever wrote it down, or a supervisor or administrator of the place. Refused where something was "
    "done with these letters since.",
    status_code=200,
)
async def withdraw_letters(letters_id: FromPath[UUID], by: SignedIn) -> LettersRecord:
    """The row stays, and counts no more."""
    return await letters.withdraw_letters(letters_id=letters_id, by=by)


@get("/antifraud/letters", operation_id="listLetters", summary="What happened to letters, the newest first")
async def list_letters(
    by: SignedIn,
    division_code: Division = None,
    move: FromQuery[LetterMove | None] = None,
    serial: SerialQuery = None,
    limit: LimitQuery = 50,
    cursor: CursorQuery = None,
) -> Page[LettersRecord]:
    """Withdrawn rows are in it, and say so."""
    return await letters.list_letters(
        by=by, division_code=division_code, move=move, serial=serial, limit=limit, cursor=cursor
    )


@get("/antifraud/letters/stock", operation_id="listLetterStock", summary="How many letters each village has")
async def list_letter_stock(
    by: SignedIn, division_code: Division = None, limit: LimitQuery = 50, cursor: CursorQuery = None
) -> Page[LetterStock]:
    """Of one village with the serials that lie there."""
    return await letters.list_stocks(by=by, division_code=division_code, limit=limit, cursor=cursor)


@get(
    "/antifraud/letters/sheets",
    operation_id="printLetters",
    summary="Reminder letters to print, as a PDF",
    description="Of serials that lie in the village's stock, at most 200 at once, from the kit's letter in its newest "
    "version: serial, village, police station with its public number, day. By the village's assistants, supervisors "
    "and administrators. The same again is the same: a spoilt sheet is printed anew. 409 names letters that are not "
    "there.",
    media_type=PDF,
)
async def print_letters(
    by: SignedIn,
    division_code: Village,
    first: Annotated[str, QueryParameter(description="the first serial", max_length=40)],
    last: Annotated[
        str | None, QueryParameter(description="the last one, or its last digits; one letter without it", max_length=40)
    ] = None,
    on: Annotated[date | None, QueryParameter(description="the day that stands on them; today")] = None,
) -> Response[bytes]:
    """One sheet a letter, in the order of their serials."""
    return sheets_of(
        await letters_printing.print_letters(division_code=division_code, first=first, last=last, on=on, by=by)
    )


def sheets_of(printed: PrintedLetters) -> Response[bytes]:
    """The PDF, to be looked at and printed; the page for letters answers with it too."""
    name = f"letters-{printed.serials.first}-{printed.serials.last}.pdf"
    headers = {"Content-Disposition": f'inline; filename="{name}"', "Cache-Control": "no-store"}
    return Response(printed.pdf, media_type=PDF, headers=headers)


router = Router(
    path="/api/v1",
    route_handlers=[issue_letters, withdraw_letters, list_letters, list_letter_stock, print_letters],
    dependencies=NEEDS_SIGN_IN,
    tags=["antifraud"],
)

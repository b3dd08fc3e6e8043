"""Citizens' warnings over HTTP: public where a citizen calls, signed in at a desk."""

from typing import Annotated, Any

from litestar import Request, Response, delete, get, post, put
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import HeaderParameter, JSONBody

from backend.core.creates import answered
from backend.core.peers import address_of
from backend.people.guards import SignedIn
from backend.push import citizen_codes, citizen_consent, citizens
from backend.push.citizen_consent import ConsentText
from backend.push.citizen_schemas import (
    CitizenCodeRecord,
    CitizenTicket,
    CitizenWarnings,
    NewCitizenCode,
    NewDeskCode,
    NewDeskRegistration,
    NewRegistration,
    Opening,
    Wishes,
)

Ticket = Annotated[
    str, HeaderParameter(name="Citizen-Ticket", max_length=400, description="of registerCitizen or openCitizenWarnings")
]
SENT = {200: ResponseSpec(CitizenCodeRecord, generate_examples=False, description="Sent before; not sent again")}
KNOWN = {200: ResponseSpec(CitizenTicket, generate_examples=False, description="Registered with this code before")}
UNKEPT = {"Cache-Control": "no-store"}


@get(
    "/citizen-warnings/consent",
    operation_id="getCitizenConsent",
    summary="What a citizen agrees to, to be shown to him",
)
async def get_consent() -> ConsentText:
    """In the language of Accept-Language; `text_version` goes back with registerCitizen."""
    return citizen_consent.to_be_read()


@post(
    "/citizen-warnings/codes",
    operation_id="requestCitizenCode",
    summary="Have six digits sent to a mobile number",
    description="No sign-in, but a station's code: the village is the station's. A few to one number and from one "
    "device. The same id again sends nothing. Whether the number gets warnings already is not told.",
    responses=SENT,
)
async def request_code(data: JSONBody[NewCitizenCode], request: Request[Any, Any, Any]) -> Response[CitizenCodeRecord]:
    """For citizens."""
    outcome = await citizen_codes.request_citizen_code(new=data, address=address_of(request))
    return answered(outcome, UNKEPT)


@post(
    "/citizen-warnings",
    operation_id="registerCitizen",
    summary="Warnings of one's village by text message",
    description="With the digits and the version of the text he agreed to. No sign-in. An emergency comes day and "
    "night; what else comes, the wishes say. Five tries at a code.",
    responses=KNOWN,
)
async def register(data: JSONBody[NewRegistration]) -> Response[CitizenTicket]:
    """For citizens."""
    return answered(await citizens.register_citizen(new=data), UNKEPT)


@post(
    "/citizen-warnings/tickets",
    operation_id="openCitizenWarnings",
    summary="Come back with new digits, for half an hour",
    status_code=200,
)
async def open_warnings(data: JSONBody[Opening]) -> Response[CitizenTicket]:
    """For citizens who get warnings already."""
    return Response(await citizens.open_citizen_warnings(opening=data), headers=UNKEPT)


@get("/citizen-warnings", operation_id="getCitizenWarnings", summary="What this number gets")
async def get_warnings(ticket: Ticket) -> Response[CitizenWarnings]:
    """Of the ticket's number."""
    return Response(await citizens.citizen_warnings(ticket=ticket), headers=UNKEPT)


@put(
    "/citizen-warnings",
    operation_id="changeCitizenWarnings",
    summary="Other wishes; `only_emergencies` mutes all but emergencies",
)
async def change_warnings(data: JSONBody[Wishes], ticket: Ticket) -> Response[CitizenWarnings]:
    """All wishes as they are to be."""
    return Response(await citizens.change_citizen_warnings(ticket=ticket, wishes=data), headers=UNKEPT)


@delete(
    "/citizen-warnings",
    operation_id="stopCitizenWarnings",
    summary="Stop altogether, emergencies too: the number is erased",
)
async def stop_warnings(ticket: Ticket) -> None:
    """Twice is once."""
    await citizens.stop_citizen_warnings(ticket=ticket)


@get(
    "/desk/citizen-warnings/consent",
    operation_id="getSpokenCitizenConsent",
    summary="What is read out to a citizen at a desk or on the telephone",
)
async def get_spoken_consent(by: SignedIn) -> ConsentText:  # noqa: ARG001 - whoever is signed in
    """Always Chinese."""
    return citizen_consent.to_be_read_out()


@post(
    "/desk/citizen-warnings/codes",
    operation_id="requestCitizenCodeAtDesk",
    summary="Have digits sent to somebody who telephones or stands there",
    description="By operators, technicians and cadres, for villages of their territory.",
    responses=SENT,
)
async def request_code_at_desk(data: JSONBody[NewDeskCode], by: SignedIn) -> Response[CitizenCodeRecord]:
    """He tells them then."""
    return answered(await citizen_codes.request_code_at_desk(new=data, by=by), UNKEPT)


@post(
    "/desk/citizen-warnings",
    operation_id="registerCitizenAtDesk",
    summary="Register him with the digits he told and the yes he said",
    description="By whoever had the code sent. No ticket is told: his own page is his.",
    responses={200: ResponseSpec(CitizenWarnings, generate_examples=False, description="Registered before")},
)
async def register_at_desk(data: JSONBody[NewDeskRegistration], by: SignedIn) -> Response[CitizenWarnings]:
    """Consent is spoken."""
    outcome = await citizens.register_at_desk(new=data, by=by)
    return Response(outcome.record.warnings, status_code=201 if outcome.created else 200, headers=UNKEPT)


@post(
    "/desk/citizen-warnings/stop",
    operation_id="stopCitizenWarningsAtDesk",
    summary="He wants no more, emergencies neither: with the digits he told the number is erased",
    status_code=204,
)
async def stop_at_desk(data: JSONBody[Opening], by: SignedIn) -> None:
    """Twice is once."""
    await citizens.stop_at_desk(opening=data, by=by)


PUBLIC = (get_consent, request_code, register, open_warnings, get_warnings, change_warnings, stop_warnings)
SIGNED_IN = (get_spoken_consent, request_code_at_desk, register_at_desk, stop_at_desk)

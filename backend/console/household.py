"""/console/households/{id}: what has happened with one household; its name and phone on request, and written down."""

from uuid import UUID

from litestar import Response, Router, get, post
from litestar.params import FromPath

from backend.console import labels
from backend.console.pages import page
from backend.console.shown import shown_visits
from backend.core.logs import request_id
from backend.people import households
from backend.people.actors import Actor, visible_to
from backend.people.guards import SignedIn
from backend.people.household_queries import household_record, visible_household
from backend.people.household_schemas import HouseholdContact
from backend.people.tables import Role
from backend.visits import queries as visits
from backend.visits.schemas import VisitFilters

ROWS = 100


@get("/households/{household_id:uuid}", include_in_schema=False)
async def show_household(by: SignedIn, household_id: FromPath[UUID]) -> Response[str]:
    """The history; the contact stays closed."""
    return await _page(by, household_id, contact=None)


@post("/households/{household_id:uuid}/contact", include_in_schema=False, status_code=200)
async def show_contact(by: SignedIn, household_id: FromPath[UUID]) -> Response[str]:
    """The same page with the contact open; the access log has a line more."""
    contact = await households.read_contact(household_id=household_id, by=by, request_id=request_id.get())
    return await _page(by, household_id, contact=contact)


async def _page(by: Actor, household_id: UUID, contact: HouseholdContact | None) -> Response[str]:
    household = household_record(await visible_household(household_id=household_id, by=by))
    records = await visits.list_visits(
        scope=visible_to(by), filters=VisitFilters(household_id=household_id), limit=ROWS
    )
    may_log = by.has(Role.CADRE, Role.ASSISTANT)
    return page(
        "household/household.html",
        by=by,
        household=household,
        place=labels.place(household.division_name),
        contact=contact,
        visits=await shown_visits(records[:ROWS], by=by),
        channels=labels.channels(),
        may_log=may_log,
        back="/console/log" if may_log else "/console/map",
    )


router = Router(path="/console", route_handlers=[show_household, show_contact])

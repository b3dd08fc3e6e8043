"""Rosters over HTTP, under one router; stations, markets and calendars have routers of their own."""

from litestar import Router

from backend.people.guards import NEEDS_SIGN_IN
from backend.rosters import retention_rules, watch  # noqa: F401 - jobs and rules register
from backend.rosters.duty_routes import list_duty_rules, set_duty_rule, who_is_on_duty
from backend.rosters.leave_routes import decide_leave, get_leave, list_leaves, request_leave
from backend.rosters.shift_routes import cancel_shift, confirm_shift, get_shift, list_shifts, publish_shifts
from backend.rosters.swap_routes import accept_swap, decline_swap, get_swap, list_my_swap_offers, swap_shift

router = Router(
    path="/api/v1",
    route_handlers=[
        *(list_shifts, publish_shifts, get_shift, confirm_shift, cancel_shift),
        *(swap_shift, list_my_swap_offers, get_swap, accept_swap, decline_swap),
        *(request_leave, list_leaves, get_leave, decide_leave),
        *(list_duty_rules, set_duty_rule, who_is_on_duty),
    ],
    dependencies=NEEDS_SIGN_IN,
    tags=["rosters"],
)

"""The addresses of outreach; the room's own `routes.py` carries this one router."""

from litestar import Router

from backend.console.outreach import letters, letters_moving, letters_printing, outreach_routes, round, round_saving

router = Router(
    path="/console",
    route_handlers=[
        *round.HANDLERS,
        *round_saving.HANDLERS,
        outreach_routes.router,
        *letters.HANDLERS,
        *letters_moving.HANDLERS,
        *letters_printing.HANDLERS,
    ],
)

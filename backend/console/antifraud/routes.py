"""The folder's addresses, in one router."""

from litestar import Router

from backend.console.antifraud import board, cards, check, figures, fraud_cases, library

router = Router(
    path="/console/antifraud",
    route_handlers=[
        *figures.HANDLERS,
        *fraud_cases.HANDLERS,
        *library.HANDLERS,
        *cards.HANDLERS,
        *check.HANDLERS,
        *board.HANDLERS,
    ],
)

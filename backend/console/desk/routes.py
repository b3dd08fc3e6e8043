"""The addresses under /console/desk."""

from litestar import Router

from backend.console.desk import board, callbacks, calls

router = Router(path="/console/desk", route_handlers=[*board.HANDLERS, *callbacks.HANDLERS, *calls.HANDLERS])

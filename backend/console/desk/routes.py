"""The addresses under /console/desk."""

from litestar import Router

from backend.console.desk import board, callbacks

router = Router(path="/console/desk", route_handlers=[*board.HANDLERS, *callbacks.HANDLERS])

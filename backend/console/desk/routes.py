"""The addresses under /console/desk."""

from litestar import Router

from backend.console.desk import callbacks

router = Router(path="/console/desk", route_handlers=[*callbacks.HANDLERS])

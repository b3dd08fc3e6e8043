"""The addresses of outreach; the room's own `routes.py` carries this one router."""

from litestar import Router

router = Router(path="/console", route_handlers=[])

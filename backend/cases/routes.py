"""The room over HTTP."""

from litestar import Router

from backend.people.guards import NEEDS_SIGN_IN

router = Router(path="/api/v1", route_handlers=[], dependencies=NEEDS_SIGN_IN, tags=["cases"])

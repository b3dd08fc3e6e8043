"""Diagnosis over HTTP."""

from litestar import Router

from backend.diagnosis import retention_rules  # noqa: F401 - the rules register
from backend.people.guards import NEEDS_SIGN_IN

router = Router(path="/api/v1", route_handlers=[], dependencies=NEEDS_SIGN_IN, tags=["diagnosis"])

"""The room over HTTP."""

from litestar import Router

from backend.people.guards import NEEDS_SIGN_IN
from backend.tasks import actions, retention_rules  # noqa: F401 - the job and the rules register

router = Router(path="/api/v1", route_handlers=[], dependencies=NEEDS_SIGN_IN, tags=["tasks"])

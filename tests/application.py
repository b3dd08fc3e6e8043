"""Routes as an application, made once a session: the console's take 120 ms to put together, the whole house's 600."""

from functools import cache

from litestar import Litestar, Router

from backend.core.problems import HANDLERS
from tests.spec.answers import Held


@cache
def application(*routers: Router) -> Litestar:
    """These routes with the house's way to refuse, and nothing else. Nothing of a request stays in it."""
    return _held(Litestar([*routers], exception_handlers=HANDLERS, logging_config=None))


@cache
def whole_house() -> Litestar:
    """Everything, as it is served."""
    from backend.app import create_app  # brings every room in: a room's own tests must do without

    return _held(create_app())


def _held(app: Litestar) -> Litestar:
    """The same, and every answer of its is held against mobile_api_spec/openapi.json."""
    app.asgi_handler = Held(app.asgi_handler)
    return app

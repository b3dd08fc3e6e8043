"""The addresses of the pages of public warnings."""

from litestar import Router

from backend.console.alerts import deciding, following, one, overview, poster, reach, writing

router = Router(
    path="/console",
    route_handlers=[
        *(*overview.HANDLERS, *writing.HANDLERS, *one.HANDLERS, *deciding.HANDLERS),
        *(*following.HANDLERS, *reach.HANDLERS, *poster.HANDLERS),
    ],
)

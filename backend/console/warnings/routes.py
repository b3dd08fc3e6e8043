"""The addresses under /console/warnings."""

from litestar import Router

from backend.console.warnings import county, entry, mine, one, purges, sources

router = Router(
    path="/console/warnings",
    route_handlers=[
        *mine.HANDLERS,
        *entry.HANDLERS,
        *county.HANDLERS,
        *purges.HANDLERS,
        *sources.HANDLERS,
        *one.HANDLERS,
    ],
)

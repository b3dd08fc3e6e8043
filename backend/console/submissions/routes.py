"""The addresses under /console/submissions."""

from litestar import Router

from backend.console.submissions import listing, one

router = Router(path="/console/submissions", route_handlers=[listing.show_submissions, *one.HANDLERS])

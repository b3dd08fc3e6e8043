"""The addresses of rounds, talks, posters, coverage, checks and gaps: everything under /console/outreach."""

from litestar import Router

from backend.console.outreach import (
    checks,
    coverages,
    outreach,
    outreach_gaps,
    posters,
    rounds,
    rounds_planning,
    talks,
)

router = Router(
    path="/",
    route_handlers=[
        *outreach.HANDLERS,
        *rounds_planning.HANDLERS,
        *rounds.HANDLERS,
        *talks.HANDLERS,
        *posters.HANDLERS,
        *coverages.HANDLERS,
        *checks.HANDLERS,
        *outreach_gaps.HANDLERS,
    ],
)

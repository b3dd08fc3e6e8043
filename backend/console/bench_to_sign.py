"""/console/bench/advice: drafts of fertiliser advice that wait for an expert's signature, the oldest first."""

from typing import Annotated
from urllib.parse import urlencode

from litestar import Response, get
from litestar.params import QueryParameter

from backend.console import bench_labels as says
from backend.console.bench_advice import NUTRIENTS
from backend.console.pages import page
from backend.core.words import say
from backend.laboratory import advice
from backend.laboratory.fertilisers import fertiliser_name
from backend.people.guards import SignedIn
from backend.people.tables import Role

HERE = "/console/bench/advice"
ROWS = 30
After = Annotated[str, QueryParameter(max_length=400)]


@get("/advice", include_in_schema=False)
async def show_to_sign(by: SignedIn, after: After = "") -> Response[str]:
    """Each leads to its sample, where every number stands and it is signed."""
    by.must_have(Role.EXPERT)
    found = await advice.list_to_sign(by=by, limit=ROWS, cursor=after or None)
    return page(
        "bench/to_sign.html",
        by=by,
        says=says,
        waiting=found.items,
        count=await advice.count_to_sign(by=by),
        fertiliser_of=fertiliser_name,
        nutrient_of=lambda code: say(NUTRIENTS[code]),
        next_page=f"{HERE}?{urlencode({'after': found.next_cursor})}" if found.next_cursor else None,
        later=bool(after),
    )


HANDLERS = (show_to_sign,)

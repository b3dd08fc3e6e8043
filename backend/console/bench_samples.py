"""/console/bench/samples: find a bag by its number, or look through what was handed in."""

from datetime import date
from typing import Annotated, Any
from urllib.parse import urlencode

from litestar import Response, get
from litestar.params import QueryParameter
from litestar.response import Redirect
from msgspec import Struct

from backend.console import bench_labels as says
from backend.console.pages import page
from backend.console.refused import told
from backend.core.paging import Page
from backend.core.refusals import Refusal
from backend.core.words import say
from backend.laboratory import sample_lists
from backend.laboratory.sample_lists import Filters
from backend.laboratory.sample_schemas import SampleItem
from backend.laboratory.words import SampleKind, SampleState, Verdict
from backend.people.actors import Actor
from backend.people.guards import SignedIn

ROWS = 40
Choice = Annotated[str, QueryParameter(max_length=20)]
Scanned = Annotated[str, QueryParameter(max_length=60)]
After = Annotated[str, QueryParameter(max_length=400)]


class Chosen(Struct, frozen=True, kw_only=True):
    """What the form says."""

    code: str = ""
    kind: str = ""
    verdict: str = ""
    state: str = ""
    on: str = ""

    @property
    def filters(self) -> Filters:
        """Raises ValueError."""
        return Filters(
            code=self.code.strip() or None,
            kind=SampleKind(self.kind) if self.kind else None,
            verdict=Verdict(self.verdict) if self.verdict else None,
            state=SampleState(self.state) if self.state else None,
            on=date.fromisoformat(self.on) if self.on else None,
        )


@get("/samples", include_in_schema=False)
async def show_samples(
    by: SignedIn,
    code: Scanned = "",
    kind: Choice = "",
    verdict: Choice = "",
    in_state: Annotated[str, QueryParameter(name="state", max_length=20)] = "",
    on: Choice = "",
    after: After = "",
) -> Response[Any]:
    """What fits, the newest first; a number that only one bag has leads to that one."""
    chosen = Chosen(code=code, kind=kind, verdict=verdict, state=in_state, on=on)
    try:
        found = await sample_lists.list_samples(by=by, filters=chosen.filters, limit=ROWS, cursor=after or None)
    except ValueError:
        return _page(by, Chosen(), Page([], None), problem=say("The filter cannot be read. Choose again."))
    except Refusal as refusal:
        return _page(by, chosen, Page([], None), problem=told(refusal))
    if code.strip() and len(found.items) == 1 and not after:
        return Redirect(f"/console/bench/samples/{found.items[0].id}", status_code=303)
    return _page(by, chosen, found)


def _page(by: Actor, chosen: Chosen, found: Page[SampleItem], problem: str | None = None) -> Response[str]:
    return page(
        "bench/samples.html",
        status=400 if problem else 200,
        by=by,
        chosen=chosen,
        says=says,
        samples=found.items,
        kinds=says.choices(says.KINDS),
        verdicts=[(each.value, says.verdict(each).word) for each in Verdict],
        states=[(each.value, says.sign(says.SAMPLE_STATES, each).word) for each in SampleState],
        next_page=_next(chosen, found.next_cursor),
        problem=problem,
    )


def _next(chosen: Chosen, cursor: str | None) -> str | None:
    if cursor is None:
        return None
    told = {name: getattr(chosen, name) for name in chosen.__struct_fields__ if getattr(chosen, name)}
    return "/console/bench/samples?" + urlencode({**told, "after": cursor})


HANDLERS = (show_samples,)

"""/console/clinic: questions about crops by the clock that falls due first; mine, the pool, and what waits."""

from typing import Annotated

from litestar import Response, get
from litestar.params import QueryParameter
from msgspec import Struct

from backend.console import clinic_shown, clock_labels, diagnosis_labels, labels
from backend.console.clinic_shown import Walk
from backend.console.clock_labels import ClockShown
from backend.console.pages import page
from backend.core.words import Term, say
from backend.diagnosis import lists
from backend.diagnosis.request_schemas import DiagnosisRecord, QueueItem
from backend.diagnosis.words import RequestState
from backend.people.actors import Actor
from backend.people.guards import SignedIn
from backend.people.tables import Role

ROWS = 30
MOST_WALKED = 100


class Tab(Struct, frozen=True):
    """A part of the queue, by the name that `diagnosis.lists` gives it."""

    name: Term
    experts_only: bool = False


class TabShown(Struct, frozen=True, kw_only=True):
    """A tab with how many are in it."""

    code: str
    name: str
    address: str
    n: int | None
    now: bool


class Row(Struct, frozen=True):
    """A line of the queue with its clock in words."""

    item: QueueItem
    clock: ClockShown | None


TABS: dict[str, Tab] = {
    "offered": Tab(Term("Put before me"), experts_only=True),
    "claimed": Tab(Term("I have it"), experts_only=True),
    "pool": Tab(Term("In the pool")),
    "opinion": Tab(Term("My second opinion is asked"), experts_only=True),
    "asked": Tab(Term("Waiting for the farmer")),
    "to_tell": Tab(Term("Answered, to be told")),
    "all": Tab(Term("All open ones")),
    "answered": Tab(Term("Answered")),
}
KEYS = (
    ("j k ↓ ↑", Term("Next and previous question")),
    ("Enter", Term("Open it")),
    ("1 – 8", Term("The tabs above")),
    ("?", Term("These keys")),
)

Choice = Annotated[str, QueryParameter(max_length=20)]
After = Annotated[str, QueryParameter(max_length=400)]


@get("/clinic", include_in_schema=False)
async def show_queue(by: SignedIn, tab: Choice = "", after: After = "", did: Choice = "") -> Response[str]:
    """One page of one tab."""
    counts = await lists.queue_counts(by=by)
    chosen = _chosen(by, tab, counts)
    found = await lists.list_queue(by=by, part=chosen, limit=ROWS, cursor=after or None)
    return page(
        "clinic/queue.html",
        by=by,
        tabs=_tabs(by, chosen, counts),
        tab_now=chosen,
        items=[Row(each, clock_labels.shown(each.clock) if each.clock else None) for each in found.items],
        next_page=f"/console/clinic?tab={chosen}&after={found.next_cursor}" if found.next_cursor else None,
        labels=diagnosis_labels,
        place=labels.place,
        keys=[(keys, say(what)) for keys, what in KEYS],
        did=clinic_shown.did(did),
        problem=None,
    )


def _open_to(by: Actor) -> dict[str, Tab]:
    expert = by.has(Role.EXPERT)
    return {code: tab for code, tab in TABS.items() if expert or not tab.experts_only}


def _chosen(by: Actor, wanted: str, counts: dict[str, int]) -> str:
    """As asked for; else the first tab in which something waits."""
    tabs = _open_to(by)
    if wanted in tabs:
        return wanted
    return next((code for code in tabs if counts.get(code)), "all")


def _tabs(by: Actor, chosen: str, counts: dict[str, int]) -> list[TabShown]:
    return [
        TabShown(
            code=code,
            name=say(tab.name),
            address=f"/console/clinic?tab={code}",
            n=counts.get(code),
            now=code == chosen,
        )
        for code, tab in _open_to(by).items()
    ]


OWN_TABS = {RequestState.OFFERED: "offered", RequestState.CLAIMED: "claimed"}


async def walk(by: Actor, one: DiagnosisRecord, tab: str) -> Walk:
    """The list that somebody goes through with j and k: the one he came from, else the one it lies in now."""
    counts = await lists.queue_counts(by=by)
    mine = one.expert is not None and one.expert.id == by.person_id
    chosen = _chosen(by, tab or (OWN_TABS.get(one.state, "") if mine else ""), counts)
    found = await lists.list_queue(by=by, part=chosen, limit=MOST_WALKED, cursor=None)
    return clinic_shown.walk(found.items, at=one.id, tab=chosen, name=say(TABS[chosen].name), n=counts.get(chosen))

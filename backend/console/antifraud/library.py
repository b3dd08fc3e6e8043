"""/console/antifraud/library: stories and bulletins to read, to read aloud and to copy; and their approval."""

from collections.abc import Sequence
from typing import Annotated, Any

from litestar import Request, Response, get, post
from litestar.params import PathParameter, QueryParameter
from litestar.response import Redirect
from msgspec import Struct

from backend.antifraud import library_approving
from backend.antifraud.library_lists import list_library
from backend.antifraud.library_refusals import LibraryItemUnknown
from backend.antifraud.library_schemas import LibraryItemRecord, NewLibraryApproval
from backend.antifraud.words import ItemKind
from backend.console.antifraud.ways import HERE as ABOVE
from backend.console.antifraud.ways import ways
from backend.console.antifraud.wording import fraud_type_names
from backend.console.form_refusals import fitting
from backend.console.pages import page
from backend.console.refused import told
from backend.console.typed import identity, typed
from backend.core.ids import uuid7
from backend.core.refusals import Refusal
from backend.core.words import Term, say
from backend.people.actors import Actor
from backend.people.guards import SignedIn

HERE = f"{ABOVE}/library"
KINDS = {ItemKind.STORY: Term("A story"), ItemKind.BULLETIN: Term("A bulletin")}
STATES = {
    "sendable": ("good", "✓", Term("Approved")),
    "changed": ("warn", "▲", Term("Changed since its approval")),
    "waits": ("warn", "○", Term("Waits for the police")),
    "wrong": ("bad", "✕", Term("Cannot be sent as it is")),
}
DID = {
    "approved": Term("Approved: everybody finds it now, word for word as it stands here."),
    "withdrawn": Term("The approval is withdrawn: nobody is offered it any more. What was sent is sent."),
}
MENDED_BY_APPROVAL = frozenset({"not_approved", "changed_since_approval"})
ALL_YEAR = 12

Name = Annotated[str, PathParameter(max_length=80)]
Chosen = Annotated[str, QueryParameter(max_length=80)]
InState = Annotated[str, QueryParameter(name="state", max_length=20)]


class State(Struct, frozen=True):
    """Where an item stands: its word in the address, how it looks, its sign, and what it is called."""

    key: str
    tone: str
    sign: str
    says: str


@get("/library", include_in_schema=False)
async def show_library(by: SignedIn, of: Chosen = "", in_state: InState = "") -> Response[str]:
    """By fraud type, those of the season first; whoever approves also sees what waits."""
    approves = await library_approving.may_approve(by)
    items = await list_library(all_of_it=approves, fraud_type=of or None)
    states = {each.name: state_of(each) for each in items}
    shown = [each for each in items if in_state in ("", states[each.name].key)]
    return page(
        "antifraud/library.html",
        by=by,
        ways=await ways(by),
        groups=_grouped(shown),
        names=fraud_type_names(),
        kinds=_kinds(),
        states=states,
        counts=_counts(items) if approves else [],
        season=season,
        approves=approves,
        of=of,
        state=in_state,
    )


def state_of(item: LibraryItemRecord) -> State:
    """What keeps an item from being sent, the worst first."""
    codes = {each.code for each in item.wrongs}
    if item.sendable:
        key = "sendable"
    elif codes - MENDED_BY_APPROVAL:
        key = "wrong"
    else:
        key = "changed" if "changed_since_approval" in codes else "waits"
    tone, sign, says = STATES[key]
    return State(key, tone, sign, say(says))


def _counts(items: Sequence[LibraryItemRecord]) -> list[tuple[str, str, int]]:
    keys = [state_of(each).key for each in items]
    return [(key, f"{sign} {say(says)}", keys.count(key)) for key, (_, sign, says) in STATES.items() if key in keys]


def _grouped(items: Sequence[LibraryItemRecord]) -> list[tuple[str, list[LibraryItemRecord]]]:
    """By type in the order of the police's list; within one those of the season first."""
    found = {code: [each for each in items if each.fraud_type == code] for code in fraud_type_names()}
    return [(code, those) for code, those in found.items() if those]


def season(item: LibraryItemRecord) -> str:
    """When it is its time of year."""
    if len(item.months) == ALL_YEAR:
        return say("all year")
    return say("in the months {months}", months=[str(month) for month in item.months])


def _kinds() -> dict[ItemKind, str]:
    return {kind: say(name) for kind, name in KINDS.items()}


@get("/library/{name:str}", include_in_schema=False)
async def show_item(by: SignedIn, name: Name, did: Chosen = "") -> Response[str]:
    """One of them, whole."""
    return await _item_page(by, name, did=did)


@post("/library/{name:str}/approval", include_in_schema=False, status_code=200)
async def approve(by: SignedIn, name: Name, request: Request[Any, Any, Any]) -> Response[Any]:
    """In the words that the page showed; if they changed meanwhile, the new ones are shown and nothing is approved."""
    form = await typed(request)
    try:
        given = {"id": identity(form.get("id")), "sha256": form.get("sha256")}
        new = fitting(NewLibraryApproval, given, wrong={"sha256": "The page is too old. Load it again."})
        await library_approving.approve_library_item(name=name, new=new, by=by)
    except Refusal as refusal:
        if refusal.status in (403, 404):
            raise
        return await _item_page(by, name, refusal=refusal)
    return Redirect(f"{HERE}/{name}?did=approved", status_code=303)


@post("/library/{name:str}/withdrawal", include_in_schema=False, status_code=303)
async def withdraw(by: SignedIn, name: Name) -> Redirect:
    """Nobody is offered it any more; twice is harmless."""
    await library_approving.withdraw_library_approval(name=name, by=by)
    return Redirect(f"{HERE}/{name}?did=withdrawn", status_code=303)


async def _item_page(by: Actor, name: str, *, did: str = "", refusal: Refusal | None = None) -> Response[str]:
    approves = await library_approving.may_approve(by)
    items = await list_library(all_of_it=approves)
    item = next((each for each in items if each.name == name), None)
    if item is None:
        raise LibraryItemUnknown("There is no item “{name}”.", name=name)
    return page(
        "antifraud/item.html",
        status=refusal.status if refusal else 200,
        by=by,
        ways=await ways(by),
        item=item,
        group_text=group_text(item),
        type_name=fraud_type_names().get(item.fraud_type, ""),
        kind=_kinds()[item.kind],
        state=state_of(item),
        lasting=[each for each in item.wrongs if each.code not in MENDED_BY_APPROVAL],
        season=season(item),
        approves=approves,
        id=uuid7(),
        did=say(DID[did]) if did in DID else None,
        problem=refusal and told(refusal),
    )


def group_text(item: LibraryItemRecord) -> str:
    """What is pasted into a group: approved words only, in the order in which they are read."""
    return "\n\n".join(
        each.strip() for each in (f"【{item.title}】", item.text, item.stop_sentence, item.if_money_gone)
    )


HANDLERS = [show_library, show_item, approve, withdraw]

"""/console/kits: what phones carry. Each kit in the version that phones get, its forms, and other versions behind."""

from typing import Annotated, Any

from litestar import Request, Response, get, post
from litestar.params import FromPath, QueryParameter
from litestar.response import Redirect
from msgspec import Struct

from backend.console.kits import labels
from backend.console.pages import page
from backend.console.refused import told
from backend.console.typed import shaped, typed
from backend.core.refusals import Refusal
from backend.core.words import Term, say
from backend.kits import lists, queries
from backend.kits.folder_zips import folder_of, zip_of_folder
from backend.kits.schemas import FormStateChange, KitRecord
from backend.kits.states import set_form_state, withdraw_kit
from backend.kits.words import FormState
from backend.people.actors import OVERSEERS, Actor
from backend.people.guards import SignedIn
from backend.people.tables import Role

HERE = "/console/kits"
SAID = {
    "published": Term("Published. Phones fetch it when they next ask for forms."),
    "there": Term("This version is there already, with the same content: nothing has changed."),
    "state": Term("Written down. It counts at once."),
    "withdrawn": Term("Withdrawn. Phones get the newest of the others."),
}
Did = Annotated[str, QueryParameter(max_length=20)]


class KitShown(Struct, frozen=True):
    """One kit: what phones get, and every other version, the newest first."""

    now: KitRecord | None
    others: list[KitRecord]

    @property
    def kit_id(self) -> str:
        """Of all its versions."""
        return (self.now or self.others[0]).kit_id


@get("/", include_in_schema=False)
async def show_kits(by: SignedIn, did: Did = "") -> Response[str]:
    """For those who oversee; what each version holds."""
    return await kits_page(by, done=say(SAID[did]) if did in SAID else None)


@get("/versions/{kit_id:str}/{version:str}/folder.zip", include_in_schema=False)
async def send_folder(by: SignedIn, kit_id: FromPath[str], version: FromPath[str]) -> Response[bytes]:
    """Its folder, to be edited and sent in again."""
    content = zip_of_folder(kit_id, await folder_of(kit_id=kit_id, version=version, by=by))
    headers = {
        "Content-Disposition": f'attachment; filename="{kit_id}-{version}.zip"',
        "Cache-Control": "no-store",
    }
    return Response(content, media_type="application/zip", headers=headers)


@post("/versions/{kit_id:str}/{version:str}/withdrawal", include_in_schema=False, status_code=200)
async def withdraw(
    by: SignedIn, request: Request[Any, Any, Any], kit_id: FromPath[str], version: FromPath[str]
) -> Response[Any]:
    """收回. A second tap changes nothing."""
    form = await typed(request)
    if not form.get("sure"):
        return await kits_page(by, problem=say("Tick that you are sure, then withdraw it."), at=f"{kit_id}-{version}")
    await withdraw_kit(kit_id=kit_id, version=version, by=by)
    return Redirect(f"{HERE}?did=withdrawn", status_code=303)


@post("/forms/{form_id:str}/{version:str}/state", include_in_schema=False, status_code=200)
async def change_state(
    by: SignedIn, request: Request[Any, Any, Any], form_id: FromPath[str], version: FromPath[str]
) -> Response[Any]:
    """Open, closing or closed, on every phone that asks from now on."""
    form = await typed(request)
    try:
        change = shaped(FormStateChange, state=form.get("state"))
    except Refusal as refusal:
        return await kits_page(by, problem=told(refusal))
    await set_form_state(form_id=form_id, version=version, state=change.state, by=by)
    return Redirect(f"{HERE}?did=state", status_code=303)


async def kits_page(
    by: Actor, *, done: str | None = None, problem: str | None = None, at: str = "", status: int = 400
) -> Response[str]:
    """`at` is the version whose step was refused. Raises Forbidden (403)."""
    by.must_have(*sorted(OVERSEERS))
    return page(
        "kits/kits.html",
        status=status if problem else 200,
        by=by,
        kits=await every_kit(),
        states=list(FormState),
        changes=by.has(Role.ADMIN),
        says=labels,
        done=done,
        problem=problem,
        at=at,
    )


async def every_kit() -> list[KitShown]:
    """With all that was ever published of each."""
    newest = {row["id"] for row in await queries.newest()}
    found: dict[str, KitShown] = {}
    for row in await queries.every_version():
        record, before = await lists.record_of(row), found.get(row["kit_id"], KitShown(None, []))
        is_now = row["id"] in newest
        found[row["kit_id"]] = (
            KitShown(record, before.others) if is_now else KitShown(before.now, [*before.others, record])
        )
    return list(found.values())


HANDLERS = (show_kits, send_folder, withdraw, change_state)

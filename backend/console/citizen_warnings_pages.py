"""The pages of a farmer's warnings: the form, the digits, what he gets, and that it has stopped."""

from typing import Any

from litestar import Response
from litestar.datastructures import Cookie
from msgspec import Struct

from backend.console.citizen_warnings_form import FRAUD, ONLY_EMERGENCIES, ticked_of, tiles
from backend.console.farmer_door_place import Place
from backend.console.form_refusals import Tried
from backend.console.pages import page
from backend.console.typed import Typed
from backend.core.words import Term, say
from backend.push import citizen_consent
from backend.push.citizen_schemas import CitizenWarnings, Wishes

DID = {
    "registered": Term("Done. From now on warnings come to this number."),
    "quiet": Term("Done. Only emergencies come from now on."),
    "loud": Term("Done. Everything you chose comes again."),
    "wishes": Term("Done. Your choice is kept."),
}


class Visit(Struct, frozen=True):
    """Whose poster, how its code stands in the address, and whether letters are large."""

    place: Place
    code: str
    big: str

    def to(self, rest: str, did: str = "") -> str:
        """An address of these pages."""
        given = [f"{name}={value}" for name, value in (("did", did), ("big", "1" if self.big else "")) if value]
        return f"/q/{self.code}/warnings{rest}" + (f"?{'&'.join(given)}" if given else "")

    def mine(self, *, did: str = "") -> str:
        """His own page."""
        return self.to("/mine", did)


async def form_page(visit: Visit, form: Typed, tried: Tried | None = None) -> Response[str]:
    """With what he typed, and what was wrong with it."""
    pictured, others = await tiles()
    return _page(
        "door/warnings.html",
        visit,
        code=f"{visit.code}/warnings",
        status=tried.status if tried else 200,
        form=form,
        tried=tried,
        pictured=pictured,
        others=others,
        chosen=form.all("interests"),
        consent=citizen_consent.to_be_read(),
    )


def code_page(
    visit: Visit, form: Typed, wishes: Wishes, *, shown: str | None = None, tried: Tried | None = None
) -> Response[str]:
    """Where the digits go. What he ticked travels along; nothing of it is kept before they fit."""
    return _page(
        "door/warnings_code.html",
        visit,
        code=None,
        status=tried.status if tried else 200,
        form=form,
        tried=tried,
        ticked=ticked_of(wishes),
        only_emergencies=ONLY_EMERGENCIES if wishes.only_emergencies else "",
        phone=form.get("phone"),
        shown=shown,
    )


async def mine_page(visit: Visit, warnings: CitizenWarnings, *, did: str = "") -> Response[str]:
    """What he gets. `did`: what the last tap did, if it is so: an address can be typed by anybody."""
    pictured, others = await tiles()
    chosen = ticked_of(warnings)
    is_so = did in DID and (did not in ("quiet", "loud") or (did == "quiet") == warnings.only_emergencies)
    return _page(
        "door/warnings_mine.html",
        visit,
        code=f"{visit.code}/warnings/mine",
        warnings=warnings,
        did=say(DID[did]) if is_so else None,
        pictured=pictured,
        others=others,
        chosen=chosen,
        fraud=FRAUD in chosen,
        crops=[each.name for each in [*pictured, *others] if each.value in chosen],
    )


def stopped_page(visit: Visit, *, cookie: Cookie) -> Response[str]:
    """Nothing comes any more."""
    answer = _page("door/warnings_stopped.html", visit, code=None)
    answer.set_cookie(cookie)
    return answer


def _page(template: str, visit: Visit, *, status: int = 200, **context: Any) -> Response[str]:
    return page(template, status=status, place=visit.place, big=visit.big, to=visit.to, **context)

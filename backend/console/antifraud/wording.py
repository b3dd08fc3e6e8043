"""Words that several of these pages share: money, days, and what was typed for them."""

import unicodedata
from collections.abc import Iterable
from datetime import date

from backend.antifraud.library_lists import list_fraud_types
from backend.console import labels
from backend.console.form_refusals import at_field
from backend.core.refusals import Invalid
from backend.core.words import language, say
from backend.people.actors import Actor
from backend.people.tables import Role
from backend.territory import queries as territory
from backend.territory.queries import DivisionFilters

WAN = 10_000
MOST_CHILDREN = 300


def fraud_type_names() -> dict[str, str]:
    """Every type of today by its code, in the reader's language."""
    return {each.code: each.name_zh if language.get() == "zh" else each.name_en for each in list_fraud_types()}


def money(yuan: float | None) -> str:
    """As people say it: from ten thousand on in 万元."""
    if yuan is None:
        return "—"
    if language.get() != "zh":
        return f"¥{yuan:,.0f}"
    return f"{yuan / WAN:,.2f} 万元" if abs(yuan) >= WAN else f"{yuan:,.0f} 元"


def yuan_of(text: str, field: str) -> float:
    """What somebody typed for money: `3,000元`, `3万`, `１２.５万元`. Raises Invalid (400) that names the field."""
    plain = unicodedata.normalize("NFKC", text).replace(",", "").replace(" ", "").removesuffix("元")
    bare = plain.removesuffix("万")
    if not bare.replace(".", "", 1).isdecimal() or not bare.isascii() or len(bare) > 14:
        raise Invalid("Please look at the marked fields.", errors=[at_field(field, say(_NOT_MONEY))])
    return round(float(bare) * (WAN if bare != plain else 1), 2)


_NOT_MONEY = "Write the loss as a number of yuan, such as 30000 or 3万; 0 if nothing was lost."


def day_of(text: str, field: str) -> date | None:
    """What a date field sent; None for nothing. Raises Invalid (400) that names the field."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        detail = say("A day looks like this: 2026-11-30.")
        raise Invalid("Please look at the marked fields.", errors=[at_field(field, detail)]) from error


async def own_divisions(by: Actor, roles: Iterable[Role]) -> list[tuple[str, str]]:
    """Code and name of the divisions that somebody holds in one of the roles, and of those right below."""
    wanted, found = frozenset(roles), dict[str, str]()
    for held in by.held:
        if held.role not in wanted or held.division_code in found:
            continue
        found[held.division_code] = labels.place(held.division_name)
        filters = DivisionFilters(parent_code=held.division_code)
        below = await territory.list_divisions(filters=filters, limit=MOST_CHILDREN)
        found |= {each.code: f"　{labels.place(each.name)}" for each in below}
    return list(found.items())

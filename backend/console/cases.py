"""/console/cases: the desk's list, with clocks told by sign and word; every figure of the front page opens it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import msgspec
from litestar import Request, Response, Router, get
from msgspec import Struct
from msgspec.structs import replace

from backend.cases import numbers, units
from backend.cases.filters import CaseFilters, Sort
from backend.cases.lists import CaseSummary, list_cases
from backend.cases.reference import categories
from backend.cases.schemas import CategoryRecord
from backend.console import case, case_labels, case_opening, clock_labels, labels, paper
from backend.console.clock_labels import ClockShown
from backend.console.pages import page
from backend.console.refused import told
from backend.core import clock
from backend.core.clock import today
from backend.core.paging import Page
from backend.core.refusals import Refusal
from backend.core.words import Term, language, say
from backend.deadlines.schemas import ClockRecord
from backend.people.actors import Actor
from backend.people.guards import SignedIn
from backend.territory import queries as territory
from backend.territory.queries import DivisionFilters
from backend.territory.tables import Level

ROWS = 30
TABS: tuple[tuple[Term, dict[str, str]], ...] = (
    (Term("Being done"), {"open": "true"}),
    (Term("Over the limit"), {"light": "red"}),
    (Term("Soon due"), {"light": "yellow"}),
    (Term("To be sent"), {"open": "true", "not_dispatched": "true"}),
    (Term("Mine"), {"open": "true", "mine": "true"}),
    (Term("Ended"), {"open": "false"}),
)
SHOWN_BELOW = frozenset({"state", "unit_id", "category_code", "channel", "division_code", "light"})
"""The filters that have a field of their own; what else an address narrows by goes along hidden."""


class Asked(Struct, frozen=True):
    """What the address says: filters as they stand in it, a search, the order, and where the page begins."""

    given: dict[str, str]
    q: str
    sort: Sort
    after: str

    def address(self, **more: str) -> str:
        """The same list, changed."""
        fields = self.given | {"q": self.q, "sort": self.sort.value} | more
        return "/console/cases?" + urlencode({name: value for name, value in fields.items() if value})

    @property
    def hidden(self) -> dict[str, str]:
        """What the form of the filters takes along."""
        return {name: value for name, value in self.given.items() if name not in SHOWN_BELOW}

    @property
    def narrowed(self) -> bool:
        """Whether a field of the form is filled in."""
        return bool(self.given.keys() & SHOWN_BELOW)

    @property
    def by_figure(self) -> bool:
        """Whether something narrows the list that no field and no tab shows."""
        return bool(self.given.keys() - SHOWN_BELOW - {"open", "mine", "not_dispatched"})


@get("/cases", include_in_schema=False)
async def show_cases(by: SignedIn, request: Request[Any, Any, Any]) -> Response[str]:
    """One page of the list; a filter that cannot be read is said, not obeyed."""
    asked = _asked(request.query_params)
    try:
        return await _page(by, asked, _filters(asked))
    except (msgspec.ValidationError, ValueError):
        problem = say("This filter cannot be read. All open cases are shown.")
    except Refusal as refusal:
        problem = told(refusal)
    plain = Asked({"open": "true"}, "", Sort.NEWEST, "")
    return await _page(by, plain, _filters(plain), problem=problem)


def _asked(query: Mapping[str, str]) -> Asked:
    names = CaseFilters.__struct_fields__
    given = {name: query[name][:80] for name in names if query.get(name)}
    q, order = query.get("q", "").strip()[:40], query.get("sort", "")
    if not given and not q:
        given = {"open": "true"}
    fresh = given.keys() <= {"open", "mine", "unit_id", "division_code", "category_code", "channel"}
    by_due = order == Sort.DUE or (not order and not q and fresh and given.get("open") == "true")
    return Asked(given, q, Sort.DUE if by_due else Sort.NEWEST, query.get("after", "")[:400])


def _filters(asked: Asked) -> CaseFilters:
    """Raises ValidationError."""
    filters = msgspec.convert(asked.given, CaseFilters, strict=False)
    for name in CaseFilters.__struct_fields__:
        value = getattr(filters, name)
        if isinstance(value, datetime) and value.tzinfo is None:
            filters = replace(filters, **{name: value.replace(tzinfo=clock.SHANGHAI)})
    if not asked.q:
        return filters
    is_number = any(letter.isdigit() for letter in numbers.plain(asked.q)) and numbers.plain(asked.q).isascii()
    return replace(filters, number=asked.q) if is_number else replace(filters, text=asked.q)


async def _page(by: Actor, asked: Asked, filters: CaseFilters, problem: str | None = None) -> Response[str]:
    found = await list_cases(by=by, filters=filters, sort=asked.sort, limit=ROWS, cursor=asked.after or None)
    return page(
        "cases/list.html",
        by=by,
        asked=asked,
        found=found,
        labels=case_labels,
        place=labels.place,
        clock_of=clock_of,
        tabs=[(say(name), _tab(given), asked.given == given) for name, given in TABS],
        states=case_labels.choices(case_labels.STATES),
        channels=case_labels.choices(case_labels.CHANNELS),
        lights=case_labels.choices(case_labels.LIGHTS),
        categories=await category_choices(),
        units=await _units(by),
        divisions=await division_choices(by),
        next_page=_next(asked, found),
        problem=problem,
    )


def _tab(given: dict[str, str]) -> str:
    return "/console/cases?" + urlencode(given)


def _next(asked: Asked, found: Page[CaseSummary]) -> str | None:
    return asked.address(after=found.next_cursor) if found.next_cursor else None


def clock_of(summary: CaseSummary) -> ClockShown | None:
    """The clock that a row shows: the nearest deadline that runs, else what became of the answer."""
    return next((clock_labels.shown(each) for each in sorted(summary.clocks, key=_first)), None)


def _first(each: ClockRecord) -> tuple[bool, bool, datetime]:
    far = datetime.max.replace(tzinfo=clock.SHANGHAI)
    return each.stopped_at is not None, each.due_at is None, each.due_at or far


async def category_choices() -> list[tuple[str, str]]:
    """What cases may be about, those below others indented."""
    return [(each.code, _indented(each)) for each in (await categories()).on(today())]


def _indented(category: CategoryRecord) -> str:
    name = category.name_zh if language.get() == "zh" else category.name_en
    return f"{'　' * category.code.count('.')}{name}"


async def _units(by: Actor) -> list[tuple[UUID, str]]:
    counties = sorted({held.division_code for held in by.held})
    found = {unit.id: unit.name for county in counties for unit in await units.of_county(county)}
    return list(found.items())


async def division_choices(by: Actor) -> list[tuple[str, str]]:
    """One's own divisions and the townships in them."""
    found: dict[str, str] = {}
    for held in by.held:
        found[held.division_code] = labels.place(held.division_name)
        inside = await territory.list_divisions(
            filters=DivisionFilters(under=held.division_code, level=Level.TOWNSHIP), limit=200
        )
        found |= {division.code: f"　{division.name}" for division in inside}
    return sorted(found.items())


router = Router(path="/console", route_handlers=[show_cases, *case.HANDLERS, *case_opening.HANDLERS, *paper.HANDLERS])

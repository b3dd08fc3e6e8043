"""Visitors' cards: issued and ended by supervisors and administrators of the unit for which somebody comes."""

from datetime import date
from uuid import UUID

from backend.antifraud import visitor_queries
from backend.antifraud.outreach_tables import VisitorCard
from backend.antifraud.visitor_refusals import NoSuchVisitor, VisitorCardThere, VisitorCardUnknown
from backend.antifraud.visitor_schemas import NewVisitorCard, VisitorCardRecord
from backend.core import clock, ids
from backend.core.creates import Outcome
from backend.core.database import transaction
from backend.core.paging import Page, Position, page, position
from backend.core.refusals import DifferentArguments, FieldError, Invalid
from backend.people import unit_queries
from backend.people.actors import Actor, visible_to
from backend.people.refusals import UnitUnknown
from backend.people.tables import Role

ISSUERS = (Role.SUPERVISOR, Role.ADMIN)


@transaction
async def issue_visitor_card(*, new: NewVisitorCard, by: Actor) -> Outcome[VisitorCardRecord]:
    """Give an assistant or a cadre of one's territory a card.

    Raises Forbidden (403), UnitUnknown (404), NoSuchVisitor (404), Invalid (400) for days that cannot be,
    VisitorCardThere (409), DifferentArguments (409).
    """
    by.must_have(*ISSUERS)
    card_id, first = new.id or ids.uuid7(), new.valid_from or clock.today()
    if await _made_before(card_id, new):
        return Outcome(await _visible(card_id, by), created=False)
    _check_days(first, new.valid_to)
    await _check_unit(new.unit_id, by)
    await _check_visitor(new.person_id, first, by)
    if there := await visitor_queries.card_in_hand(person_id=new.person_id, on=clock.today()):
        raise VisitorCardThere("End that one first.", card_id=str(there))
    await VisitorCard.insert(
        VisitorCard(
            id=card_id,
            person=new.person_id,
            unit=new.unit_id,
            valid_from=first,
            valid_to=new.valid_to,
            made_at=clock.now(),
            made_by=by.person_id,
        )
    )
    return Outcome(await _visible(card_id, by), created=True)


@transaction
async def end_visitor_card(*, card_id: UUID, by: Actor) -> VisitorCardRecord:
    """Its code is nobody's from the next question on; done twice it is the same.

    Raises Forbidden (403), VisitorCardUnknown (404).
    """
    by.must_have(*ISSUERS)
    await _visible(card_id, by)
    await VisitorCard.update({VisitorCard.ended_at: clock.now(), VisitorCard.ended_by: by.person_id}).where(
        (VisitorCard.id == card_id) & VisitorCard.ended_at.is_null()
    )
    return await _visible(card_id, by)


async def list_visitor_cards(
    *,
    by: Actor,
    ended: bool | None = None,
    person_id: UUID | None = None,
    limit: int = 50,
    cursor: str | None = None,
) -> Page[VisitorCardRecord]:
    """Of the units of one's territory, the newest first. Raises Forbidden (403)."""
    by.must_have(*ISSUERS, Role.AUDITOR)
    found = await visitor_queries.cards(
        within=visible_to(by), ended=ended, person_id=person_id, limit=limit, after=position(cursor)
    )
    return page(found, limit, lambda card: Position(card.made_at, card.id))


async def _visible(card_id: UUID, by: Actor) -> VisitorCardRecord:
    found = await visitor_queries.card(card_id=card_id, within=visible_to(by, roles=ISSUERS))
    if found is None:
        raise VisitorCardUnknown("There is no card {card_id}.", card_id=str(card_id))
    return found


async def _made_before(card_id: UUID, new: NewVisitorCard) -> bool:
    """Whether this very card is there. A retry that names no first day means the one of its first try."""
    row = await VisitorCard.select().where(VisitorCard.id == card_id).first()
    if row is None:
        return False
    same = (row["person"], row["unit"], row["valid_to"]) == (new.person_id, new.unit_id, new.valid_to)
    if not same or new.valid_from not in (None, row["valid_from"]):
        raise DifferentArguments
    return True


def _check_days(first: date, last: date | None) -> None:
    if last is not None and last < max(first, clock.today()):
        detail = "The last day lies before the first one, or before today."
        raise Invalid(errors=[FieldError(pointer="/valid_to", detail=detail, code="order")])


async def _check_unit(unit_id: UUID, by: Actor) -> None:
    unit = await unit_queries.open_unit(unit_id=unit_id)
    if unit is None or not visible_to(by, roles=ISSUERS).covers(unit["division_code"]):
        raise UnitUnknown("There is no unit {unit_id}.", unit_id=str(unit_id))


async def _check_visitor(person_id: UUID, on: date, by: Actor) -> None:
    scope = visible_to(by, roles=ISSUERS)
    places = await visitor_queries.visitor_places(person_id=person_id, on=max(on, clock.today()))
    if not any(scope.covers(place) for place in places):
        raise NoSuchVisitor("Nobody of your territory with this id is an assistant or a cadre on that day.")

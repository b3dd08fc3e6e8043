"""The demo's visitor: its village police assistant carries a card, and demo.json tells where his code is checked."""

from contextlib import suppress

from backend.antifraud.visitor_cards import issue_visitor_card
from backend.antifraud.visitor_checking import my_visitor_code
from backend.antifraud.visitor_refusals import NoVisitorCard, VisitorCardThere
from backend.antifraud.visitor_schemas import NewVisitorCard
from backend.people.sessions import actor
from backend.people.tables import Role
from seed import made_id
from seed.cast import holder

CARD = made_id("visitor card")


async def visitor_url(base_url: str) -> str:
    """Where his code of today is checked; only the form where somebody ended his card.

    A demo that was planted before there were cards gets one at its next start.
    """
    supervisor, assistant = [await actor(person_id=holder(role).id) for role in (Role.SUPERVISOR, Role.ASSISTANT)]
    new = NewVisitorCard(id=CARD, person_id=assistant.person_id, unit_id=made_id("unit/police"))
    with suppress(VisitorCardThere):  # the demo's supervisor issued another one
        await issue_visitor_card(new=new, by=supervisor)
    try:
        return f"{base_url}/v/{(await my_visitor_code(by=assistant)).code}"
    except NoVisitorCard:
        return f"{base_url}/v"

"""The demo's calendars: the technician follows his shifts, and the market days of 梁村镇."""

from typing import NamedTuple

from backend.people import rules, tokens
from backend.people.sessions import actor
from backend.people.tables import Role
from backend.rosters.calendar_feeds import issue_calendar
from backend.rosters.calendar_schemas import NewPhoneCalendar
from backend.rosters.station_words import CalendarKind
from seed import made_id
from seed.cast import LIANGCUN, holder

OWNER = holder(Role.TECHNICIAN)


class Addresses(NamedTuple):
    """One of each kind."""

    shifts: str
    markets: str


async def calendar_urls(base_url: str) -> Addresses:
    """The same at every start, as long as SECRET_KEY stays; a new one where somebody revoked it."""
    shifts = await _address(NewPhoneCalendar(kind=CalendarKind.SHIFTS), base_url)
    markets = NewPhoneCalendar(kind=CalendarKind.MARKETS, division_code=LIANGCUN)
    return Addresses(shifts, await _address(markets, base_url))


async def _address(new: NewPhoneCalendar, base_url: str) -> str:
    installation = rules.derived_token("demo calendar", new.kind, key=tokens.derivation_key())
    owner, number = await actor(person_id=OWNER.id), 0
    while True:
        id = made_id(f"calendar/{installation}/{number}")
        issued = await issue_calendar(id=id, new=new, by=owner, base_url=base_url)
        if issued.record.address:
            return issued.record.address
        number += 1

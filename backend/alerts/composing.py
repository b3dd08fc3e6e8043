"""From what somebody wrote to a message: places looked up, the publisher named, every mistake told at once."""

from collections.abc import Sequence

from msgspec import structs

from backend.alerts import publishers, queries
from backend.alerts.fraud_types import is_fraud_type
from backend.alerts.identifiers import MOST_IN_A_SECOND, identifier
from backend.alerts.message_rules import Wrong, wrongs
from backend.alerts.messages import AlertMessage, Area
from backend.alerts.refusals import wrong
from backend.alerts.schemas import AlertAudience, NewAlert, NewAlertArea
from backend.alerts.telling import check, marked, whole_second
from backend.alerts.words import AlertCategory, AlertScope, MessageType
from backend.core import clock
from backend.territory import queries as territory

MOST_DESCRIPTION = 160


async def areas_of(given: Sequence[NewAlertArea]) -> tuple[tuple[Area, ...], list[str]]:
    """Areas with the codes of their divisions, and the divisions' prefixes. Raises DivisionUnknown (404)."""
    areas, prefixes = [], set()
    for one in given:
        area, found = await _area(one)
        areas.append(area)
        prefixes.update(found)
    return tuple(areas), sorted(prefixes)


async def _area(given: NewAlertArea) -> tuple[Area, list[str]]:
    divisions = [await territory.division(code=code) for code in given.division_codes]
    prefixes = [prefix for each in divisions for prefix in await territory.prefixes(division_id=each.id)]
    area = Area(
        description=given.description or "、".join(each.name for each in divisions)[:MOST_DESCRIPTION],
        geocodes=tuple(prefix.ljust(6, "0") for prefix in prefixes),  # GB/T 2260 knows no code shorter than six
        polygon=tuple(given.polygon),
        circle=given.circle,
    )
    return area, prefixes


async def first_message(new: NewAlert, areas: tuple[Area, ...], prefixes: list[str]) -> AlertMessage:
    """The message of a draft, with the identifier it would have if it went out now."""
    at = whole_second()
    sender = publishers.issuer(new.category, prefixes, on=clock.today())
    same = {name: getattr(new, name) for name in _AS_WRITTEN}
    return AlertMessage(
        **same,
        identifier=identifier(issuer=sender, sent=at, number=0),
        sender=sender,
        sent=at,
        scope=AlertScope.RESTRICTED if new.restriction else AlertScope.PUBLIC,
        headline=marked(new.headline, new.status),
        audience=new.audience.described,
        sender_name=await _sender_name(new.category, prefixes),
        areas=areas,
    )


async def _sender_name(category: AlertCategory, prefixes: list[str]) -> str:
    found = publishers.publisher(category, on=clock.today())
    name = await queries.name_of(publishers.seat(prefixes).ljust(12, "0"))
    return f"{name or ''}{found.suffix_zh}"


def must_be_right(message: AlertMessage, audience: AlertAudience, prefixes: list[str]) -> None:
    """Raises AlertWrong with every mistake; NobodyAsked, NotPublic, PayloadTooLarge, LinkRefused (400)."""
    found = [*wrongs(message), *_beyond_staff(message, audience), *_unknown_fraud(message)]
    if found:
        raise wrong(found)
    check(message, audience, prefixes)


def _beyond_staff(message: AlertMessage, audience: AlertAudience) -> list[Wrong]:
    if message.scope is AlertScope.PUBLIC or not (audience.citizens or audience.groups):
        return []
    return [Wrong("restricted_beyond_staff", "/audience")]


def _unknown_fraud(message: AlertMessage) -> list[Wrong]:
    """Only of a first warning: one that went out can be ended whatever became of its kind."""
    first = message.type is MessageType.ALERT
    if not (first and message.fraud_type) or is_fraud_type(message.fraud_type, on=clock.today()):
        return []
    return [Wrong("fraud_type_unknown", "/fraud_type")]


def as_sent_now(message: AlertMessage) -> AlertMessage:
    """A draft as it would stand if it went out at this second, for the rules: it is no warning that it speaks of."""
    at, spoken_of = whole_second(), {each.identifier for each in message.references}
    possible = [identifier(issuer=message.sender, sent=at, number=number) for number in range(MOST_IN_A_SECOND)]
    free = [each for each in possible if each not in spoken_of]
    return structs.replace(message, identifier=(free or possible)[0], sent=at)


_AS_WRITTEN = (
    *("status", "restriction", "note", "category", "event", "urgency", "severity", "certainty", "colour", "effective"),
    *("onset", "expires", "description", "instruction", "say_on_phone", "fraud_type", "contact"),
)

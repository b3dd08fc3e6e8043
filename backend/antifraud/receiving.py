"""A warning comes in: posted by a police centre's system, or typed at the desk. The same one comes in once."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from backend.antifraud import assigning, day_keys, payloads, warning_sources
from backend.antifraud import warning_queries as queries
from backend.antifraud.warning_policies import clocks
from backend.antifraud.warning_refusals import NotYourDivision, PostAgain, PostNotSigned
from backend.antifraud.warning_schemas import PostedWarning, TypedWarning, WarnedPerson, WarningReceipt
from backend.antifraud.warning_sources import KnownSource
from backend.antifraud.warning_words import WarningDoor, WarningState
from backend.antifraud.words import WarningLevel, WarningStep
from backend.core import clock, ids, malformed, post_signatures
from backend.core.cipher import blind_index
from backend.core.creates import Outcome
from backend.core.database import transaction
from backend.core.post_signatures import PostHeaders
from backend.core.refusals import DifferentArguments, FieldError, Invalid
from backend.people.actors import Actor, visible_to
from backend.people.tables import Role
from backend.territory.queries import division

DESK = (Role.OPERATOR, Role.HANDLER, Role.SUPERVISOR, Role.ADMIN)
_NO_SECRET = post_signatures.new_secret()
"""A source nobody knows is answered in the same time as a wrong signature."""


class Arrival(Struct, frozen=True, kw_only=True):
    """What both doors bring in."""

    id: UUID
    door: WarningDoor
    level: WarningLevel
    division_code: str
    person: WarnedPerson
    fraud_type: str | None
    exercise: bool
    source_id: UUID | None = None
    reference: str | None = None
    entered_by: UUID | None = None


async def receive_warning(*, source_id: UUID, headers: PostHeaders, body: bytes) -> Outcome[WarningReceipt]:
    """Take in a signed post. The same reference again is the same warning.

    headers  of the Standard Webhooks scheme (`post_signatures`)
    body     a PostedWarning as JSON, exactly as it was signed; kept nowhere

    Raises PostNotSigned (401), Invalid (400), NotYourDivision (403), DivisionUnknown (404), PostAgain,
    DifferentArguments (409).
    """
    source = await warning_sources.known(source_id)
    if not post_signatures.holds(headers, body, secret=source.secret if source else _NO_SECRET) or source is None:
        raise PostNotSigned("Source or signature do not hold.", reason="signature_wrong")
    if not post_signatures.is_timely(headers, now=clock.now()):
        raise PostNotSigned(
            "The post was signed more than five minutes from our clock. Set the clock, sign it anew.",
            reason="not_timely",
            server_time=clock.now().isoformat(),
        )
    return await _take_in(source, headers.message_id, _decoded(body))


@transaction
async def enter_warning(*, id: UUID, new: TypedWarning, by: Actor) -> Outcome[WarningReceipt]:
    """The same typed by a desk. Raises Forbidden, NotYourDivision (403), DivisionUnknown (404),
    DifferentArguments (409), Invalid (400)."""
    by.must_have(*DESK)
    await _must_lie_in(new.division_code, visible_to(by, roles=DESK).prefixes)
    _must_be_reachable(new.person)
    await queries.lock_number(id.int >> 65)
    stored = await queries.warning(id)
    if stored is not None:
        return await _the_same(stored, _columns(new))
    arrival = Arrival(**_columns(new), id=id, door=WarningDoor.DESK, entered_by=by.person_id)
    return await _keep(arrival, _columns(new))


def _decoded(body: bytes) -> PostedWarning:
    """Raises Invalid (400), which names the field and never its value."""
    try:
        new = msgspec.json.decode(body, type=PostedWarning)
    except msgspec.ValidationError as error:
        raise Invalid("The post has mistakes; nothing was kept.", errors=[malformed.of_body(error)]) from None
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise Invalid("The post is no JSON.") from None
    _must_be_reachable(new.person)
    return new


def _must_be_reachable(person: WarnedPerson) -> None:
    if not (person.phone or person.address_note):
        detail = "Say a phone or where the person lives; else nobody can act."
        raise Invalid(errors=[FieldError(pointer="/person", detail=detail, code="unreachable")])


@transaction
async def _take_in(source: KnownSource, message_id: str, new: PostedWarning) -> Outcome[WarningReceipt]:
    await queries.lock_number(_number(source.id, new.reference))
    seen = await queries.came_before(source.id, message_id, at=clock.now())
    stored = await queries.by_reference(await _marks(source.id, new.reference))
    if stored is not None:
        return await _the_same(stored, _columns(new))
    if seen:
        raise PostAgain("Message {id} came before with another reference. Give each message its own id.", id=message_id)
    await _must_lie_in(new.division_code, (source.prefix,))
    arrival = Arrival(
        **_columns(new), id=ids.uuid7(), door=WarningDoor.WEBHOOK, source_id=source.id, reference=new.reference
    )
    return await _keep(arrival, _columns(new))


def _number(source_id: UUID, reference: str) -> int:
    """For a lock: 63 bits that tell nothing."""
    return int.from_bytes(blind_index(f"{source_id}\n{reference.strip()}", column="antifraud_post.lock")[:8]) >> 1


async def _marks(source_id: UUID, reference: str) -> list[bytes]:
    keys = await day_keys.all_kept()
    return [payloads.reference_under(key, source_id=source_id, reference=reference) for key in keys]


async def _the_same(stored: queries.Row, told: Any) -> Outcome[WarningReceipt]:
    """As it is now. Once it was erased nobody can tell any more what it said. Raises DifferentArguments (409)."""
    key = await day_keys.of_day(stored["key_day"])
    kept = await queries.digest_of(stored["id"])
    if key is not None and kept and not payloads.same_under(key, kept, told):
        raise DifferentArguments("Warning {id} came before with other content; it stays.", id=str(stored["id"]))
    return Outcome(_receipt(stored), created=False)


async def _keep(arrival: Arrival, told: Any) -> Outcome[WarningReceipt]:
    key = await day_keys.todays()
    await queries.insert(_plain(arrival) | _sealed(arrival, told, key=key))
    await assigning.assign(await _row(arrival.id))
    return Outcome(_receipt(await _row(arrival.id)), created=True)


def _plain(arrival: Arrival) -> dict[str, Any]:
    """Columns that name nobody."""
    at = clock.now()
    due = clocks(arrival.level, received_at=at)
    return {
        "id": arrival.id,
        "door": arrival.door.value,
        "source": arrival.source_id,
        "level": arrival.level.value,
        "fraud_type": arrival.fraud_type,
        "division_code": arrival.division_code,
        "exercise": arrival.exercise,
        "received_at": at,
        "key_day": clock.local(at).date(),
        "state": WarningState.OPEN.value,
        "hand_overs_n": 0,
        **{f"due_{step}_at": due.get(step) for step in WarningStep},
        "entered_by": arrival.entered_by,
    }


def _sealed(arrival: Arrival, told: Any, *, key: bytes) -> dict[str, Any]:
    """What goes dark with the day's key."""
    mark = None
    if arrival.source_id is not None and arrival.reference is not None:
        mark = payloads.reference_under(key, source_id=arrival.source_id, reference=arrival.reference)
    return {
        "reference_index": mark,
        "payload_sealed": payloads.sealed_person(arrival.person, key=key),
        "arguments_digest": payloads.digest_under(key, told),
    }


async def _row(warning_id: UUID) -> queries.Row:
    found = await queries.warning(warning_id)
    assert found is not None  # noqa: S101 - made in this transaction
    return found


async def _must_lie_in(code: str, prefixes: Sequence[str]) -> None:
    await division(code=code)
    if not prefixes or not code.startswith(tuple(prefixes)):
        raise NotYourDivision("Division {code} lies outside your territory.", code=code)


def _columns(new: PostedWarning | TypedWarning) -> dict[str, Any]:
    return {name: getattr(new, name) for name in ("level", "division_code", "person", "fraud_type", "exercise")}


def _receipt(row: queries.Row) -> WarningReceipt:
    return WarningReceipt(
        id=row["id"],
        state=WarningState(row["state"]),
        received_at=row["received_at"],
        assigned=row["assignee_id"] is not None,
    )

"""The consent ledger: lines are added, never altered; the newest line of a purpose counts."""

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from backend.core import clock, ids
from backend.core.creates import Outcome
from backend.core.database import fetch_row, transaction
from backend.core.refusals import DifferentArguments, FieldError, Invalid
from backend.people import household_queries
from backend.people.actors import Actor
from backend.people.household_schemas import ConsentRecord
from backend.people.household_tables import Consent, ConsentChannel, ConsentMethod
from backend.people.refusals import ConsentSubjectMissing, PersonUnknown

_CLOCKS_DIFFER = timedelta(minutes=10)


@transaction
async def record_consent(
    *,
    id: UUID,
    household_id: UUID | None = None,
    person_id: UUID | None = None,
    purpose: str,
    text_version: str,
    text_sha256: str,
    channel: ConsentChannel,
    method: ConsentMethod,
    given: bool,
    at: datetime,
    by: Actor,
) -> Outcome[ConsentRecord]:
    """One line: of a household that `by` serves or oversees, or of `by` himself. `given=False` withdraws. Idempotent.

    Raises ConsentSubjectMissing (400), HouseholdUnknown, PersonUnknown (404), DifferentArguments (409).
    """
    await _must_be_about_somebody(household_id, person_id, by)
    if at > clock.now() + _CLOCKS_DIFFER:
        raise Invalid(errors=[FieldError(pointer="/at", detail="This moment has not come yet.", code="future")])
    columns: dict[str, Any] = {
        "household": household_id,
        "person": person_id,
        "purpose": purpose,
        "text_version": text_version,
        "text_sha256": bytes.fromhex(text_sha256),
        "channel": ConsentChannel(channel).value,
        "method": ConsentMethod(method).value,
        "given": given,
        "at": at.astimezone(UTC),
        "recorded_by": by.person_id,
    }
    made = await Consent.insert(Consent(id=id, **columns)).on_conflict(target=Consent.id, action="DO NOTHING")
    row = await Consent.select().where(Consent.id == id).first()
    if row is None or {name: row[name] for name in columns} != columns:
        raise DifferentArguments
    return Outcome(_record(row), created=bool(made))


@transaction
async def withdraw_by_telephone(*, household_id: UUID, purpose: str, words: str, by: Actor) -> None:
    """A household that is on the line wants no more of something: `words` is what it said no to. The caller has looked
    whether `by` may speak with it."""
    line = Consent(
        id=ids.uuid7(),
        household=household_id,
        purpose=purpose,
        text_version=f"{purpose}/withdrawn-by-telephone",
        text_sha256=sha256(words.encode()).digest(),
        channel=ConsentChannel.CALL.value,
        method=ConsentMethod.SPOKEN.value,
        given=False,
        at=clock.now(),
        recorded_by=by.person_id,
    )
    await Consent.insert(line)


async def consented(*, household_id: UUID, purpose: str) -> bool:
    """Whether a household's newest line of a purpose says yes; no line, no consent."""
    row = await fetch_row(
        "SELECT given FROM people_consent WHERE household = $1 AND purpose = $2 ORDER BY at DESC, id DESC LIMIT 1",
        household_id,
        purpose,
    )
    return bool(row and row["given"])


async def _must_be_about_somebody(household_id: UUID | None, person_id: UUID | None, by: Actor) -> None:
    if (household_id is None) == (person_id is None):
        raise ConsentSubjectMissing("Give household_id or person_id, one of them.")
    if household_id:
        await household_queries.visible_household(household_id=household_id, by=by)
    elif person_id != by.person_id:
        raise PersonUnknown("A person records his own consent only.")


def _record(row: dict[str, Any]) -> ConsentRecord:
    return ConsentRecord(
        id=row["id"],
        household_id=row["household"],
        person_id=row["person"],
        purpose=row["purpose"],
        text_version=row["text_version"],
        text_sha256=bytes(row["text_sha256"]).hex(),
        channel=ConsentChannel(row["channel"]),
        method=ConsentMethod(row["method"]),
        given=row["given"],
        at=row["at"],
        recorded_by=row["recorded_by"],
    )

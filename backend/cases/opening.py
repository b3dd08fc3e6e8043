"""Opening a case, whatever the door: a number for life, a secret told once, a unit proposed, two clocks started."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from msgspec.structs import replace

from backend.cases import clocks, contacts, dispatching, records, storing, timeline
from backend.cases.chain import START
from backend.cases.lookups import Found, look_up
from backend.cases.numbers import number_of
from backend.cases.pairs import LOOK
from backend.cases.policies import case_policy
from backend.cases.receipts import new_secret, receipt_url, secret_mac
from backend.cases.reference import categories
from backend.cases.refusals import CategoryUnknown, OutsideYourTerritory
from backend.cases.schemas import CategoryRecord, NewCase, OpenedCase, Proposal, SpotAnswer
from backend.cases.steps import take
from backend.cases.timeline import NewLine
from backend.cases.words import CaseState
from backend.core import clock, creates, ids
from backend.core.cipher import blind_index
from backend.core.creates import Outcome
from backend.core.database import transaction
from backend.core.jobs import enqueue
from backend.core.refusals import DifferentArguments, FieldError, Invalid
from backend.media.actions import claim_photos
from backend.people.actors import Actor
from backend.people.tables import Role
from backend.territory import points
from backend.territory import queries as territory

EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
AHEAD = timedelta(minutes=5)
"""How far a phone's clock may be ahead."""


@transaction
async def open_case(
    *, new: NewCase, by: Actor | None, door: str | None = None, opener: str | None = None
) -> Outcome[OpenedCase]:
    """Open a case. The same id again gives it as it is now, without the secret.

    by     None: a citizen's own door (a QR code, a partner); staff open where they hold a role or serve the household
    door   how it came in: api, batch, page, seed, …; told on the timeline
    opener whose photos may be taken up where `by` is nobody: `media.openers.Opener.identity`

    Raises Invalid, CategoryUnknown, PointOutside (400), OutsideYourTerritory (403), DifferentArguments (409),
    PhotoUnknown (404), PhotoClaimed (409).
    """
    received_at = clock.now()
    new = _normalised(new, received_at)
    category = await _category(new)
    case_id, digest = new.id or ids.uuid7(received_at), _digest(new, by)
    place = points.columns(new.point)
    found = await look_up(
        case_id=case_id,
        household_id=new.household_id,
        division_code=new.division_code or await _nearest(new, place),
        person_id=by.person_id if by else None,
        categories=(await categories()).line(new.category_code),
    )
    if found.sequence is None:
        return await _again(case_id, digest, found)
    _check_place(new, found, by)
    secret = new_secret()
    columns = _columns(new, category, found, by, received_at) | place | {"id": case_id, "arguments_digest": digest}
    lines = timeline.chain_on(
        (0, START),
        [_first_line(new, door)],
        case_id=case_id,
        by=columns["opened_by"],
        by_unit=columns["owner_unit"],
        at=received_at,
    )
    written = await storing.open_case(
        columns, lines, receipt_id=ids.uuid7(received_at), secret_mac=secret_mac(case_id, secret)
    )
    if not written:  # somebody was faster with this id
        return await _again(case_id, digest, None)
    await _begin(case_id, new, columns, found, by, opener)
    return Outcome(_opened(await records.read(case_id), secret, found.proposal), created=True)


@transaction
async def open_many(*, news: Sequence[NewCase], by: Actor | None, door: str | None = None) -> list[Outcome[OpenedCase]]:
    """All of them or none; raises what `open_case` raises."""
    return [await open_case(new=new, by=by, door=door) for new in news]


async def answer_on_spot(
    *, case_id: UUID, id: UUID, answer: SpotAnswer, by: Actor | None, by_rule: bool = False
) -> None:
    """A question answered at once, or after asking somebody: closed in one step, with the knowledge that was used."""
    said = {"words": answer.words.strip(), "knowledge_code": answer.knowledge_code}
    await take("answered_on_spot", case_id=case_id, id=id, by=by, said=said, by_rule=by_rule)


async def _begin(
    case_id: UUID, new: NewCase, columns: dict[str, Any], found: Found, by: Actor | None, opener: str | None
) -> None:
    """What follows on a new case: clocks, photos, an answer, or the way to its unit by a rule."""
    await clocks.start(
        case_id=case_id,
        number=columns["number"],
        unit_id=columns["owner_unit"] or (found.proposal and found.proposal.unit.id) or found.receiving_unit,
        division_code=columns["division_code"],
        policy_code=columns["policy_code"],
        opened_at=columns["opened_at"],
        upstream_due_at=new.upstream_due_at,
        by=by,
    )
    await enqueue(LOOK, case_id)
    if new.photo_ids:
        if by is None and opener is None:
            raise Invalid("Photos are taken up with the receipt, after the case was opened.")
        await claim_photos(
            photo_ids=new.photo_ids,
            kind="case",
            record_id=case_id,
            division_code=columns["division_code"],
            household_id=new.household_id,
            uploaded_by=by.person_id if by else None,
            opener=opener,
        )
    if new.answer is not None:
        await answer_on_spot(
            case_id=case_id, id=uuid5(case_id, "answered_on_spot"), answer=new.answer, by=by, by_rule=True
        )
    elif found.proposal and found.proposal.automatic:
        await dispatching.dispatch_by_rule(case_id=case_id, proposal=found.proposal)


async def _again(case_id: UUID, digest: bytes, found: Found | None) -> Outcome[OpenedCase]:
    """The case as it is now. Raises DifferentArguments (409)."""
    again = found or await look_up(case_id=case_id)
    if again.stored_digest != digest:
        raise DifferentArguments("Case {id} was opened before with other content; it stays.", id=str(case_id))
    return Outcome(_opened(await records.read(case_id), None, None), created=False)


def _opened(case: Any, secret: str | None, proposal: Proposal | None) -> OpenedCase:
    return OpenedCase(case=case, secret=secret, receipt_url=receipt_url(case.number), proposal=proposal)


def _normalised(new: NewCase, received_at: datetime) -> NewCase:
    """Texts stripped, moments in UTC. Raises Invalid (400)."""
    wrong = []
    opened_at = (new.opened_at or received_at).astimezone(UTC)
    if not EARLIEST <= opened_at <= received_at + AHEAD:
        detail = "{value} is not between the year 2000 and now: look at the date."
        wrong.append(
            FieldError(pointer="/opened_at", detail=detail, code="range", facts={"value": opened_at.isoformat()})
        )
    if not new.title.strip():
        wrong.append(FieldError(pointer="/title", detail="Say in a few words what it is about.", code="required"))
    if new.division_code is None and new.household_id is None and new.point is None:
        detail = "Say where it is: division_code, household_id or point."
        wrong.append(FieldError(pointer="/division_code", detail=detail, code="required"))
    if wrong:
        raise Invalid("The case cannot be so; see errors.", errors=wrong)
    return replace(
        new,
        title=new.title.strip(),
        description=new.description.strip(),
        place_note=(new.place_note or "").strip() or None,
        opened_at=new.opened_at and opened_at,
        upstream_due_at=new.upstream_due_at and new.upstream_due_at.astimezone(UTC),
    )


async def _category(new: NewCase) -> CategoryRecord:
    found = (await categories()).get(new.category_code, clock.today())
    if found is None:
        wrong = FieldError(
            pointer="/category_code", detail="Take a code out of the list of categories.", code="unknown"
        )
        raise CategoryUnknown("There is no category {code} today.", code=new.category_code, errors=[wrong])
    return found


def _digest(new: NewCase, by: Actor | None) -> bytes:
    """What a repeat must equal; the contact by a keyed hash, because a plain one of a phone can be guessed back."""
    contact = blind_index(f"{new.contact_name}\n{new.contact_phone}", column="cases_case.contact").hex()
    said = replace(new, id=None, contact_name=None, contact_phone=None)
    return creates.digest((by.person_id if by else None, said, contact))


async def _nearest(new: NewCase, place: dict[str, Any]) -> str | None:
    """The village nearest to the point, where nothing else says where it is."""
    if new.household_id is not None or new.point is None:
        return None
    near = await territory.nearest(longitude=place["longitude"], latitude=place["latitude"])
    return near[0].division.code if near else None


def _check_place(new: NewCase, found: Found, by: Actor | None) -> None:
    """Raises Invalid (400) where there is no such place, OutsideYourTerritory (403) where it is not his."""
    if new.household_id is not None and found.household_id is None:
        wrong = FieldError(pointer="/household_id", detail="There is no such household.", code="unknown")
        raise Invalid("The case names something that is not there.", errors=[wrong])
    if found.division_id is None:
        wrong = FieldError(pointer="/division_code", detail="There is no such division, and none near.", code="unknown")
        raise Invalid("The case names something that is not there.", errors=[wrong])
    if by is None or found.serves:
        return
    codes = {found.division_code, found.household_division_code or found.division_code}
    prefixes = by.prefixes(Role)
    if not all(code and code.startswith(prefixes) for code in codes):
        detail = "{division_code} is not in your area. Ask to be assigned there, or correct the code."
        raise OutsideYourTerritory(detail, division_code=found.division_code)


def _columns(
    new: NewCase, category: CategoryRecord, found: Found, by: Actor | None, received_at: datetime
) -> dict[str, Any]:
    opened_at = new.opened_at or received_at
    return {
        "number": number_of(found.sequence or 0),
        "channel": new.channel.value,
        "kind": new.kind.value,
        "category_code": category.code,
        "title": new.title,
        "description": new.description,
        **contacts.sealed(contact_name=new.contact_name, contact_phone=new.contact_phone),
        "division": found.division_id,
        "division_code": found.division_code,
        "place_note": new.place_note,
        "household": found.household_id,
        "origin_room": new.origin_room,
        "origin_id": new.origin_id,
        "upstream_number": new.upstream_number,
        "upstream_due_at": new.upstream_due_at,
        "state": CaseState.RECEIVED.value,
        "state_since": received_at,
        "policy_code": new.policy_code or category.policy_code,
        "owner_unit": _unit_of(by, found.division_code or ""),
        "hops": 0,
        "loop": 1,
        "reopened_n": 0,
        "opened_by": by.person_id if by else None,
        "opened_at": opened_at,
        "received_at": received_at,
        "entered_late": received_at - opened_at > case_policy(clock.local(received_at).date()).late_after,
        "version": 1,
        "coarse": False,
    }


def _unit_of(by: Actor | None, division_code: str) -> UUID | None:
    """The unit that receives it first: the opener's, by preference the one through which the place is his."""
    units = [held for held in (by.held if by else ()) if held.unit_id is not None]
    units.sort(key=lambda held: not division_code.startswith(held.prefixes))
    return units[0].unit_id if units else None


def _first_line(new: NewCase, door: str | None) -> NewLine:
    payload: dict[str, object] = {"channel": new.channel.value, "category_code": new.category_code, "door": door}
    if new.opened_at is not None:
        payload["opened_at"] = new.opened_at
    if new.upstream_number is not None:
        payload["upstream_number"] = new.upstream_number
    return NewLine(kind="opened", public=True, payload=payload)

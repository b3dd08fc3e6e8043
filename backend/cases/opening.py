"""Opening a case, whatever the door: a number for life, a secret told once, a unit proposed, two clocks started."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid5

from backend.cases import clocks, dispatching, entries, reading, records, storing, timeline
from backend.cases.chain import START
from backend.cases.clocks import NewClocks
from backend.cases.lookups import Found, look_up
from backend.cases.pairs import LOOK
from backend.cases.receipts import receipt_url, secret_mac, secret_of
from backend.cases.reference import categories
from backend.cases.refusals import CategoryUnknown
from backend.cases.schemas import CategoryRecord, NewCase, OpenedCase, Proposal, SpotAnswer
from backend.cases.steps import take
from backend.core import clock, creates, ids
from backend.core.creates import Outcome
from backend.core.database import transaction
from backend.core.jobs import enqueue
from backend.core.refusals import DifferentArguments, FieldError, Invalid
from backend.deadlines.schemas import ClockRecord
from backend.media.actions import claim_photos
from backend.people.actors import Actor
from backend.territory import points
from backend.territory import queries as territory


@transaction
async def open_case(
    *,
    new: NewCase,
    by: Actor | None,
    door: str | None = None,
    opener: str | None = None,
    owner_unit_id: UUID | None = None,
    automatic: bool = True,
) -> Outcome[OpenedCase]:
    """Open a case. The same id again gives it as it is now, without the secret.

    by     None: a citizen's own door (a QR code, a partner); staff open where they hold a role or serve the household
    door   how it came in: api, batch, page, seed, …; told on the timeline
    opener whose photos may be taken up where `by` is nobody: `media.openers.Opener.identity`
    owner_unit_id   the open unit at whose desk it was told; else the opener's own
    automatic       whether a route that dispatches by itself does so; a room that sends it on by itself says no

    Raises Invalid, CategoryUnknown, PointOutside (400), OutsideYourTerritory (403), DifferentArguments (409),
    PhotoUnknown (404), PhotoClaimed (409).
    """
    received_at = clock.now()
    new = entries.normalised(new, received_at)
    category = await _category(new)
    case_id, told = new.id or ids.uuid7(received_at), entries.told(new, by)
    place = points.columns(new.point)
    found = await look_up(
        case_id=case_id,
        household_id=new.household_id,
        division_code=new.division_code or await _nearest(new, place),
        person_id=by.person_id if by else None,
        categories=(await categories()).line(new.category_code),
        owner_unit=owner_unit_id or entries.unit_of(by, new.division_code or ""),
    )
    if found.sequence is None:
        return await _again(case_id, told, found)
    entries.check_place(new, found, by)
    receipt_id = ids.uuid7(received_at)
    secret = secret_of(receipt_id)
    columns = entries.columns_of(new, category, found, by, received_at)
    columns |= place | {"id": case_id, "arguments_digest": creates.digest(told)}
    lines = timeline.chain_on(
        (0, START),
        [entries.first_line(new, door)],
        case_id=case_id,
        by=columns["opened_by"],
        by_unit=columns["owner_unit"],
        at=received_at,
    )
    written = await storing.open_case(columns, lines, receipt_id=receipt_id, secret_mac=secret_mac(case_id, secret))
    if not written:  # somebody was faster with this id
        return await _again(case_id, told, None)
    started = await _begin(case_id, new, columns, found, by)
    await _claim(case_id, new, columns, by, opener)
    if await _goes_on(case_id, new, found, by, automatic):
        record = await records.read(case_id)
    else:
        row = entries.shown_at_once(columns, new, category, found, by)
        record = reading.record(row, clocks=started, photo_ids=sorted(new.photo_ids))
    return Outcome(_opened(record, secret, found.proposal), created=True)


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
    case_id: UUID, new: NewCase, columns: dict[str, Any], found: Found, by: Actor | None
) -> list[ClockRecord]:
    """Start the clocks, and have somebody look later whether it is the same as another case."""
    await enqueue(LOOK, case_id, priority=-1)
    started = NewClocks(
        case_id=case_id,
        number=columns["number"],
        unit_id=columns["owner_unit"] or (found.proposal and found.proposal.unit.id) or found.receiving_unit,
        division_code=columns["division_code"],
        policy_code=columns["policy_code"],
        opened_at=columns["opened_at"],
        upstream_due_at=new.upstream_due_at,
    )
    return await clocks.start(started, by=by)


async def _claim(case_id: UUID, new: NewCase, columns: dict[str, Any], by: Actor | None, opener: str | None) -> None:
    if not new.photo_ids:
        return
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


async def _goes_on(case_id: UUID, new: NewCase, found: Found, by: Actor | None, automatic: bool) -> bool:
    """Whether a step follows at once: an answer, or the way to its unit by a rule."""
    if new.answer is not None:
        id = uuid5(case_id, "answered_on_spot")
        await answer_on_spot(case_id=case_id, id=id, answer=new.answer, by=by, by_rule=True)
        return True
    if automatic and found.proposal and found.proposal.automatic:
        await dispatching.dispatch_by_rule(case_id=case_id, proposal=found.proposal)
        return True
    return False


async def _again(case_id: UUID, told: object, found: Found | None) -> Outcome[OpenedCase]:
    """The case as it is now. Raises DifferentArguments (409)."""
    again = found or await look_up(case_id=case_id)
    if not creates.same(again.stored_digest, told):
        raise DifferentArguments("Case {id} was opened before with other content; it stays.", id=str(case_id))
    return Outcome(_opened(await records.read(case_id), None, None), created=False)


def _opened(case: Any, secret: str | None, proposal: Proposal | None) -> OpenedCase:
    return OpenedCase(case=case, secret=secret, receipt_url=receipt_url(case.number), proposal=proposal)


async def _category(new: NewCase) -> CategoryRecord:
    found = (await categories()).get(new.category_code, clock.today())
    if found is None:
        wrong = FieldError(
            pointer="/category_code", detail="Take a code out of the list of categories.", code="unknown"
        )
        raise CategoryUnknown("There is no category {code} today.", code=new.category_code, errors=[wrong])
    return found


async def _nearest(new: NewCase, place: dict[str, Any]) -> str | None:
    """The village nearest to the point, where nothing else says where it is."""
    if new.household_id is not None or new.point is None:
        return None
    near = await territory.nearest(longitude=place["longitude"], latitude=place["latitude"])
    return near[0].division.code if near else None

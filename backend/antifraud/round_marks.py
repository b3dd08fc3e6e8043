"""What became of each door, from the assistant of its village. Kept while the round runs, read by nobody else."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec
from msgspec.structs import replace

from backend.antifraud import round_queries as queries
from backend.antifraud import rounds
from backend.antifraud.outreach_places import met, place, shared
from backend.antifraud.outreach_refusals import DoorUnknown
from backend.antifraud.round_schemas import (
    DoorPlace,
    DoorToKnock,
    JudgedMark,
    MarkOutcome,
    MarksVerdict,
    MarkVerdict,
    NewHouseholdMark,
)
from backend.core import clock, creates, ids
from backend.core.database import transaction
from backend.core.malformed import of_body
from backend.core.paging import Page, page, position_of
from backend.core.problems import problem
from backend.core.refusals import DifferentArguments, FieldError, Invalid, Refusal
from backend.people.actors import Actor
from backend.people.tables import Role

ASSISTANTS = (Role.ASSISTANT,)
CLOCKS_DIFFER = timedelta(minutes=5)


async def record_mark(*, round_id: UUID, new: NewHouseholdMark, by: Actor) -> MarkVerdict:
    """Write down one door. Raises what `record_marks` raises, DoorUnknown (404), Invalid (400), DifferentArguments
    (409)."""
    (judged,) = await record_marks(round_id=round_id, marks=[new], by=by)
    if judged.refusal is not None:
        raise judged.refusal
    return MarkVerdict(index=0, id=judged.id, outcome=judged.outcome)


async def record_rows(*, round_id: UUID, rows: Sequence[Any], by: Actor) -> MarksVerdict:
    """A batch as it came: a row that cannot be read, or may not be, is refused alone.

    Raises Forbidden (403), RoundUnknown (404), RoundOver (409) for all of it.
    """
    read = [_read(row) for row in rows]
    marks = [each for each in read if isinstance(each, NewHouseholdMark)]
    judged = iter(await record_marks(round_id=round_id, marks=marks, by=by))
    verdicts = [
        _verdict(index, next(judged))
        if isinstance(each, NewHouseholdMark)
        else _verdict(index, JudgedMark(id=None, outcome=MarkOutcome.REFUSED, refusal=each))
        for index, each in enumerate(read)
    ]
    totals = Counter(each.outcome for each in verdicts)
    return MarksVerdict(**{outcome.value: totals[outcome] for outcome in MarkOutcome}, rows=verdicts)


def _read(row: Any) -> NewHouseholdMark | Refusal:
    try:
        return msgspec.convert(row, NewHouseholdMark)
    except msgspec.ValidationError as error:
        return Invalid(errors=[of_body(error)])


def _verdict(index: int, judged: JudgedMark) -> MarkVerdict:
    told = problem(judged.refusal) if judged.refusal else None
    return MarkVerdict(index=index, id=judged.id, outcome=judged.outcome, problem=told)


@transaction
async def record_marks(*, round_id: UUID, marks: Sequence[NewHouseholdMark], by: Actor) -> list[JudgedMark]:
    """Write down doors; one verdict a mark, in order. Of several marks of a door the latest `at` stands.

    by   an assistant; only doors of his villages

    Raises Forbidden (403), RoundUnknown (404), RoundOver (409).
    """
    by.must_have(*ASSISTANTS)
    row = await rounds.running(round_id, by=by, lock="SHARE")
    await queries.one_at_a_time(round_id, by.person_id)
    marks = await _with_ids(marks, round_id, by)
    places = await queries.places_of([each.household_id for each in marks], shared(row["prefix"], by, ASSISTANTS))
    judge = _Judge(row, places, await queries.digests([each.id for each in marks if each.id]), by)
    judged = [judge.judged(each) for each in marks]
    stands = await queries.write(round_id, rows=_latest(judge.kept), at=clock.now(), by=by.person_id)
    return [
        replace(each, outcome=MarkOutcome.SUPERSEDED)
        if each.outcome == MarkOutcome.STORED and each.id not in stands
        else each
        for each in judged
    ]


async def _with_ids(marks: Sequence[NewHouseholdMark], round_id: UUID, by: Actor) -> list[NewHouseholdMark]:
    """A mark without an id is known by its content, so that a second sending is harmless too; one that was kept before
    2026-11-23 by its former digest. That goes when `creates.former_digest` goes."""
    told = [_told(each, round_id, by) for each in marks]
    formerly = [_id_of(creates.former_digest(each), by) for each in told]
    kept = await queries.digests([id for id, each in zip(formerly, marks, strict=True) if each.id is None])
    by_content = [
        id if id in kept else _id_of(creates.digest(each), by) for id, each in zip(formerly, told, strict=True)
    ]
    return [replace(each, id=each.id or id) for each, id in zip(marks, by_content, strict=True)]


def _id_of(digest: bytes, by: Actor) -> UUID:
    return ids.from_key(by.person_id, "recordOutreach", digest.hex())


def _told(new: NewHouseholdMark, round_id: UUID, by: Actor) -> list[Any]:
    return [round_id, replace(new, id=None), by.person_id]


class _Judge:
    """Looks at marks one after the other; `kept` are rows to write."""

    def __init__(self, row: queries.Row, places: Mapping[UUID, str], known: dict[UUID, bytes], by: Actor) -> None:
        self._round, self._places, self._known, self._by = row, places, known, by
        self.kept: list[tuple[Any, ...]] = []

    def judged(self, new: NewHouseholdMark) -> JudgedMark:
        assert new.id is not None  # noqa: S101 - given above
        told = _told(new, self._round["id"], self._by)
        if (stored := self._known.get(new.id)) is not None:
            return self._again(new.id, same=creates.same(stored, told))
        if refusal := self._refusal(new):
            return JudgedMark(id=new.id, outcome=MarkOutcome.REFUSED, refusal=refusal)
        self._known[new.id] = digest = creates.digest(told)
        place = self._places[new.household_id]
        self.kept.append((new.id, new.household_id, place, new.mark.value, new.age_band.value, new.at, digest))
        return JudgedMark(id=new.id, outcome=MarkOutcome.STORED)

    def _again(self, id: UUID, *, same: bool) -> JudgedMark:
        if same:
            return JudgedMark(id=id, outcome=MarkOutcome.DUPLICATE)
        refusal = DifferentArguments("Mark {id} came before with other content; it stays.", id=str(id))
        return JudgedMark(id=id, outcome=MarkOutcome.REFUSED, refusal=refusal)

    def _refusal(self, new: NewHouseholdMark) -> Refusal | None:
        if new.household_id not in self._places:
            return DoorUnknown("There is no household {id} of yours in this round.", id=str(new.household_id))
        if new.at > clock.now() + CLOCKS_DIFFER:
            return _at("This moment has not come yet; look at the phone's clock.")
        if not self._round["begins_on"] <= clock.local(new.at).date() <= self._round["ends_on"]:
            return _at("This was not within the days of the round.")
        return None


def _at(detail: str) -> Invalid:
    return Invalid(errors=[FieldError(pointer="/at", detail=detail, code="range")])


def _latest(rows: Iterable[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """One row a door: one statement cannot write a row twice."""
    return list({row[1]: row for row in sorted(rows, key=lambda each: (each[5], each[0]))}.values())


async def list_doors(
    *,
    round_id: UUID,
    by: Actor,
    division_code: str | None = None,
    code: str | None = None,
    limit: int = 50,
    cursor: str | None = None,
) -> Page[DoorToKnock]:
    """Doors at which nobody was met so far, of the villages of `by`, an assistant. Who declined is not asked again.

    code   a part of a card's number; the whole of it, or of its digits, finds a door that is done, too: not how

    Raises Forbidden, NotYourPlace (403), DivisionUnknown, RoundUnknown (404), RoundOver (409).
    """
    by.must_have(*ASSISTANTS)
    row = await rounds.running(round_id, by=by)
    prefixes = shared(row["prefix"], by, ASSISTANTS)
    if division_code is not None:
        division = await place(division_code, by=by, roles=ASSISTANTS)
        prefixes = met(division.prefix, prefixes)
    after = position_of(cursor, DoorPlace)
    rows = await queries.doors(round_id, prefixes, code=code, limit=limit + 1, after=after)
    found = [msgspec.convert(dict(each), DoorToKnock) for each in rows]
    return page(found, limit, lambda each: DoorPlace(each.division_code, each.code))


async def get_door(*, round_id: UUID, household_id: UUID, by: Actor) -> DoorToKnock:
    """One door of a running round, of the villages of `by`; who was met there, or declined, is not told.

    Raises Forbidden (403), DoorUnknown, RoundUnknown (404), RoundOver (409).
    """
    by.must_have(*ASSISTANTS)
    row = await rounds.running(round_id, by=by)
    found = await queries.door(round_id, shared(row["prefix"], by, ASSISTANTS), household_id)
    if found is None:
        raise DoorUnknown("There is no household {id} of yours in this round.", id=str(household_id))
    return msgspec.convert(dict(found), DoorToKnock)

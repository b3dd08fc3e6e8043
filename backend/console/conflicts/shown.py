"""Conflicts as the page shows them: each contested field with three things side by side."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct

from backend.console import labels
from backend.console.conflicts import values
from backend.console.conflicts.values import Pieces, Vocabulary
from backend.core.words import say
from backend.people.actors import Actor
from backend.sync.conflict_schemas import ConflictLine, ConflictPerson, ConflictRecord, ContestedField
from backend.sync.words import ConflictKind, Keep

CHOICES = {Keep.RECORD: "Keep what is there", Keep.PHONE: "Take what the phone says"}
CHOSEN = {Keep.RECORD: "kept as it was", Keep.PHONE: "as the phone says"}


class FieldShown(Struct, frozen=True, kw_only=True):
    """One contested field. `apart`: how far two points lie from each other."""

    name: str
    title: str
    had: str
    now: Pieces
    wanted: Pieces
    now_by: ConflictPerson | None
    now_at: datetime | None
    agreed: bool
    apart: str


class ConflictShown(Struct, frozen=True, kw_only=True):
    """One conflict. `basis` stands for what its page shows."""

    id: UUID
    title: str
    address: str
    place: str
    about_visit: datetime | None
    author_name: str
    captured_at: datetime
    reason: str
    fields: list[FieldShown]
    basis: str

    @property
    def open_fields(self) -> list[FieldShown]:
        """Those to be decided."""
        return [field for field in self.fields if not field.agreed]


class DecidedShown(Struct, frozen=True, kw_only=True):
    """What was decided, by whom and when. `choices`: a field's title, what was said about it, what it thereby says."""

    title: str
    address: str
    about_visit: datetime | None
    decider_name: str
    decided_at: datetime
    choices: list[tuple[str, str, str]]


async def waiting(records: Sequence[ConflictRecord], *, by: Actor) -> list[ConflictShown]:
    """Those that wait, in words."""
    words = await values.vocabulary(records, by=by)
    return [_waiting(record, words) for record in records]


async def just_decided(record: ConflictRecord, *, by: Actor) -> DecidedShown | None:
    """One with what it says now where the phone's word was taken; None while it waits."""
    words = await values.vocabulary([record], by=by)
    taken = {name: values.text(name, each.wanted, words) for name, each in record.values.items()}
    return decided(record, taken)


def decided(line: ConflictLine, taken: Mapping[str, str] | None = None) -> DecidedShown | None:
    """A decided one as a line; `taken`: what the phone wanted, by field, where that shall be told."""
    if line.decision is None or line.decided_at is None or line.decided_by is None:
        return None
    told = taken or {}
    return DecidedShown(
        title=_title(line),
        address=_address(line),
        about_visit=line.occurred_at,
        decider_name=line.decided_by.name,
        decided_at=line.decided_at,
        choices=[
            (values.title(name), say(CHOSEN[keep]), told.get(name, "") if keep is Keep.PHONE else "")
            for name, keep in line.decision.items()
        ],
    )


def _waiting(record: ConflictRecord, words: Vocabulary) -> ConflictShown:
    return ConflictShown(
        id=record.id,
        title=_title(record),
        address=_address(record),
        place=labels.place(record.division_name),
        about_visit=record.occurred_at,
        author_name=record.author.name,
        captured_at=record.captured_at,
        reason=record.reason,
        fields=[_field(name, each, words) for name, each in record.values.items()],
        basis=record.basis,
    )


def _field(name: str, each: ContestedField, words: Vocabulary) -> FieldShown:
    had, now, wanted = (_text(name, value, words) for value in (each.had, each.now, each.wanted))
    return FieldShown(
        name=name,
        title=values.title(name),
        had=had,
        now=values.marked(name, had, now),
        wanted=values.marked(name, had, wanted),
        now_by=each.now_by,
        now_at=each.now_at,
        agreed=each.agreed,
        apart=values.apart(name, each.now, each.wanted),
    )


def _text(name: str, value: Any, words: Vocabulary) -> str:
    return values.text(name, value, words)


def _title(line: ConflictLine) -> str:
    kind = say("Visit") if line.kind is ConflictKind.VISIT else say("Household card")
    return f"{kind} · {line.household_code or labels.place(line.division_name)}"


def _address(line: ConflictLine) -> str:
    folder = "visits" if line.kind is ConflictKind.VISIT else "households"
    return f"/console/{folder}/{line.record_id}"

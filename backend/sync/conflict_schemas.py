"""Two changes of one field, and what a person says about them, as they travel."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from msgspec import Meta, Struct

from backend.sync.words import ConflictKind, Keep


class ConflictPerson(Struct, frozen=True):
    """Somebody by id and name."""

    id: UUID
    name: str


class ConflictLine(Struct, frozen=True, kw_only=True):
    """A conflict in a list, without the values.

    household_code, occurred_at   whose card, or of which household and when the visit was; null where there is none
    division_*                    where the record lies now
    author   who wanted the change on his phone, at `captured_at` by our clock, for `reason`
    fields   the contested ones
    decided_*, decision   null while it waits
    """

    id: UUID
    kind: ConflictKind
    record_id: UUID
    household_code: str | None
    occurred_at: datetime | None
    division_code: str
    division_name: str
    author: ConflictPerson
    captured_at: datetime
    opened_at: datetime
    reason: str
    fields: list[str]
    decided_at: datetime | None
    decided_by: ConflictPerson | None
    decision: dict[str, Keep] | None


class ContestedField(Struct, frozen=True, kw_only=True, rename={"had": "from", "wanted": "to"}, omit_defaults=False):
    """One field: as the phone had it (`from`), as it wants it (`to`), as the record says now.

    now      once decided: as it said when the phone's change came
    now_by   who wrote that, `now_at`; null where it is not kept (the first content of a household card)
    agreed   the record says by now what the phone wanted: there is nothing to decide
    """

    had: Any
    wanted: Any
    now: Any
    now_by: ConflictPerson | None = None
    now_at: datetime | None = None
    agreed: bool = False


class ConflictRecord(ConflictLine, frozen=True, kw_only=True):
    """A conflict with its values. `basis` stands for what the record says now: send it with the decision."""

    values: dict[str, ContestedField]
    basis: str


class ConflictDecision(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """For each contested field, which of the two shall stay.

    basis   of the record as it was read: with it, the decision is refused where the record has changed since
    """

    keep: dict[str, Keep]
    basis: Annotated[str, Meta(max_length=64)] | None = None


class CarriedConflict(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One's own contested change on one's phone: it waits for a person, or it was decided. `id`: the command's.

    decision   of each contested field which one stays; what became of the record comes with the record
    """

    id: UUID
    kind: ConflictKind
    record_id: UUID
    fields: list[str]
    opened_at: datetime
    decided_at: datetime | None = None
    decided_by: ConflictPerson | None = None
    decision: dict[str, Keep] | None = None

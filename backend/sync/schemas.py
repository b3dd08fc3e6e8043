"""What travels: what a phone is told since its cursor."""

from typing import Generic, TypeVar

from msgspec import Struct

from backend.sync.conflict_schemas import CarriedConflict
from backend.sync.duty_schemas import CarriedAlert, CarriedShift, CarriedWarning
from backend.sync.kit_schemas import CarriedKit, CarriedKitFile
from backend.sync.reference_schemas import CarriedBan, CarriedList
from backend.sync.words import GoneWhy
from backend.sync.work_schemas import CarriedCase, CarriedHousehold, CarriedTask, CarriedVisit

T = TypeVar("T")


class GoneRecord(Struct, frozen=True):
    """A record that the phone shall let go of, and why."""

    id: str
    why: GoneWhy


class EntityChanges(Struct, Generic[T], frozen=True):
    """Records to put in the place of what the phone holds under their ids, and those to let go of."""

    put: list[T]
    gone: list[GoneRecord]


class SyncChanges(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """By entity; what has nothing to tell is left out."""

    warnings: EntityChanges[CarriedWarning] | None = None
    alerts: EntityChanges[CarriedAlert] | None = None
    tasks: EntityChanges[CarriedTask] | None = None
    conflicts: EntityChanges[CarriedConflict] | None = None
    households: EntityChanges[CarriedHousehold] | None = None
    shifts: EntityChanges[CarriedShift] | None = None
    cases: EntityChanges[CarriedCase] | None = None
    kits: EntityChanges[CarriedKit] | None = None
    reference: EntityChanges[CarriedList] | None = None
    bans: EntityChanges[CarriedBan] | None = None
    kit_files: EntityChanges[CarriedKitFile] | None = None
    visits: EntityChanges[CarriedVisit] | None = None


class SyncPage(Struct, frozen=True, kw_only=True):
    """What changed since a cursor.

    cursor   for the next pull, once everything here is kept
    more     there is more: pull again at once
    reset    forget everything held before of this person, then keep this
    changes  by entity: what to put in the place of what is held, and what to let go of
    """

    cursor: str
    more: bool
    reset: bool
    changes: SyncChanges

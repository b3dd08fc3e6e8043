"""Talks with units (约谈) about their cases."""

from piccolo.columns import UUID, Bytea, Date, ForeignKey, OnDelete, Timestamptz, Varchar
from piccolo.table import Table

from backend.cases.tables import Case
from backend.core.privacy import DataClass, Personal, Privacy
from backend.people.tables import Person, Unit


class UnitTalk(Table, tablename="hotline_unit_talk"):
    """A talk with a unit (约谈) about a case: who (an office, no name), what was agreed, by when."""

    id = UUID(primary_key=True, null=False)
    case = ForeignKey(Case, null=False, on_delete=OnDelete.restrict)
    unit = ForeignKey(Unit, null=False, on_delete=OnDelete.restrict)
    office = Varchar(length=60, null=False)
    held_at = Timestamptz(null=False)
    recorded_at = Timestamptz(null=False)
    by = ForeignKey(Person, null=False, on_delete=OnDelete.restrict)
    reason = Varchar(length=400, null=False)
    agreed = Varchar(length=1000, null=False)
    fix_by = Date(null=True, default=None)
    fixed_on = Date(null=True, default=None)
    fixed_note = Varchar(length=400, null=True, default=None)
    arguments_digest = Bytea(null=False)

    privacy = Privacy(
        personal={
            name: Personal("putting a unit's work right", DataClass.INTERNAL, "24 months after it", 731)
            for name in ("reason", "agreed", "fixed_note")
        },
        impersonal=frozenset({"office", "arguments_digest"}),
    )

"""Notes at shift change."""

from piccolo.columns import UUID, Bytea, ForeignKey, OnDelete, Timestamptz, Varchar
from piccolo.table import Table

from backend.core.privacy import DataClass, Personal, Privacy
from backend.hotline.kept import MONTHS_6_DAYS
from backend.people.tables import Person, Unit


class ShiftNote(Table, tablename="hotline_shift_note"):
    """What one shift leaves to the next; `taken_by` has read it."""

    id = UUID(primary_key=True, null=False)
    unit = ForeignKey(Unit, null=False, on_delete=OnDelete.restrict)
    text = Varchar(length=2000, null=False)
    written_at = Timestamptz(null=False)
    written_by: ForeignKey = ForeignKey(Person, null=False, on_delete=OnDelete.restrict)
    taken_at = Timestamptz(null=True, default=None)
    taken_by: ForeignKey = ForeignKey(Person, null=True, on_delete=OnDelete.restrict)
    arguments_digest = Bytea(null=False)

    privacy = Privacy(
        personal={"text": Personal("handing a desk over", DataClass.INTERNAL, "6 months after it", MONTHS_6_DAYS)},
        impersonal=frozenset({"arguments_digest"}),
    )

"""Files that instruments wrote, kept as they came, and what became of their rows."""

from piccolo.columns import (
    UUID,
    BigInt,
    Boolean,
    Bytea,
    ForeignKey,
    Integer,
    OnDelete,
    Timestamptz,
    Varchar,
)
from piccolo.table import Table

from backend.core.constraints import one_of
from backend.core.privacy import DataClass, Personal, Privacy
from backend.laboratory.instrument_tables import Instrument, Run
from backend.laboratory.words import ImportDoor, ImportState
from backend.people.tables import Person, Unit


class ImportFile(Table, tablename="laboratory_import"):
    """One file, or one post of an instrument. The original is evidence, sealed under a key of its own.

    object_path, rows_path   in the store: the original; and an answer per row, a line of JSON each, sealed alike
    told_crop, told_on, told_kind   what the technician said of all of it: the commodity, the day, produce or soil
    lines_n   how many there are to read, as far as one can tell beforehand; `read_n`: how many were
    problem   of a file that failed as a whole, or ended in the middle: a code of `unread_reasons`
    """

    id = UUID(primary_key=True, null=False)
    unit = ForeignKey(Unit, null=False, on_delete=OnDelete.restrict)
    instrument = ForeignKey(Instrument, null=True, on_delete=OnDelete.restrict)
    run = ForeignKey(Run, null=True, on_delete=OnDelete.restrict)
    file_name = Varchar(length=200, null=False)
    size_bytes = BigInt(null=False)
    sha256 = Bytea(null=False)
    object_path = Varchar(length=200, null=True, default=None)
    rows_path = Varchar(length=200, null=True, default=None)
    key_sealed = Bytea(null=True, default=None)
    door = Varchar(length=10, null=False, choices=ImportDoor)
    dry_run = Boolean(null=False, default=False)
    profile = Varchar(length=60, null=True, default=None)
    encoding = Varchar(length=20, null=True, default=None)
    told_crop = Varchar(length=40, null=True, default=None)
    told_on = Varchar(length=10, null=True, default=None)
    told_kind = Varchar(length=10, null=True, default=None)
    state = Varchar(length=8, null=False, choices=ImportState)
    received_at = Timestamptz(null=False)
    started_at = Timestamptz(null=True, default=None)
    finished_at = Timestamptz(null=True, default=None)
    by = ForeignKey(Person, null=True, on_delete=OnDelete.restrict)
    lines_n = Integer(null=True, default=None)
    read_n = Integer(null=False, default=0)
    stored_n = Integer(null=False, default=0)
    duplicate_n = Integer(null=False, default=0)
    refused_n = Integer(null=False, default=0)
    problem = Varchar(length=40, null=True, default=None)
    arguments_digest = Bytea(null=False)

    import_door_is_known = one_of("door", ImportDoor)
    import_state_is_known = one_of("state", ImportState)

    privacy = Privacy(
        personal={
            "file_name": Personal("finding a file again", DataClass.INTERNAL, "36 months after it came", 1096),
            "key_sealed": Personal(
                "opening the original: what an instrument wrote may name people",
                DataClass.SENSITIVE,
                "36 months after it came; then the key goes, and nothing opens the original",
                1096,
            ),
        },
        impersonal=frozenset(
            {
                *("size_bytes", "sha256", "object_path", "rows_path", "door", "dry_run", "profile", "encoding"),
                *("told_crop", "told_on", "told_kind", "state", "lines_n", "read_n", "stored_n", "duplicate_n"),
                *("refused_n", "problem", "arguments_digest"),
            }
        ),
    )

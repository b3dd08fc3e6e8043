"""Uploads under way, and the pieces of them that are flushed."""

from enum import StrEnum

from piccolo.columns import UUID, BigInt, Bytea, ForeignKey, OnDelete, Text, Timestamptz, Varchar
from piccolo.constraints import Check
from piccolo.table import Table

from backend.core.constraints import one_of
from backend.core.privacy import DataClass, Personal, Privacy
from backend.people.tables import Person

BRINGING = "bringing a file in over a line that breaks"
TWO_WEEKS = "until the upload is over, two weeks after its last piece at most"


class UploadState(StrEnum):
    """`open` takes bytes, `received` became a photo, `gone` was terminated or abandoned."""

    OPEN = "open"
    RECEIVED = "received"
    GONE = "gone"


class Upload(Table, tablename="media_upload"):
    """One upload by tus. Its photo has the same id.

    opener     who opened it and alone may go on: `person:<id>`, `station:<unit>`, or what a scheme of `openers` says
    metadata   Upload-Metadata as it was sent
    concat     Upload-Concat as it was sent: `partial`, `final;…`, or null
    """

    id = UUID(primary_key=True, null=False)
    opener = Varchar(length=80, null=False)
    opened_by = ForeignKey(Person, null=True, on_delete=OnDelete.restrict)
    opened_at = Timestamptz(null=False)
    expires_at = Timestamptz(null=False)
    state = Varchar(length=10, null=False, choices=UploadState)
    length_bytes = BigInt(null=False)
    offset_bytes = BigInt(null=False)
    metadata = Text(null=True, default=None)
    concat = Text(null=True, default=None)
    key_sealed = Bytea(null=True, default=None, secret=True)

    upload_state_is_known = one_of("state", UploadState)
    upload_offset_is_within_its_length = Check('"offset_bytes" >= 0 AND "offset_bytes" <= "length_bytes"')

    privacy = Privacy(
        personal={
            "opener": Personal(BRINGING, DataClass.INTERNAL, TWO_WEEKS),
            "metadata": Personal(BRINGING, DataClass.INTERNAL, TWO_WEEKS),
            "key_sealed": Personal(BRINGING, DataClass.SENSITIVE, TWO_WEEKS),
        },
        impersonal=frozenset({"state", "length_bytes", "offset_bytes", "concat"}),
    )


class UploadPart(Table, tablename="media_upload_part"):
    """A piece that is flushed: `size_bytes` bytes from `first_byte` on, one sealed object in the store."""

    id = UUID(primary_key=True, null=False)
    upload = ForeignKey(Upload, null=False, on_delete=OnDelete.cascade)
    first_byte = BigInt(null=False)
    size_bytes = BigInt(null=False)
    object_path = Varchar(length=120, null=False)

    upload_part_holds_something = Check('"size_bytes" > 0')

    privacy = Privacy(impersonal=frozenset({"first_byte", "size_bytes", "object_path"}))

"""Originals and photos."""

from enum import StrEnum

from piccolo.columns import UUID, BigInt, Boolean, Bytea, ForeignKey, Integer, OnDelete, Text, Timestamptz, Varchar
from piccolo.table import Table

from backend.core.constraints import one_of
from backend.core.privacy import DataClass, Personal, Privacy
from backend.people.tables import Person
from backend.territory.tables import Located, point_privacy

EVIDENCE = "showing what was found on the spot"
TWO_YEARS = "24 months unless a case holds it"


class PhotoState(StrEnum):
    """What the pipeline thinks."""

    WAITING = "waiting"
    ACCEPTED = "accepted"
    REFUSED = "refused"


class Original(Table, tablename="media_original"):
    """Bytes as they came, once per content. Without `key_sealed` nobody can read the object or its copies any more."""

    sha256 = Bytea(primary_key=True, null=False)
    object_path = Varchar(length=120, null=False)
    size_bytes = BigInt(null=False)
    content_type = Varchar(length=60, null=False)
    key_sealed = Bytea(null=True, default=None, secret=True)
    stored_at = Timestamptz(null=False)
    purged_at = Timestamptz(null=True, default=None)

    privacy = Privacy(
        personal={"key_sealed": Personal(EVIDENCE, DataClass.SENSITIVE, TWO_YEARS)},
        impersonal=frozenset({"sha256", "object_path", "size_bytes", "content_type"}),
    )


class Photo(Located, Table, tablename="media_photo"):
    """One photo. Width and height are upright; the point and time are the camera's own (EXIF).

    `taken_at_zone_assumed`: the camera gave no offset, so its clock was read as Asia/Shanghai.
    """

    id = UUID(primary_key=True, null=False)
    original = ForeignKey(Original, null=False, on_delete=OnDelete.restrict)
    file_name = Varchar(length=200, null=False)
    uploaded_by = ForeignKey(Person, null=True, on_delete=OnDelete.restrict)
    received_at = Timestamptz(null=False)
    state = Varchar(length=10, null=False, choices=PhotoState)
    verdict = Text(null=True, default=None)
    width = Integer(null=True, default=None)
    height = Integer(null=True, default=None)
    taken_at = Timestamptz(null=True, default=None)
    taken_at_zone_assumed = Boolean(null=False, default=False)
    camera_make = Varchar(length=80, null=True, default=None)
    camera_model = Varchar(length=80, null=True, default=None)
    claimed_kind = Varchar(length=20, null=True, default=None)
    claimed_id = UUID(null=True, default=None)
    division_code = Varchar(length=15, null=True, default=None)

    photo_state_is_known = one_of("state", PhotoState)

    privacy = Privacy(
        personal={
            "file_name": Personal(EVIDENCE, DataClass.INTERNAL, TWO_YEARS),
            "camera_make": Personal(EVIDENCE, DataClass.INTERNAL, TWO_YEARS),
            "camera_model": Personal(EVIDENCE, DataClass.INTERNAL, TWO_YEARS),
            **point_privacy(EVIDENCE),
        },
        impersonal=frozenset({"state", "verdict", "width", "height", "claimed_kind", "division_code"}),
    )

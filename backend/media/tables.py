"""Originals, photos, and which originals look alike."""

from typing import Any

from piccolo.columns import (
    JSONB,
    UUID,
    Array,
    BigInt,
    Boolean,
    Bytea,
    DoublePrecision,
    ForeignKey,
    Integer,
    OnDelete,
    SmallInt,
    Timestamptz,
    Varchar,
)
from piccolo.constraints import Check
from piccolo.table import Table

from backend.core.constraints import one_of
from backend.core.privacy import DataClass, Personal, Privacy
from backend.media.facts import Kind, PhotoState
from backend.people.household_tables import Household
from backend.people.tables import Person, Unit
from backend.territory.tables import Located, point_privacy

EVIDENCE = "showing what was found on the spot"
EVIDENCE_DAYS = 731
TWO_YEARS = "24 months unless a case holds it"


class Original(Table, tablename="media_original"):
    """Bytes as they came, once per content. Without `key_sealed` nobody can read the object or its copies any more.

    in_pieces   sealed by `core.pieces`; false for what was kept before pieces were: one sealed value
    looked_at   when the pipeline came to its verdict; null while photos of it wait
    copy_sizes  bytes of each copy by name, as `{"1600": …, "320": …}`
    hash_bands  the perceptual hash in parts, for the index (`likeness.bands`)
    grey_*      of the 2nd, 50th and 98th percent of the pixels, 0 to 255 (`grading`)
    """

    sha256 = Bytea(primary_key=True, null=False)
    object_path = Varchar(length=120, null=False)
    size_bytes = BigInt(null=False)
    content_type = Varchar(length=60, null=False)
    kind = Varchar(length=10, null=False, default=Kind.PHOTO.value, choices=Kind)
    key_sealed = Bytea(null=True, default=None, secret=True)
    in_pieces = Boolean(null=False, default=False)
    stored_at = Timestamptz(null=False)
    looked_at = Timestamptz(null=True, default=None)
    copy_sizes = JSONB(null=True, default=None)
    perceptual_hash = BigInt(null=True, default=None)
    hash_bands: Array = Array(base_column=Integer(), null=True, default=None)
    sharpness = DoublePrecision(null=True, default=None)
    grey_dark = SmallInt(null=True, default=None)
    grey_mid = SmallInt(null=True, default=None)
    grey_bright = SmallInt(null=True, default=None)
    purged_at = Timestamptz(null=True, default=None)

    media_kind_is_known = one_of("kind", Kind)

    privacy = Privacy(
        personal={
            "key_sealed": Personal(EVIDENCE, DataClass.SENSITIVE, TWO_YEARS),
            "perceptual_hash": Personal(EVIDENCE, DataClass.INTERNAL, TWO_YEARS, EVIDENCE_DAYS),
            "hash_bands": Personal(EVIDENCE, DataClass.INTERNAL, TWO_YEARS, EVIDENCE_DAYS),
        },
        impersonal=frozenset(
            {
                *("sha256", "object_path", "size_bytes", "content_type", "kind", "copy_sizes"),
                *("sharpness", "grey_dark", "grey_mid", "grey_bright"),
            }
        ),
    )


class Photo(Located, Table, tablename="media_photo"):
    """One sending. Width and height are upright; the point and time are the camera's own (EXIF).

    `taken_at_zone_assumed`: the camera gave no offset, so its clock was read as Asia/Shanghai.
    `division_code` and `household` are the record's, copied by the claim: they say who may see it.
    `uploaded_by` is whose it is; `carried_by` sent it, where two share a phone (`carrying`).
    `opener` is who sent it where no account did (`station:<unit>`). Until a record claims it, it is seen by the people
    of `unit` and by those who oversee `division_code`, the unit's own.
    """

    id = UUID(primary_key=True, null=False)
    original = ForeignKey(Original, null=False, on_delete=OnDelete.restrict)
    file_name = Varchar(length=200, null=False)
    uploaded_by = ForeignKey(Person, null=True, on_delete=OnDelete.restrict)
    carried_by = ForeignKey(Person, null=True, on_delete=OnDelete.restrict)
    opener = Varchar(length=80, null=True, default=None)
    unit = ForeignKey(Unit, null=True, on_delete=OnDelete.restrict)
    door = Varchar(length=10, null=False, default="api")
    received_at = Timestamptz(null=False)
    state = Varchar(length=10, null=False, choices=PhotoState)
    reasons: Array = Array(base_column=Varchar(length=20), null=False, default=list)
    width = Integer(null=True, default=None)
    height = Integer(null=True, default=None)
    taken_at = Timestamptz(null=True, default=None)
    taken_at_zone_assumed = Boolean(null=False, default=False)
    camera_make = Varchar(length=80, null=True, default=None)
    camera_model = Varchar(length=80, null=True, default=None)
    coarse = Boolean(null=False, default=False)
    claimed_kind = Varchar(length=20, null=True, default=None)
    claimed_id = UUID(null=True, default=None)
    division_code = Varchar(length=15, null=True, default=None)
    household = ForeignKey(Household, null=True, on_delete=OnDelete.restrict)

    photo_state_is_known = one_of("state", PhotoState)

    privacy = Privacy(
        personal={
            "file_name": Personal(EVIDENCE, DataClass.INTERNAL, TWO_YEARS, EVIDENCE_DAYS),
            "opener": Personal(EVIDENCE, DataClass.INTERNAL, TWO_YEARS, EVIDENCE_DAYS),
            "camera_make": Personal(EVIDENCE, DataClass.INTERNAL, TWO_YEARS, EVIDENCE_DAYS),
            "camera_model": Personal(EVIDENCE, DataClass.INTERNAL, TWO_YEARS, EVIDENCE_DAYS),
            **point_privacy(EVIDENCE),
        },
        impersonal=frozenset({"door", "state", "reasons", "width", "height", "claimed_kind", "division_code"}),
    )


class NearDuplicate(Table, tablename="media_near_duplicate"):
    """Two originals that look alike; each pair twice, once from either side. `distance` is in bits of 64."""

    id = UUID(primary_key=True, null=False)
    original = ForeignKey(Original, null=False, on_delete=OnDelete.cascade)
    other = ForeignKey(Original, null=False, on_delete=OnDelete.cascade)
    distance = SmallInt(null=False)

    alike_within_64_bits: Any = Check((distance >= 0) & (distance <= 64))

    privacy = Privacy(impersonal=frozenset({"distance"}))

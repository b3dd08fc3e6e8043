"""Kits as they were published: a version never changes, its files are kept by their content."""

from piccolo.columns import (
    JSONB,
    UUID,
    Array,
    Boolean,
    Bytea,
    ForeignKey,
    Integer,
    OnDelete,
    SmallInt,
    Timestamptz,
    Varchar,
)
from piccolo.constraints import Unique
from piccolo.table import Table

from backend.core.constraints import one_of
from backend.core.privacy import Privacy
from backend.kits.words import FormState, KitOrigin
from backend.people.tables import Person


class KitVersion(Table, tablename="kits_version"):
    """One version of one kit, whole. The newest one that is not withdrawn is what phones get.

    roles      who carries it, words of `people.Role`; prefixes: in which divisions, none for everywhere
    months     of the year in which it is offered, none for all; submissions are taken in every month
    files      as `reading.KitFile`: path, SHA-256, bytes
    digest     SHA-256 over everything in it: the same folder published again is no new version
    """

    id = UUID(primary_key=True, null=False)
    kit_id = Varchar(length=40, null=False)
    version = Varchar(length=20, null=False)
    origin = Varchar(length=8, null=False, choices=KitOrigin)
    title_zh = Varchar(length=80, null=False)
    title_en = Varchar(length=80, null=False)
    roles: Array = Array(base_column=Varchar(length=12), null=False, default=list)
    prefixes: Array = Array(base_column=Varchar(length=15), null=False, default=list)
    months: Array = Array(base_column=SmallInt(), null=False, default=list)
    files = JSONB(null=False)
    digest = Bytea(null=False)
    published_at = Timestamptz(null=False)
    published_by = ForeignKey(Person, null=True, on_delete=OnDelete.restrict)
    withdrawn = Boolean(null=False, default=False)

    once_per_kit = Unique([kit_id, version])
    kit_origin_is_known = one_of("origin", KitOrigin)

    privacy = Privacy(
        impersonal=frozenset(
            {
                *("kit_id", "version", "origin", "title_zh", "title_en", "roles", "prefixes", "months", "files"),
                "digest",
            }
        )
    )


class KitFile(Table, tablename="kits_file"):
    """The bytes of a file, once for all versions that hold it."""

    sha256 = Bytea(primary_key=True, null=False)
    content = Bytea(null=False)
    bytes_n = Integer(null=False)

    privacy = Privacy(impersonal=frozenset({"sha256", "content", "bytes_n"}))


class FormVersion(Table, tablename="kits_form"):
    """A form of a kit's version, built. A form's version is said by its sheet; phones fetch by it and send under it.

    xml      exactly the bytes that phones get; md5: its hex digest. They never change
    mapping  as `mappings.Mapping`: what an answer becomes. A later kit version with the same sheet may mend it; the one
             that stands here counts, for submissions of this form version that come and for those mapped anew
    kit      the version that brought this mapping
    """

    id = UUID(primary_key=True, null=False)
    form_id = Varchar(length=60, null=False)
    version = Varchar(length=60, null=False)
    kit = ForeignKey(KitVersion, null=False, on_delete=OnDelete.restrict)
    title = Varchar(length=120, null=False)
    xml = Bytea(null=False)
    md5 = Varchar(length=32, null=False)
    mapping = JSONB(null=False)
    state = Varchar(length=7, null=False, choices=FormState)
    published_at = Timestamptz(null=False)

    once_per_form = Unique([form_id, version])
    form_state_is_known = one_of("state", FormState)

    privacy = Privacy(impersonal=frozenset({"form_id", "version", "title", "xml", "md5", "mapping", "state"}))

"""Which hours must be staffed."""

from piccolo.columns import (
    UUID,
    Array,
    Boolean,
    Bytea,
    Date,
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
from backend.core.privacy import Privacy
from backend.people.tables import Person, Unit
from backend.rosters.tables import Post


class DutyRule(Table, tablename="rosters_duty_rule"):
    """Hours of a post that must be staffed. `staffed` as people write it, `minutes` the same as pairs from midnight.

    weekdays         1 is Monday
    overlap_allowed  whether several may be on the post at once
    """

    id = UUID(primary_key=True, null=False)
    unit = ForeignKey(Unit, null=False, on_delete=OnDelete.restrict)
    post = Varchar(length=8, null=False, choices=Post)
    staffed = Varchar(length=120, null=False)
    minutes = Array(base_column=Integer(), null=False, default=list)
    weekdays = Array(base_column=SmallInt(), null=False, default=list)
    overlap_allowed = Boolean(null=False, default=False)
    valid_from = Date(null=False)
    valid_to = Date(null=True, default=None)
    source = Varchar(length=200, null=False)
    set_by = ForeignKey(Person, null=True, on_delete=OnDelete.restrict)
    set_at = Timestamptz(null=False)
    arguments_digest = Bytea(null=False)

    ruled_post_is_known = one_of("post", Post)
    rule_ends_after_it_begins = Check(valid_to.is_null() | (valid_to >= valid_from))

    privacy = Privacy(
        impersonal=frozenset({"post", "staffed", "minutes", "weekdays", "source", "arguments_digest"}),
    )

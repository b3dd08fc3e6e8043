"""Spot checks: a sample drawn, and what was found of each visit."""

from piccolo.columns import (
    UUID,
    BigInt,
    Bytea,
    ForeignKey,
    Integer,
    OnDelete,
    Text,
    Timestamptz,
    Varchar,
)
from piccolo.constraints import Unique
from piccolo.table import Table

from backend.core.constraints import one_of
from backend.core.privacy import DataClass, Personal, Privacy
from backend.people.tables import Person
from backend.visits.tables import NOTES, Visit


class SpotCheck(Table, tablename="visits_spot_check"):
    """A random sample: anybody with the seed and the population can draw it again."""

    id = UUID(primary_key=True, null=False)
    drawn_by = ForeignKey(Person, null=False, on_delete=OnDelete.restrict)
    drawn_at = Timestamptz(null=False)
    seed = BigInt(null=False)
    division_code = Varchar(length=15, null=False)
    occurred_from = Timestamptz(null=False)
    occurred_to = Timestamptz(null=False)
    population = Integer(null=False)
    size = Integer(null=False)
    arguments_digest = Bytea(null=False)

    privacy = Privacy(impersonal=frozenset({"seed", "division_code", "population", "size", "arguments_digest"}))


class SpotCheckItem(Table, tablename="visits_spot_check_item"):
    """One drawn visit and what was found when somebody asked."""

    id = UUID(primary_key=True, null=False)
    spot_check = ForeignKey(SpotCheck, null=False, on_delete=OnDelete.cascade)
    visit = ForeignKey(Visit, null=False, on_delete=OnDelete.restrict)
    position = Integer(null=False)
    finding = Varchar(length=16, null=True, default=None)
    remark = Text(null=True, default=None)
    found_by = ForeignKey(Person, null=True, on_delete=OnDelete.restrict)
    found_at = Timestamptz(null=True, default=None)

    drawn_once = Unique([spot_check, visit])
    finding_is_known = one_of("finding", ["confirmed", "not_confirmed", "unreachable"])
    privacy = Privacy(
        personal={"remark": Personal("spot checks", DataClass.INTERNAL, NOTES, 731)},
        impersonal=frozenset({"position", "finding"}),
    )

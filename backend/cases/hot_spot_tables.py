"""What comes back: repeats of one matter, and hot spots of place and topic."""

from piccolo.columns import (
    UUID,
    DoublePrecision,
    ForeignKey,
    Integer,
    OnDelete,
    SmallInt,
    Timestamptz,
    Varchar,
)
from piccolo.constraints import Unique
from piccolo.table import Table

from backend.cases.kept import DECIDE, kept
from backend.cases.loop_words import (
    HotSpotState,
)
from backend.cases.tables import Case
from backend.core.constraints import one_of
from backend.core.privacy import Privacy
from backend.people.tables import Person, Unit
from backend.territory.tables import Division


class Repeat(Table, tablename="cases_repeat"):
    """A matter that came again: this case, and an earlier one of the same place, topic and words that had ended.

    It marks the matter and expires; no person is counted, listed or ranked by it.
    """

    id = UUID(primary_key=True, null=False)
    case = ForeignKey(Case, null=False, unique=True, on_delete=OnDelete.restrict)
    earlier = ForeignKey(Case, null=False, on_delete=OnDelete.restrict)
    likeness = SmallInt(null=False)
    marked_at = Timestamptz(null=False)
    expires_at = Timestamptz(null=False)

    privacy = Privacy(impersonal=frozenset({"likeness"}))


class HotSpot(Table, tablename="cases_hot_spot"):
    """A place and a topic that people bring up far more than they used to: a proposal to act before the next complaint.

    people_n     different households and telephones, a case without either counting as one
    expected_n   cases per window as they were over the baseline
    """

    id = UUID(primary_key=True, null=False)
    division = ForeignKey(Division, null=False, on_delete=OnDelete.restrict)
    division_code = Varchar(length=15, null=False)
    category_code = Varchar(length=40, null=False)
    window_from = Timestamptz(null=False)
    window_to = Timestamptz(null=False)
    cases_n = Integer(null=False)
    people_n = Integer(null=False)
    expected_n = DoublePrecision(null=False)
    state = Varchar(length=12, null=False, choices=HotSpotState)
    found_at = Timestamptz(null=False)
    expires_at = Timestamptz(null=False)
    decided_at = Timestamptz(null=True, default=None)
    decided_by = ForeignKey(Person, null=True, on_delete=OnDelete.restrict)
    reason = Varchar(length=200, null=True, default=None)
    lead_unit: ForeignKey = ForeignKey(Unit, null=True, on_delete=OnDelete.restrict)

    hot_spot_state_is_known = one_of("state", HotSpotState)

    privacy = Privacy(
        personal={"reason": kept(DECIDE)},
        impersonal=frozenset({"division_code", "category_code", "cases_n", "people_n", "expected_n", "state"}),
    )


class HotSpotCase(Table, tablename="cases_hot_spot_case"):
    """One of the cases that made a hot spot."""

    id = UUID(primary_key=True, null=False)
    hot_spot = ForeignKey(HotSpot, null=False, on_delete=OnDelete.restrict)
    case = ForeignKey(Case, null=False, on_delete=OnDelete.restrict)

    in_a_spot_once = Unique([hot_spot, case])

    privacy = Privacy()

"""What units promised everybody, and the lists it came in."""

from piccolo.columns import UUID, Bytea, Date, ForeignKey, OnDelete, SmallInt, Timestamptz, Varchar
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from backend.core.constraints import one_of
from backend.core.privacy import Privacy
from backend.hotline.words import PledgeState
from backend.people.tables import Person, Unit
from backend.territory.tables import Division


class PledgeBatch(Table, tablename="hotline_pledge_batch"):
    """One batch of public pledges (百件实事)."""

    id = UUID(primary_key=True, null=False)
    division = ForeignKey(Division, null=False, on_delete=OnDelete.restrict)
    division_code = Varchar(length=15, null=False)
    year = SmallInt(null=False)
    number = SmallInt(null=False)
    title = Varchar(length=120, null=False)
    published_at = Timestamptz(null=False)
    published_by: ForeignKey = ForeignKey(Person, null=False, on_delete=OnDelete.restrict)
    arguments_digest = Bytea(null=False)

    one_batch_a_number = Unique([division, year, number])

    privacy = Privacy(impersonal=frozenset({"division_code", "year", "number", "title", "arguments_digest"}))


class Pledge(Table, tablename="hotline_pledge"):
    """One thing that a unit promised everybody, by a day. `office` answers for it: an office, no name."""

    id = UUID(primary_key=True, null=False)
    batch = ForeignKey(PledgeBatch, null=False, on_delete=OnDelete.restrict)
    number = SmallInt(null=False)
    title = Varchar(length=200, null=False)
    unit = ForeignKey(Unit, null=False, on_delete=OnDelete.restrict)
    office = Varchar(length=60, null=False)
    due_on = Date(null=False)
    state = Varchar(length=8, null=False, choices=PledgeState)
    done_on = Date(null=True, default=None)
    note = Varchar(length=400, null=True, default=None)
    changed_at = Timestamptz(null=False)
    changed_by: ForeignKey = ForeignKey(Person, null=False, on_delete=OnDelete.restrict)

    one_pledge_a_number = Unique([batch, number])
    pledge_state_is_known = one_of("state", PledgeState)
    pledge_is_done_on_a_day = Check('("state" = \'done\') = ("done_on" IS NOT NULL)')

    privacy = Privacy(impersonal=frozenset({"number", "title", "office", "state", "note"}))

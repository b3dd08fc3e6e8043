"""Who is asked for an opinion of a case without reading what others made of it."""

from piccolo.columns import UUID, ForeignKey, OnDelete, Timestamptz
from piccolo.constraints import Unique
from piccolo.table import Table

from backend.cases.tables import Case
from backend.core.privacy import Privacy
from backend.people.tables import Person


class Blindness(Table, tablename="cases_blindness"):
    """From when until when a person does not read how a case ended, though it is his to see otherwise."""

    id = UUID(primary_key=True, null=False)
    case = ForeignKey(Case, null=False, on_delete=OnDelete.restrict)
    person = ForeignKey(Person, null=False, on_delete=OnDelete.restrict)
    begun_at = Timestamptz(null=False)
    ended_at = Timestamptz(null=True, default=None)

    one_blindness_each = Unique([case, person])

    privacy = Privacy()

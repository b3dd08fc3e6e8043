"""Slips that start on paper."""

from piccolo.columns import UUID, Bytea, ForeignKey, OnDelete, Timestamptz, Varchar
from piccolo.constraints import Unique
from piccolo.table import Table

from backend.cases.tables import Case
from backend.core.privacy import Privacy
from backend.people.tables import Person, Unit


class FlowSlip(Table, tablename="hotline_flow_slip"):
    """A slip (工作流转单) with its number, printed empty for a stall. begun_at: the paper's own time."""

    id = UUID(primary_key=True, null=False)
    number = Varchar(length=20, null=False, unique=True)
    unit = ForeignKey(Unit, null=False, on_delete=OnDelete.restrict)
    printed_at = Timestamptz(null=False)
    printed_by: ForeignKey = ForeignKey(Person, null=False, on_delete=OnDelete.restrict)
    begun_at = Timestamptz(null=True, default=None)
    case = ForeignKey(Case, null=True, on_delete=OnDelete.restrict)
    voided_at = Timestamptz(null=True, default=None)
    arguments_digest = Bytea(null=False)

    one_case_a_slip = Unique([case])

    privacy = Privacy(impersonal=frozenset({"number", "arguments_digest"}))

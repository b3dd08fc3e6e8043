"""Dissatisfied firms on the leader's desk."""

from piccolo.columns import UUID, Bytea, ForeignKey, OnDelete, Timestamptz, Varchar
from piccolo.table import Table

from backend.cases.tables import Case
from backend.core.constraints import one_of
from backend.core.privacy import DataClass, Personal, Privacy
from backend.hotline.words import FirmCaseState
from backend.people.tables import Person, Unit


class FirmCase(Table, tablename="hotline_firm_case"):
    """A firm that was not satisfied, on the leader's desk (企业直通车). Its clock is one of `deadlines`."""

    id = UUID(primary_key=True, null=False)
    case = ForeignKey(Case, null=False, on_delete=OnDelete.restrict, unique=True)
    firm = Varchar(length=120, null=False)
    division_code = Varchar(length=15, null=False)
    desk: ForeignKey = ForeignKey(Unit, null=False, on_delete=OnDelete.restrict)
    state = Varchar(length=8, null=False, choices=FirmCaseState)
    opened_at = Timestamptz(null=False)
    opened_by: ForeignKey = ForeignKey(Person, null=True, on_delete=OnDelete.restrict)
    endorsement = Varchar(length=1000, null=True, default=None)
    endorsed_at = Timestamptz(null=True, default=None)
    endorsed_by: ForeignKey = ForeignKey(Person, null=True, on_delete=OnDelete.restrict)
    result = Varchar(length=1000, null=True, default=None)
    closed_at = Timestamptz(null=True, default=None)
    arguments_digest = Bytea(null=False)

    firm_case_state_is_known = one_of("state", FirmCaseState)

    privacy = Privacy(
        personal={
            "endorsement": Personal("a leader's word on it", DataClass.INTERNAL, "24 months after it is closed", 731),
            "result": Personal("a leader's word on it", DataClass.INTERNAL, "24 months after it is closed", 731),
        },
        impersonal=frozenset({"firm", "division_code", "state", "arguments_digest"}),
    )

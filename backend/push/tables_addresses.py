"""Where somebody can be reached, and groups that a person posts to by hand."""

from piccolo.columns import UUID, Array, Bytea, ForeignKey, Integer, OnDelete, Timestamptz, Varchar
from piccolo.columns.column_types import Date
from piccolo.constraints import Check
from piccolo.table import Table

from backend.core.constraints import one_of
from backend.core.privacy import DataClass, Personal, Privacy
from backend.people.access_tables import Device
from backend.people.household_tables import Consent, Household
from backend.people.tables import Person
from backend.push.provider import AddressKind, Category
from backend.push.states import GroupKind, SubjectKind
from backend.push.tables import FORGOTTEN_AFTER_DAYS
from backend.territory.tables import Division

REACH = "reaching somebody the way he chose"


def _while_used(data_class: DataClass) -> Personal:
    return Personal(REACH, data_class, "while it is in use, then 90 days", FORGOTTEN_AFTER_DAYS)


class Address(Table, tablename="push_address"):
    """One way to one subject. `subject` is the person, the household, or a key that stands for nothing else.

    topics     what a provider that keeps topics has it subscribed to
    interests  fraud types and crops a citizen asked to hear of; never guessed
    dead_at    not used again: the provider refused it, its owner revoked it, it went to somebody else, or it is stale
    """

    id = UUID(primary_key=True, null=False)
    subject = UUID(null=False, default=None)
    subject_kind = Varchar(length=10, null=False, choices=SubjectKind)
    person = ForeignKey(Person, null=True, on_delete=OnDelete.restrict)
    household = ForeignKey(Household, null=True, on_delete=OnDelete.restrict)
    kind = Varchar(length=20, null=False, choices=AddressKind)
    value_sealed = Bytea(null=False)
    value_index = Bytea(null=False)
    device = ForeignKey(Device, null=True, on_delete=OnDelete.restrict)
    language = Varchar(length=2, null=False, default="zh")
    muted = Array(base_column=Varchar(length=12), null=False, default=list)
    interests = Array(base_column=Varchar(length=40), null=False, default=list)
    topics = Array(base_column=Varchar(length=40), null=False, default=list)
    division_code = Varchar(length=15, null=True, default=None)
    consent = ForeignKey(Consent, null=True, on_delete=OnDelete.restrict)
    opted_in_text = Varchar(length=40, null=True, default=None)
    registered_at = Timestamptz(null=False)
    last_confirmed_at = Timestamptz(null=False)
    dead_at = Timestamptz(null=True, default=None)
    dead_reason = Varchar(length=60, null=True, default=None)

    address_kind_is_known = one_of("kind", AddressKind)
    address_subject_is_known = one_of("subject_kind", SubjectKind)
    address_of_one_subject = Check(
        "(subject_kind = 'person' AND person = subject AND household IS NULL)"
        " OR (subject_kind = 'household' AND household = subject AND person IS NULL)"
        " OR (subject_kind = 'citizen' AND person IS NULL AND household IS NULL)"
    )
    citizens_consented = Check(
        "subject_kind = 'person' OR consent IS NOT NULL OR (subject_kind = 'citizen' AND opted_in_text IS NOT NULL)"
    )
    emergencies_are_not_muted = Check(f"NOT '{Category.EMERGENCY}' = ANY(muted)")

    privacy = Privacy(
        personal={
            "subject": _while_used(DataClass.INTERNAL),
            "value_sealed": _while_used(DataClass.SENSITIVE),
            "value_index": _while_used(DataClass.SENSITIVE),
            "language": _while_used(DataClass.INTERNAL),
            "muted": _while_used(DataClass.INTERNAL),
            "interests": _while_used(DataClass.INTERNAL),
            "topics": _while_used(DataClass.INTERNAL),
            "division_code": _while_used(DataClass.INTERNAL),
        },
        impersonal=frozenset({"subject_kind", "kind", "opted_in_text", "dead_reason"}),
    )


class Group(Table, tablename="push_group"):
    """A village group as an opaque endpoint: its owner posts by hand. No members are imported, no messages read."""

    id = UUID(primary_key=True, null=False)
    name = Varchar(length=60, null=False)
    kind = Varchar(length=10, null=False, choices=GroupKind)
    division = ForeignKey(Division, null=False, on_delete=OnDelete.restrict)
    division_code = Varchar(length=15, null=False)
    owner = ForeignKey(Person, null=False, on_delete=OnDelete.restrict)
    headcount = Integer(null=False)
    headcount_as_of = Date(null=False)
    opened_by = ForeignKey(Person, null=True, on_delete=OnDelete.restrict)
    opened_at = Timestamptz(null=False)
    closed_at = Timestamptz(null=True, default=None)

    group_kind_is_known = one_of("kind", GroupKind)
    group_has_people = Check(headcount >= 0)

    privacy = Privacy(impersonal=frozenset({"name", "kind", "division_code", "headcount"}))

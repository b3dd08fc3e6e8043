"""Households, who serves them, what was put right on their cards, and what they agreed to."""

from enum import StrEnum

from piccolo.columns import (
    UUID,
    Array,
    Boolean,
    Bytea,
    Date,
    ForeignKey,
    OnDelete,
    Timestamptz,
    Varchar,
)
from piccolo.constraints import Check
from piccolo.table import Table

from backend.core.constraints import one_of
from backend.core.privacy import DataClass, Personal, Privacy
from backend.people.tables import Person
from backend.territory.tables import Division, Located, point_privacy

SERVE = "serving the household: reaching it and knowing what it asked for"
WHILE_SERVED = "while the household is served, then 24 months"


class ConsentChannel(StrEnum):
    """How a consent text reached somebody."""

    VISIT = "visit"
    CALL = "call"
    DESK = "desk"
    PAGE = "page"
    PAPER = "paper"


class ConsentMethod(StrEnum):
    """How somebody agreed. An old person may say it, or a neighbour may witness it."""

    SPOKEN = "spoken"
    SIGNED = "signed"
    WITNESSED = "witnessed"
    TAPPED = "tapped"


class Household(Located, Table, tablename="people_household"):
    """A household card: how to reach it, what it needs. `code` is on its printed card, unique in the county."""

    id = UUID(primary_key=True, null=False)
    code = Varchar(length=24, null=False, unique=True)
    division = ForeignKey(Division, null=False, on_delete=OnDelete.restrict)
    division_code = Varchar(length=15, null=False)
    contact_name_sealed = Bytea(null=True, default=None)
    contact_phone_sealed = Bytea(null=True, default=None)
    contact_phone_index = Bytea(null=True, default=None)
    address_note_sealed = Bytea(null=True, default=None)
    service_needs = Array(base_column=Varchar(length=40), null=False, default=list)
    created_at = Timestamptz(null=False)
    closed_at = Timestamptz(null=True, default=None)
    demo = Boolean(null=False, default=False)
    arguments_digest = Bytea(null=False)

    privacy = Privacy(
        personal={
            "contact_name_sealed": Personal(SERVE, DataClass.SENSITIVE, WHILE_SERVED),
            "contact_phone_sealed": Personal(SERVE, DataClass.SENSITIVE, WHILE_SERVED),
            "contact_phone_index": Personal(SERVE, DataClass.SENSITIVE, WHILE_SERVED),
            "address_note_sealed": Personal(SERVE, DataClass.SENSITIVE, WHILE_SERVED),
            "service_needs": Personal(SERVE, DataClass.INTERNAL, WHILE_SERVED),
            **{
                name: Personal("finding the house", DataClass.INTERNAL, WHILE_SERVED)
                for name in point_privacy("finding the house")
            },
        },
        impersonal=frozenset({"code", "division_code", "demo", "arguments_digest"}),
    )


class HouseholdService(Table, tablename="people_household_service"):
    """Who serves a household from when to when (`valid_to` is the last day); never two cadres on one day."""

    id = UUID(primary_key=True, null=False)
    household = ForeignKey(Household, null=False, on_delete=OnDelete.restrict)
    person = ForeignKey(Person, null=False, on_delete=OnDelete.restrict)
    valid_from = Date(null=False)
    valid_to = Date(null=True, default=None)
    assigned_by = ForeignKey(Person, null=True, on_delete=OnDelete.restrict)

    privacy = Privacy()


class HouseholdAmendment(Table, tablename="people_household_amendment"):
    """What a household card said before somebody put it right, sealed, and why."""

    id = UUID(primary_key=True, null=False)
    household = ForeignKey(Household, null=False, on_delete=OnDelete.restrict)
    at = Timestamptz(null=False)
    by = ForeignKey(Person, null=False, on_delete=OnDelete.restrict)
    fields = Array(base_column=Varchar(length=40), null=False, default=list)
    reason = Varchar(length=200, null=False)
    before_sealed = Bytea(null=False)

    privacy = Privacy(
        personal={
            "reason": Personal("the right to have a record corrected", DataClass.INTERNAL, "24 months", 731),
            "before_sealed": Personal("the right to have a record corrected", DataClass.SENSITIVE, "24 months", 731),
        },
        impersonal=frozenset({"fields"}),
    )


class Consent(Table, tablename="people_consent"):
    """One line of the ledger: a text was read (its hash), how, and agreed to or withdrawn. Never updated."""

    id = UUID(primary_key=True, null=False)
    household = ForeignKey(Household, null=True, on_delete=OnDelete.restrict)
    person = ForeignKey(Person, null=True, on_delete=OnDelete.restrict)
    purpose = Varchar(length=60, null=False)
    text_version = Varchar(length=40, null=False)
    text_sha256 = Bytea(null=False)
    channel = Varchar(length=20, null=False)
    method = Varchar(length=20, null=False)
    given = Boolean(null=False)
    at = Timestamptz(null=False)
    recorded_by = ForeignKey(Person, null=True, on_delete=OnDelete.restrict)

    consent_channel_is_known = one_of("channel", ConsentChannel)
    consent_method_is_known = one_of("method", ConsentMethod)
    about_somebody = Check((household.is_not_null() & person.is_null()) | (household.is_null() & person.is_not_null()))

    privacy = Privacy(
        personal={
            "method": Personal("proving consent", DataClass.INTERNAL, "36 months after the last line"),
            "channel": Personal("proving consent", DataClass.INTERNAL, "36 months after the last line"),
        },
        impersonal=frozenset({"purpose", "text_version", "text_sha256"}),
    )

"""Persons, units and roles; who read what, and what was forgotten."""

from enum import StrEnum

from piccolo.columns import (
    UUID,
    Array,
    Bytea,
    Date,
    ForeignKey,
    Integer,
    OnDelete,
    Text,
    Timestamptz,
    Varchar,
)
from piccolo.table import Table

from backend.core.constraints import one_of
from backend.core.privacy import DataClass, Personal, Privacy
from backend.territory.tables import Division

SIGN_IN = "signing in and being reached at work"
WHILE_EMPLOYED = "while the account is open, then 24 months"


class Role(StrEnum):
    """The nine words."""

    CADRE = "cadre"
    ASSISTANT = "assistant"
    EXPERT = "expert"
    TECHNICIAN = "technician"
    OPERATOR = "operator"
    HANDLER = "handler"
    SUPERVISOR = "supervisor"
    AUDITOR = "auditor"
    ADMIN = "admin"


class UnitKind(StrEnum):
    """What a unit is."""

    DEPARTMENT = "department"
    STUDIO = "studio"
    STATION = "station"
    POLICE = "police"
    GOVERNMENT = "government"


class Unit(Table, tablename="people_unit"):
    """A department, studio or station in a division."""

    id = UUID(primary_key=True, null=False)
    name = Varchar(length=120, null=False)
    kind = Varchar(length=12, null=False, choices=UnitKind)
    division = ForeignKey(Division, null=False, on_delete=OnDelete.restrict)
    parent: ForeignKey = ForeignKey("self", null=True, on_delete=OnDelete.restrict)
    public_phone = Varchar(length=32, null=True, default=None)
    created_at = Timestamptz(null=False)
    closed_at = Timestamptz(null=True, default=None)

    unit_kind_is_known = one_of("kind", UnitKind)

    privacy = Privacy(impersonal=frozenset({"name", "kind", "public_phone"}))


class Person(Table, tablename="people_person"):
    """Somebody with an account. `session_epoch` counts sign-outs everywhere: tokens of an older epoch are void."""

    id = UUID(primary_key=True, null=False)
    name = Varchar(length=60, null=False)
    phone_sealed = Bytea(null=False)
    phone_index = Bytea(null=False, unique=True)
    password_hash = Text(null=True, default=None, secret=True)
    session_epoch = Integer(null=False, default=0)
    language = Varchar(length=2, null=False, default="zh")
    created_at = Timestamptz(null=False)
    closed_at = Timestamptz(null=True, default=None)
    arguments_digest = Bytea(null=False)

    privacy = Privacy(
        personal={
            "name": Personal(SIGN_IN, DataClass.INTERNAL, WHILE_EMPLOYED),
            "phone_sealed": Personal(SIGN_IN, DataClass.SENSITIVE, WHILE_EMPLOYED),
            "phone_index": Personal(SIGN_IN, DataClass.SENSITIVE, WHILE_EMPLOYED),
            "password_hash": Personal(SIGN_IN, DataClass.SENSITIVE, "while the account is open"),
            "language": Personal("answering in the reader's language", DataClass.INTERNAL, WHILE_EMPLOYED),
        },
        impersonal=frozenset({"session_epoch", "arguments_digest"}),
    )


class RoleAssignment(Table, tablename="people_role_assignment"):
    """One role of one person in one division, between two dates (`valid_to` is the last day)."""

    id = UUID(primary_key=True, null=False)
    person = ForeignKey(Person, null=False, on_delete=OnDelete.restrict)
    role = Varchar(length=12, null=False, choices=Role)
    division = ForeignKey(Division, null=False, on_delete=OnDelete.restrict)
    unit = ForeignKey(Unit, null=True, on_delete=OnDelete.restrict)
    valid_from = Date(null=False)
    valid_to = Date(null=True, default=None)

    role_is_known = one_of("role", Role)

    privacy = Privacy(personal={"role": Personal("knowing who may do what", DataClass.INTERNAL, WHILE_EMPLOYED)})


class AccessLog(Table, tablename="people_access_log"):
    """One read of a sensitive field: who, what, when, in which request. Never updated."""

    id = UUID(primary_key=True, null=False)
    at = Timestamptz(null=False)
    person = ForeignKey(Person, null=False, on_delete=OnDelete.restrict)
    subject_kind = Varchar(length=20, null=False)
    subject_id = UUID(null=False, default=None)
    fields = Array(base_column=Varchar(length=40), null=False, default=list)
    request_id = Varchar(length=64, null=False)

    privacy = Privacy(
        personal={"subject_id": Personal("showing who read what", DataClass.INTERNAL, "36 months", 1096)},
        impersonal=frozenset({"subject_kind", "fields", "request_id"}),
    )


class RetentionRun(Table, tablename="people_retention_run"):
    """What one run of the retention job did, rule by rule: the purge report."""

    id = UUID(primary_key=True, null=False)
    rule = Varchar(length=60, null=False)
    ran_at = Timestamptz(null=False)
    cut_off = Timestamptz(null=False)
    rows = Integer(null=False)

    privacy = Privacy(impersonal=frozenset({"rule", "rows"}))

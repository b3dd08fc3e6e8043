"""Persons, units, roles, households and who serves them."""

from enum import StrEnum

from piccolo.columns import (
    UUID,
    Array,
    Boolean,
    Bytea,
    Date,
    ForeignKey,
    Integer,
    OnDelete,
    Text,
    Timestamptz,
    Varchar,
)
from piccolo.constraints import Check
from piccolo.table import Table

from backend.core.constraints import one_of
from backend.core.privacy import DataClass, Personal, Privacy
from backend.territory.tables import Division, Located, point_privacy

SIGN_IN = "signing in and being reached at work"
WHILE_EMPLOYED = "while the account is open, then 24 months"
SERVE = "serving the household: reaching it and knowing what it asked for"
WHILE_SERVED = "while the household is served, then 24 months"


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


class Device(Table, tablename="people_device"):
    """A phone or browser somebody signed in from."""

    id = UUID(primary_key=True, null=False)
    person = ForeignKey(Person, null=False, on_delete=OnDelete.restrict)
    label = Varchar(length=120, null=False)
    first_seen_at = Timestamptz(null=False)
    last_seen_at = Timestamptz(null=False)
    revoked_at = Timestamptz(null=True, default=None)

    privacy = Privacy(
        personal={"label": Personal("knowing one's own sign-ins", DataClass.INTERNAL, "12 months after last seen", 365)}
    )


class RefreshToken(Table, tablename="people_refresh_token"):
    """One refresh token, by hash. `used_at` set and shown again: the family was stolen and is shut."""

    id = UUID(primary_key=True, null=False)
    family = UUID(null=False, default=None)
    person = ForeignKey(Person, null=False, on_delete=OnDelete.restrict)
    device = ForeignKey(Device, null=True, on_delete=OnDelete.restrict)
    token_sha256 = Bytea(null=False, unique=True)
    issued_at = Timestamptz(null=False)
    expires_at = Timestamptz(null=False)
    used_at = Timestamptz(null=True, default=None)
    revoked_at = Timestamptz(null=True, default=None)

    privacy = Privacy(impersonal=frozenset({"token_sha256"}))


class SignInAttempt(Table, tablename="people_sign_in_attempt"):
    """Failures per phone index, whether or not such a phone has an account: a lock-out tells nothing."""

    phone_index = Bytea(primary_key=True, null=False)
    failures = Integer(null=False, default=0)
    last_failed_at = Timestamptz(null=False)
    locked_until = Timestamptz(null=True, default=None)

    privacy = Privacy(
        personal={"phone_index": Personal("stopping guesses", DataClass.SENSITIVE, "1 day after the last failure", 1)},
        impersonal=frozenset({"failures"}),
    )


class OneTimeLink(Table, tablename="people_one_time_link"):
    """A first sign-in: one use, by hash. Opening the page does not use it up, setting the password does."""

    id = UUID(primary_key=True, null=False)
    person = ForeignKey(Person, null=False, on_delete=OnDelete.restrict)
    token_sha256 = Bytea(null=False, unique=True)
    made_by = ForeignKey(Person, null=True, on_delete=OnDelete.restrict)
    expires_at = Timestamptz(null=False)
    used_at = Timestamptz(null=True, default=None)

    privacy = Privacy(impersonal=frozenset({"token_sha256"}))


class AccessKey(Table, tablename="people_access_key"):
    """A long-lived key for a client that cannot sign in (ODK Collect), by hash; revoked, it is dead at once."""

    id = UUID(primary_key=True, null=False)
    person = ForeignKey(Person, null=False, on_delete=OnDelete.restrict)
    purpose = Varchar(length=40, null=False)
    key_sha256 = Bytea(null=False, unique=True)
    made_at = Timestamptz(null=False)
    revoked_at = Timestamptz(null=True, default=None)

    privacy = Privacy(impersonal=frozenset({"purpose", "key_sha256"}))


class StationCode(Table, tablename="people_station_code"):
    """What the poster of a station carries, by hash; revoked, it is void at once."""

    id = UUID(primary_key=True, null=False)
    unit = ForeignKey(Unit, null=False, on_delete=OnDelete.restrict)
    code_sha256 = Bytea(null=False, unique=True)
    made_by = ForeignKey(Person, null=False, on_delete=OnDelete.restrict)
    made_at = Timestamptz(null=False)
    revoked_at = Timestamptz(null=True, default=None)
    revoked_by = ForeignKey(Person, null=True, on_delete=OnDelete.restrict)

    station_code_is_revoked_by_somebody = Check(
        (revoked_at.is_null() & revoked_by.is_null()) | (revoked_at.is_not_null() & revoked_by.is_not_null())
    )

    privacy = Privacy(impersonal=frozenset({"code_sha256"}))


class AllowanceTaken(Table, tablename="people_allowance"):
    """What was taken of an allowance, by the blind index of its holder: at `full_at` it is whole again."""

    holder = Bytea(primary_key=True, null=False)
    full_at = Timestamptz(null=False)

    privacy = Privacy(
        personal={"holder": Personal("stopping floods", DataClass.SENSITIVE, "1 day after it is whole again", 1)}
    )


class RetentionRun(Table, tablename="people_retention_run"):
    """What one run of the retention job did, rule by rule: the purge report."""

    id = UUID(primary_key=True, null=False)
    rule = Varchar(length=60, null=False)
    ran_at = Timestamptz(null=False)
    cut_off = Timestamptz(null=False)
    rows = Integer(null=False)

    privacy = Privacy(impersonal=frozenset({"rule", "rows"}))

"""How somebody comes in: devices, tokens, links, keys, stations' codes, and how often is too often."""

from piccolo.columns import (
    UUID,
    Bytea,
    ForeignKey,
    Integer,
    OnDelete,
    Timestamptz,
    Varchar,
)
from piccolo.constraints import Check
from piccolo.table import Table

from backend.core.privacy import DataClass, Personal, Privacy
from backend.people.tables import Person, Unit


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
    """A long-lived key for a client that cannot sign in (ODK Collect), by hash; revoked, it is dead at once.

    `label` names the phone it is in; `made_by` is null where its holder made it himself.
    """

    id = UUID(primary_key=True, null=False)
    person = ForeignKey(Person, null=False, on_delete=OnDelete.restrict)
    purpose = Varchar(length=40, null=False)
    key_sha256 = Bytea(null=False, unique=True)
    made_at = Timestamptz(null=False)
    revoked_at = Timestamptz(null=True, default=None)
    label = Varchar(length=120, null=False, default="")
    made_by = ForeignKey(Person, null=True, on_delete=OnDelete.restrict)

    privacy = Privacy(
        personal={"label": Personal("telling phones apart", DataClass.INTERNAL, "12 months after it was revoked", 365)},
        impersonal=frozenset({"purpose", "key_sha256"}),
    )


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

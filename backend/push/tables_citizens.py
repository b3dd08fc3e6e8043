"""Citizens without account or card who ask for warnings: the code that proves a number, and what they agreed to."""

from piccolo.columns import UUID, Boolean, Bytea, ForeignKey, OnDelete, SmallInt, Timestamptz, Varchar
from piccolo.table import Table

from backend.core.constraints import one_of
from backend.core.privacy import DataClass, Personal, Privacy
from backend.people.household_tables import ConsentChannel, ConsentMethod
from backend.people.tables import Person

CODE_KEPT_DAYS = 1
CONSENT_KEPT_DAYS = 1096


def _proving() -> Personal:
    return Personal("sending the code that proves a number", DataClass.SENSITIVE, "1 day", CODE_KEPT_DAYS)


def _agreed() -> Personal:
    said = "while it is in use, then 36 months after the line"
    return Personal("proving consent", DataClass.INTERNAL, said, CONSENT_KEPT_DAYS)


class CitizenCode(Table, tablename="push_citizen_code"):
    """Six digits sent to a number; they follow from the id and the server's key and are not stored.

    tries   how often somebody entered something for it; after a few it opens nothing any more
    """

    id = UUID(primary_key=True, null=False)
    phone_sealed = Bytea(null=False)
    phone_index = Bytea(null=False)
    division_code = Varchar(length=15, null=False)
    asked_by = ForeignKey(Person, null=True, on_delete=OnDelete.restrict)
    tries = SmallInt(null=False, default=0)
    asked_at = Timestamptz(null=False)
    valid_until = Timestamptz(null=False)

    privacy = Privacy(
        personal={name: _proving() for name in ("phone_sealed", "phone_index", "division_code")},
        impersonal=frozenset({"tries"}),
    )


class CitizenConsent(Table, tablename="push_citizen_consent"):
    """One line of the ledger of those whom `people_consent` does not know: agreed to a text, or withdrawn. Never
    updated. `subject` is that of the address; once that is erased it stands for nobody.
    """

    id = UUID(primary_key=True, null=False)
    subject = UUID(null=False, default=None, index=True)
    text_version = Varchar(length=40, null=False)
    text_sha256 = Bytea(null=False)
    channel = Varchar(length=20, null=False)
    method = Varchar(length=20, null=False)
    given = Boolean(null=False)
    at = Timestamptz(null=False)
    recorded_by = ForeignKey(Person, null=True, on_delete=OnDelete.restrict)

    citizen_consent_channel_is_known = one_of("channel", ConsentChannel)
    citizen_consent_method_is_known = one_of("method", ConsentMethod)

    privacy = Privacy(
        personal={name: _agreed() for name in ("subject", "channel", "method")},
        impersonal=frozenset({"text_version", "text_sha256"}),
    )

"""Ringing back, and each try of it."""

from piccolo.columns import UUID, Boolean, Bytea, ForeignKey, OnDelete, SmallInt, Timestamptz, Varchar
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from backend.cases.tables import Case
from backend.cases.words import Satisfaction
from backend.core.constraints import one_of
from backend.core.privacy import DataClass, Personal, Privacy
from backend.hotline.call_tables import Call
from backend.hotline.kept import MONTHS_24, MONTHS_24_DAYS
from backend.hotline.words import CallbackReason, CallbackState, Supervised
from backend.people.tables import Person, Unit

VERIFY = "asking whether it helped, and doing it again where it did not"


class Callback(Table, tablename="hotline_callback"):
    """Somebody is rung back. `due_at`: the next try; `unit`: whose operator on duty does it.

    round   which resolution of the case is asked about: a case that was reopened is asked again
    """

    id = UUID(primary_key=True, null=False)
    reason = Varchar(length=12, null=False, choices=CallbackReason)
    call = ForeignKey(Call, null=True, on_delete=OnDelete.restrict)
    case = ForeignKey(Case, null=True, on_delete=OnDelete.restrict)
    round = SmallInt(null=False, default=0)
    unit = ForeignKey(Unit, null=False, on_delete=OnDelete.restrict)
    division_code = Varchar(length=15, null=False)
    state = Varchar(length=12, null=False, choices=CallbackState)
    supervised = Varchar(length=12, null=True, default=None, choices=Supervised)
    assignee = ForeignKey(Person, null=True, on_delete=OnDelete.restrict)
    opened_at = Timestamptz(null=False)
    due_at = Timestamptz(null=False)
    tries_n = SmallInt(null=False, default=0)
    satisfaction = Varchar(length=12, null=True, default=None, choices=Satisfaction)
    remark = Varchar(length=500, null=True, default=None)
    told_at = Timestamptz(null=True, default=None)
    closed_at = Timestamptz(null=True, default=None)
    closed_by: ForeignKey = ForeignKey(Person, null=True, on_delete=OnDelete.restrict)
    arguments_digest = Bytea(null=False)

    one_callback_a_call = Unique([call])
    one_callback_a_resolution = Unique([case, round])
    callback_reason_is_known = one_of("reason", CallbackReason)
    callback_state_is_known = one_of("state", CallbackState)
    callback_is_supervised_for_a_known_reason = one_of("supervised", Supervised)
    callback_satisfaction_is_known = one_of("satisfaction", Satisfaction)
    callback_is_open_or_closed = Check('("state" = \'open\') = ("closed_at" IS NULL)')

    privacy = Privacy(
        personal={
            "satisfaction": Personal(VERIFY, DataClass.INTERNAL, MONTHS_24, MONTHS_24_DAYS),
            "remark": Personal(VERIFY, DataClass.INTERNAL, MONTHS_24, MONTHS_24_DAYS),
        },
        impersonal=frozenset(
            {"reason", "round", "division_code", "state", "supervised", "tries_n", "arguments_digest"}
        ),
    )


class CallbackTry(Table, tablename="hotline_callback_try"):
    """One try of a callback. Never updated."""

    id = UUID(primary_key=True, null=False)
    callback = ForeignKey(Callback, null=False, on_delete=OnDelete.restrict)
    at = Timestamptz(null=False)
    recorded_at = Timestamptz(null=False)
    reached = Boolean(null=False)
    by = ForeignKey(Person, null=False, on_delete=OnDelete.restrict)
    arguments_digest = Bytea(null=False)

    privacy = Privacy(impersonal=frozenset({"arguments_digest"}))

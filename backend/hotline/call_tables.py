"""Calls, in and out."""

from piccolo.columns import UUID, Boolean, Bytea, ForeignKey, OnDelete, Text, Timestamptz, Varchar
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from backend.cases.tables import Case
from backend.core.constraints import one_of
from backend.core.privacy import DataClass, Personal, Privacy
from backend.hotline.kept import ANSWER, MONTHS_6, MONTHS_6_DAYS
from backend.hotline.line_tables import LineSystem
from backend.hotline.words import CallDirection, CallState
from backend.people.tables import Person, Unit


class Call(Table, tablename="hotline_call"):
    """One call. What the exchange told of it last by the call's own moments, whatever order its posts came in.

    reference   the exchange's own number of it
    caller_*    the other side's number, sealed, with its blind index; null where it is withheld or he wishes so
    wrap_up     a code of `reference/wrap_up_codes.csv`; `answer` what was said to a question on the spot
    case        what became of it
    """

    id = UUID(primary_key=True, null=False)
    system = ForeignKey(LineSystem, null=True, on_delete=OnDelete.restrict)
    reference = Varchar(length=100, null=True, default=None)
    direction = Varchar(length=3, null=False, choices=CallDirection)
    unit = ForeignKey(Unit, null=False, on_delete=OnDelete.restrict)
    division_code = Varchar(length=15, null=False)
    caller_sealed = Bytea(null=True, default=None)
    caller_index = Bytea(null=True, default=None)
    state = Varchar(length=8, null=False, choices=CallState)
    began_at = Timestamptz(null=False)
    answered_at = Timestamptz(null=True, default=None)
    ended_at = Timestamptz(null=True, default=None)
    received_at = Timestamptz(null=False)
    operator = ForeignKey(Person, null=True, on_delete=OnDelete.restrict)
    emergency = Boolean(null=False, default=False)
    wrap_up = Varchar(length=40, null=True, default=None)
    wrapped_up_at = Timestamptz(null=True, default=None)
    answer = Text(null=True, default=None)
    case = ForeignKey(Case, null=True, on_delete=OnDelete.restrict)
    arguments_digest = Bytea(null=False)

    call_is_known_once = Unique([system, reference])
    call_direction_is_known = one_of("direction", CallDirection)
    call_state_is_known = one_of("state", CallState)
    call_ends_after_it_began = Check('"ended_at" IS NULL OR "ended_at" >= "began_at"')
    missed_call_has_no_answer = Check('"state" <> \'missed\' OR "answered_at" IS NULL')

    privacy = Privacy(
        personal={
            "caller_sealed": Personal(ANSWER, DataClass.SENSITIVE, MONTHS_6, MONTHS_6_DAYS),
            "caller_index": Personal(ANSWER, DataClass.SENSITIVE, MONTHS_6, MONTHS_6_DAYS),
            "answer": Personal(ANSWER, DataClass.INTERNAL, MONTHS_6, MONTHS_6_DAYS),
        },
        impersonal=frozenset(
            {"reference", "direction", "division_code", "state", "emergency", "wrap_up", "arguments_digest"}
        ),
    )

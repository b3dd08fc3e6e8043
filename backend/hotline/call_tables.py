"""Exchanges and gateways, calls, texts, callbacks, transfers, notes at shift change, slips that start on paper."""

from piccolo.columns import UUID, BigInt, Boolean, Bytea, ForeignKey, OnDelete, SmallInt, Text, Timestamptz, Varchar
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from backend.cases.tables import Case
from backend.cases.words import Satisfaction
from backend.core.constraints import one_of
from backend.core.privacy import DataClass, Personal, Privacy
from backend.hotline.words import (
    CallbackReason,
    CallbackState,
    CallDirection,
    CallState,
    Line,
    Supervised,
    SystemKind,
    TextState,
    TransferState,
)
from backend.people.tables import Person, Unit
from backend.territory.tables import Division

ANSWER = "answering who rang, and ringing back who was missed"
MONTHS_6 = "6 months after the call"
MONTHS_6_DAYS = 184
VERIFY = "asking whether it helped, and doing it again where it did not"
MONTHS_24 = "24 months after it is closed"
MONTHS_24_DAYS = 731


class LineSystem(Table, tablename="hotline_system"):
    """An exchange or gateway that may post for a desk, signed with its secret. `line`: the number people dial."""

    id = UUID(primary_key=True, null=False)
    kind = Varchar(length=8, null=False, choices=SystemKind)
    name = Varchar(length=80, null=False)
    line = Varchar(length=20, null=False)
    unit = ForeignKey(Unit, null=False, on_delete=OnDelete.restrict)
    division = ForeignKey(Division, null=False, on_delete=OnDelete.restrict)
    prefix = Varchar(length=15, null=False)
    secret_sealed = Bytea(null=False)
    made_at = Timestamptz(null=False)
    made_by = ForeignKey(Person, null=False, on_delete=OnDelete.restrict)
    ended_at = Timestamptz(null=True, default=None)

    system_kind_is_known = one_of("kind", SystemKind)

    privacy = Privacy(impersonal=frozenset({"kind", "name", "line", "prefix", "secret_sealed"}))


class LinePost(Table, tablename="hotline_post"):
    """A signed post that came: its message id never counts twice."""

    id = UUID(primary_key=True, null=False)
    system = ForeignKey(LineSystem, null=False, on_delete=OnDelete.restrict)
    message_id = Varchar(length=100, null=False)
    at = Timestamptz(null=False)

    line_message_counts_once = Unique([system, message_id])

    privacy = Privacy(impersonal=frozenset({"message_id"}))


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


class TextIn(Table, tablename="hotline_text"):
    """A text message that came. `code`: the short code it began with, of `reference/short_codes.csv`."""

    id = UUID(primary_key=True, null=False)
    system = ForeignKey(LineSystem, null=False, on_delete=OnDelete.restrict)
    reference = Varchar(length=100, null=False)
    sender_sealed = Bytea(null=True, default=None)
    sender_index = Bytea(null=True, default=None)
    body_sealed = Bytea(null=True, default=None)
    code = Varchar(length=20, null=True, default=None)
    unit = ForeignKey(Unit, null=False, on_delete=OnDelete.restrict)
    division_code = Varchar(length=15, null=False)
    state = Varchar(length=12, null=False, choices=TextState)
    emergency = Boolean(null=False, default=False)
    sent_at = Timestamptz(null=False)
    received_at = Timestamptz(null=False)
    case = ForeignKey(Case, null=True, on_delete=OnDelete.restrict)
    taken_by = ForeignKey(Person, null=True, on_delete=OnDelete.restrict)
    taken_at = Timestamptz(null=True, default=None)
    arguments_digest = Bytea(null=False)

    text_is_known_once = Unique([system, reference])
    text_state_is_known = one_of("state", TextState)

    privacy = Privacy(
        personal={
            "sender_sealed": Personal(ANSWER, DataClass.SENSITIVE, MONTHS_6, MONTHS_6_DAYS),
            "sender_index": Personal(ANSWER, DataClass.SENSITIVE, MONTHS_6, MONTHS_6_DAYS),
            "body_sealed": Personal(ANSWER, DataClass.SENSITIVE, MONTHS_6, MONTHS_6_DAYS),
        },
        impersonal=frozenset({"reference", "code", "division_code", "state", "emergency", "arguments_digest"}),
    )


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


class LineTransfer(Table, tablename="hotline_transfer"):
    """A caller is handed warmly to another line, or comes back from it: under which reference, who has him now."""

    id = UUID(primary_key=True, null=False)
    line = Varchar(length=8, null=False, choices=Line)
    number = BigInt(null=False, unique=True)
    call = ForeignKey(Call, null=True, on_delete=OnDelete.restrict)
    case = ForeignKey(Case, null=True, on_delete=OnDelete.restrict)
    unit = ForeignKey(Unit, null=False, on_delete=OnDelete.restrict)
    division_code = Varchar(length=15, null=False)
    state = Varchar(length=8, null=False, choices=TransferState)
    reason = Varchar(length=400, null=False)
    their_reference = Varchar(length=60, null=True, default=None)
    their_desk = Varchar(length=60, null=True, default=None)
    offered_at = Timestamptz(null=False)
    offered_by: ForeignKey = ForeignKey(Person, null=False, on_delete=OnDelete.restrict)
    accepted_at = Timestamptz(null=True, default=None)
    returned_at = Timestamptz(null=True, default=None)
    returned_because = Varchar(length=400, null=True, default=None)
    closed_at = Timestamptz(null=True, default=None)
    arguments_digest = Bytea(null=False)

    transfer_line_is_known = one_of("line", Line)
    transfer_state_is_known = one_of("state", TransferState)

    privacy = Privacy(
        personal={
            "reason": Personal("handing a caller over", DataClass.INTERNAL, MONTHS_24, MONTHS_24_DAYS),
            "returned_because": Personal("handing a caller over", DataClass.INTERNAL, MONTHS_24, MONTHS_24_DAYS),
        },
        impersonal=frozenset(
            {"line", "number", "division_code", "state", "their_reference", "their_desk", "arguments_digest"}
        ),
    )


class ShiftNote(Table, tablename="hotline_shift_note"):
    """What one shift leaves to the next; `taken_by` has read it."""

    id = UUID(primary_key=True, null=False)
    unit = ForeignKey(Unit, null=False, on_delete=OnDelete.restrict)
    text = Varchar(length=2000, null=False)
    written_at = Timestamptz(null=False)
    written_by: ForeignKey = ForeignKey(Person, null=False, on_delete=OnDelete.restrict)
    taken_at = Timestamptz(null=True, default=None)
    taken_by: ForeignKey = ForeignKey(Person, null=True, on_delete=OnDelete.restrict)
    arguments_digest = Bytea(null=False)

    privacy = Privacy(
        personal={"text": Personal("handing a desk over", DataClass.INTERNAL, "6 months after it", MONTHS_6_DAYS)},
        impersonal=frozenset({"arguments_digest"}),
    )


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

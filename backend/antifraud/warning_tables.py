"""Warnings of the police centre. What names a person lies sealed under its day's key, which lies outside this database
and its backups; when the key is destroyed all of it goes dark, and only the columns that name nobody stay.
"""

from piccolo.columns import UUID, Boolean, Bytea, Date, ForeignKey, Integer, OnDelete, SmallInt, Timestamptz, Varchar
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from backend.antifraud.warning_words import AttemptHow, HandedBecause, WarningDoor, WarningOutcome, WarningState
from backend.antifraud.words import WarningLevel
from backend.core.constraints import one_of
from backend.core.privacy import DataClass, Personal, Privacy
from backend.people.tables import Person
from backend.territory.tables import Division

REACH = "reaching somebody who is being defrauded before the money has gone"
DAY_KEY = "30 days; then the key of its day is destroyed"
DAY_KEY_DAYS = 30


class WarningSource(Table, tablename="antifraud_source"):
    """A police centre's system that may post warnings for a division, signed with its secret."""

    id = UUID(primary_key=True, null=False)
    name = Varchar(length=80, null=False)
    division = ForeignKey(Division, null=False, on_delete=OnDelete.restrict)
    prefix = Varchar(length=15, null=False)
    secret_sealed = Bytea(null=False)
    made_at = Timestamptz(null=False)
    made_by = ForeignKey(Person, null=False, on_delete=OnDelete.restrict)
    ended_at = Timestamptz(null=True, default=None)

    privacy = Privacy(impersonal=frozenset({"name", "prefix", "secret_sealed"}))


class WarningPost(Table, tablename="antifraud_post"):
    """A signed post that came: its message id never counts twice."""

    id = UUID(primary_key=True, null=False)
    source = ForeignKey(WarningSource, null=False, on_delete=OnDelete.restrict)
    message_id = Varchar(length=100, null=False)
    at = Timestamptz(null=False)

    message_counts_once = Unique([source, message_id])

    privacy = Privacy(impersonal=frozenset({"message_id"}))


class FraudWarning(Table, tablename="antifraud_warning"):
    """Somebody may be about to lose money. `assignee` has it now; `due_*` by the policies of the day it came.

    reference_index   keyed hash of the source's own number: the same is the same warning
    payload_sealed    who, which number, what is known: JSON sealed under the key of `key_day`
    answered_*        the first attempt of its kind, whoever made it
    *_done_at         when it was taken and closed, where that was before it came here: offline. Clocks go by the other
    """

    id = UUID(primary_key=True, null=False)
    door = Varchar(length=8, null=False, choices=WarningDoor)
    source = ForeignKey(WarningSource, null=True, on_delete=OnDelete.restrict)
    reference_index = Bytea(null=True, default=None, unique=True)
    level = Varchar(length=6, null=False, choices=WarningLevel)
    fraud_type = Varchar(length=40, null=True, default=None)
    division_code = Varchar(length=15, null=False)
    exercise = Boolean(null=False, default=False)
    received_at = Timestamptz(null=False)
    key_day = Date(null=False)
    payload_sealed = Bytea(null=True, default=None)
    state = Varchar(length=12, null=False, choices=WarningState)
    assignee: ForeignKey = ForeignKey(Person, null=True, on_delete=OnDelete.restrict)
    assigned_at = Timestamptz(null=True, default=None)
    hand_overs_n = SmallInt(null=False, default=0)
    due_acknowledge_at = Timestamptz(null=True, default=None)
    due_call_at = Timestamptz(null=True, default=None)
    due_meet_at = Timestamptz(null=True, default=None)
    due_text_at = Timestamptz(null=True, default=None)
    acknowledged_at = Timestamptz(null=True, default=None)
    acknowledge_done_at = Timestamptz(null=True, default=None)
    acknowledged_by: ForeignKey = ForeignKey(Person, null=True, on_delete=OnDelete.restrict)
    answered_call_at = Timestamptz(null=True, default=None)
    answered_meet_at = Timestamptz(null=True, default=None)
    outcome = Varchar(length=20, null=True, default=None, choices=WarningOutcome)
    closed_at = Timestamptz(null=True, default=None)
    close_done_at = Timestamptz(null=True, default=None)
    closed_by: ForeignKey = ForeignKey(Person, null=True, on_delete=OnDelete.restrict)
    entered_by: ForeignKey = ForeignKey(Person, null=True, on_delete=OnDelete.restrict)
    purged_at = Timestamptz(null=True, default=None)
    arguments_digest = Bytea(null=False)

    warning_door_is_known = one_of("door", WarningDoor)
    warning_level_is_known = one_of("level", WarningLevel)
    warning_state_is_known = one_of("state", WarningState)
    warning_outcome_is_known = one_of("outcome", WarningOutcome)
    warning_is_closed_with_an_outcome = Check(
        '("state" = \'closed\') = ("closed_at" IS NOT NULL AND "outcome" IS NOT NULL)'
    )

    privacy = Privacy(
        personal={
            "payload_sealed": Personal(REACH, DataClass.SENSITIVE, DAY_KEY, DAY_KEY_DAYS),
            "reference_index": Personal(REACH, DataClass.SENSITIVE, DAY_KEY, DAY_KEY_DAYS),
            "arguments_digest": Personal(REACH, DataClass.SENSITIVE, DAY_KEY, DAY_KEY_DAYS),
        },
        impersonal=frozenset(
            {
                *("door", "level", "fraud_type", "division_code", "exercise", "state", "hand_overs_n", "outcome"),
            }
        ),
    )


class WarningAttempt(Table, tablename="antifraud_attempt"):
    """Somebody tried. `note_sealed` under the key of the warning's day."""

    id = UUID(primary_key=True, null=False)
    warning = ForeignKey(FraudWarning, null=False, on_delete=OnDelete.restrict)
    how = Varchar(length=6, null=False, choices=AttemptHow)
    reached = Boolean(null=False)
    at = Timestamptz(null=False)
    recorded_at = Timestamptz(null=False)
    by = ForeignKey(Person, null=False, on_delete=OnDelete.restrict)
    note_sealed = Bytea(null=True, default=None)
    arguments_digest = Bytea(null=False)

    attempt_how_is_known = one_of("how", AttemptHow)

    privacy = Privacy(
        personal={
            "note_sealed": Personal(REACH, DataClass.SENSITIVE, DAY_KEY, DAY_KEY_DAYS),
            "arguments_digest": Personal(REACH, DataClass.SENSITIVE, DAY_KEY, DAY_KEY_DAYS),
        },
        impersonal=frozenset({"how"}),
    )


class WarningHand(Table, tablename="antifraud_hand"):
    """Whose a warning was, from when, and why it went on to him. Never updated."""

    id = UUID(primary_key=True, null=False)
    warning = ForeignKey(FraudWarning, null=False, on_delete=OnDelete.restrict)
    person = ForeignKey(Person, null=False, on_delete=OnDelete.restrict)
    number = Integer(null=False)
    at = Timestamptz(null=False)
    because = Varchar(length=20, null=False, choices=HandedBecause)

    hand_because_is_known = one_of("because", HandedBecause)

    privacy = Privacy(impersonal=frozenset({"number", "because"}))


class KeyPurge(Table, tablename="antifraud_purge"):
    """A day's key was destroyed. Only counts: what it opened cannot be opened any more, anywhere."""

    id = UUID(primary_key=True, null=False)
    key_day = Date(null=False, unique=True)
    destroyed_at = Timestamptz(null=False)
    warnings_n = Integer(null=False)
    attempts_n = Integer(null=False)

    privacy = Privacy(impersonal=frozenset({"warnings_n", "attempts_n"}))

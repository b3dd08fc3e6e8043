"""Instruments, how long each is calibrated, who answered for one that was not, and what they measured in one go."""

from piccolo.columns import (
    UUID,
    Array,
    Boolean,
    Bytea,
    Date,
    ForeignKey,
    Numeric,
    OnDelete,
    SmallInt,
    Timestamptz,
    Varchar,
)
from piccolo.constraints import Unique
from piccolo.table import Table

from backend.core.constraints import one_of
from backend.core.privacy import DataClass, Personal, Privacy
from backend.laboratory.words import Method
from backend.people.tables import Person, Unit


class Instrument(Table, tablename="laboratory_instrument"):
    """What measures. One that only its files told of has no `registered_at`; its calibration is unknown.

    serial            as its files write it, normalised to half width; unique
    profile           the parser profile by name, where its files do not show it themselves
    live_key_sealed   the key under which it posts records by itself (HMAC); null: it does not
    """

    id = UUID(primary_key=True, null=False)
    serial = Varchar(length=60, null=False, unique=True)
    unit = ForeignKey(Unit, null=False, on_delete=OnDelete.restrict)
    maker = Varchar(length=60, null=True, default=None)
    model = Varchar(length=80, null=True, default=None)
    method = Varchar(length=20, null=False, default=Method.UNKNOWN, choices=Method)
    firmware = Varchar(length=40, null=True, default=None)
    profile = Varchar(length=60, null=True, default=None)
    first_seen_at = Timestamptz(null=False)
    registered_at = Timestamptz(null=True, default=None)
    registered_by = ForeignKey(Person, null=True, on_delete=OnDelete.restrict)
    retired_at = Timestamptz(null=True, default=None)
    live_key_sealed = Bytea(null=True, default=None)
    live_key_made_at = Timestamptz(null=True, default=None)
    arguments_digest = Bytea(null=True, default=None)

    instrument_method_is_known = one_of("method", Method)

    privacy = Privacy(
        impersonal=frozenset(
            {"serial", "maker", "model", "method", "firmware", "profile", "live_key_sealed", "arguments_digest"}
        )
    )


class CalibrationDone(Table, tablename="laboratory_calibration"):
    """One calibration: counts from `done_on` to `due_on`, both included. Never updated."""

    id = UUID(primary_key=True, null=False)
    instrument = ForeignKey(Instrument, null=False, on_delete=OnDelete.restrict)
    done_on = Date(null=False)
    due_on = Date(null=False)
    certificate = Varchar(length=80, null=True, default=None)
    recorded_by = ForeignKey(Person, null=False, on_delete=OnDelete.restrict)
    recorded_at = Timestamptz(null=False)

    privacy = Privacy(impersonal=frozenset({"certificate"}))


class CalibrationOverride(Table, tablename="laboratory_calibration_override"):
    """Somebody answers for an instrument whose calibration is overdue, from a day to a day, and says why."""

    id = UUID(primary_key=True, null=False)
    instrument = ForeignKey(Instrument, null=False, on_delete=OnDelete.restrict)
    from_on = Date(null=False)
    until_on = Date(null=False)
    reason = Varchar(length=200, null=False)
    by = ForeignKey(Person, null=False, on_delete=OnDelete.restrict)
    at = Timestamptz(null=False)

    privacy = Privacy(impersonal=frozenset({"reason"}))


class Nonce(Table, tablename="laboratory_nonce"):
    """A signed post of an instrument that came: it does not come again."""

    id = UUID(primary_key=True, null=False)
    instrument = ForeignKey(Instrument, null=False, on_delete=OnDelete.cascade)
    nonce = Varchar(length=100, null=False)
    at = Timestamptz(null=False)

    nonce_is_used_once = Unique([instrument, nonce])

    privacy = Privacy(impersonal=frozenset({"nonce"}))


class Run(Table, tablename="laboratory_run"):
    """What one operator measured in one go on one instrument, with its blank, its control and its replicates.

    blank_delta               ΔA₀ over three minutes
    control_percent           inhibition of the positive control; expected between `control_low` and `control_high`
    replicate_spread_percent  the widest difference among replicates of one extract, in points of inhibition
    invalid_reasons           `InvalidRun`; empty: what it measured counts
    """

    id = UUID(primary_key=True, null=False)
    instrument = ForeignKey(Instrument, null=False, on_delete=OnDelete.restrict)
    unit = ForeignKey(Unit, null=False, on_delete=OnDelete.restrict)
    operator = ForeignKey(Person, null=False, on_delete=OnDelete.restrict)
    method = Varchar(length=20, null=False, choices=Method)
    started_at = Timestamptz(null=False)
    blank_delta = Numeric(digits=(8, 5), null=True, default=None)
    control_percent = Numeric(digits=(6, 2), null=True, default=None)
    control_low = Numeric(digits=(6, 2), null=True, default=None)
    control_high = Numeric(digits=(6, 2), null=True, default=None)
    replicates_n = SmallInt(null=False, default=1)
    replicate_spread_percent = Numeric(digits=(6, 2), null=True, default=None)
    temperature_c = Numeric(digits=(4, 1), null=True, default=None)
    reagent_lot = Varchar(length=60, null=True, default=None)
    note = Varchar(length=200, null=True, default=None)
    valid = Boolean(null=False)
    invalid_reasons: Array = Array(base_column=Varchar(length=24), null=False, default=list)
    recorded_at = Timestamptz(null=False)
    recorded_by = ForeignKey(Person, null=False, on_delete=OnDelete.restrict)
    arguments_digest = Bytea(null=False)

    run_method_is_known = one_of("method", Method)

    privacy = Privacy(
        personal={"note": Personal("understanding a run", DataClass.INTERNAL, "36 months after the run", 1096)},
        impersonal=frozenset(
            {
                *("method", "blank_delta", "control_percent", "control_low", "control_high", "replicates_n"),
                *("replicate_spread_percent", "temperature_c", "reagent_lot", "invalid_reasons", "arguments_digest"),
                "valid",
            }
        ),
    )

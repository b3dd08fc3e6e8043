"""The shapes of instruments, their calibrations and their runs."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType

from backend.cases.schemas import PersonShown, UnitShown
from backend.core.shapes import NO_NUL, Line, Moment
from backend.laboratory.words import Calibration, InvalidRun, Method

Serial = Annotated[str, Meta(min_length=1, max_length=60, pattern=NO_NUL, description="as its files write it")]
Short = Annotated[str, Meta(min_length=1, max_length=60, pattern=NO_NUL)]
Percent = Annotated[float, Meta(ge=-100, le=100)]
DeltaA = Annotated[float, Meta(ge=-1, le=5, description="ΔA over three minutes at 410–412 nm")]


class NewInstrument(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What measures. One that is known by its files only becomes registered by its serial.

    unit_id            the studio or station where it stands; the own desk unless told
    profile            the parser profile by name, where its files do not show it themselves
    calibrated_on, calibration_due_on   both or neither; without them the calibration is unknown
    """

    serial: Serial
    id: UUID | None = None
    unit_id: UUID | None = None
    maker: Short | None = None
    model: Annotated[str, Meta(min_length=1, max_length=80, pattern=NO_NUL)] | None = None
    method: Method = Method.UNKNOWN
    firmware: Annotated[str, Meta(max_length=40, pattern=NO_NUL)] | None = None
    profile: Annotated[str, Meta(max_length=60, pattern="^[a-z0-9_]+$")] | None = None
    calibrated_on: date | None = None
    calibration_due_on: date | None = None
    certificate: Annotated[str, Meta(max_length=80, pattern=NO_NUL)] | None = None


class InstrumentAmendment(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What changed about an instrument: what is left out stays, null removes.

    unit_id   it was moved; its results stay with the desk that measured them
    retired   it measures no more: its key ends, and its results stay
    """

    unit_id: UUID | UnsetType = UNSET
    maker: Short | UnsetType | None = UNSET
    model: Annotated[str, Meta(min_length=1, max_length=80, pattern=NO_NUL)] | UnsetType | None = UNSET
    method: Method | UnsetType = UNSET
    firmware: Annotated[str, Meta(max_length=40, pattern=NO_NUL)] | UnsetType | None = UNSET
    profile: Annotated[str, Meta(max_length=60, pattern="^[a-z0-9_]+$")] | UnsetType | None = UNSET
    retired: bool | UnsetType = UNSET


class InstrumentRecord(Struct, frozen=True, kw_only=True):
    """An instrument as it is today.

    registered       false: only its files told of it
    calibration      today; `calibration_due_on`: until when the last one counts; `overridden_until`: who answers, till
    live             it may post signed records by itself
    """

    id: UUID
    serial: str
    unit: UnitShown
    maker: str | None
    model: str | None
    method: Method
    firmware: str | None
    profile: str | None
    registered: bool
    first_seen_at: datetime
    calibration: Calibration
    calibrated_on: date | None
    calibration_due_on: date | None
    certificate: str | None
    overridden_until: date | None
    override_reason: str | None
    live: bool
    results_n: int
    last_result_at: datetime | None
    retired_at: datetime | None = None


class NewCalibration(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """It was calibrated."""

    done_on: date
    due_on: date
    id: UUID | None = None
    certificate: Annotated[str, Meta(max_length=80, pattern=NO_NUL)] | None = None


class NewOverride(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Somebody answers for an instrument that is overdue, until a day (at most as far as the policy lets him).

    from_on   today unless told; a few days back for those on which nobody noticed
    """

    until_on: date
    reason: Annotated[str, Meta(min_length=4, max_length=200, pattern=NO_NUL)]
    from_on: date | None = None
    id: UUID | None = None


class CalibrationShown(Struct, frozen=True, kw_only=True):
    """One calibration, and who wrote it down."""

    id: UUID
    done_on: date
    due_on: date
    certificate: str | None
    recorded_by: PersonShown
    recorded_at: datetime


class OverrideShown(Struct, frozen=True, kw_only=True):
    """Who answered for it, from a day through a day, and why."""

    id: UUID
    from_on: date
    until_on: date
    reason: str
    by: PersonShown
    at: datetime


class CalibrationHistory(Struct, frozen=True, kw_only=True):
    """All that is on file of one instrument, the newest first."""

    calibrations: list[CalibrationShown]
    overrides: list[OverrideShown]


class LiveKey(Struct, frozen=True, kw_only=True):
    """The key under which an instrument signs its posts, hex of 32 bytes. Told once; a new one ends the old."""

    instrument_id: UUID
    key: str
    made_at: datetime
    post_to: str


class NewRun(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What was measured in one go, and how its blank, its control and its replicates came out.

    import_id   the file of this run: its results are judged again with what is told here
    void        the operator says that nothing of it counts; then `note` says why
    """

    instrument_id: UUID
    id: UUID | None = None
    import_id: UUID | None = None
    method: Method = Method.ENZYME_INHIBITION
    started_at: Moment | None = None
    blank_delta: DeltaA | None = None
    control_percent: Percent | None = None
    control_low: Percent | None = None
    control_high: Percent | None = None
    replicates_n: Annotated[int, Meta(ge=1, le=20)] = 1
    replicate_spread_percent: Annotated[float, Meta(ge=0, le=100)] | None = None
    temperature_c: Annotated[float, Meta(ge=-20, le=60)] | None = None
    reagent_lot: Short | None = None
    void: bool = False
    note: Line | None = None


class RunRecord(Struct, frozen=True, kw_only=True):
    """A run. `window`: the lowest and highest ΔA₀ that its day's policy takes, with `window_source`."""

    id: UUID
    instrument_id: UUID
    instrument_serial: str
    unit: UnitShown
    operator: PersonShown
    method: Method
    started_at: datetime
    blank_delta: float | None
    control_percent: float | None
    control_low: float | None
    control_high: float | None
    replicates_n: int
    replicate_spread_percent: float | None
    temperature_c: float | None
    reagent_lot: str | None
    note: str | None
    valid: bool
    invalid_reasons: list[InvalidRun]
    window: tuple[float, float] | None
    window_source: str | None
    results_n: int


class ChartPoint(Struct, frozen=True, kw_only=True):
    """One run, or one file's row, on a quality chart. `flag`: a word for what is odd about it (out, drift)."""

    at: datetime
    value: float
    flag: str | None = None
    run_id: UUID | None = None


class QualityChart(Struct, frozen=True, kw_only=True):
    """A control chart of an instrument: points in the order of time, its limits, and where they come from.

    kind     blank: ΔA₀. control: inhibition of the positive control
    mean, sd   of the points; warning at two of them, action at three (Shewhart); null below ten points
    low, high  of the policy's window, where there is one
    """

    instrument_id: UUID
    instrument_serial: str
    kind: str
    unit: str
    points: list[ChartPoint]
    mean: float | None
    sd: float | None
    low: float | None
    high: float | None
    source: str

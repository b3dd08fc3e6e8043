"""The shapes of samples and of the hands they go through."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from backend.cases.schemas import DivisionShown, PersonShown, UnitShown
from backend.core.shapes import NO_NUL, Code, DivisionCode, Line, Moment, Name, Phone
from backend.laboratory.words import (
    LandUse,
    RunKind,
    SampleConsentPurpose,
    SampleKind,
    SampleState,
    SampleTemperature,
)
from backend.people.household_tables import ConsentChannel, ConsentMethod

Barcode = Annotated[str, Meta(min_length=1, max_length=60, pattern=r"^[^\x00-\x1f]*$")]
Centimetres = Annotated[int, Meta(ge=0, le=300)]
Celsius = Annotated[float, Meta(ge=-60, le=60)]


class NewSampleConsent(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a farmer agreed to about his sample, or not: which text (SHA-256 in hex of what he was read or shown).

    id   of the line, made by whoever writes it down: the same again is the same line
    """

    purpose: SampleConsentPurpose
    text_version: Annotated[str, Meta(min_length=1, max_length=40)]
    text_sha256: Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
    given: bool
    method: ConsentMethod = ConsentMethod.TAPPED
    channel: ConsentChannel = ConsentChannel.PAGE
    id: UUID | None = None


class SampleConsentRecord(Struct, frozen=True, kw_only=True):
    """A line of what a farmer agreed to or not; of a purpose the newest counts. `recorded_by`: null is himself."""

    id: UUID
    sample_id: UUID
    purpose: SampleConsentPurpose
    text_version: str
    text_sha256: str
    given: bool
    method: ConsentMethod
    channel: ConsentChannel
    at: datetime
    recorded_by: PersonShown | None


class NewSample(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A bag with soil or produce that is handed in.

    code         what its barcode says; without one it gets a number
    unit_id      the desk that will test it: the studio above the drop-off unless told
    drop_off_id  where it is handed in; the own desk unless told
    household_id, or contact_name and contact_phone, or market_lot   whose it is, as far as it is told
    division_code  where it was taken; the household's, else the drop-off's
    plot         what the farmer calls the field; trends go by household and plot
    run_kind     supervision: the authority took it, and objections have a clock
    """

    kind: SampleKind
    id: UUID | None = None
    code: Barcode | None = None
    run_kind: RunKind = RunKind.ADVICE
    unit_id: UUID | None = None
    drop_off_id: UUID | None = None
    division_code: DivisionCode | None = None
    household_id: UUID | None = None
    contact_name: Name | None = None
    contact_phone: Phone | None = None
    wants_call: bool = False
    market_lot: Annotated[str, Meta(min_length=1, max_length=80, pattern=NO_NUL)] | None = None
    crop_code: Code | None = None
    crop_said: Annotated[str, Meta(min_length=1, max_length=80, pattern=NO_NUL)] | None = None
    plot: Annotated[str, Meta(min_length=1, max_length=60, pattern=NO_NUL)] | None = None
    land_use: LandUse | None = None
    depth_top_cm: Centimetres | None = None
    depth_bottom_cm: Centimetres | None = None
    cores_n: Annotated[int, Meta(ge=1, le=200)] | None = None
    sampled_on: date | None = None
    received_at: Moment | None = None
    temperature_c: Celsius | None = None
    travelled: SampleTemperature | None = None
    note: Line | None = None
    consents: Annotated[list[NewSampleConsent], Meta(max_length=4)] = []


class NewHandOver(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A sample goes on to another unit. `at` may be earlier than now: paper first is welcome."""

    to_unit_id: UUID
    id: UUID | None = None
    at: Moment | None = None
    temperature_c: Celsius | None = None
    travelled: SampleTemperature | None = None
    note: Line | None = None


class HandOverRecord(Struct, frozen=True, kw_only=True):
    """One step of a sample's way. `hours`: since the step before."""

    id: UUID
    from_unit: UnitShown | None
    to_unit: UnitShown
    at: datetime
    recorded_at: datetime
    by: PersonShown
    temperature_c: float | None
    travelled: SampleTemperature | None
    note: str | None
    hours: float | None


class JoinedSample(Struct, frozen=True):
    """A sample that a file told of and that turned out to be this one: its code there, and who joined it when."""

    id: UUID
    code: str
    at: datetime | None
    by: PersonShown | None


class SampleRecord(Struct, frozen=True, kw_only=True):
    """A sample as `by` may see it.

    whose        the household's code, or the lot, or null; names and phones stand in `contact_*` for its own desk only
    crop         its name in the reader's language, else as it was said
    verdict      the worst of its results in a word (positive, suspect, invalid, negative), null: none, or withheld
    withheld     there are findings which this reader may not read without the farmer's consent
    slip_url     the farmer's page, for the QR of his slip; for its own desk only
    report       the number of the last report
    joined_to    of a held one: the sample that it is
    joined       the held ones that are this one, the last joined first; for its own desk only
    may          what this reader may do: hand_over, join, separate, record_consent, issue_report, advise,
                 request_retest
    """

    id: UUID
    code: str
    state: SampleState
    kind: SampleKind | None
    run_kind: RunKind
    unit: UnitShown
    drop_off: UnitShown | None
    holder: UnitShown | None
    division: DivisionShown
    household_id: UUID | None
    household_code: str | None
    market_lot: str | None
    contact_name: str | None
    contact_phone: str | None
    wants_call: bool
    crop_code: str | None
    crop: str | None
    plot: str | None
    land_use: LandUse | None
    depth_top_cm: int | None
    depth_bottom_cm: int | None
    cores_n: int | None
    sampled_on: date | None
    received_at: datetime
    received_by: PersonShown | None
    note: str | None
    hand_overs: list[HandOverRecord]
    shares: bool
    results_n: int
    verdict: str | None
    withheld: bool
    slip_url: str | None
    report: str | None
    joined_to: UUID | None
    may: list[str]
    joined: list[JoinedSample] = []


class SampleItem(Struct, frozen=True, kw_only=True):
    """A line of the list of samples; the words mean what they mean in `SampleRecord`."""

    id: UUID
    code: str
    state: SampleState
    kind: SampleKind | None
    run_kind: RunKind
    crop: str | None
    household_code: str | None
    market_lot: str | None
    unit: UnitShown
    holder: UnitShown | None
    received_at: datetime
    results_n: int
    verdict: str | None
    withheld: bool
    report: str | None


class JoinSample(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A sample that only a file told of is this one."""

    sample_id: UUID


class HeldSample(Struct, frozen=True, kw_only=True):
    """A sample that only a file told of, beside the received ones that it may be, the likeliest first."""

    sample: SampleItem
    said: str | None
    instrument_serial: str | None
    tested_at: datetime | None
    candidates: list[SampleItem]

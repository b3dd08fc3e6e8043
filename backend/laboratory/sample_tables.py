"""Samples, every hand they went through, and what their farmers agreed to."""

from piccolo.columns import (
    UUID,
    Bytea,
    Date,
    ForeignKey,
    Numeric,
    OnDelete,
    SmallInt,
    Timestamptz,
    Varchar,
)
from piccolo.columns import Boolean as Flag
from piccolo.constraints import Check
from piccolo.table import Table

from backend.core.constraints import one_of
from backend.core.privacy import DataClass, Personal, Privacy
from backend.laboratory.words import (
    LandUse,
    RunKind,
    SampleConsentPurpose,
    SampleKind,
    SampleState,
    SampleTemperature,
)
from backend.people.household_tables import ConsentChannel, ConsentMethod, Household
from backend.people.tables import Person, Unit

TEST = "testing a sample and telling the farmer what was found"
SAMPLED_36 = "36 months after it came"
SAMPLED_36_DAYS = 1096


class Sample(Table, tablename="laboratory_sample"):
    """Soil or produce in a bag. A free test unless `run_kind` says that the authority took it.

    code            what the bag's barcode says, and the instrument's file; unique among the samples of a desk and day
    slip_sha256     of the code in the QR of the farmer's slip; the code itself follows from the id and the secret key
    drop_off        the station or point where it was handed in; `unit`: the desk that tests it
    holder          the unit at which it is now
    crop_said       as the file or the farmer said it; `crop_code` where the list of commodities has it
    depth_*_cm      of soil; `cores_n`: how many were mixed (15–20 in an S)
    contact_*       of a farmer without a household card, sealed
    joined_to       of a held one: the sample that it is
    results_n, last_result_at   for lists: how much was measured, and when last
    """

    id = UUID(primary_key=True, null=False)
    code = Varchar(length=60, null=False)
    state = Varchar(length=10, null=False, choices=SampleState)
    kind = Varchar(length=10, null=True, default=None, choices=SampleKind)
    run_kind = Varchar(length=12, null=False, default=RunKind.ADVICE, choices=RunKind)
    unit = ForeignKey(Unit, null=False, on_delete=OnDelete.restrict)
    drop_off: ForeignKey = ForeignKey(Unit, null=True, on_delete=OnDelete.restrict)
    holder: ForeignKey = ForeignKey(Unit, null=True, on_delete=OnDelete.restrict)
    division_code = Varchar(length=15, null=False)
    household = ForeignKey(Household, null=True, on_delete=OnDelete.restrict)
    market_lot = Varchar(length=80, null=True, default=None)
    crop_code = Varchar(length=40, null=True, default=None)
    crop_said = Varchar(length=80, null=True, default=None)
    plot = Varchar(length=60, null=True, default=None)
    land_use = Varchar(length=10, null=True, default=None, choices=LandUse)
    depth_top_cm = SmallInt(null=True, default=None)
    depth_bottom_cm = SmallInt(null=True, default=None)
    cores_n = SmallInt(null=True, default=None)
    sampled_on = Date(null=True, default=None)
    received_at = Timestamptz(null=False)
    received_by = ForeignKey(Person, null=True, on_delete=OnDelete.restrict)
    note = Varchar(length=200, null=True, default=None)
    contact_name_sealed = Bytea(null=True, default=None)
    contact_phone_sealed = Bytea(null=True, default=None)
    contact_phone_index = Bytea(null=True, default=None)
    wants_call = Flag(null=False, default=False)
    slip_sha256 = Bytea(null=True, default=None, unique=True)
    joined_to: ForeignKey = ForeignKey("self", null=True, on_delete=OnDelete.restrict)
    joined_at = Timestamptz(null=True, default=None)
    joined_by: ForeignKey = ForeignKey(Person, null=True, on_delete=OnDelete.restrict)
    results_n = SmallInt(null=False, default=0)
    last_result_at = Timestamptz(null=True, default=None)
    arguments_digest = Bytea(null=True, default=None)

    sample_state_is_known = one_of("state", SampleState)
    sample_kind_is_known = one_of("kind", SampleKind)
    sample_run_kind_is_known = one_of("run_kind", RunKind)
    sample_land_use_is_known = one_of("land_use", LandUse)
    sample_is_joined_to_another = Check('("state" = \'joined\') = ("joined_to" IS NOT NULL AND "joined_to" <> "id")')
    sample_depth_goes_down = Check('"depth_top_cm" IS NULL OR "depth_bottom_cm" > "depth_top_cm"')

    privacy = Privacy(
        personal={
            "plot": Personal(TEST, DataClass.INTERNAL, SAMPLED_36, SAMPLED_36_DAYS),
            "market_lot": Personal(TEST, DataClass.INTERNAL, SAMPLED_36, SAMPLED_36_DAYS),
            "note": Personal(TEST, DataClass.INTERNAL, SAMPLED_36, SAMPLED_36_DAYS),
            "contact_name_sealed": Personal(TEST, DataClass.SENSITIVE, SAMPLED_36, SAMPLED_36_DAYS),
            "contact_phone_sealed": Personal(TEST, DataClass.SENSITIVE, SAMPLED_36, SAMPLED_36_DAYS),
            "contact_phone_index": Personal(TEST, DataClass.SENSITIVE, SAMPLED_36, SAMPLED_36_DAYS),
        },
        impersonal=frozenset(
            {
                *("code", "state", "kind", "run_kind", "division_code", "crop_code", "crop_said", "land_use"),
                *("depth_top_cm", "depth_bottom_cm", "cores_n", "wants_call", "slip_sha256", "results_n"),
                "arguments_digest",
            }
        ),
    )


class SampleHandOver(Table, tablename="laboratory_hand_over"):
    """A sample went from one unit to another (759 points bring theirs to the studio). Never updated.

    temperature_c, travelled   what the thermometer said, and how it was carried
    """

    id = UUID(primary_key=True, null=False)
    sample = ForeignKey(Sample, null=False, on_delete=OnDelete.restrict)
    from_unit: ForeignKey = ForeignKey(Unit, null=True, on_delete=OnDelete.restrict)
    to_unit: ForeignKey = ForeignKey(Unit, null=False, on_delete=OnDelete.restrict)
    at = Timestamptz(null=False)
    recorded_at = Timestamptz(null=False)
    by = ForeignKey(Person, null=False, on_delete=OnDelete.restrict)
    temperature_c = Numeric(digits=(4, 1), null=True, default=None)
    travelled = Varchar(length=10, null=True, default=None, choices=SampleTemperature)
    note = Varchar(length=200, null=True, default=None)
    arguments_digest = Bytea(null=False)

    hand_over_travelled_is_known = one_of("travelled", SampleTemperature)

    privacy = Privacy(
        personal={"note": Personal(TEST, DataClass.INTERNAL, SAMPLED_36, SAMPLED_36_DAYS)},
        impersonal=frozenset({"temperature_c", "travelled", "arguments_digest"}),
    )


class SampleConsent(Table, tablename="laboratory_consent"):
    """One line of what a farmer agreed to about his sample: which text (its hash), how, when. Never updated."""

    id = UUID(primary_key=True, null=False)
    sample = ForeignKey(Sample, null=False, on_delete=OnDelete.restrict)
    purpose = Varchar(length=10, null=False, choices=SampleConsentPurpose)
    text_version = Varchar(length=40, null=False)
    text_sha256 = Bytea(null=False)
    channel = Varchar(length=20, null=False, choices=ConsentChannel)
    method = Varchar(length=20, null=False, choices=ConsentMethod)
    given = Flag(null=False)
    at = Timestamptz(null=False)
    recorded_by = ForeignKey(Person, null=True, on_delete=OnDelete.restrict)

    sample_consent_purpose_is_known = one_of("purpose", SampleConsentPurpose)
    sample_consent_channel_is_known = one_of("channel", ConsentChannel)
    sample_consent_method_is_known = one_of("method", ConsentMethod)

    privacy = Privacy(
        personal={
            "method": Personal("proving consent", DataClass.INTERNAL, "36 months after the last line"),
            "channel": Personal("proving consent", DataClass.INTERNAL, "36 months after the last line"),
        },
        impersonal=frozenset({"purpose", "text_version", "text_sha256"}),
    )

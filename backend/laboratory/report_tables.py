"""What is handed out: reports, frozen and signed; and advice on fertiliser, a draft until an agronomist signed it."""

from piccolo.columns import JSONB, UUID, Bytea, ForeignKey, OnDelete, Timestamptz, Varchar
from piccolo.table import Table

from backend.core.privacy import DataClass, Personal, Privacy
from backend.laboratory.sample_tables import SAMPLED_36, SAMPLED_36_DAYS, TEST, Sample
from backend.people.tables import Person


class LabReport(Table, tablename="laboratory_report"):
    """One issue of a sample's report. What it says is frozen; a later one of the same sample supersedes it.

    number       printed and in its QR: /t/{number}
    contents     as `report_contents.ReportContents`; sha256: of its canonical JSON; signature: Ed25519 of that digest
    key_id       which of the county's keys signed it
    """

    id = UUID(primary_key=True, null=False)
    number = Varchar(length=20, null=False, unique=True)
    sample = ForeignKey(Sample, null=False, on_delete=OnDelete.restrict)
    contents = JSONB(null=True, default=None)
    sha256 = Bytea(null=False)
    signature = Bytea(null=False)
    key_id = Varchar(length=16, null=False)
    issued_at = Timestamptz(null=False)
    issued_by = ForeignKey(Person, null=False, on_delete=OnDelete.restrict)
    superseded_by: ForeignKey = ForeignKey("self", null=True, on_delete=OnDelete.restrict)

    privacy = Privacy(
        personal={"contents": Personal(TEST, DataClass.INTERNAL, SAMPLED_36, SAMPLED_36_DAYS)},
        impersonal=frozenset({"number", "sha256", "signature", "key_id"}),
    )


class FertiliserAdviceGiven(Table, tablename="laboratory_fertiliser_advice"):
    """Advice by the balance formula, with every number it was made of.

    asked    what was told: target yield, soil test, coefficients of one's own with their sources
    advice   as `fertiliser_rules.FertiliserAdvice`; frozen
    """

    id = UUID(primary_key=True, null=False)
    sample = ForeignKey(Sample, null=False, on_delete=OnDelete.restrict)
    crop_code = Varchar(length=40, null=False)
    nutrient = Varchar(length=10, null=False)
    fertiliser = Varchar(length=40, null=False)
    asked = JSONB(null=False)
    advice = JSONB(null=False)
    made_at = Timestamptz(null=False)
    made_by = ForeignKey(Person, null=False, on_delete=OnDelete.restrict)
    signed_by: ForeignKey = ForeignKey(Person, null=True, on_delete=OnDelete.restrict)
    signed_at = Timestamptz(null=True, default=None)
    signed_note = Varchar(length=200, null=True, default=None)
    withdrawn_at = Timestamptz(null=True, default=None)
    arguments_digest = Bytea(null=False)

    privacy = Privacy(
        personal={
            "asked": Personal(TEST, DataClass.INTERNAL, "with the sample, as a figure of the field"),
            "advice": Personal(TEST, DataClass.INTERNAL, "with the sample, as a figure of the field"),
            "signed_note": Personal(TEST, DataClass.INTERNAL, SAMPLED_36, SAMPLED_36_DAYS),
        },
        impersonal=frozenset({"crop_code", "nutrient", "fertiliser", "arguments_digest"}),
    )

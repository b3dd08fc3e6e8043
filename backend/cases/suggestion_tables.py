"""The nine steps of a suggestion (三三三), and how the one who asked was told."""

from piccolo.columns import (
    UUID,
    Boolean,
    Bytea,
    Date,
    ForeignKey,
    OnDelete,
    Text,
    Timestamptz,
    Varchar,
)
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from backend.cases.kept import kept
from backend.cases.loop_words import (
    FeedbackWay,
    ReportTo,
    Signatory,
)
from backend.cases.tables import Case
from backend.core.constraints import one_of
from backend.core.privacy import DataClass, Personal, Privacy
from backend.people.tables import Person, Unit
from backend.territory.tables import Located, point_privacy

NINE = "proving that a suggestion was signed, heard on the spot and reported"
TELL = "proving that the one who asked was told"


class Signature(Table, tablename="cases_signature"):
    """One of three who signed a suggestion: over the hash of its text, so that it stands for that text and no other.

    signed_as   the office of a leader or head; null for the suggester, whose name is the case's
    """

    id = UUID(primary_key=True, null=False)
    case = ForeignKey(Case, null=False, on_delete=OnDelete.restrict)
    signatory = Varchar(length=16, null=False, choices=Signatory)
    signed_as = Varchar(length=60, null=True, default=None)
    text_sha256 = Bytea(null=False)
    signed_at = Timestamptz(null=False)
    recorded_by = ForeignKey(Person, null=False, on_delete=OnDelete.restrict)
    recorded_at = Timestamptz(null=False)

    signs_a_text_once = Unique([case, signatory, text_sha256])
    signatory_is_known = one_of("signatory", Signatory)

    privacy = Privacy(
        personal={"signed_as": kept(NINE)},
        impersonal=frozenset({"signatory", "text_sha256"}),
    )


class Hearing(Located, Table, tablename="cases_hearing"):
    """The one hearing on the spot (三对质): committee, unit and suggester face to face."""

    id = UUID(primary_key=True, null=False)
    case = ForeignKey(Case, null=False, unique=True, on_delete=OnDelete.restrict)
    held_at = Timestamptz(null=False)
    place_note = Varchar(length=200, null=True, default=None)
    committee = Varchar(length=60, null=False)
    unit = ForeignKey(Unit, null=False, on_delete=OnDelete.restrict)
    unit_spoke_by = Varchar(length=60, null=False)
    suggester_came = Boolean(null=False)
    minutes = Text(null=False)
    recorded_by = ForeignKey(Person, null=False, on_delete=OnDelete.restrict)
    recorded_at = Timestamptz(null=False)
    coarse = Boolean(null=False, default=False)
    arguments_digest = Bytea(null=False)

    hearing_has_all_three = Check('"suggester_came"')

    privacy = Privacy(
        personal={
            "place_note": kept("finding the place"),
            "committee": kept(NINE),
            "unit_spoke_by": kept(NINE),
            "minutes": kept(NINE),
            **point_privacy("showing that it was held on the spot"),
        },
        impersonal=frozenset({"arguments_digest"}),
    )


class SuggestionReport(Table, tablename="cases_report"):
    """One of three reports (三报告). A public notice says nothing by which somebody could be found."""

    id = UUID(primary_key=True, null=False)
    case = ForeignKey(Case, null=False, on_delete=OnDelete.restrict)
    audience = Varchar(length=16, null=False, choices=ReportTo)
    text = Text(null=False)
    reference = Varchar(length=60, null=True, default=None)
    reported_on = Date(null=False)
    recorded_by = ForeignKey(Person, null=False, on_delete=OnDelete.restrict)
    recorded_at = Timestamptz(null=False)
    arguments_digest = Bytea(null=False)

    reported_once_to_each = Unique([case, audience])
    audience_of_report_is_known = one_of("audience", ReportTo)

    privacy = Privacy(
        personal={"text": kept(NINE)},
        impersonal=frozenset({"audience", "reference", "arguments_digest"}),
    )


class Feedback(Located, Table, tablename="cases_feedback"):
    """That the one who asked was told, how, and what proves it. A posted notice has its photo and its place."""

    id = UUID(primary_key=True, null=False)
    case = ForeignKey(Case, null=False, on_delete=OnDelete.restrict)
    way = Varchar(length=16, null=False, choices=FeedbackWay)
    text = Text(null=False)
    photo_id = UUID(null=True, default=None)
    place_note = Varchar(length=200, null=True, default=None)
    given_at = Timestamptz(null=False)
    given_by = ForeignKey(Person, null=False, on_delete=OnDelete.restrict)
    recorded_at = Timestamptz(null=False)
    coarse = Boolean(null=False, default=False)
    arguments_digest = Bytea(null=False)

    feedback_way_is_known = one_of("way", FeedbackWay)
    feedback_has_its_proof = Check(
        '"way" = \'in_person\' OR ("photo_id" IS NOT NULL AND ("way" <> \'posted_notice\' OR "longitude" IS NOT NULL))'
    )

    privacy = Privacy(
        personal={
            "text": kept(TELL),
            "photo_id": Personal(TELL, DataClass.INTERNAL, "as long as the photo room keeps the photo"),
            "place_note": kept("finding the place"),
            **point_privacy("showing where the notice hangs"),
        },
        impersonal=frozenset({"way", "arguments_digest"}),
    )

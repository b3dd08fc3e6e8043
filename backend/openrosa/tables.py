"""Submissions byte for byte, and the files they name."""

from piccolo.columns import UUID, Bytea, ForeignKey, OnDelete, Timestamptz, Varchar
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from backend.antifraud.outreach_tables import Round
from backend.core.privacy import DataClass, Personal, Privacy
from backend.diagnosis.tables import Request
from backend.media.tables import Photo
from backend.people.tables import Person
from backend.visits.tables import Visit

SENT = "the record as it was sent"
KEPT = "24 months; of a door, until its round ends"


class Submission(Table, tablename="openrosa_submission"):
    """One instance, its XML sealed exactly as it came (signatures and audits need the bytes).

    visit, diagnosis_request   the record it became: one of them, as its form says
    antifraud_round            the same; a door is told of nowhere, and when its round ends the XML is emptied
    """

    id = UUID(primary_key=True, null=False)
    form_id = Varchar(length=60, null=False)
    form_version = Varchar(length=60, null=False)
    instance_id = Varchar(length=120, null=False)
    xml_sealed = Bytea(null=False)
    xml_sha256 = Bytea(null=False)
    key_sealed = Bytea(null=True, default=None, secret=True)
    submitted_by = ForeignKey(Person, null=False, on_delete=OnDelete.restrict)
    received_at = Timestamptz(null=False)
    device_id = Varchar(length=200, null=True, default=None)
    user_agent = Varchar(length=300, null=True, default=None)
    visit = ForeignKey(Visit, null=True, on_delete=OnDelete.restrict)
    diagnosis_request = ForeignKey(Request, null=True, on_delete=OnDelete.restrict)
    antifraud_round = ForeignKey(Round, null=True, on_delete=OnDelete.restrict, index=True)

    one_instance_per_form = Unique([form_id, instance_id])
    submission_became_at_most_one = Check("num_nonnulls(visit, diagnosis_request, antifraud_round) <= 1")
    privacy = Privacy(
        personal={
            "xml_sealed": Personal(SENT, DataClass.SENSITIVE, KEPT, 731),
            "key_sealed": Personal(SENT, DataClass.SENSITIVE, KEPT, 731),
            "device_id": Personal("finding a broken phone", DataClass.INTERNAL, "24 months", 731),
            "user_agent": Personal("finding a broken phone", DataClass.INTERNAL, "24 months", 731),
        },
        impersonal=frozenset({"form_id", "form_version", "instance_id", "xml_sha256"}),
    )


class SubmissionFile(Table, tablename="openrosa_submission_file"):
    """A file that the XML names; `photo` is null while it is missing."""

    id = UUID(primary_key=True, null=False)
    submission = ForeignKey(Submission, null=False, on_delete=OnDelete.cascade)
    file_name = Varchar(length=200, null=False)
    question = Varchar(length=60, null=False)
    photo = ForeignKey(Photo, null=True, on_delete=OnDelete.restrict)

    once_per_submission = Unique([submission, question, file_name])
    privacy = Privacy(
        personal={"file_name": Personal(SENT, DataClass.INTERNAL, "24 months", 731)},
        impersonal=frozenset({"question"}),
    )

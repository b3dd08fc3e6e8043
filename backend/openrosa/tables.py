"""Submissions byte for byte, and the files they name."""

from piccolo.columns import JSONB, UUID, Bytea, ForeignKey, OnDelete, SmallInt, Timestamptz, Varchar
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from backend.core.constraints import one_of
from backend.core.privacy import DataClass, Personal, Privacy
from backend.media.tables import Photo
from backend.openrosa.words import RecordKind, SubmissionState
from backend.people.tables import Person

SENT = "the record as it was sent"
KEPT = "24 months; of a door, until its round ends"


class Submission(Table, tablename="openrosa_submission"):
    """One instance, its XML sealed exactly as it came (signatures and audits need the bytes).

    record_kind, record_id  the record it became, as its form says; of a door that is the round and nothing nearer, and
                            when the round ends the XML is emptied
    refusal                 why it became nothing yet: status, code, title, detail and errors of what its verb refused
    tried_at, tried_n       when it was last given to its verb, and how often
    replaces                the submission of which this one is an edit (deprecatedID); that one's state is `replaced`
    division_code           where its record is; while it has none, where its sender works
    settled_*               who ended its waiting by hand, when and with which words: carried over, or struck out
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
    state = Varchar(length=10, null=False, default=SubmissionState.RECORDED, choices=SubmissionState)
    record_kind = Varchar(length=20, null=True, default=None, choices=RecordKind)
    record_id = UUID(null=True, default=None)
    refusal = JSONB(null=True, default=None)
    tried_at = Timestamptz(null=True, default=None)
    tried_n = SmallInt(null=False, default=1)
    replaces: ForeignKey = ForeignKey("self", null=True, on_delete=OnDelete.restrict, unique=True)
    division_code = Varchar(length=15, null=True, default=None)
    settled_by = ForeignKey(Person, null=True, on_delete=OnDelete.restrict)
    settled_at = Timestamptz(null=True, default=None)
    settled_note = Varchar(length=300, null=True, default=None)

    one_instance_per_form = Unique([form_id, instance_id])
    submission_state_is_known = one_of("state", SubmissionState)
    submission_record_kind_is_known = one_of("record_kind", RecordKind)
    submission_record_is_whole = Check('("record_kind" IS NULL) = ("record_id" IS NULL)')

    privacy = Privacy(
        personal={
            "refusal": Personal("putting right what its form's verb refused", DataClass.INTERNAL, KEPT, 731),
            "settled_note": Personal("why it waits no more", DataClass.INTERNAL, KEPT, 731),
            "xml_sealed": Personal(SENT, DataClass.SENSITIVE, KEPT, 731),
            "key_sealed": Personal(SENT, DataClass.SENSITIVE, KEPT, 731),
            "device_id": Personal("finding a broken phone", DataClass.INTERNAL, "24 months", 731),
            "user_agent": Personal("finding a broken phone", DataClass.INTERNAL, "24 months", 731),
        },
        impersonal=frozenset(
            {"form_id", "form_version", "instance_id", "xml_sha256", "state", "record_kind", "tried_n", "division_code"}
        ),
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


class Correction(Table, tablename="openrosa_correction"):
    """An answer that somebody put right, so that its verb takes it. The XML stays as it came; this lies beside it.

    path, nth     which field: below the root, and which of several, from 0
    value_sealed  under the submission's own key: gone with it
    """

    id = UUID(primary_key=True, null=False)
    submission = ForeignKey(Submission, null=False, on_delete=OnDelete.cascade, index=True)
    path = Varchar(length=200, null=False)
    nth = SmallInt(null=False, default=0)
    value_sealed = Bytea(null=False)
    corrected_by = ForeignKey(Person, null=False, on_delete=OnDelete.restrict)
    corrected_at = Timestamptz(null=False)

    privacy = Privacy(
        personal={"value_sealed": Personal(SENT, DataClass.SENSITIVE, KEPT, 731)},
        impersonal=frozenset({"path", "nth"}),
    )

"""Text messages that came."""

from piccolo.columns import UUID, Boolean, Bytea, ForeignKey, OnDelete, Timestamptz, Varchar
from piccolo.constraints import Unique
from piccolo.table import Table

from backend.cases.tables import Case
from backend.core.constraints import one_of
from backend.core.privacy import DataClass, Personal, Privacy
from backend.hotline.kept import ANSWER, MONTHS_6, MONTHS_6_DAYS
from backend.hotline.line_tables import LineSystem
from backend.hotline.words import TextState
from backend.people.tables import Person, Unit


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
